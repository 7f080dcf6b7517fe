import DeskCore
import HTTPTypes
import Hummingbird

/// The lists people work from, their bell and what they have read.
struct WorkListOperations: OperationSet {
    let app: App

    var operations: [Operation] { [list, next, bells, silence, read] }

    static let schemas: [(String, Schema)] = [
        (
            "WorkList",
            .object([
                .init(
                    "items",
                    .array(
                        .object([
                            .init("ticket", .reference("Ticket")),
                            .init("sla_status", .words(ServiceStatus.allCases.map(\.rawValue))),
                            .init("unread", .integer(minimum: 0), "Entries of others the reader has not seen."),
                        ])
                    )
                ),
                .nullable("next", .text, "Hand it back as `after` for the next page."),
                .init("is_cut", .boolean, "There are more than are listed: too many tickets have the words."),
            ])
        ),
        (
            "Bell",
            .object([
                .init("id", .id, "Together with the kind it names the bell."),
                .nullable("ticket_id", .id), .nullable("number", .text),
                .nullable("webhook_id", .id, "The subscriber that has taken nothing for three days (`webhook`)."),
                .init("summary", .text), .nullable("entry_id", .id),
                .init("kind", .words(BellKind.allCases.map(\.rawValue) + [Self.webhookKind])),
                .init("happening", .words(StaffHappening.allCases.map(\.rawValue)), "As wishes name it."),
                .init("title", .text, "The kind in words."),
                .init("path", .text, "The page of the desk that shows it."),
                .init("pinned", .boolean), .init("rung_at", .time),
            ])
        ),
        ("ReadMark", .object([.init("entry_id", .id, "The last entry that was read.")])),
    ]

    private var list: Operation {
        Operation(
            method: .get,
            path: "/work/{list}",
            id: "listWork",
            tag: "tickets",
            summary:
                "A work list (\(WorkListKind.allCases.map(\.rawValue).joined(separator: ", "))). In order of work: reiterated first, then by priority, then as they came; all tickets newest first.",
            who: [.staff(.technician), .program(.ticketsRead)],
            parameters: [
                .init(name: "after", schema: .string(maximum: 60), about: "The `next` of the page before."), .limit,
                .account,
                .init(
                    name: "q",
                    schema: .string(maximum: 200),
                    about: "Words, a number, a protocol, a phone, a document."
                ),
                .init(
                    name: "order",
                    schema: .words(WorkListOrder.allCases.map(\.rawValue)),
                    about: "In order of work, of opening or of due time."
                ),
                .init(name: "descending", schema: .boolean, about: "The other way round."),
                .init(name: "department", schema: .string(maximum: 100), about: "Only this department's."),
                .init(
                    name: "state",
                    schema: .words(TicketState.allCases.map(\.rawValue)),
                    about: "Only in this state."
                ),
                .init(
                    name: "priority",
                    schema: .words(TopicPriority.allCases.map(\.rawValue)),
                    about: "Only of this priority."
                ),
                .init(name: "topic", schema: .string(maximum: 200), about: "Only of this topic."),
                .init(name: "customer_id", schema: .id, about: "Only this customer's."),
                .init(name: "account_id", schema: .id, about: "Only those this person has."),
                .init(
                    name: "channel",
                    schema: .words(AttendanceChannel.allCases.map(\.rawValue)),
                    about: "Only opened this way."
                ),
                .init(
                    name: "sla_status",
                    schema: .words(ServiceStatus.allCases.map(\.rawValue)),
                    about: "Only those whose promise stands so."
                ),
                .init(name: "from", schema: .time, about: "Opened at this moment or later."),
                .init(name: "to", schema: .time, about: "Opened before this moment."),
            ],
            answer: .one("WorkList"),
            problems: [.notFound]
        ) { ask in
            let page = try await app.workLists.page(try query(ask))
            let now = app.clock.now
            let views = try await RecordViews(app.attendances, for: ask.caller)
            return .one { json in
                json.object { json in
                    json.key("items")
                    json.array(page.rows) { json, row in
                        json.object { json in
                            json.key("ticket")
                            json.write(views.shown(row.ticket))
                            json.field("sla_status", row.ticket.serviceStatus(at: now).rawValue)
                            json.field("unread", row.unread)
                        }
                    }
                    json.field("next", page.next?.text)
                    json.field("is_cut", page.isCut)
                }
            }
        }
    }

    private func query(_ ask: Ask) throws -> WorkListQuery {
        guard let kind = WorkListKind(rawValue: try ask.text("list")) else { throw Problem.notFound }
        // Whose list it is; a program that acts for nobody reads those that are everybody's.
        let account = kind == .mine || kind == .watched ? try ask.person() : ask.caller.account
        var query = WorkListQuery(kind, of: account?.id ?? 0, departments: ask.caller.visibleDepartments)
        if let department = ask.query("department") {
            // What is theirs by name is theirs in every department.
            if kind != .mine, kind != .watched, let own = query.departments, !own.contains(department) {
                throw Problem.otherDepartment
            }
            query.department = department
        }
        query.state = ask.choice("state", TicketState.self)
        query.priority = ask.choice("priority", TopicPriority.self)
        query.topic = ask.query("topic")
        query.customerID = ask.number("customer_id")
        query.personID = ask.number("account_id")
        query.channel = ask.choice("channel", AttendanceChannel.self)
        query.service = ask.choice("sla_status", ServiceStatus.self)
        query.from = try moment("from", ask)
        query.to = try moment("to", ask)
        query.limit = ask.page.limit
        query.words = ask.query("q") ?? ""
        query.order = ask.choice("order", WorkListOrder.self) ?? .work
        query.isDescending = ask.query("descending") == "true"
        if let text = ask.query("after") {
            guard let cursor = WorkListCursor(text) else {
                throw Problem.invalid("after", FieldText.expected("12.345"))
            }
            query.after = cursor
        }
        return query
    }

    private func moment(_ name: String, _ ask: Ask) throws -> Moment? {
        guard let text = ask.query(name) else { return nil }
        guard let moment = ISOTime.moment(text) else {
            throw Problem.invalid(name, FieldText.expected("2026-11-21T04:23:11Z"))
        }
        return moment
    }

    private var next: Operation {
        Operation(
            method: .post,
            path: "/work/next",
            id: "takeNext",
            tag: "tickets",
            summary: "Takes the first ticket of the person's departments that nobody has.",
            who: [.staff(.technician), .program(.ticketsWrite)],
            parameters: [.account],
            answer: .one("MovedTicket"),
            problems: [.notFound]
        ) { ask in
            guard let result = try await app.tickets.takeNext(by: try ask.person()) else { throw Problem.nothingToTake }
            let offers = app.tickets.offers(on: result.ticket, to: ask.caller.ticketActor(on: result.ticket))
            return .one { $0.write(result, offers: offers) }
        }
    }

    private var bells: Operation {
        Operation(
            method: .get,
            path: "/bells",
            id: "listBells",
            tag: "tickets",
            summary: "What the person has to look at: webhooks' subscribers that fail, pinned ones, then the newest.",
            who: [.staff(.technician)],
            parameters: [.after, .limit],
            answer: .page("Bell")
        ) { ask in
            let page = ask.page
            let person = try ask.person().id
            // On the first page, with room for a ticket beside them.
            let failing =
                page.after == nil ? try await app.webhookBells.list(of: person, limit: page.limit - 1) : []
            let most = page.limit - failing.count
            let found = try await app.bells.list(of: person, before: page.after, limit: most)
            let last = found.count == most ? found.map(\.id).min() : nil
            return .page(failing.map(Rung.webhook) + found.map(Rung.ticket), next: last) { json, rung in
                rung.write(to: &json, ask.language)
            }
        }
    }

    /// What a bell of a subscriber is called beside those of tickets.
    private static let webhookKind = "webhook"

    /// One line of the bell.
    private enum Rung {
        case ticket(Bell)
        case webhook(WebhookBell)

        func write(to json: inout JSONWriter, _ language: Language) {
            json.object { json in
                switch self {
                case .ticket(let bell):
                    json.field("id", bell.id)
                    json.field("ticket_id", bell.ticketID)
                    json.field("number", bell.ticketNumber)
                    json.field("webhook_id", Int64?.none)
                    json.field("summary", bell.summary)
                    json.field("entry_id", bell.entryID)
                    json.field("kind", bell.kind.rawValue)
                    json.field("happening", StaffHappening(bell.kind).rawValue)
                    json.field("title", bell.kind.title(language))
                    json.field("path", "/desk/tickets/\(bell.ticketNumber)")
                    json.field("pinned", bell.isPinned)
                    json.field("rung_at", bell.rungAt)
                case .webhook(let bell):
                    json.field("id", bell.id)
                    json.field("ticket_id", Int64?.none)
                    json.field("number", String?.none)
                    json.field("webhook_id", bell.webhookID)
                    json.field("summary", bell.name)
                    json.field("entry_id", Int64?.none)
                    json.field("kind", WorkListOperations.webhookKind)
                    json.field("happening", StaffHappening.other.rawValue)
                    json.field("title", WorkListOperations.failing[language])
                    json.field("path", "/admin/webhooks/\(bell.webhookID)")
                    json.field("pinned", false)
                    json.field("rung_at", bell.rungAt)
                }
            }
        }
    }

    private static let failing = LocalizedText(
        "Programa sem receber há mais de três dias",
        ptPT: "Programa sem receber há mais de três dias",
        en: "A program has taken nothing for over three days"
    )

    private var silence: Operation {
        Operation(
            method: .delete,
            path: "/bells",
            id: "silenceBells",
            tag: "tickets",
            summary: "Everything that is not pinned has been looked at.",
            who: [.staff(.technician)],
            status: .noContent,
            answer: .nothing
        ) { ask in
            try await app.bells.readAll(of: try ask.person().id)
            return Response(status: .noContent)
        }
    }

    private var read: Operation {
        Operation(
            method: .put,
            path: "/tickets/{id}/read",
            id: "readTicket",
            tag: "tickets",
            summary: "The person has read the thread up to an entry; what rang for it is silent.",
            who: [.staff(.technician)],
            body: .json("ReadMark"),
            status: .noContent,
            answer: .nothing,
            problems: [.notFound]
        ) { ask in
            let fields = try ask.fields()
            let entry = fields.id("entry_id", required: true)
            try fields.finish()
            guard let ticket = try await app.directory.find(ask.id()) else { throw Problem.notFound }
            guard ask.caller.mayRead(ticket) else { throw ask.caller.refusalToRead }
            try await app.bells.read(ticket.id, upTo: entry ?? 0, by: try ask.person().id)
            return Response(status: .noContent)
        }
    }
}

extension Problem {
    static let nothingToTake = Problem(
        .notFound,
        "nothing-to-take",
        LocalizedText(
            "Não há chamado sem responsável nos seus departamentos",
            ptPT: "Não há pedido sem responsável nos seus departamentos",
            en: "There is no ticket without an owner in your departments"
        )
    )
}
