import DeskCore
import Foundation
import HTTPTypes
import Hummingbird

/// What a technician's screen shows when it opens and after a gap: calls, drafts, lines, and who they are.
struct DeskBoard: Sendable {
    /// Live calls of a supervisor's screen; a technician has a handful.
    private static let mostCalls = 100
    /// Calls of today looked through for one technician's.
    private static let window = 500
    private static let mostToday = 60
    private static let mostToReturn = 50

    let app: App
    /// How each PBX line is doing.
    let lines: @Sendable () -> [LineView]

    func response(for account: Account) async throws -> Response {
        // Read before the lists: what changes in between is told again, never missed.
        let position = app.hub.position
        let book = await app.phones.current()
        let seesAll = account.role >= .supervisor
        let live = try await app.calls.live(limit: Self.window)
        let concerned = live.filter { seesAll || concerns($0, account, book) }.prefix(Self.mostCalls)
        let callBacks = try await app.callBacks.list(limit: Self.mostToReturn)
        let toReturn = callBacks.map(\.call)
        let today = try await today(account, book, seesAll: seesAll)
        let contacts = try await app.attendances.lines(of: (concerned + toReturn + today).compactMap(\.attendanceID))
        let drafts = try await app.drafts.list(accountID: account.id, limit: 50)
        let draftContacts = try await app.attendances.lines(of: drafts.map(\.attendanceID))
        let extensions = try await app.accounts.extensions(of: account.id)
        var reasons: [Int64: String] = [:]
        for call in concerned { reasons[call.id] = await whyNot(call, book) }
        let views = try await RecordViews(app.attendances, for: account)
        let mine = concerned.filter { $0.attendanceID.map { contacts[$0]?.accountID == account.id } ?? false }
        var json = JSONWriter(capacity: 16_384)
        json.object { json in
            json.field("position", String(position))
            json.field("now", app.clock.now)
            json.field("time_zone", app.timeZone.identifier)
            json.key("me")
            write(account, extensions, &json)
            json.key("calls")
            json.array(concerned) { json, call in
                write(payload(call, contacts, book, views), &json, reasons[call.id])
            }
            json.key("to_return")
            json.array(callBacks) { json, item in
                json.object { json in
                    json.key("item")
                    write(payload(item.call, contacts, book, views), &json)
                    json.writeWaiting(item)
                }
            }
            json.key("today")
            json.array(today) { json, call in write(payload(call, contacts, book, views), &json) }
            json.key("drafts")
            json.array(drafts) { json, draft in write(draft, draftContacts[draft.attendanceID], &json) }
            json.key("lines")
            json.array(lines()) { json, line in
                json.object { json in
                    json.field("line", line.name)
                    json.field("connected", line.isConnected)
                    json.field("message", line.trouble)
                }
            }
            json.key("queue")
            write(queue: live, &json)
            json.field("holding", Int(mine.count))
        }
        return .json(.ok, json)
    }

    // MARK: - Which calls

    private func concerns(_ call: Call, _ account: Account, _ book: PhoneBook.Page) -> Bool {
        let parties = call.offered + [call.answeredBy, call.lastParty].compactMap { $0 }
        return book.accounts(of: parties, line: call.line).contains(account.id)
            || call.queue.map { account.queues.contains($0) } ?? false
    }

    private func today(_ account: Account, _ book: PhoneBook.Page, seesAll: Bool) async throws -> [Call] {
        let now = app.clock.now
        let time = DeskTime(timeZone: app.timeZone, language: .ptBR)
        let newest = try await app.calls.list(before: nil, limit: Self.window)
        let ended = newest.filter { call in
            call.endedAt != nil && call.direction != .internal && time.days(from: call.startedAt, to: now) == 0
                && (seesAll || concerns(call, account, book))
        }
        return Array(ended.prefix(Self.mostToday))
    }

    /// Why a ringing call shows on no screen; nil when it does.
    private func whyNot(_ call: Call, _ book: PhoneBook.Page) async -> String? {
        guard call.endedAt == nil else { return nil }
        let reason = book.whyNot(ringing: call.offered, answered: call.lastParty, line: call.line)
        if let reason { return call.state == .queued && call.offered.isEmpty ? nil : reason }
        let parties = call.lastParty.map { [$0] } ?? call.offered
        let accounts = book.accounts(of: parties, line: call.line)
        var isOff = false
        for account in accounts where await app.presence.hasStream(account) {
            // Unknown counts as shown: a reason is said only when it is one.
            guard let found = try? await app.accounts.find(account), found.pop == .off else { return nil }
            isOff = true
        }
        return isOff ? "pop_off" : "signed_out"
    }

    // MARK: - What is written

    private func payload(
        _ call: Call,
        _ contacts: [Int64: ContactLine],
        _ book: PhoneBook.Page,
        _ views: RecordViews
    ) -> CallView {
        let region = app.region
        var payload = CallPayload(call) { PhoneNumber.display($0, region: region) }
        // Whoever is on the line shows their number themselves.
        let customerID = call.endedAt == nil ? nil : call.attendanceID.flatMap { contacts[$0]?.customerID }
        let view = views.of(customerID)
        if view.covers(call) { payload = payload.covered }
        let isRinging = call.endedAt == nil && call.answeredAt == nil
        // Another node's calls are known by whom they have rung.
        let ringing = app.ringing.of(line: call.line, key: call.key) ?? call.offered
        payload.ringing = isRinging ? book.accounts(of: ringing, line: call.line) : []
        let contact = call.attendanceID.flatMap { contacts[$0] }
        payload.accountID = contact?.accountID
        payload.takenBy = contact?.holder
        return CallView(call: call, payload: payload, contact: contact)
    }

    /// A call as the stream tells it, with the customer, the outcome and the ticket besides.
    struct CallView {
        var call: Call
        var payload: CallPayload
        var contact: ContactLine?
    }

    private func write(_ view: CallView, _ json: inout JSONWriter, _ whyNot: String? = nil) {
        let (payload, call) = (view.payload, view.call)
        json.object { json in
            json.key("call")
            json.object { json in
                json.field("id", call.id)
                json.field("line", call.line)
                json.field("direction", call.direction.rawValue)
                json.field("state", call.state.rawValue)
                json.field("outcome", call.outcome.rawValue)
                json.field("number", payload.number)
                json.field("number_display", payload.numberDisplay)
                json.field("caller_name", payload.callerName)
                json.field("withheld", call.withheld)
                json.field("dialled", payload.dialled)
                json.field("queue", call.queue)
                json.field("answered_by", call.answeredBy)
                json.field("last_party", call.lastParty)
                json.field("started_at", call.startedAt)
                json.field("answered_at", call.answeredAt)
                json.field("ended_at", call.endedAt)
                json.field("account_id", payload.accountID)
                json.field("taken_by", payload.takenBy)
                json.key("ringing")
                json.array(payload.ringing) { $0.number($1) }
                json.field("why_not", whyNot)
            }
            json.key("attendance")
            if let contact = view.contact {
                json.object { json in
                    json.field("id", contact.id)
                    json.field("protocol", contact.protocolNumber)
                    json.field("groups", Self.groups(contact.protocolNumber))
                }
            } else {
                json.null()
            }
            json.field("customer", view.contact?.customer)
            json.field("customer_id", view.contact?.customerID)
            json.field("outcome", view.contact?.outcome)
            json.field("ticket", view.contact?.ticket)
        }
    }

    static func groups(_ number: String) -> [String] {
        SpokenDigits.grouped(number).split(separator: " ").map(String.init)
    }

    private func write(_ draft: StoredDraft, _ contact: ContactLine?, _ json: inout JSONWriter) {
        json.object { json in
            json.field("attendance_id", draft.attendanceID)
            json.field("title", draft.title)
            json.field("stage", draft.stage)
            json.field("customer", contact?.customer)
            json.field("protocol", contact?.protocolNumber)
            json.field("updated_at", draft.updatedAt)
        }
    }

    private func write(_ account: Account, _ extensions: [AccountExtension], _ json: inout JSONWriter) {
        json.object { json in
            json.field("id", account.id)
            json.field("name", account.name)
            json.field("role", account.role.rawValue)
            json.field("pop", account.pop.rawValue)
            json.field("extensions", extensions.map(\.party))
        }
    }

    /// Who waits: calls in a queue or ringing that nobody has answered.
    private func write(queue live: [Call], _ json: inout JSONWriter) {
        let waiting = live.filter { $0.direction == .inbound && $0.answeredAt == nil }
        json.object { json in
            json.field("waiting", waiting.count)
            json.field("since", waiting.map(\.startedAt).min())
        }
    }
}
