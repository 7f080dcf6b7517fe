import DeskCore
import Hummingbird

/// What may already answer the caller: who they are, what is open, when they called, guides.
struct CallerCards: Sendable {
    private static let tickets = 12
    private static let calls = 8

    let app: App

    /// The card of a customer, as open as the contact with them allows.
    ///
    /// `contactID`: the contact they are on the line in. Without one, and before the caller has said who they are, it shows
    /// what somebody who is only known may hear.
    func card(of id: Int64, in contactID: Int64?, for caller: Caller, language: Language) async throws -> Response {
        guard let card = try await app.customers.card(id) else { throw Problem.notFound }
        let view = try await view(of: id, in: contactID, for: caller)
        var query = TicketQuery()
        query.customerID = card.customer.id
        query.situation = .open
        query.limit = Self.tickets
        let open = try await app.directory.list(query)
        let numbers = card.phones.compactMap(\.e164)
        var calls: [Call] = []
        for number in numbers.prefix(5) { calls += try await app.calls.recent(number: number, limit: Self.calls) }
        // The one under way is the one being answered; it says nothing about the past.
        calls = calls.filter { $0.endedAt != nil }.sorted { $0.startedAt > $1.startedAt }
        let past = try await pasts(of: calls)
        let region = app.region
        return .one { json in
            json.object { json in
                json.field("id", card.customer.id)
                json.field("name", card.customer.name)
                json.field("kind", card.customer.kind.rawValue)
                json.field("document", card.customer.document?.masked)
                json.field("document_kind", card.customer.document?.kind.title)
                json.field("identity", view.level.word)
                json.field("masked", !view.isOpen)
                json.field("address", view.address(card.customer.address))
                json.field("notes", card.customer.notes)
                json.field("sms", card.smsService == .active)
                json.field("sms_text", card.smsService.text(in: language))
                json.key("contacts")
                json.array(card.contacts.filter(\.isActive).prefix(20)) { json, contact in
                    json.object { json in
                        json.field("id", contact.id)
                        json.field("name", contact.name)
                        json.field("email", view.email(contact.email))
                        json.field("role", contact.role)
                    }
                }
                json.key("phones")
                json.array(card.phones) { json, phone in
                    json.object { json in
                        json.field("number", view.shows(phone) ? phone.e164 ?? phone.lookup : nil)
                        json.field("display", view.display(phone, region: region))
                        json.field(
                            "label",
                            phone.label ?? (phone.isConfirmed ? nil : CandidateReason.claimedPhone.text(in: language))
                        )
                        json.field("sms", phone.canReceiveSMS(region: region))
                    }
                }
                json.key("contracts")
                let now = app.clock.now
                json.array(card.contracts) { json, contract in
                    json.object { json in
                        json.field("number", view.contract(contract.number))
                        json.field("title", contract.title)
                        json.field("in_force", contract.isInForce(at: now))
                        json.field("sms", contract.hasSMS)
                    }
                }
                json.field("open_count", card.openTickets)
                json.key("open_tickets")
                json.array(open) { json, ticket in write(ticket, caller, view.level, language, &json) }
                json.key("calls")
                json.array(calls.prefix(Self.calls)) { json, call in write(call, past, &json) }
            }
        }
    }

    private func view(of id: Int64, in contactID: Int64?, for caller: Caller) async throws -> RecordView {
        guard let contactID, let attendance = try await app.attendances.find(contactID) else { return RecordView() }
        try await ContactRight(app).check(attendance, caller)
        var view = RecordView()
        if let callID = attendance.callID { view.number = try await app.calls.find(callID)?.number }
        // A contact opens the record of its own customer and of nobody else.
        if attendance.customerID == id { view.level = attendance.identity }
        return view
    }

    /// A number nobody is registered with: what was said with it before.
    func caller(of attendanceID: Int64, for caller: Caller, language: Language) async throws -> Response {
        guard let attendance = try await app.attendances.find(attendanceID) else { throw Problem.notFound }
        var call: Call?
        if let id = attendance.callID { call = try await app.calls.find(id) }
        var calls: [Call] = []
        if let number = call?.number { calls = try await app.calls.recent(number: number, limit: Self.calls + 1) }
        let past = try await pasts(of: calls)
        let region = app.region
        let view = try await RecordViews(app.attendances, for: caller).of(attendance.customerID)
        return .one { json in
            json.object { json in
                json.field("customer_id", attendance.customerID)
                json.field("number", call.flatMap { view.number(of: $0) })
                json.field("number_display", call.flatMap { view.display(of: $0, region: region) })
                json.field("caller_name", call.flatMap { view.name(of: $0) })
                json.field("withheld", call?.withheld ?? false)
                json.field("line", call?.line)
                json.field("dialled", call?.dialled)
                json.field("queue", call?.queue)
                json.field("state", call?.state.rawValue)
                json.field("started_at", call?.startedAt)
                json.field("answered_at", call?.answeredAt)
                json.field("ended_at", call?.endedAt)
                json.field("recording", call?.recording != nil)
                json.key("transfers")
                json.array(call?.transfers ?? []) { json, transfer in
                    json.object { json in
                        json.field("from", transfer.from)
                        json.field("to", transfer.to)
                        json.field("from_name", transfer.from.map { past.book.shown($0, line: call?.line ?? "") })
                        json.field("to_name", transfer.to.map { past.book.shown($0, line: call?.line ?? "") })
                    }
                }
                json.key("calls")
                json.array(calls.filter { $0.id != call?.id }.prefix(Self.calls)) { json, call in
                    write(call, past, &json)
                }
            }
        }
    }

    /// Another department's ticket shows that there is one, and no more; so does one whose topic wants a surer caller.
    private func write(
        _ ticket: Ticket,
        _ caller: Caller,
        _ level: IdentityLevel,
        _ language: Language,
        _ json: inout JSONWriter
    ) {
        let needed = app.catalogue.current.topic(ticket.topic)?.identity ?? .none
        let isAllowed = IdentityRule.allows(needed, at: level)
        let isReadable = caller.mayRead(ticket)
        let mayRead = isReadable && isAllowed
        json.object { json in
            json.field("id", ticket.id)
            json.field("number", ticket.number)
            json.field("summary", mayRead ? ticket.summary : nil)
            json.field("topic", mayRead ? ticket.topicTitle : nil)
            json.field("department", app.catalogue.current.department(ticket.department)?.name[language])
            json.field("state", ticket.state.rawValue)
            json.field("readable", isReadable)
            json.field("needs_identity", isAllowed ? nil : needed.word)
            json.field("created_at", ticket.createdAt)
        }
    }

    /// What is known of earlier calls besides themselves.
    private struct Pasts {
        var contacts: [Int64: ContactLine]
        var book: PhoneBook.Page
    }

    private func pasts(of calls: [Call]) async throws -> Pasts {
        Pasts(
            contacts: try await app.attendances.lines(of: calls.compactMap(\.attendanceID)),
            book: await app.phones.current()
        )
    }

    /// An earlier call: when, with whom, and what came of it.
    private func write(_ call: Call, _ past: Pasts, _ json: inout JSONWriter) {
        let contact = call.attendanceID.flatMap { past.contacts[$0] }
        let party = call.lastParty ?? (call.direction == .outbound ? call.callerParty : call.answeredBy)
        // Who had the contact is who talked; without one the telephone says it.
        let person =
            call.answeredAt == nil ? nil : contact?.holder ?? party.map { past.book.shown($0, line: call.line) }
        json.object { json in
            json.field("id", call.id)
            json.field("direction", call.direction.rawValue)
            json.field("outcome", call.outcome.rawValue)
            json.field("missed", call.wasMissed)
            json.field("started_at", call.startedAt)
            json.field("answered_at", call.answeredAt)
            json.field("ended_at", call.endedAt)
            json.field("taken_by", person)
            json.field("result", contact?.outcome)
            json.field("ticket", contact?.ticket)
        }
    }
}
