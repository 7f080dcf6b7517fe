import Crypto
import Foundation

/// Why the vault gives nothing.
public enum VaultError: Error, Equatable, CustomStringConvertible {
    case keyUnreadable(String)
    case keyUnusable(String)
    case erased
    case missing

    public var description: String {
        switch self {
        case .keyUnreadable(let path): "the key file \(path) cannot be read or made; check its owner (0600)"
        case .keyUnusable(let path): "the key file \(path) is not 32 bytes; restore it from the backup"
        case .erased: "the term is over; the password was erased for good"
        case .missing: "there is no such secret"
        }
    }
}

/// Keeps passwords that customers hand over (D3): sealed with a key outside the database, erased after their term.
///
/// AES-256-GCM with the row's field as associated data, so that a sealed value moved to another row does not open.
public struct SecretVault: Sendable {
    /// What a reader sees when the term is over (seed 003).
    public static let obfuscated = "***PASSWORD OBFUSCATED***"

    private let database: any Database
    private let clock: DeskClock
    private let key: SymmetricKey
    private let term: Duration

    /// `keyFile`: 32 random bytes; made (0600) when missing.
    public init(database: any Database, clock: DeskClock, keyFile: URL, term: Duration) throws(VaultError) {
        self.database = database
        self.clock = clock
        self.term = term
        key = try Self.key(at: keyFile)
    }

    private static func key(at file: URL) throws(VaultError) -> SymmetricKey {
        if let data = try? Data(contentsOf: file) {
            guard data.count == 32 else { throw .keyUnusable(file.lastPathComponent) }
            return SymmetricKey(data: data)
        }
        let fresh = SymmetricKey(size: .bits256)
        let bytes = fresh.withUnsafeBytes { Data($0) }
        do {
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(),
                withIntermediateDirectories: true
            )
        } catch {
            throw .keyUnreadable(file.lastPathComponent)
        }
        guard
            FileManager.default.createFile(
                atPath: file.path,
                contents: bytes,
                attributes: [.posixPermissions: 0o600]
            )
        else { throw .keyUnreadable(file.lastPathComponent) }
        return fresh
    }

    /// Seals a secret for a contact and returns its reference; the value itself is kept nowhere else.
    public func seal(_ value: String, field: String, attendanceID: Int64) async throws -> String {
        let box = try AES.GCM.seal(Data(value.utf8), using: key, authenticating: Data(field.utf8))
        guard let sealed = box.combined else { throw VaultError.missing }
        let now = clock.now
        let expires = now.adding(term)
        let id = try await database.write { session in
            try session.row(
                """
                INSERT INTO secret (attendance_id, field, sealed, expires_at, created_at) VALUES ($1, $2, $3, $4, $5)
                RETURNING id
                """,
                [
                    .integer(attendanceID), .text(field), .blob([UInt8](sealed)), .moment(expires), .moment(now),
                ]
            )?.integer(0)
        }
        guard let id else { throw VaultError.missing }
        return "vault:\(id)"
    }

    /// Opens a secret for somebody of the desk; every look is kept in the audit trail.
    public func reveal(_ reference: String, ticketID: Int64, by actor: String) async throws -> String {
        guard let id = Self.id(reference) else { throw VaultError.missing }
        let now = clock.now
        let row = try await database.write { session in
            let row = try session.row(
                "SELECT sealed, field, expires_at FROM secret WHERE id = $1 AND ticket_id = $2",
                [.integer(id), .integer(ticketID)]
            )
            if row != nil {
                try session.execute(
                    "INSERT INTO audit (at, actor, action, subject) VALUES ($1, $2, 'secret.reveal', $3)",
                    [.moment(now), .text(actor), .text("ticket:\(ticketID)")]
                )
            }
            return row
        }
        guard let row, let field = row.text(1), let expires = row.moment(2) else { throw VaultError.missing }
        guard let sealed = row.blob(0), expires > now else { throw VaultError.erased }
        let box = try AES.GCM.SealedBox(combined: sealed)
        let data = try AES.GCM.open(box, using: key, authenticating: Data(field.utf8))
        return String(decoding: data, as: UTF8.self)
    }

    /// Destroys a secret that is no longer part of the answers.
    public func discard(_ reference: String) async throws(StoreError) {
        guard let id = Self.id(reference) else { return }
        try await database.write { session in
            try session.execute("UPDATE secret SET sealed = NULL WHERE id = $1", [.integer(id)])
        }
    }

    /// Erases every secret whose term is over and returns how many there were.
    @discardableResult
    public func eraseExpired() async throws(StoreError) -> Int {
        let now = clock.now
        return try await database.write { session in
            try session.execute(
                "UPDATE secret SET sealed = NULL WHERE sealed IS NOT NULL AND expires_at <= $1",
                [.moment(now)]
            )
        }
    }

    private static func id(_ reference: String) -> Int64? {
        reference.hasPrefix("vault:") ? Int64(reference.dropFirst("vault:".count)) : nil
    }
}
