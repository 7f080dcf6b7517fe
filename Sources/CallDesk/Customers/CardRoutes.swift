import DeskCore
import HTTPTypes
import Hummingbird

/// What may already answer the caller: who they are, what is open, when they called, guides.
struct CardRoutes: Sendable {
    private static let tickets = 12
    private static let calls = 8

    let app: App

    func addRoutes(to group: RouterGroup<SignedInContext>) {
        group.get("/desk/api/customers/:id/card") { _, context -> Response in try await card(context) }
        group.get("/desk/api/attendances/:id/caller") { _, context -> Response in try await caller(context) }
        group.get("/desk/api/topics/:id/guides") { _, context -> Response in try await guides(context) }
        group.get("/desk/api/attendances/:id/notices") { _, context -> Response in
            guard let attendance = try await app.attendances.find(context.id("id")) else { throw Problem.notFound }
            let fates = try await app.outbox.fates(attendanceID: attendance.id)
            return .list(fates) { $0.write($1, language: context.language) }
        }
        group.get("/desk/api/attendances/:id") { _, context -> Response in try await attendance(context) }
    }

    private func card(_ context: SignedInContext) async throws -> Response {
        guard let card = try await app.customers.card(context.id("id")) else { throw Problem.notFound }
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
        let (language, region) = (context.language, app.region)
        return .one { json in
            json.object { json in
                json.field("id", card.customer.id)
                json.field("name", card.customer.name)
                json.field("kind", card.customer.kind.rawValue)
                json.field("document", card.customer.document?.masked)
                json.field("document_kind", card.customer.document?.kind.title)
                json.field("address", card.customer.address)
                json.field("notes", card.customer.notes)
                json.field("sms", card.smsService == .active)
                json.field("sms_text", card.smsService.text(in: language))
                json.key("contacts")
                json.array(card.contacts.filter(\.isActive).prefix(20)) { json, contact in
                    json.object { json in
                        json.field("id", contact.id)
                        json.field("name", contact.name)
                        json.field("email", contact.email)
                        json.field("role", contact.role)
                    }
                }
                json.key("phones")
                json.array(card.phones) { json, phone in
                    json.object { json in
                        json.field("number", phone.e164 ?? phone.lookup)
                        json.field("display", phone.display(region: region))
                        json.field("label", phone.label)
                        json.field("sms", phone.canReceiveSMS(region: region))
                    }
                }
                json.key("contracts")
                let now = app.clock.now
                json.array(card.contracts) { json, contract in
                    json.object { json in
                        json.field("number", contract.number)
                        json.field("title", contract.title)
                        json.field("in_force", contract.isInForce(at: now))
                        json.field("sms", contract.hasSMS)
                    }
                }
                json.field("open_count", card.openTickets)
                json.key("open_tickets")
                json.array(open) { json, ticket in write(ticket, context.account, language, &json) }
                json.key("calls")
                json.array(calls.prefix(Self.calls)) { json, call in write(call, &json) }
            }
        }
    }

    /// A number nobody is registered with: what was said with it before.
    private func caller(_ context: SignedInContext) async throws -> Response {
        guard let attendance = try await app.attendances.find(context.id("id")) else { throw Problem.notFound }
        var call: Call?
        if let id = attendance.callID { call = try await app.calls.find(id) }
        var calls: [Call] = []
        if let number = call?.number { calls = try await app.calls.recent(number: number, limit: Self.calls + 1) }
        let region = app.region
        return .one { json in
            json.object { json in
                json.field("customer_id", attendance.customerID)
                json.field("number", call?.number)
                json.field(
                    "number_display",
                    (call?.number ?? call?.numberRaw).map { PhoneNumber.display($0, region: region) }
                )
                json.field("caller_name", call?.callerName)
                json.field("withheld", call?.withheld ?? false)
                json.field("line", call?.line)
                json.field("dialled", call?.dialled)
                json.field("queue", call?.queue)
                json.field("state", call?.state.rawValue)
                json.field("started_at", call?.startedAt.milliseconds)
                json.field("answered_at", call?.answeredAt?.milliseconds)
                json.field("ended_at", call?.endedAt?.milliseconds)
                json.field("recording", call?.recording != nil)
                json.key("transfers")
                json.array(call?.transfers ?? []) { json, transfer in
                    json.object { json in
                        json.field("from", transfer.from)
                        json.field("to", transfer.to)
                    }
                }
                json.key("calls")
                json.array(calls.filter { $0.id != call?.id }.prefix(Self.calls)) { json, call in write(call, &json) }
            }
        }
    }

    private func attendance(_ context: SignedInContext) async throws -> Response {
        guard let attendance = try await app.attendances.find(context.id("id")) else { throw Problem.notFound }
        let tickets = try await app.directory.list(attendanceID: attendance.id)
        return .one { json in
            json.object { json in
                json.field("id", attendance.id)
                json.field("protocol", attendance.protocolNumber)
                json.field("groups", DeskBoard.groups(attendance.protocolNumber))
                json.field("words", SpokenDigits.words(attendance.protocolNumber, language: context.language))
                json.field("state", attendance.state.rawValue)
                json.field("account_id", attendance.accountID)
                json.key("tickets")
                json.array(tickets) { json, ticket in write(ticket, context.account, context.language, &json) }
            }
        }
    }

    private func guides(_ context: SignedInContext) async throws -> Response {
        guard let topic = app.catalogue.current.topic(try context.text("id")) else { throw Problem.notFound }
        let language = context.language
        return .list(topic.guides) { json, guide in
            json.object { json in
                json.field("kind", guide.kind.rawValue)
                json.field("title", guide.title[language])
                json.field("text", guide.text?[language])
                json.field("url", guide.url)
            }
        }
    }

    /// Another department's ticket shows that there is one, and no more.
    private func write(_ ticket: Ticket, _ account: Account, _ language: Language, _ json: inout JSONWriter) {
        let mayRead = account.mayRead(ticket)
        json.object { json in
            json.field("id", ticket.id)
            json.field("number", ticket.number)
            json.field("summary", mayRead ? ticket.summary : nil)
            json.field("topic", mayRead ? ticket.topicTitle : nil)
            json.field("department", app.catalogue.current.department(ticket.department)?.name[language])
            json.field("state", ticket.state.rawValue)
            json.field("readable", mayRead)
            json.field("created_at", ticket.createdAt.milliseconds)
        }
    }

    private func write(_ call: Call, _ json: inout JSONWriter) {
        json.object { json in
            json.field("id", call.id)
            json.field("direction", call.direction.rawValue)
            json.field("outcome", call.outcome.rawValue)
            json.field("missed", call.wasMissed)
            json.field("started_at", call.startedAt.milliseconds)
            json.field("answered_at", call.answeredAt?.milliseconds)
            json.field("ended_at", call.endedAt?.milliseconds)
        }
    }
}
