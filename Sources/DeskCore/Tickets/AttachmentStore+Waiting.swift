/// Files of a form that was not taken: its sender has them in the form that is shown again, and nobody else has them.
extension AttachmentStore {
    /// Takes a file that comes with a form, before anything is recorded by it.
    ///
    /// `owner`: whose form it is, `person:5`. A file of theirs that waits already is not taken twice. `others`: how many
    /// files go with it by the same form; with them it has to find room.
    /// - Throws: `AttachmentError`, or `StoreError` from the database.
    public func hold(
        _ bytes: [UInt8],
        name: String,
        on ticket: Ticket,
        for owner: String,
        beside others: Int = 0
    ) async throws -> Attachment {
        let file = try Self.described(bytes, name: name)
        // Before bytes are kept: a refused one must not fill the disk.
        let same = try await database.read { session in
            try Self.held(file, on: ticket, for: owner, beside: others, in: session)
        }
        try keep(bytes, as: file)
        if let same { return same }
        let now = clock.now
        return try await database.write { session in
            if let same = try Self.held(file, on: ticket, for: owner, beside: others, in: session) { return same }
            return try Self.add(
                file,
                to: ticket.attendanceID,
                ticketID: ticket.id,
                by: nil,
                waitingFor: owner,
                at: now,
                in: session
            )
        }
    }

    /// The same file where it waits already; nil where there is room for it.
    ///
    /// - Throws: `AttachmentError.tooMany`, `StoreError`.
    private static func held(
        _ file: KeptFile,
        on ticket: Ticket,
        for owner: String,
        beside others: Int,
        in session: any SQLSession
    ) throws -> Attachment? {
        let waiting = try waiting(on: ticket.id, for: owner, in: session)
        if let same = waiting.first(where: { $0.sha256 == file.sha256 && $0.name == file.name }) { return same }
        guard waiting.count < most, try room(ticket.attendanceID, in: session) > others else {
            throw AttachmentError.tooMany(limit: most)
        }
        return nil
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
