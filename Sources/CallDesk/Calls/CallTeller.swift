import DeskCore
import Logging
import Synchronization

/// Turns recorded changes of calls into events for the technicians they concern, and says why a call popped nowhere.
struct CallTeller: Sendable {
    /// A caller as the pop shows them.
    struct Caller: Sendable {
        var customerID: Int64
        var contactID: Int64?
        var name: String
        var reasons: [String]
    }

    let hub: LiveHub
    let phones: PhoneBook
    /// Who a number may be, at most five, best first.
    let callers: @Sendable (_ number: String) async -> [Caller]
    /// Accounts that are not told the number of a customer's call (`RecordViews.covering`); nil when nobody can say now.
    let covered: @Sendable (_ call: Call, _ customerID: Int64?) async -> Set<Int64>?
    let display: @Sendable (_ number: String) -> String
    let count: @Sendable (CallChange) -> Void
    let logger: Logger

    /// Tells what was recorded; `signals` are the reports behind it.
    func tell(_ changes: [CallChange], signals: [CallSignal]) async {
        guard !changes.isEmpty else { return }
        var causedAt: [String: UInt64] = [:]
        for signal in signals { causedAt[signal.line + "\n" + signal.key] = signal.readAt }
        let book = await phones.current()
        for change in changes {
            count(change)
            let call = change.call
            var payload = CallPayload(call, display: display)
            payload.attendance = change.attendance.map { .init($0) }
            payload.ringing = book.accounts(of: change.ringing, line: call.line)
            payload.accountID = change.accountID ?? change.attendance?.accountID
            payload.takenBy = payload.accountID.flatMap { book.name(of: $0) }
            payload.isNew = change.isNew
            if change.isNew, let number = call.number { payload.candidates = await callers(number) }
            if call.endedAt == nil {
                payload.whyNot = book.whyNot(ringing: change.ringing, answered: call.lastParty, line: call.line)
            }
            if waitsAnew(change) { hub.publish(.callBack(callID: call.id), to: .everyone) }
            let concerns = concerned(change, payload, book)
            let covered = await covered(call, change.attendance?.customerID)
            let causedAt = causedAt[call.line + "\n" + call.key]
            switch covered {
            case []?: publish(payload, concerns: concerns, causedAt: causedAt)
            case let accounts?:
                let (whole, other) = concerns.parted(by: accounts)
                publish(payload, concerns: whole, causedAt: causedAt)
                publish(payload.covered, concerns: other, causedAt: causedAt)
            case nil: publish(payload.covered, concerns: concerns, causedAt: causedAt)
            }
        }
    }

    /// Whether the list of callers to be called back is another because of a change.
    private func waitsAnew(_ change: CallChange) -> Bool {
        guard change.returned.isEmpty else { return true }
        let hasEnded = change.call.endedAt != nil && change.before != .ended
        let mayHaveBroken = change.call.outcome == .answered && change.call.endedBy == .pbx
        return hasEnded && (change.call.isUnreturned || change.call.direction == .outbound || mayHaveBroken)
    }

    /// Tells of calls that could not be recorded: without a number, so that nobody promises one.
    func tellUnrecorded(_ signals: [CallSignal]) {
        let book = phones.latest
        for signal in signals {
            var payload = CallPayload(unrecorded: signal, display: display)
            payload.ringing = book.accounts(of: signal.ringing, line: signal.line)
            payload.accountID = signal.holder.flatMap { book.account(of: $0, line: signal.line) }
            let accounts = Set(payload.ringing + [payload.accountID].compactMap { $0 })
            // Whose number it is nobody can say now: one that has ended may be of a record that is covered for somebody.
            let told = signal.isEnded ? payload.covered : payload
            publish(told, concerns: .accounts(accounts), causedAt: signal.readAt)
        }
    }

    /// Everyone whose phone rang or rings, who has it, and who had it before.
    private func concerned(_ change: CallChange, _ payload: CallPayload, _ book: PhoneBook.Page) -> LiveAudience {
        var accounts = Set(payload.ringing)
        accounts.formUnion(book.accounts(of: change.call.offered, line: change.call.line))
        if let holder = payload.accountID { accounts.insert(holder) }
        if let answered = change.call.answeredBy, let account = book.account(of: answered, line: change.call.line) {
            accounts.insert(account)
        }
        return .accounts(accounts)
    }

    private func publish(_ payload: CallPayload, concerns: LiveAudience, causedAt: UInt64?) {
        hub.publish(.call(payload), to: concerns, causedAt: causedAt)
    }
}
