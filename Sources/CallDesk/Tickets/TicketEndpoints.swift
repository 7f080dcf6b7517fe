import DeskCore
import HTTPTypes
import Hummingbird

/// Tickets: found, opened, their threads.
struct TicketEndpoints: Sendable {
    let app: App

    var all: [Endpoint] { [list, open, show, entries, addEntry, notices] }

    private var list: Endpoint {
        Endpoint(
            method: .get,
            path: "/tickets",
            id: "listTickets",
            tag: "tickets",
            summary:
                "Tickets, the newest first; a search looks at numbers, protocols, names, documents, phones and words.",
            scope: .ticketsRead,
            parameters: [
                .after, .limit,
                .init(name: "q", schema: .string(maximum: 200), about: "What to look for; accents do not matter."),
                .init(
                    name: "situation",
                    schema: .words(TicketQuery.Situation.allCases.map(\.rawValue)),
                    about: "Only open or only closed ones."
                ),
                .init(name: "customer_id", schema: .id, about: "Only this customer's."),
                .init(name: "department", schema: .string(maximum: 100), about: "Only this department's."),
            ],
            answer: .page("Ticket")
        ) { request, _ in
            let page = try PageQuery(request)
            var query = TicketQuery()
            query.words = String((request.query("q") ?? "").prefix(200))
            query.situation = try request.choice("situation", TicketQuery.Situation.self) ?? .all
            if let text = request.query("customer_id") {
                guard let id = Int64(text), id > 0 else {
                    throw Problem.invalid("customer_id", FieldText.expected("1, 2, 3…"))
                }
                query.customerID = id
            }
            query.departments = request.query("department").map { [String($0.prefix(100))] }
            query.before = page.after
            query.limit = page.limit
            let found = try await app.directory.list(query)
            return .page(found, next: page.next(found)) { $0.write($1) }
        }
    }

    private var open: Endpoint {
        Endpoint(
            method: .post,
            path: "/tickets",
            id: "openTicket",
            tag: "tickets",
            summary: "Opens a ticket: durable, numbered and with its notices queued when the answer comes.",
            scope: .ticketsWrite,
            parameters: [.idempotencyKey, .account],
            body: .json("NewTicket"),
            status: .created,
            answer: .one("OpenedTicket"),
            problems: [.conflict]
        ) { request, context in
            let key = try IdempotencyKey(request)
            let order = try TicketOrder(await request.json())
            let author = try await app.author(request)
            let opening = try await TicketOpener(app: app).open(order, key: key, by: author, context)
            var response = Response.one(opening.isNew ? .created : .ok) { $0.write(opening) }
            response.headers[.location] = "/api/v1/tickets/\(opening.ticket.id)"
            if !opening.isNew { response.headers[.idempotentReplayed] = "true" }
            return response
        }
    }

    private var show: Endpoint {
        Endpoint(
            method: .get,
            path: "/tickets/{id}",
            id: "getTicket",
            tag: "tickets",
            summary: "One ticket.",
            scope: .ticketsRead,
            answer: .one("Ticket"),
            problems: [.notFound]
        ) { request, context in
            let ticket = try await existing(context)
            let tag = "\"\(ticket.id)-\(ticket.updatedAt.milliseconds)\""
            if request.headers[.ifNoneMatch] == tag { return Response(status: .notModified, headers: [.eTag: tag]) }
            var response = Response.one { $0.write(ticket) }
            response.headers[.eTag] = tag
            return response
        }
    }

    private var entries: Endpoint {
        Endpoint(
            method: .get,
            path: "/tickets/{id}/entries",
            id: "listEntries",
            tag: "tickets",
            summary: "A ticket's thread in order, internal notes included.",
            scope: .ticketsRead,
            answer: .list("Entry"),
            problems: [.notFound]
        ) { _, context in
            let ticket = try await existing(context)
            return .list(try await app.directory.thread(ticket.id, notes: true)) { $0.write($1) }
        }
    }

    /// What a program may add; events are the desk's own.
    private enum Kind: String, CaseIterable { case reply, note }

    private var addEntry: Endpoint {
        Endpoint(
            method: .post,
            path: "/tickets/{id}/entries",
            id: "addEntry",
            tag: "tickets",
            summary: "Adds a reply, which the customer is told of, or an internal note.",
            scope: .ticketsWrite,
            parameters: [.account],
            body: .json("NewEntry"),
            status: .created,
            answer: .one("Entry"),
            problems: [.notFound, .conflict]
        ) { request, context in
            let body = try FieldReader(await request.json())
            let kind = body.choice("kind", Kind.self) ?? .reply
            let text = body.text("body", maximum: TicketDesk.longestEntry, required: true)
            try body.finish()
            let ticket = try await existing(context)
            let author = try await app.author(request)
            let entry = try await app.tickets.add(
                kind == .note ? .note : .reply,
                to: ticket.id,
                body: text ?? "",
                by: .technician,
                id: author?.accountID,
                name: author?.name ?? context.token.name,
                language: context.language
            )
            return .one(.created) { $0.write(entry) }
        }
    }

    private var notices: Endpoint {
        Endpoint(
            method: .get,
            path: "/tickets/{id}/notices",
            id: "listTicketNotices",
            tag: "notices",
            summary: "The fate of each e-mail and SMS about a ticket.",
            scope: .noticesRead,
            answer: .list("Notice"),
            problems: [.notFound]
        ) { _, context in
            let ticket = try await existing(context)
            let fates = try await app.outbox.fates(ticketID: ticket.id)
            return .list(fates) { $0.write($1, language: context.language) }
        }
    }

    private func existing(_ context: APIContext) async throws -> Ticket {
        guard let ticket = try await app.directory.find(context.id()) else { throw Problem.notFound }
        return ticket
    }
}

extension App {
    /// The technician in whose name a program acts, by the `CallDesk-Account` header; nil without one.
    ///
    /// - Throws: `Problem` 422 for a login that is none or is disabled.
    func author(_ request: Request) async throws -> TicketAuthor? {
        guard let login = request.headers[.account] else { return nil }
        guard login.utf8.count <= 64, let account = try await accounts.find(login: login), !account.isDisabled else {
            throw Problem.invalid("CallDesk-Account", Self.noSuchAccount)
        }
        return TicketAuthor(accountID: account.id, name: account.name)
    }

    private static let noSuchAccount = LocalizedText(
        "Não há usuário ativo com este login.",
        ptPT: "Não há utilizador ativo com este login.",
        en: "There is no active user with this login."
    )
}
