import DeskCore
import HTTPTypes
import Hummingbird

/// Tickets: found, opened, their threads.
struct TicketOperations: OperationSet {
    let app: App

    var operations: [Operation] {
        [list, open, show, change, entries, addEntry, reveal, revealAnswer, notices] + moves + [
            together, takeBack, number,
        ]
    }

    private var list: Operation {
        Operation(
            method: .get,
            path: "/tickets",
            id: "listTickets",
            tag: "tickets",
            summary:
                "Tickets, the newest first; a search looks at numbers, protocols, names, documents, phones and words.",
            who: [.program(.ticketsRead), .staff(.technician)],
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
        ) { ask in
            let page = ask.page
            var query = TicketQuery()
            query.words = ask.query("q") ?? ""
            query.situation = ask.choice("situation", TicketQuery.Situation.self) ?? .all
            query.customerID = ask.number("customer_id")
            query.departments = Self.departments(asked: ask.query("department"), visible: ask.caller.visibleDepartments)
            query.before = page.after
            query.limit = page.limit
            let found = try await app.directory.list(query)
            let views = try await RecordViews(app.attendances, for: ask.caller)
            return .page(found, next: page.next(found)) { $0.write(views.shown($1)) }
        }
    }

    private var open: Operation {
        Operation(
            method: .post,
            path: "/tickets",
            id: "openTicket",
            tag: "tickets",
            summary: "Opens a ticket: durable, numbered and with its notices queued when the answer comes.",
            who: [.program(.ticketsWrite)],
            parameters: [.idempotencyKey, .account],
            body: .json("NewTicket"),
            status: .created,
            otherStatuses: [.ok],
            answer: .one("OpenedTicket"),
            problems: [.conflict]
        ) { ask in
            let key = try ask.idempotencyKey()
            let order = try TicketOrder(ask.json)
            let author = ask.author
            let opening = try await TicketOpener(app: app).open(order, key: key, by: author, ask)
            var response = Response.made(opening.isNew) { $0.write(opening) }
            response.headers[.location] = "/api/v1/tickets/\(opening.ticket.id)"
            return response
        }
    }

    private var show: Operation {
        Operation(
            method: .get,
            path: "/tickets/{id}",
            id: "getTicket",
            tag: "tickets",
            summary: "One ticket, with what may be done with it now and until when.",
            who: [.staff(.technician), .program(.ticketsRead)],
            revisions: .told,
            answer: .one("TicketInFull"),
            problems: [.notFound]
        ) { ask in
            let ticket = try await readable(ask)
            let watchers = try await app.directory.watchers(of: ticket.id)
            // What may be done changes with the hour as well as with the ticket.
            let offers = app.tickets.offers(on: ticket, to: ask.caller.ticketActor(on: ticket))
            let status = ticket.serviceStatus(at: app.clock.now)
            let view = try await RecordViews(app.attendances, for: ask.caller).of(ticket.customerID)
            let parts = [
                "\(ticket.id)", "\(ticket.updatedAt.milliseconds)", status.rawValue, "\(offers.count)",
                "\(view.isOpen)",
            ]
            let tag = StaleCopy.tag(ticket.revision, parts)
            if ask.headers[.ifNoneMatch] == tag { return Response(status: .notModified, headers: [.eTag: tag]) }
            var response = Response.one {
                $0.write(view.shown(ticket), status: status, watchers: watchers, offers: offers)
            }
            response.headers[.eTag] = tag
            return response
        }
    }

    private var entries: Operation {
        Operation(
            method: .get,
            path: "/tickets/{id}/entries",
            id: "listEntries",
            tag: "tickets",
            summary: "A ticket's thread in order, internal notes included.",
            who: [.staff(.technician), .program(.ticketsRead)],
            answer: .list("Entry"),
            problems: [.notFound]
        ) { ask in
            let ticket = try await readable(ask)
            return .list(try await app.directory.thread(ticket.id)) { $0.write($1) }
        }
    }

    /// What a program may add; events are the desk's own.
    private enum Kind: String, CaseIterable { case reply, note }

    private var addEntry: Operation {
        Operation(
            method: .post,
            path: "/tickets/{id}/entries",
            id: "addEntry",
            tag: "tickets",
            summary: "Adds a reply, which the customer is told of, or an internal note.",
            who: [.staff(.technician), .program(.ticketsWrite)],
            parameters: [.idempotencyKey, .account],
            body: .json("NewEntry"),
            status: .created,
            otherStatuses: [.ok],
            answer: .one("Entry"),
            problems: [.notFound, .conflict]
        ) { ask in
            let body = try ask.fields()
            let kind = body.choice("kind", Kind.self) ?? .reply
            let text = body.text("body", maximum: TicketDesk.longestEntry, required: true)
            let wish = body.choice("passwords", PasswordSpotter.Wish.self)
            try body.finish()
            let key = try ask.idempotencyKey()
            let ticket = try await readable(ask)
            let offer = PasswordOffer(vault: app.vault)
            let taken = try await offer.take(
                text ?? "",
                wish: wish,
                attendanceID: ticket.attendanceID,
                ticketID: ticket.id
            )
            var order = MoveOrder(kind == .note ? .note : .reply, of: ticket.id, text: taken.text)
            order.sealed = taken.references
            // Of both kinds one name: said as a note, what was said as a reply is another wish.
            if let key { order.name("\(ask.caller.scoped(key)):\(ticket.id):entry") }
            do {
                let result = try await app.tickets.make(order, by: ask.caller.ticketActor(on: ticket))
                if !result.isNew { try await offer.discard(taken) }
                return .made(result.isNew) { $0.write(result.entry) }
            } catch {
                try await offer.discard(taken)
                throw error
            }
        }
    }

    private var notices: Operation {
        Operation(
            method: .get,
            path: "/tickets/{id}/notices",
            id: "listTicketNotices",
            tag: "notices",
            summary: "The fate of each e-mail and SMS about a ticket.",
            who: [.program(.noticesRead), .staff(.technician)],
            answer: .list("Notice"),
            problems: [.notFound]
        ) { ask in
            let ticket = try await app.ticket(try ask.id(), for: ask.caller)
            let fates = try await app.outbox.fates(ticketID: ticket.id)
            return .list(fates) { $0.write($1, language: ask.language) }
        }
    }

    /// The departments a list shows: the one asked for, among those the caller sees.
    private static func departments(asked: String?, visible: [String]?) -> [String]? {
        guard let asked else { return visible }
        return visible.map { $0.contains(asked) ? [asked] : [] } ?? [asked]
    }

    private var reveal: Operation {
        Operation(
            method: .post,
            path: "/tickets/{id}/secrets",
            id: "revealSecret",
            tag: "tickets",
            summary:
                "Shows a password the customer handed over, until it is erased at the end of its term or of the ticket; the thread tells why it was looked at, the audit trail each look.",
            who: [.staff(.technician)],
            body: .json("SecretReference"),
            answer: .one("Secret")
        ) { ask in
            let body = try ask.fields()
            let reference = body.text("reference", maximum: 80, required: true) ?? ""
            let reason = body.text("reason", maximum: SecretVault.longestReason, required: true) ?? ""
            try body.finish()
            let ticket = try await readable(ask)
            let reader = try ask.person()
            let text: String
            do {
                text = try await app.vault.reveal(
                    reference,
                    ticketID: ticket.id,
                    reason: reason,
                    by: reader.id,
                    named: reader.name
                )
            } catch VaultError.erased {
                text = SecretVault.obfuscated
            } catch VaultError.missing {
                throw Problem.notFound
            }
            return .one { json in json.object { $0.field("text", text) } }
        }
    }

    private var revealAnswer: Operation {
        Operation(
            method: .post,
            path: "/tickets/{id}/answers/{field}/document",
            id: "revealAnswer",
            tag: "tickets",
            summary: "Shows the whole document a ticket's answer holds; each look is in the audit trail.",
            who: [.staff(.technician), .program(.customersRead)],
            answer: .one("Document"),
            problems: [.notFound]
        ) { ask in
            let ticket = try await readable(ask)
            let answer = try await app.directory.revealDocument(
                in: ask.text("field"),
                of: ticket.id,
                by: ask.actor,
                at: app.clock.now
            )
            guard let answer else { throw Problem.notFound }
            return .one { json in
                json.object { json in
                    json.field("kind", answer.document?.kind.rawValue ?? answer.kind.rawValue)
                    json.field("number", answer.value)
                    json.field("display", answer.display)
                }
            }
        }
    }

    /// The ticket in the path, for a caller who may read it.
    func readable(_ ask: Ask) async throws -> Ticket {
        let ticket = try await existing(ask)
        guard ask.caller.mayRead(ticket) else { throw ask.caller.refusalToRead }
        return ticket
    }

    func existing(_ ask: Ask) async throws -> Ticket {
        guard let ticket = try await app.directory.find(ask.id()) else { throw Problem.notFound }
        return ticket
    }
}

extension App {
    /// A ticket the caller may read.
    ///
    /// - Throws: `Problem` 404 for none, 403 for another department's; `StoreError`.
    func ticket(_ id: Int64, for caller: Caller) async throws -> Ticket {
        guard let ticket = try await directory.find(id) else { throw Problem.notFound }
        guard caller.mayRead(ticket) else { throw caller.refusalToRead }
        return ticket
    }
}

extension Caller {
    /// Why it may not read a ticket; to a customer a stranger's is not there.
    var refusalToRead: Problem {
        switch self {
        case .customer: .notFound
        case .staff, .program: .otherDepartment
        }
    }
}

extension Problem {
    static let otherDepartment = Problem(
        .forbidden,
        "other-department",
        LocalizedText(
            "Este chamado é de outro departamento",
            ptPT: "Este pedido é de outro departamento",
            en: "This ticket belongs to another department"
        ),
        detail: LocalizedText(
            "Sua conta não o vê. Se o cliente está na linha, vincule o atendimento a ele: quem cuida dele será avisado.",
            ptPT:
                "A sua conta não o vê. Se o cliente está em linha, associe o atendimento a ele: quem trata dele será avisado.",
            en:
                "Your account cannot see it. With the customer on the line, link the attendance to it: those who work on it are told."
        )
    )
}
