extension AttachmentStore {
    /// Gives a contact's files to its ticket: those that were given as answers.
    ///
    /// What was uploaded and taken out of its answer again stays with the contact: it may be somebody else's.
    /// `named`: the answers' files; nil for all there are. `withOthers`: also what neither the desk nor the customer
    /// answered with, a voicemail's recording or what a program put into the contact, and so nobody could take out.
    static func bring(
        _ named: [Int64]?,
        of attendance: Attendance,
        to ticketID: Int64,
        withOthers: Bool,
        in session: any SQLSession
    ) throws(StoreError) {
        let change = "UPDATE attachment SET ticket_id = $1 WHERE attendance_id = $2 AND ticket_id IS NULL"
        let both: [SQLValue] = [.integer(ticketID), .integer(attendance.id)]
        guard let named else {
            // What somebody of the desk added before the ticket was opened would be its customer's, who was never given it.
            try session.execute(
                "\(change) AND (created_by IS NULL OR created_at > (SELECT created_at FROM ticket WHERE id = $1))",
                both
            )
            return
        }
        for id in named.prefix(most) { try session.execute("\(change) AND id = $3", both + [.integer(id)]) }
        // Of the portal's contacts, what no account added is what the customer uploaded.
        guard withOthers, attendance.channel != .portal else { return }
        try session.execute("\(change) AND created_by IS NULL", both)
    }
}
