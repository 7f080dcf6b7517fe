/// A contact given to a colleague, with its interview, and back again while that is no more than a slip.
extension AttendanceDesk {
    /// How long the giver may take a contact back; after it the colleague has begun to work.
    public static let grace = Duration.seconds(120)

    /// Gives a contact in hand to a colleague, unless it is no longer with whom it was when that was decided.
    ///
    /// `holder`: whose it is, who may take it back; nil for nobody's, which who gives it may take back.
    /// - Returns: whether it is the colleague's now.
    public func handOver(
        _ id: Int64,
        heldBy holder: Int64?,
        by accountID: Int64,
        to colleague: Int64
    ) async throws(StoreError) -> Bool {
        let now = now
        return try await database.write { session in
            let count = try session.execute(
                """
                UPDATE attendance SET account_id = $1, handed_to = $1, handed_by = $2, handed_at = $3
                WHERE id = $4 AND \(Attendance.inHand) AND COALESCE(account_id, 0) = $5
                """,
                [
                    .integer(colleague), .integer(holder ?? accountID), .moment(now), .integer(id),
                    .integer(holder ?? 0),
                ]
            )
            guard count > 0 else { return false }
            try DraftDesk.hand(attendanceID: id, to: colleague, in: session)
            try WebhookOutbox.attendance(id, at: now, in: session)
            return true
        }
    }

    /// Takes back what `accountID` gave a moment ago, while the colleague still has it.
    ///
    /// - Returns: the colleague; nil when it is too late, or was never theirs to take back.
    public func takeBack(_ id: Int64, by accountID: Int64) async throws(StoreError) -> Int64? {
        let now = now
        return try await database.write { session in
            let row = try session.row(
                """
                UPDATE attendance SET account_id = handed_by, handed_at = NULL
                WHERE id = $1 AND \(Attendance.inHand) AND handed_by = $2 AND handed_to = account_id
                    AND handed_at > $3
                RETURNING handed_to
                """,
                [.integer(id), .integer(accountID), .moment(now.adding(.zero - Self.grace))]
            )
            guard let colleague = row?.integer(0) else { return nil }
            try DraftDesk.hand(attendanceID: id, to: accountID, in: session)
            try WebhookOutbox.attendance(id, at: now, in: session)
            return colleague
        }
    }
}
