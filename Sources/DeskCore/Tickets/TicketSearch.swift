/// What a ticket can be found by: its numbers, its words and those of its answers, the people it is about.
enum TicketSearch {
    /// Replies looked at: a thread with more has said its words.
    private static let mostReplies = 500
    /// A long text keeps its first words only; the ticket's own must stay among them.
    private static let mostContacts = 20

    /// Puts a ticket's words into the search index, in the transaction that changed them.
    static func index(_ ticketID: Int64, in session: any SQLSession) throws(StoreError) {
        guard let ticket = try TicketDirectory.find(ticketID, in: session) else { return }
        try SearchIndex.put(kind: .ticket, id: ticket.id, text: try text(ticket, in: session), in: session)
    }

    /// The same for a ticket that has just been opened in `attendance`: nothing was said in it yet, so that much of what
    /// a ticket may be found by need not be looked for.
    static func index(
        opened ticket: Ticket,
        in attendance: Attendance,
        session: any SQLSession
    ) throws(StoreError) {
        var parts = own(ticket) + [attendance.protocolNumber]
        parts += try people(ticket, callID: attendance.callID, in: session)
        try SearchIndex.put(kind: .ticket, id: ticket.id, text: parts.joined(separator: " "), in: session)
    }

    /// The word by which a contact's own tickets are told from others in the index: nobody types it, and no other
    /// contact's begins with it.
    static func word(ofContact id: Int64) -> String { "contact\(id)own" }

    /// The same for a customer's tickets that are seen by who sees all of theirs.
    static func word(ofCustomer id: Int64) -> String { "customer\(id)own" }

    /// What the ticket itself says.
    private static func own(_ ticket: Ticket) -> [String] {
        // Whose it is comes first: of a long text only the first words are kept.
        var parts = [ticket.contactID, ticket.secondContactID].compactMap { $0.map(word(ofContact:)) }
        if let customer = ticket.customerID { parts.append(word(ofCustomer: customer)) }
        parts += [ticket.number, ticket.topicTitle, ticket.summary, ticket.details]
        parts += ticket.answers.map(\.display) + [ticket.module, ticket.callerName].compactMap { $0 }
        // As stored too: a document or a phone in an answer is found in any spelling.
        for answer in ticket.answers {
            switch answer.kind {
            case .phone: parts.append(PhoneNumber.searchWords(answer.value))
            case .cpf, .cnpj, .cpfOrCnpj, .nif: parts.append(answer.value)
            default: break
            }
        }
        if let phone = ticket.callerPhone { parts.append(PhoneNumber.searchWords(phone)) }
        return parts
    }

    private static func text(_ ticket: Ticket, in session: any SQLSession) throws(StoreError) -> String {
        var parts = own(ticket)
        let opened = try session.row(
            "SELECT protocol, call_id FROM attendance WHERE id = $1",
            [.integer(ticket.attendanceID)]
        )
        if let opened = opened?.text(0) { parts.append(opened) }
        parts += try linkedProtocols(ticket, in: session)
        parts += try people(ticket, callID: opened?.integer(1), in: session)
        // What was said to the customer and by them; notes stay out, so that a search can never tell of them.
        let entries = try session.rows(
            "SELECT \(Entry.columns) FROM entry WHERE ticket_id = $1 AND body <> '' ORDER BY id",
            [.integer(ticket.id)],
            limit: mostReplies
        )
        for row in entries {
            if let entry = PublicEntry(try Entry(row: row)) { parts.append(entry.body) }
        }
        return parts.joined(separator: " ")
    }

    /// The contacts that were added to the ticket.
    private static func linkedProtocols(_ ticket: Ticket, in session: any SQLSession) throws(StoreError) -> [String] {
        try session.rows(
            "SELECT facts FROM entry WHERE ticket_id = $1 AND kind = 'linked' ORDER BY id",
            [.integer(ticket.id)],
            limit: mostReplies
        ).compactMap { EntryFacts.decode($0.text(0)).protocolNumber }
    }

    private static func people(
        _ ticket: Ticket,
        callID: Int64?,
        in session: any SQLSession
    ) throws(StoreError) -> [String] {
        var parts: [String?] = []
        if let customer = ticket.customerID {
            let row = try session.row("SELECT name, document FROM customer WHERE id = $1", [.integer(customer)])
            parts += [row?.text(0), row?.text(1)]
            let phones = try session.rows(
                "SELECT lookup FROM phone WHERE customer_id = $1",
                [.integer(customer)],
                limit: CustomerLimits.phones
            )
            parts += phones.map { $0.text(0).map { PhoneNumber.searchWords($0) } }
        }
        let named = [ticket.contactID, ticket.secondContactID].compactMap(\.self)
        for contact in named {
            let row = try session.row("SELECT name, email FROM contact WHERE id = $1", [.integer(contact)])
            parts += [row?.text(0), row?.text(1)]
        }
        if named.isEmpty, let customer = ticket.customerID {
            // Of a customer as a whole: whoever speaks for them may be asked for.
            let contacts = try session.rows(
                "SELECT name, email FROM contact WHERE customer_id = $1 AND active = 1 ORDER BY id",
                [.integer(customer)],
                limit: mostContacts
            )
            parts += contacts.flatMap { [$0.text(0), $0.text(1)] }
        }
        // Who called and from where, registered or not.
        if let callID,
            let call = try session.row("SELECT number, caller_name FROM call WHERE id = $1", [.integer(callID)])
        {
            parts += [call.text(0).map { PhoneNumber.searchWords($0) }, call.text(1)]
        }
        return parts.compactMap { $0 }
    }
}
