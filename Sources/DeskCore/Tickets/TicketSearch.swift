/// What a ticket can be found by: its numbers, its words, its customer.
enum TicketSearch {
    static func text(_ ticket: Ticket, _ attendance: Attendance, in session: any SQLSession) throws(StoreError)
        -> String
    {
        var parts = [ticket.number, attendance.protocolNumber, ticket.topicTitle, ticket.summary, ticket.details]
        parts += ticket.answers.map(\.display)
        if let module = ticket.module { parts.append(module) }
        if let customer = ticket.customerID {
            let row = try session.row("SELECT name_folded, document FROM customer WHERE id = $1", [.integer(customer)])
            parts += [row?.text(0), row?.text(1)].compactMap { $0 }
            let phones = try session.rows(
                "SELECT lookup FROM phone WHERE customer_id = $1",
                [.integer(customer)],
                limit: 20
            )
            parts += phones.compactMap { $0.text(0) }
        }
        if let contact = ticket.contactID {
            let row = try session.row("SELECT name_folded, email FROM contact WHERE id = $1", [.integer(contact)])
            parts += [row?.text(0), row?.text(1)].compactMap { $0 }
        }
        return TextFolding.fold(parts.joined(separator: " "))
    }
}
