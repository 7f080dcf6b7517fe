/// Tells callers the protocol number of a contact that ended without a ticket, and of a call that nobody answered.
///
/// The rules of every notice hold (A3, C1): a known customer, and a channel that is theirs. Each contact is told of once.
public struct ProtocolTellings: Sendable {
    /// The promise is the number within 24 hours; older ones were before this was kept, or too late.
    private static let within = Duration.seconds(24 * 3600)
    /// The end of a call and what the technician says of it come one after the other.
    private static let settle = Duration.seconds(120)
    /// Contacts of one turn; a busy minute has a dozen.
    private static let batch = 100

    private let database: any Database
    private let notices: ProtocolNotices
    private let clock: DeskClock

    public init(database: any Database, notices: ProtocolNotices, clock: DeskClock) {
        self.database = database
        self.notices = notices
        self.clock = clock
    }

    /// Decides for every contact that waits, and returns how many callers are told.
    public func run() async throws(StoreError) -> Int {
        let now = clock.now
        return try await database.write { session in
            var told = 0
            for attendance in try Self.waiting(at: now, in: session) {
                try session.execute(
                    "UPDATE attendance SET protocol_told_at = $1 WHERE id = $2",
                    [.moment(now), .integer(attendance.id)]
                )
                if try tell(attendance, at: now, in: session) { told += 1 }
            }
            return told
        }
    }

    /// Ended contacts whose caller has no number yet: no ticket told it, nor the menu, and it was no prank or mistake.
    ///
    /// What the menu withheld told nobody anything: who calls may be known by now, or have a mailbox.
    private static func waiting(at now: Moment, in session: any SQLSession) throws(StoreError) -> [Attendance] {
        try session.rows(
            """
            SELECT \(Attendance.columns) FROM attendance
            WHERE channel = 'phone' AND state = 'ended' AND protocol_told_at IS NULL AND ended_at > $1 AND ended_at <= $2
                AND outcome IN ('information', 'dropped', 'other', 'missed', 'callback_asked', 'after_hours')
                AND NOT EXISTS (SELECT 1 FROM notice WHERE notice.attendance_id = attendance.id
                    AND notice.state <> 'withheld'
                    AND notice.event IN ('protocol_issued', 'call_missed', 'ticket_opened'))
            ORDER BY ended_at LIMIT \(batch)
            """,
            [.moment(now.adding(.zero - within)), .moment(now.adding(.zero - settle))]
        ).map { row throws(StoreError) in try Attendance(row: row) }
    }

    private func tell(
        _ attendance: Attendance,
        at now: Moment,
        in session: any SQLSession
    ) throws(StoreError) -> Bool {
        guard
            let row = try session.row(
                "SELECT \(Call.columns) FROM call WHERE id = $1",
                [.integer(attendance.callID)]
            )
        else { return false }
        let call = try Call(row: row)
        // Calls of our own and between ourselves tell nobody a number.
        guard call.direction == .inbound else { return false }
        let number = call.withheld ? nil : call.number
        var customer = attendance.customerID
        if customer == nil { customer = try Self.onlyOwner(of: number, in: session) }
        return try notices.tell(
            attendance.endedUnanswered ? .callMissed : .protocolIssued,
            attendance,
            customerID: customer,
            contactID: attendance.contactID,
            callerNumber: number,
            name: nil,
            isVerified: false,
            occurrence: "ended",
            at: now,
            in: session
        )
    }

    /// The customer a number is registered for, when it is one customer's alone.
    private static func onlyOwner(of number: String?, in session: any SQLSession) throws(StoreError) -> Int64? {
        guard let number else { return nil }
        let owners = try session.rows(
            """
            SELECT DISTINCT phone.customer_id FROM phone JOIN customer ON customer.id = phone.customer_id
            WHERE phone.e164 = $1 AND phone.confirmed = 1 AND customer.merged_into IS NULL
            """,
            [.text(number)],
            limit: 2
        )
        return owners.count == 1 ? owners[0].integer(0) : nil
    }
}

extension Attendance {
    /// Whether nobody answered it.
    fileprivate var endedUnanswered: Bool {
        switch outcome {
        case .missed, .callBackAsked, .afterHours: true
        default: false
        }
    }
}
