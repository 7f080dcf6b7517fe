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
    /// Who numbers may be, at most five each, best first; nil when nobody can say now.
    let callers: @Sendable (_ numbers: Set<String>) async -> [String: [Caller]]?
    /// Accounts that are not told the number of customers' calls (`RecordViews.covering`), by call; nil when nobody can say
    /// now.
    let covered: @Sendable (_ calls: [CustomerCall]) async -> [Int64: Set<Int64>]?
    let display: @Sendable (_ number: String) -> String
    let count: @Sendable (CallChange) -> Void
    let logger: Logger
    /// Calls of which it could not be said who calls.
    private let unasked = UnaskedCalls()

    /// Changes that are told after one look at who calls: each would wait for those before it to be looked up alone, and the
    /// first for the last of too many.
    private static let atOnce = 25

    /// Tells what was recorded; `signals` are the reports behind it.
    func tell(_ changes: [CallChange], signals: [CallSignal]) async {
        guard !changes.isEmpty else { return }
        var causedAt: [String: UInt64] = [:]
        for signal in signals { causedAt[signal.line + "\n" + signal.key] = signal.readAt }
        for start in stride(from: 0, to: changes.count, by: Self.atOnce) {
            await tell(changes[start..<min(start + Self.atOnce, changes.count)], causedAt)
        }
    }

    private func tell(_ changes: ArraySlice<CallChange>, _ causedAt: [String: UInt64]) async {
        let book = await phones.current()
        // Who calls is told once; where nobody could say, once more with the call's next change.
        let asked = unasked.taken(changes)
        let numbers = Set(changes.lazy.filter { asked.contains($0.call.id) }.compactMap(\.call.number))
        let found = numbers.isEmpty ? [:] : await self.callers(numbers)
        if found == nil { unasked.keep(changes.filter { asked.contains($0.call.id) }) }
        let callers = found ?? [:]
        let over = changes.compactMap(CustomerCall.init(over:))
        // Asked last: who may be told what is as it was when it is told.
        let covered = over.isEmpty ? [:] : await covered(over)
        for change in changes {
            count(change)
            let call = change.call
            var payload = CallPayload(call, display: display)
            payload.attendance = change.attendance.map { .init($0) }
            payload.ringing = book.accounts(of: change.ringing, line: call.line)
            payload.accountID = change.accountID ?? change.attendance?.accountID
            payload.takenBy = payload.accountID.flatMap { book.name(of: $0) }
            payload.isNew = change.isNew
            if asked.contains(call.id), let number = call.number { payload.candidates = callers[number] ?? [] }
            if call.endedAt == nil {
                payload.whyNot = book.whyNot(ringing: change.ringing, answered: call.lastParty, line: call.line)
            }
            if waitsAnew(change) { hub.publish(.callBack(callID: call.id), to: .everyone) }
            let concerns = concerned(change, payload, book)
            let causedAt = causedAt[call.line + "\n" + call.key]
            if CustomerCall(over: change) == nil {
                publish(payload, concerns: concerns, causedAt: causedAt)
            } else if let accounts = covered.map({ $0[call.id] ?? [] }) {
                let (whole, other) = concerns.parted(by: accounts)
                publish(payload, concerns: whole, causedAt: causedAt)
                if !accounts.isEmpty { publish(payload.covered, concerns: other, causedAt: causedAt) }
            } else {
                publish(payload.covered, concerns: concerns, causedAt: causedAt)
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
        // Who dialled an outgoing call had it before whom they passed it on to.
        let own = change.call.direction == .outbound ? change.call.callerParty : nil
        for party in [change.call.answeredBy, own].compactMap(\.self) {
            if let account = book.account(of: party, line: change.call.line) { accounts.insert(account) }
        }
        return .accounts(accounts)
    }

    private func publish(_ payload: CallPayload, concerns: LiveAudience, causedAt: UInt64?) {
        hub.publish(.call(payload), to: concerns, causedAt: causedAt)
    }
}
