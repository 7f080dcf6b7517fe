import Crypto
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
    case missing

    public var description: String {
        switch self {
        case .tooLarge(let limit): "the file is larger than \(limit / 1_048_576) MiB"
        case .tooMany(let limit): "a contact holds \(limit) files at the most"
        case .empty: "the file is empty"
        case .kindNotAllowed(let kind): "files of the kind '\(kind)' are not taken"
        case .disguised(let kind): "the file's content is not '\(kind)'"
        case .cannotWrite: "the attachments folder cannot be written; check its owner and the free space"
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

    private let folder: URL
    private let database: any Database
    private let clock: DeskClock

    public init(folder: URL, database: any Database, clock: DeskClock) {
        self.folder = folder
        self.database = database
        self.clock = clock
    }

    /// Takes a file for a contact; the bytes are on disk before the row is.
    ///
    /// - Throws: `AttachmentError`, or `StoreError` from the database.
    public func add(
        _ bytes: [UInt8],
        name: String,
        to attendanceID: Int64,
        ticketID: Int64? = nil,
        by accountID: Int64?
    ) async throws -> Attachment {
        let kind = try AttachmentKind.accepted(name: name, bytes: bytes)
        let hash = Hexadecimal.text(SHA256.hash(data: bytes))
        try keep(bytes, as: hash)
        let now = clock.now
        let safeName = AttachmentKind.displayName(name)
        return try await database.write { session in
            let count =
                try session.row(
                    "SELECT COUNT(*) FROM attachment WHERE attendance_id = $1",
                    [.integer(attendanceID)]
                )?.integer(0) ?? 0
            guard count < Self.most else { throw AttachmentError.tooMany(limit: Self.most) }
            let row = try session.row(
                """
                INSERT INTO attachment (attendance_id, ticket_id, name, media_type, size, sha256, created_by, created_at)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING \(Attachment.columns)
                """,
                [
                    .integer(attendanceID), .integer(ticketID), .text(safeName), .text(kind.mediaType),
                    .integer(bytes.count), .text(hash), .integer(accountID), .moment(now),
                ]
            )
            guard let row else { throw StoreError.corrupt(what: "attachment") }
            return try Attachment(row: row)
        }
    }

    public func find(_ id: Int64) async throws(StoreError) -> Attachment? {
        try await database.read { session in
            try session.row("SELECT \(Attachment.columns) FROM attachment WHERE id = $1", [.integer(id)])
                .map { row throws(StoreError) in try Attachment(row: row) }
        }
    }

    public func list(attendanceID: Int64) async throws(StoreError) -> [Attachment] {
        try await many("attendance_id = $1", attendanceID)
    }

    public func list(ticketID: Int64) async throws(StoreError) -> [Attachment] {
        try await many("ticket_id = $1", ticketID)
    }

    private func many(_ condition: String, _ id: Int64) async throws(StoreError) -> [Attachment] {
        try await database.read { session in
            try session.rows(
                "SELECT \(Attachment.columns) FROM attachment WHERE \(condition) ORDER BY id",
                [.integer(id)],
                limit: 500
            ).map { row throws(StoreError) in try Attachment(row: row) }
        }
    }

    /// The file's bytes; the stored hash must still fit.
    public func bytes(of attachment: Attachment) throws(AttachmentError) -> [UInt8] {
        guard let data = try? Data(contentsOf: place(attachment.sha256)) else { throw .missing }
        return [UInt8](data)
    }

    private func place(_ hash: String) -> URL {
        folder.appending(path: String(hash.prefix(2))).appending(path: hash)
    }

    private func keep(_ bytes: [UInt8], as hash: String) throws(AttachmentError) {
        let place = place(hash)
        guard !FileManager.default.fileExists(atPath: place.path) else { return }
        do {
            try FileManager.default.createDirectory(
                at: place.deletingLastPathComponent(),
                withIntermediateDirectories: true
            )
            try Data(bytes).write(to: place, options: .atomic)
        } catch {
            throw .cannotWrite
        }
    }
}
