/// A code that raises a caller's identity during the contact: sent to what the customer registered, read back by the caller.
///
/// It holds for one contact and one customer, a quarter of an hour and five tries; another is sent a minute later at the
/// earliest. The technician learns where it went with the middle left out.
public struct IdentityCodes: Sendable {
    /// What became of asking for one.
    public enum Sending: Sendable, Equatable {
        case sent([NoticeFate])
        /// The last one is too fresh.
        case tooSoon
        /// No mailbox, and no SMS in the contract.
        case noChannel
    }

    private let entry: PersonEntry

    public init(entry: PersonEntry) { self.entry = entry }

    /// Sends a code to the registered mailbox of the contact and, where the contract has it, the registered phones.
    public func send(
        attendanceID: Int64,
        customerID: Int64,
        contactID: Int64?
    ) async throws(StoreError) -> Sending {
        let now = entry.clock.now
        return try await entry.persons.database.write { session in
            let audience = try entry.customers.noticeRecipients(
                customerID: customerID,
                contactID: contactID,
                in: session
            )
            guard !audience.mailboxes.isEmpty || audience.smsInContract else { return .noChannel }
            // A person of the desk asks for each, with somebody on the line.
            let sending = try entry.sendCode(
                Self.subject(attendanceID, customerID),
                .verificationCode,
                to: audience,
                customerID: customerID,
                counting: nil,
                at: now,
                in: session
            )
            guard case .sent(let ids) = sending, !ids.isEmpty else { return .tooSoon }
            var fates: [NoticeFate] = []
            for id in ids {
                let row = try session.row("SELECT \(NoticeFate.columns) FROM notice WHERE id = $1", [.integer(id)])
                if let row { fates.append(try NoticeFate(row: row)) }
            }
            return .sent(fates)
        }
    }

    /// Whether what a caller says is the code of this contact; a right one is used up, each wrong one counts.
    static func take(
        _ typed: String,
        attendanceID: Int64,
        customerID: Int64,
        at now: Moment,
        in session: any SQLSession
    ) throws(StoreError) -> Bool {
        try PersonCodes.take(typed, for: subject(attendanceID, customerID), at: now, in: session)
    }

    private static func subject(_ attendanceID: Int64, _ customerID: Int64) -> String {
        "attendance:\(attendanceID):\(customerID)"
    }
}
