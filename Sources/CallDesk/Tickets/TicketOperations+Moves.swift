import DeskCore
import HTTPTypes
import Hummingbird

extension TicketMove {
    /// The moves that are asked for by name; facts are changed with PATCH, and the clocks ask nobody.
    static let asked: [TicketMove] = allCases.filter { !clocks.contains($0) && $0 != .change }

    /// Those that many tickets can be asked for at once.
    static let together: [TicketMove] = allCases.filter { !clocks.contains($0) && $0.isTakenBack }

    fileprivate var summary: String {
        switch self {
        case .take: "Takes the ticket for whoever asks."
        case .assign: "Gives the ticket to somebody of its department (`account_id`)."
        case .move: "Moves the ticket to another department or level, or to somebody there (`account_id`)."
        case .ask: "Asks the customer; the clock stands until they answer."
        case .reply: "Replies to the customer; with `attendance_id`, writes down what the customer says."
        case .note: "Adds an internal note."
        case .solve: "Solves the ticket with a solution, which the customer is told."
        case .confirm: "The customer says that it is solved: it closes."
        case .cancel: "Cancels the ticket, with a reason."
        case .reopen: "The customer reopens a ticket that closed a short while ago."
        case .restart: "The customer restarts a solved or closed ticket: it goes back to its department."
        case .reiterate: "The customer asks again: counted, told to the department, first in its list."
        case .merge: "Merges the ticket into another of the same customer (`other_id`), which counts from now on."
        case .split: "Takes chosen entries into a ticket of their own."
        case .link: "Links a contact (`attendance_id`) or relates another ticket (`other_id`)."
        case .change, .remind, .giveUp, .close, .escalate: ""
        }
    }
}

/// What is done with a ticket: one operation for each move of the table.
extension TicketOperations {
    var moves: [Operation] { TicketMove.asked.map(operation) }

    private func operation(_ move: TicketMove) -> Operation {
        Operation(
            method: .post,
            path: "/tickets/{id}/\(move.rawValue)",
            // An interview links a ticket too, and has that name.
            id: move == .link ? "linkToTicket" : "\(move.rawValue)Ticket",
            tag: "tickets",
            summary: move.summary,
            who: [.staff(.technician), .program(.ticketsWrite)],
            parameters: [.idempotencyKey, .account],
            revisions: .taken,
            body: .optionalJSON("TicketMove"),
            answer: .one("MovedTicket"),
            problems: [.notFound, .conflict]
        ) { ask in
            let fields = try ask.fields()
            var order = Self.order(move, of: try ask.id(), fields)
            order.minutes = fields.integer("minutes", in: TicketTime.minutes)
            let wish = fields.choice("passwords", PasswordSpotter.Wish.self)
            if order.otherID == nil { order.otherID = try await other(fields, ask) }
            let copy = try StaleCopy(ask, fields)
            order.revision = copy.revision
            try fields.finish()
            let key = try ask.idempotencyKey().map { "\(ask.caller.scoped($0)):\(order.ticketID):\(move.rawValue)" }
            return try await made(order, key: key, of: copy, passwords: wish, ask)
        }
    }

    var change: Operation {
        Operation(
            method: .patch,
            path: "/tickets/{id}",
            id: "changeTicket",
            tag: "tickets",
            summary: "Corrects facts where they stand: priority, type, topic, due time, watchers.",
            who: [.staff(.technician), .program(.ticketsWrite)],
            parameters: [.account],
            revisions: .taken,
            body: .json("TicketChange"),
            answer: .one("MovedTicket"),
            problems: [.notFound, .conflict]
        ) { ask in
            let fields = try ask.fields()
            let copy = try StaleCopy(ask, fields)
            var order = MoveOrder(.change, of: try ask.id(), revision: copy.revision)
            order.facts.priority = fields.choice("priority", TopicPriority.self)
            order.facts.type = fields.choice("type", TicketType.self)
            order.facts.topic = fields.text("topic", maximum: 200)
            if fields.has("watchers") {
                order.facts.watchers = fields.ids("watchers", most: MoveLimits.mostWatchers)
            }
            order.facts.watch = fields.ids("watch", most: MoveLimits.mostWatchers)
            order.facts.unwatch = fields.ids("unwatch", most: MoveLimits.mostWatchers)
            switch fields.choice("due", DueWord.self) {
            case .policy: order.facts.due = .policy
            case .open: order.facts.due = .open
            case nil: order.facts.due = due(fields).map { .at($0) }
            }
            // As everywhere with PATCH, null empties: “A combinar”.
            if case .null? = ask.json.object?["due_at"] { order.facts.due = .open }
            try fields.finish()
            return try await made(order, of: copy, ask)
        }
    }

    /// A due time with its offset, or as the desk's clock on the wall shows it.
    private func due(_ fields: FieldReader) -> Moment? {
        guard let text = fields.text("due_at", maximum: 40) else { return nil }
        if let moment = ISOTime.moment(text) ?? ISOTime.moment(local: text, in: app.timeZone) { return moment }
        fields.fault("due_at", FieldText.expected("2026-11-21T04:23:11Z"))
        return nil
    }

    private static let noSuchNumber = LocalizedText(
        "Não há chamado com este número.",
        ptPT: "Não há pedido com este número.",
        en: "There is no such ticket."
    )

    /// The other ticket by its number, as somebody typed it.
    private func other(_ fields: FieldReader, _ ask: Ask) async throws -> Int64? {
        guard let number = fields.text("other", maximum: 60) else { return nil }
        switch try await app.directory.read(number: number, format: app.numbers.tickets) {
        case .ticket(let ticket):
            guard ask.caller.mayRead(ticket) else {
                fields.fault("other", Self.noSuchNumber)
                return nil
            }
            return ticket.id
        case .mistyped:
            fields.fault(
                "other",
                LocalizedText("Confira o número: um dígito está trocado.", en: "Check the number: a digit is wrong.")
            )
        case .unknown:
            fields.fault("other", Self.noSuchNumber)
        }
        return nil
    }

    private enum DueWord: String, CaseIterable { case policy, open }

    /// Many at once: of one list, in one transaction.
    var together: Operation {
        Operation(
            method: .post,
            path: "/ticket-moves",
            id: "moveTickets",
            tag: "tickets",
            summary:
                "Makes up to \(TicketDesk.mostAtOnce) moves in one transaction: all of them or none. What they tell waits a minute, in which they can be taken back.",
            who: [.staff(.technician), .program(.ticketsWrite)],
            parameters: [.idempotencyKey, .account],
            body: .json("TicketMoves"),
            answer: .list("MovedTicket"),
            problems: [.notFound, .conflict]
        ) { ask in
            guard let listed = ask.json.object?["moves"]?.array, !listed.isEmpty else {
                throw Problem.invalid("moves", FieldText.missing)
            }
            guard listed.count <= TicketDesk.mostAtOnce else {
                throw Problem.invalid("moves", TicketRefusal.tooMany(limit: TicketDesk.mostAtOnce).text)
            }
            let body = try FieldReader(ask.json)
            let asked = body.objects("moves", most: TicketDesk.mostAtOnce).map { fields in
                (order: Self.orderAmongMany(fields), wish: fields.choice("passwords", PasswordSpotter.Wish.self))
            }
            // What is wrong with any of them is told with its place, and nothing is asked of the desk.
            try body.finish()
            let key = try ask.idempotencyKey()
            var taken: [PasswordOffer.Taken] = []
            let results: [MoveResult]
            do {
                var orders: [MoveOrder] = []
                for (place, one) in asked.enumerated() {
                    var order = one.order
                    taken.append(try await take(&order, wish: one.wish, at: "moves[\(place)].body", ask))
                    orders.append(order)
                }
                if let key { MoveOrder.name(&orders, "\(ask.caller.scoped(key)):moves") }
                results = try await app.tickets.make(orders, by: ask.caller.ticketActor(on: nil))
            } catch {
                for one in taken { try await PasswordOffer(vault: app.vault).discard(one) }
                throw error
            }
            // As of one move: what was made before has its password in the vault already.
            for (one, result) in zip(taken, results) where !result.isNew {
                try await PasswordOffer(vault: app.vault).discard(one)
            }
            var response = Response.list(results) { json, result in json.write(result, offers: offers(result, ask)) }
            if results.allSatisfy({ !$0.isNew }) { response.headers[.idempotentReplayed] = "true" }
            return response
        }
    }

    var takeBack: Operation {
        Operation(
            method: .delete,
            path: "/ticket-moves/{id}",
            id: "takeBackMoves",
            tag: "tickets",
            summary: "Takes moves of many, or a merge, back while what they tell waits: all of them or none.",
            who: [.staff(.technician), .program(.ticketsWrite)],
            parameters: [.account],
            answer: .list("Ticket"),
            problems: [.notFound, .conflict]
        ) { ask in
            let tickets = try await app.tickets.takeBack(try ask.id(), by: ask.caller.ticketActor(on: nil))
            let views = try await RecordViews(app.attendances, for: ask.caller)
            return .list(tickets) { $0.write(views.shown($1)) }
        }
    }

    var number: Operation {
        Operation(
            method: .get,
            path: "/ticket-numbers/{number}",
            id: "findTicketNumber",
            tag: "tickets",
            summary: "The ticket with a number as somebody said or typed it; a mistyped digit is said.",
            who: [.staff(.technician), .program(.ticketsRead)],
            answer: .one("Ticket"),
            problems: [.notFound]
        ) { ask in
            switch try await app.directory.read(number: ask.text("number"), format: app.numbers.tickets) {
            case .ticket(let ticket):
                guard ask.caller.mayRead(ticket) else { throw ask.caller.refusalToRead }
                let views = try await RecordViews(app.attendances, for: ask.caller)
                return .one { $0.write(views.shown(ticket)) }
            case .mistyped: throw TicketRefusal.mistypedNumber
            case .unknown: throw Problem.notFound
            }
        }
    }

    /// One of many moves; without a ticket or a move of the list it has a fault, and is never made.
    private static func orderAmongMany(_ fields: FieldReader) -> MoveOrder {
        let id = fields.id("ticket_id", required: true)
        let asked = fields.text("move", required: true)
        let move = TicketMove.together.first { $0.rawValue == asked }
        if asked != nil, move == nil {
            fields.fault("move", FieldText.oneOf(TicketMove.together.map(\.rawValue)))
        }
        var order = Self.order(move ?? .note, of: id ?? 0, fields)
        order.revision = fields.integer("revision", in: 0...Int64.max)
        order.facts.priority = fields.choice("priority", TopicPriority.self)
        return order
    }

    private static func order(_ move: TicketMove, of id: Int64, _ fields: FieldReader) -> MoveOrder {
        // Blanks are looked at by the desk; a text longer than its move takes is refused there by the move's own limit.
        var order = MoveOrder(move, of: id, text: fields.text("body", maximum: MoveLimits.longestText) ?? "")
        order.attendanceID = fields.id("attendance_id")
        order.department = fields.text("department", maximum: 100)
        order.level = fields.integer("level", in: MoveLimits.levels)
        order.personID = fields.id("account_id")
        order.otherID = fields.id("other_id")
        order.entryIDs = fields.ids("entries", most: MoveLimits.mostEntries)
        order.fileIDs = fields.ids("files", most: MoveLimits.mostEntries)
        order.summary = fields.text("summary", maximum: 500)
        order.watches = fields.bool("watch") ?? false
        return order
    }

    private func made(
        _ asked: MoveOrder,
        key: String? = nil,
        of copy: StaleCopy,
        passwords wish: PasswordSpotter.Wish? = nil,
        _ ask: Ask
    ) async throws -> Response {
        let offer = PasswordOffer(vault: app.vault)
        var order = asked
        let taken = try await take(&order, wish: wish, at: "body", ask)
        if let key { order.name(key) }
        do {
            let result = try await made(order, of: copy, ask)
            if !result.isNew { try await offer.discard(taken) }
            var response = Response.one(revision: result.ticket.revision) {
                $0.write(result, offers: offers(result, ask))
            }
            if !result.isNew { response.headers[.idempotentReplayed] = "true" }
            return response
        } catch {
            try await offer.discard(taken)
            throw error
        }
    }

    /// Takes the passwords out of what a move says, as was wished; `place`: the member of the body it stands in.
    ///
    /// - Throws: `Problem` 409 `password-noticed` while nobody has said what to do about one.
    private func take(_ order: inout MoveOrder, wish: PasswordSpotter.Wish?, at place: String, _ ask: Ask) async throws
        -> PasswordOffer.Taken
    {
        var taken = PasswordOffer.Taken(text: order.text)
        let summary = order.summary ?? ""
        // Only what somebody who may read the ticket writes is looked at: a forged number shows nothing, seals nothing.
        guard !order.text.isEmpty || !summary.isEmpty, let named = try await app.directory.find(order.ticketID),
            ask.caller.mayRead(named)
        else { return taken }
        // A summary is a title: what is covered in it is written nowhere else.
        if !summary.isEmpty { order.summary = try PasswordOffer.covered(summary, wish: wish) }
        do {
            taken = try await PasswordOffer(vault: app.vault).take(
                order.text,
                wish: wish,
                attendanceID: named.attendanceID,
                ticketID: named.id
            )
        } catch var problem as Problem where place != "body" {
            problem.errors = [FieldFault(place, PasswordOffer.noticed)]
            throw problem
        }
        (order.text, order.sealed) = (taken.text, taken.references)
        return taken
    }

    private func made(_ order: MoveOrder, of copy: StaleCopy, _ ask: Ask) async throws -> MoveResult {
        var ticket: Ticket?
        // Staff and programs are looked at by the table, with the ticket as it is in the transaction.
        if case .customer = ask.caller { ticket = try await app.ticket(order.ticketID, for: ask.caller) }
        let actor = ask.caller.ticketActor(on: ticket)
        return try await copy.change {
            try await app.tickets.make(order, by: actor)
        } current: {
            []
        }
    }

    private func offers(_ result: MoveResult, _ ask: Ask) -> [TicketOffer] {
        app.tickets.offers(on: result.ticket, to: ask.caller.ticketActor(on: result.ticket))
    }
}

extension Caller {
    /// Who makes a move of a ticket, as the table asks; without a ticket a customer is nobody's.
    func ticketActor(on ticket: Ticket?) -> TicketActor {
        switch self {
        case .staff(let staff): .account(staff.account)
        case .program(let program): .program(name: program.token.name, author: author, tokenID: program.token.id)
        case .customer(let customer): customer.ticketActor(on: ticket)
        }
    }
}

extension Caller.Customer {
    /// The customer as who moves a ticket: by the contact it names, else by the one they are to its customer.
    func ticketActor(on ticket: Ticket?) -> TicketActor {
        let contact = contact(on: ticket)
        // A stranger's customer is none at all, so that no ticket without one is theirs.
        let customerID = contact == nil ? 0 : ticket?.customerID
        return .customer(customerID: customerID, contactID: contact?.contactID, name: person.name)
    }

    /// Who the customer is to a ticket; nil for a stranger's.
    func contact(on ticket: Ticket?) -> PersonContact? {
        let named = contacts.first { [ticket?.contactID, ticket?.secondContactID].contains($0.contactID) }
        return named ?? contact(of: ticket?.customerID)
    }
}

extension JSONWriter {
    /// A ticket with what may be done now.
    mutating func write(_ ticket: Ticket, status: ServiceStatus, watchers: [Int64], offers: [TicketOffer]) {
        object { json in
            json.writeMembers(ticket)
            json.field("sla_status", status.rawValue)
            json.key("watchers")
            json.array(watchers) { $0.number($1) }
            json.key("allowed")
            json.array(offers) { $0.write($1) }
        }
    }

    mutating func write(_ offer: TicketOffer) {
        object { json in
            json.field("move", offer.move.rawValue)
            json.field("needs", offer.needs.map(\.rawValue).sorted())
            json.field("until", offer.until)
            json.field("for_customer", offer.forCustomer)
        }
    }

    /// What a move came to.
    mutating func write(_ result: MoveResult, offers: [TicketOffer]) {
        object { json in
            json.field("ticket_id", result.ticket.id)
            json.field("number", result.ticket.number)
            json.field("state", result.ticket.state.rawValue)
            json.field("revision", result.ticket.revision)
            json.key("entry")
            json.write(result.entry)
            json.key("other")
            if let other = result.other {
                json.object { json in
                    json.field("id", other.id)
                    json.field("number", other.number)
                }
            } else {
                json.null()
            }
            json.key("allowed")
            json.array(offers) { $0.write($1) }
            json.key("undo")
            if let undo = result.undo {
                json.object { json in
                    json.field("id", undo.id)
                    json.field("until", undo.until)
                }
            } else {
                json.null()
            }
        }
    }
}
