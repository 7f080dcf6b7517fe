/// Files of a form that was not taken: its sender has them in the form that is shown again, and nobody else has them.
extension AttachmentStore {
    /// Takes a file that comes with a form, before anything is recorded by it.
    ///
    /// `owner`: whose form it is, `person:5`. A file of theirs that waits already is not taken twice.
    /// - Throws: `AttachmentError`, or `StoreError` from the database.
    public func hold(_ bytes: [UInt8], name: String, on ticket: Ticket, for owner: String) async throws -> Attachment {
        _ = try AttachmentKind.accepted(name: name, bytes: bytes)
        let kept = try keep(bytes, name: name)
        let now = clock.now
        return try await database.write { session in
            let waiting = try Self.waiting(on: ticket.id, for: owner, in: session)
            if let same = waiting.first(where: { $0.sha256 == kept.sha256 && $0.name == kept.name }) { return same }
            guard waiting.count < Self.most else { throw AttachmentError.tooMany(limit: Self.most) }
            return try Self.add(
                kept,
                to: ticket.attendanceID,
                ticketID: ticket.id,
                by: nil,
                waitingFor: owner,
                at: now,
                in: session
            )
        }
    }

    /// The files that wait for a form of this owner's on a ticket.
    public func waiting(on ticketID: Int64, for owner: String) async throws(StoreError) -> [Attachment] {
        try await database.read { session in try Self.waiting(on: ticketID, for: owner, in: session) }
    }

    /// Takes files back that wait; what belongs to an entry stays.
    public func letGo(_ ids: [Int64]) async throws(StoreError) {
        guard !ids.isEmpty else { return }
        let list = ids.map(String.init).joined(separator: ", ")
        try await database.write { session in
            try session.execute("DELETE FROM attachment WHERE id IN (\(list)) AND \(Self.waits)")
        }
    }

    /// Forgets what nobody sent again within a day.
    func forgetWaiting() async throws(StoreError) {
        let old = clock.now.adding(.zero - Self.rest)
        try await database.write { session in
            try session.execute("DELETE FROM attachment WHERE created_at < $1 AND \(Self.waits)", [.moment(old)])
        }
    }

    /// What a file's bytes are known by.
    public static func hash(_ bytes: ArraySlice<UInt8>) -> String { AttachmentFolder.hash(bytes) }

    private static let waits = "waits_for IS NOT NULL AND entry_id IS NULL"

    private static func waiting(
        on ticketID: Int64,
        for owner: String,
        in session: any SQLSession
    ) throws(StoreError) -> [Attachment] {
        try session.rows(
            """
            SELECT \(Attachment.columns) FROM attachment WHERE ticket_id = $1 AND waits_for = $2 AND entry_id IS NULL
            ORDER BY id
            """,
            [.integer(ticketID), .text(owner)],
            limit: most
        ).map { row throws(StoreError) in try Attachment(row: row) }
    }
}
