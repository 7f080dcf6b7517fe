/// Where a notice goes that is sent again: to the address that whoever it was for has now.
///
/// Most are sent again because the address was wrong and has been corrected. What was for nobody's record (people of the
/// desk, strangers who wrote) goes where it went.
struct NoticeAddress {
    let customers: CustomerDirectory

    /// - Returns: nil when the address it had is the customer's no more, and there is no other in its place.
    func current(for id: NoticeID, in session: any SQLSession) throws(StoreError) -> String? {
        let row = try session.row(
            """
            SELECT channel, recipient, customer_id, contact_id, ticket_id, attendance_id, event, created_at, recipient_name
            FROM notice WHERE id = $1
            """,
            [.integer(id)]
        )
        guard let row, let channel = row.text(0).flatMap(NoticeChannel.init), let recipient = row.text(1) else {
            throw .corrupt(what: "notice")
        }
        // Who wrote to the mailbox is answered there, whoever they are.
        guard let noted = row.integer(2), row.text(6) != NoticeEvent.mailRefused.rawValue else { return recipient }
        let (contactID, customer) = (row.integer(3), try CustomerDirectory.survivor(of: noted, in: session))
        let ticket = try row.integer(4).flatMap { id throws(StoreError) in try TicketDirectory.find(id, in: session) }
        // Whose ticket it was taken for is told no more of it.
        if let ticket, ticket.customerID != customer { return nil }
        let attendance = try row.integer(5).flatMap { id throws(StoreError) in
            try AttendanceDesk.find(id, in: session)
        }
        let audience = try customers.noticeRecipients(
            customerID: customer,
            contactID: ticket?.contactID ?? attendance?.contactID,
            secondID: ticket?.secondContactID,
            inConfidence: ticket?.isConfidential ?? false,
            in: session
        )
        // Its text greets whom it was for.
        let name = row.text(8) ?? ""
        func isFor(_ other: String?) -> Bool { name.isEmpty || name == other }
        switch channel {
        case .mail:
            let others = ticket?.isConfidential == true ? [] : try customers.contacts(of: customer, in: session)
            let known = audience.mailboxes.map(\.address) + others.compactMap(\.email)
            if known.contains(where: { $0.lowercased() == recipient.lowercased() }) { return recipient }
            guard let contactID else { return Self.only(audience.mailboxes.filter { isFor($0.name) })?.address }
            return audience.mailboxes.first { $0.contactID == contactID }?.address
                ?? others.first { $0.id == contactID }?.email
        case .sms:
            let reached = audience.phones.filter { $0.takesSMS && $0.e164 != nil }
            if reached.contains(where: { $0.e164 == recipient }) { return recipient }
            // Who called is told on the telephone they called from, registered or not.
            if try Self.called(from: recipient, attendance, in: session) { return recipient }
            let told = try session.rows(
                """
                SELECT recipient FROM notice WHERE event = $1 AND channel = 'sms' AND created_at = $2 AND id <> $3
                    AND (ticket_id = $4 OR attendance_id = $5)
                """,
                [row[6], row[7], .integer(id), row[4], row[5]],
                limit: 100
            ).compactMap { $0.text(0) }
            let free = reached.filter { phone in phone.e164.map { !told.contains($0) } ?? false }
            // Numbers are not corrected but removed and added: the newest of the same person's took the old one's place.
            let own = free.last { $0.contactID == contactID }
            return (own ?? (contactID == nil ? Self.only(free.filter { isFor($0.name) }) : nil))?.e164
        }
    }

    /// A notice of a release before says not for whom it was: among several nobody knows.
    private static func only<Way>(_ ways: [Way]) -> Way? { ways.count == 1 ? ways[0] : nil }

    private static func called(
        from number: String,
        _ attendance: Attendance?,
        in session: any SQLSession
    ) throws(StoreError) -> Bool {
        guard let callID = attendance?.callID else { return false }
        return try session.row(
            "SELECT 1 FROM call WHERE id = $1 AND number = $2",
            [.integer(callID), .text(number)]
        ) != nil
    }
}
