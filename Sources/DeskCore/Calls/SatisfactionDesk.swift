/// What callers say of a contact when they are asked: one mark from 1 to 5 for each.
public struct SatisfactionDesk: Sendable {
    public static let marks = 1...5

    private let database: any Database
    private let clock: DeskClock

    public init(database: any Database, clock: DeskClock) {
        self.database = database
        self.clock = clock
    }

    /// Keeps a mark; a second one takes the place of the first.
    ///
    /// - Returns: false for a mark that is none.
    public func rate(
        attendanceID: Int64,
        mark: Int,
        channel: AttendanceChannel
    ) async throws(StoreError) -> Bool {
        guard Self.marks.contains(mark) else { return false }
        let now = clock.now
        try await database.write { session in
            try session.execute(
                """
                INSERT INTO satisfaction (attendance_id, rating, channel, given_at) VALUES ($1, $2, $3, $4)
                ON CONFLICT (attendance_id) DO UPDATE SET rating = excluded.rating, channel = excluded.channel,
                    given_at = excluded.given_at
                """,
                [.integer(attendanceID), .integer(Int64(mark)), .text(channel.rawValue), .moment(now)]
            )
        }
        return true
    }

    /// The mark of a contact, nil when none was given.
    public func mark(attendanceID: Int64) async throws(StoreError) -> Int? {
        try await database.read { session in
            try session.row(
                "SELECT rating FROM satisfaction WHERE attendance_id = $1",
                [.integer(attendanceID)]
            )?.integer(0).map { Int($0) }
        }
    }
}
