import Foundation

/// A file given with a contact or a ticket.
public struct Attachment: Sendable, Equatable, Identifiable {
    public var id: Int64
    public var attendanceID: Int64?
    public var ticketID: Int64?
    public var entryID: Int64?
    public var name: String
    public var mediaType: String
    public var size: Int64
    public var sha256: String
    public var createdAt: Moment

    static let columns = "id, attendance_id, ticket_id, entry_id, name, media_type, size, sha256, created_at"

    init(row: SQLRow) throws(StoreError) {
        id = try row.need(row.integer(0), "attachment.id")
        attendanceID = row.integer(1)
        ticketID = row.integer(2)
        entryID = row.integer(3)
        name = row.text(4) ?? ""
        mediaType = row.text(5) ?? "application/octet-stream"
        size = row.integer(6) ?? 0
        sha256 = row.text(7) ?? ""
        createdAt = try row.need(row.moment(8), "attachment.created_at")
    }
}

/// Why a file was not taken.
public enum AttachmentError: Error, Equatable, CustomStringConvertible {
    case tooLarge(limit: Int)
    case tooMany(limit: Int)
    case empty
    case kindNotAllowed(String)
    /// The bytes are not what the name says (an executable named .pdf, say).
    case disguised(String)
    case cannotWrite
    /// The bytes are there and cannot be read now.
    case cannotRead
    /// The bytes are not those that were given.
    case damaged
    /// The bytes that were given are not there any more.
    case lost
    /// Nothing was given by that name.
    case missing

    public var description: String {
        switch self {
        case .tooLarge(let limit): "the file is larger than \(limit / 1_048_576) MiB"
        case .tooMany(let limit): "a contact holds \(limit) files at the most"
        case .empty: "the file is empty"
        case .kindNotAllowed(let kind): "files of the kind '\(kind)' are not taken"
        case .disguised(let kind): "the file's content is not '\(kind)'"
        case .cannotWrite: "the attachments folder cannot be written; check its owner and the free space"
        case .cannotRead: "the attachments folder cannot be read; check its owner and its disk"
        case .damaged: "the file's bytes have changed on disk; attach the same file again, or restore it from a backup"
        case .lost: "the file's bytes are gone from the disk; attach the same file again, or restore it from a backup"
        case .missing: "there is no such file"
        }
    }
}

/// Keeps attachments: bytes in a folder under their SHA-256, the rest in the database.
public struct AttachmentStore: Sendable {
    /// 25 MiB: what mail systems pass on, and what a screenshot or a report needs.
    public static let largest = 25 * 1_048_576
    /// More than fits on a review page; a guard against a script, not a person.
    public static let most = 40

    /// The endings of names the desk takes, for the field of a page in which files are chosen: `.png,.pdf`.
    public static let accepted = AttachmentKind.endings.map { ".\($0)" }.joined(separator: ",")

    /// A name as it is shown and saved under.
    public static func shownName(_ name: String) -> String { AttachmentKind.displayName(name) }

    /// What the work met in the folder, for `/ready`.
    public let health = FolderHealth()

    private let files: AttachmentFolder
    let database: any Database
    let clock: DeskClock

    public init(folder: URL, database: any Database, clock: DeskClock) {
        files = AttachmentFolder(folder, health: health)
        self.database = database
        self.clock = clock
    }

    /// Takes a file for a contact; the bytes are on disk before the row is.
    ///
    /// The same file sent once more by the same one, its answer lost, is the one that is there while it belongs to no entry.
    ///
    /// - Throws: `AttachmentError`, or `StoreError` from the database.
    public func add(
        _ bytes: [UInt8],
        name: String,
        to attendanceID: Int64,
        ticketID: Int64? = nil,
        by accountID: Int64?
    ) async throws -> Attachment {
        let file = try Self.described(bytes, name: name)
        // Before bytes are kept: a refused one must not fill the disk.
        let same = try await database.read { session in
            try Self.same(file, on: attendanceID, ticketID: ticketID, by: accountID, in: session)
        }
        if same == nil, try await count(attendanceID) >= Self.most { throw AttachmentError.tooMany(limit: Self.most) }
        try keep(bytes, as: file)
        let now = clock.now
        return try await database.write { session in
            if let same = try Self.same(file, on: attendanceID, ticketID: ticketID, by: accountID, in: session) {
                return same
            }
            return try Self.add(file, to: attendanceID, ticketID: ticketID, by: accountID, at: now, in: session)
        }
    }

    /// The file that was given before by the same one, and belongs to no entry yet.
    private static func same(
        _ file: KeptFile,
        on attendanceID: Int64,
        ticketID: Int64?,
        by accountID: Int64?,
        in session: any SQLSession
    ) throws(StoreError) -> Attachment? {
        let rows = try session.rows(
            """
            SELECT \(Attachment.columns), created_by FROM attachment
            WHERE sha256 = $1 AND attendance_id = $2 AND entry_id IS NULL AND waits_for IS NULL ORDER BY id
            """,
            [.text(file.sha256), .integer(attendanceID)],
            limit: most
        )
        for row in rows {
            let given = try Attachment(row: row)
            if given.name == file.name, given.ticketID == ticketID, row.integer(9) == accountID { return given }
        }
        return nil
    }

    /// A file that has no row yet; its bytes are put on disk before it gets one.
    struct KeptFile: Sendable, Equatable {
        var name: String
        var mediaType: String
        var size: Int
        var sha256: String
    }

    /// Puts a file's bytes on disk, before a transaction that adds its row.
    ///
    /// - Throws: `AttachmentError`.
    func keep(_ bytes: [UInt8], name: String) throws(AttachmentError) -> KeptFile {
        let file = try Self.described(bytes, name: name)
        try keep(bytes, as: file)
        return file
    }

    /// The same for a file that was described before, to be looked for.
    func keep(_ bytes: [UInt8], as file: KeptFile) throws(AttachmentError) { try files.keep(bytes, as: file.sha256) }

    /// What a file's row says, with nothing written yet.
    static func described(_ bytes: [UInt8], name: String) throws(AttachmentError) -> KeptFile {
        let kind = try AttachmentKind.accepted(name: name, bytes: bytes)
        return KeptFile(
            name: AttachmentKind.displayName(name),
            mediaType: kind.mediaType,
            size: bytes.count,
            sha256: AttachmentFolder.hash(bytes)
        )
    }

    /// How many more files a contact may have.
    static func room(_ attendanceID: Int64, in session: any SQLSession) throws(StoreError) -> Int {
        max(0, most - Int(try count(attendanceID, in: session)))
    }

    /// How many files a contact has; what waits for its form counts when it is sent.
    static func count(_ attendanceID: Int64, in session: any SQLSession) throws(StoreError) -> Int64 {
        try session.row(
            "SELECT COUNT(*) FROM attachment WHERE attendance_id = $1 AND waits_for IS NULL",
            [.integer(attendanceID)]
        )?.integer(0) ?? 0
    }

    /// Adds a kept file's row inside the caller's transaction.
    ///
    /// - Throws: `AttachmentError.tooMany`, `StoreError`.
    static func add(
        _ kept: KeptFile,
        to attendanceID: Int64,
        ticketID: Int64?,
        by accountID: Int64?,
        waitingFor owner: String? = nil,
        at now: Moment,
        in session: any SQLSession
    ) throws -> Attachment {
        guard try room(attendanceID, in: session) > 0 else { throw AttachmentError.tooMany(limit: most) }
        let row = try session.row(
            """
            INSERT INTO attachment (attendance_id, ticket_id, name, media_type, size, sha256, created_by, created_at,
                waits_for)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING \(Attachment.columns)
            """,
            [
                .integer(attendanceID), .integer(ticketID), .text(kept.name), .text(kept.mediaType),
                .integer(kept.size), .text(kept.sha256), .integer(accountID), .moment(now), .text(owner),
            ]
        )
        guard let row else { throw StoreError.corrupt(what: "attachment") }
        return try Attachment(row: row)
    }

    /// A file by its id; nil for one that waits for its form, which is its sender's alone.
    public func find(_ id: Int64) async throws(StoreError) -> Attachment? {
        try await database.read { session in
            try session.row(
                "SELECT \(Attachment.columns) FROM attachment WHERE id = $1 AND waits_for IS NULL",
                [.integer(id)]
            )
            .map { row throws(StoreError) in try Attachment(row: row) }
        }
    }

    public func list(attendanceID: Int64) async throws(StoreError) -> [Attachment] {
        try await many("attendance_id = $1 AND waits_for IS NULL", attendanceID)
    }

    public func list(ticketID: Int64) async throws(StoreError) -> [Attachment] {
        try await many("ticket_id = $1 AND waits_for IS NULL", ticketID)
    }

    public func list(entryID: Int64) async throws(StoreError) -> [Attachment] {
        try await many("entry_id = $1", entryID)
    }

    /// A ticket's files as its customer may have them, those of tickets merged into it included.
    ///
    /// A file of an internal entry is internal; one that belongs to no entry is the customer's when nobody of the desk
    /// added it after the opening, and it does not wait for a form to be sent.
    public func publicList(of ticket: Ticket) async throws(StoreError) -> [Attachment] {
        try await database.read { session in
            let family = try TicketFamily.list(of: ticket.id, in: session)
            let columns = Attachment.columns.split(separator: ", ").map { "attachment.\($0)" }.joined(separator: ", ")
            return try session.rows(
                """
                SELECT \(columns) FROM attachment LEFT JOIN entry ON entry.id = attachment.entry_id
                    JOIN ticket ON ticket.id = attachment.ticket_id
                WHERE attachment.ticket_id IN (\(family)) AND \(Self.isPublic) ORDER BY attachment.id
                """,
                [],
                limit: 500
            ).map { row throws(StoreError) in try Attachment(row: row) }
        }
    }

    /// Whether a file is the customer's to have, with its entry and its ticket joined.
    static let isPublic = """
        (entry.kind IN (\(EntryKind.publicList)) OR attachment.entry_id IS NULL AND attachment.waits_for IS NULL
            AND (attachment.created_by IS NULL OR attachment.created_at <= ticket.created_at))
        """

    private func many(_ condition: String, _ id: Int64) async throws(StoreError) -> [Attachment] {
        try await database.read { session in
            try session.rows(
                "SELECT \(Attachment.columns) FROM attachment WHERE \(condition) ORDER BY id",
                [.integer(id)],
                limit: 500
            ).map { row throws(StoreError) in try Attachment(row: row) }
        }
    }

    /// The file's bytes, which are still those that were given.
    public func bytes(of attachment: Attachment) throws(AttachmentError) -> [UInt8] {
        try files.bytes(attachment.sha256)
    }

    /// Whether the folder takes and gives back bytes, for `/ready` and doctor.
    public func check() throws(AttachmentError) { try files.check() }

    /// The same for a folder without its desk.
    public static func check(folder: URL) throws(AttachmentError) { try AttachmentFolder(folder).check() }

    /// Removes bytes that no row refers to and that lie there for a day at least: refused uploads, erased contacts, what
    /// waited for a form that nobody sent again.
    ///
    /// - Returns: how many files went.
    public func sweep() async throws -> Int {
        try await forgetWaiting()
        var count = 0
        for hash in try files.old(at: clock.now.adding(.zero - Self.rest), most: Self.sweptAtOnce) {
            if try await isReferred(hash) { continue }
            // Out of the way first: an upload of the same bytes meanwhile writes its own file.
            guard try files.setAside(hash) else { continue }
            if try await isReferred(hash) {
                try files.putBack(hash)
            } else {
                try files.remove(hash)
                count += 1
            }
        }
        return count
    }

    /// An upload's row follows its bytes within seconds.
    static let rest = Duration.seconds(86_400)
    /// Files looked at in one turn: some thousand look-ups in an index.
    private static let sweptAtOnce = 2_000

    private func isReferred(_ hash: String) async throws(StoreError) -> Bool {
        try await database.read { session in
            try session.row("SELECT 1 FROM attachment WHERE sha256 = $1 LIMIT 1", [.text(hash)]) != nil
        }
    }

    func count(_ attendanceID: Int64) async throws(StoreError) -> Int64 {
        try await database.read { session in try Self.count(attendanceID, in: session) }
    }
}
