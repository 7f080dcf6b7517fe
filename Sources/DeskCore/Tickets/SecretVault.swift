import Crypto
import Foundation

/// Keeps passwords that customers hand over (D3): sealed with a key outside the database, erased after their term.
///
/// AES-256-GCM with the row's field as associated data, so that a sealed value moved to another row does not open.
public struct SecretVault: Sendable {
    /// What a reader sees when the term is over (seed 003).
    public static let obfuscated = "***PASSWORD OBFUSCATED***"

    /// A sentence; more is a note of its own.
    public static let longestReason = 500

    public let database: any Database
    let clock: DeskClock
    let keys: VaultKeys
    let term: Duration

    /// `folder`: the data folder, which holds the keys.
    public init(database: any Database, clock: DeskClock, folder: URL, term: Duration) {
        self.database = database
        self.clock = clock
        self.term = term
        keys = VaultKeys(folder: folder)
    }

    /// Seals a secret for a contact and returns its reference; the value itself is kept nowhere else.
    ///
    /// `ticketID`: the ticket it is handed over in; nil until the contact has one.
    /// - Throws: `VaultError` when there is no key to seal with, `StoreError` from the database.
    public func seal(
        _ value: String,
        field: String,
        attendanceID: Int64,
        ticketID: Int64? = nil
    ) async throws -> String {
        let secret = try await close(value, field: field)
        return try await database.write { session in
            try secret.keep(attendanceID: attendanceID, ticketID: ticketID, in: session)
        }
    }

    /// Seals a secret that is kept in a transaction of the caller's, with what it was taken out of.
    ///
    /// - Throws: `VaultError` when there is no key to seal with, `StoreError` from the database.
    func close(_ value: String, field: String) async throws -> ClosedSecret {
        let now = clock.now
        let key = try await currentKey(at: now)
        let half = try keys.makeHalf(key.name)
        let whole = Self.whole(key, half.bytes)
        let box = try AES.GCM.seal(Data(value.utf8), using: whole, authenticating: Data(field.utf8))
        guard let sealed = box.combined else { throw VaultError.missing }
        return ClosedSecret(
            field: field,
            sealed: [UInt8](sealed),
            keyName: key.name,
            keyMark: key.mark,
            half: half.name,
            closedAt: now,
            expiresAt: now.adding(term)
        )
    }

    /// Gives what was sealed in a contact to its ticket; what was taken back is destroyed by then.
    static func bring(_ attendanceID: Int64, to ticketID: Int64, in session: any SQLSession) throws(StoreError) {
        try session.execute(
            "UPDATE secret SET ticket_id = $1 WHERE attendance_id = $2 AND ticket_id IS NULL",
            [.integer(ticketID), .integer(attendanceID)]
        )
    }

    /// Opens a secret for somebody of the desk, who says why.
    ///
    /// Every look is kept in the audit trail; the ticket's thread tells each reason of each person once.
    public func reveal(
        _ reference: String,
        ticketID: Int64,
        reason: String,
        by accountID: Int64,
        named name: String
    ) async throws -> String {
        let reason = reason.trimmingBlanks
        guard !reason.isEmpty else { throw VaultError.noReason }
        guard reason.count <= Self.longestReason else { throw VaultError.reasonTooLong(limit: Self.longestReason) }
        guard let id = Self.id(reference) else { throw VaultError.missing }
        let now = clock.now
        let row: SQLRow? = try await database.write { session in
            // What was handed over in a ticket that was merged is read, and erased, with the one that counts.
            let family = try TicketFamily.list(of: ticketID, in: session)
            let row = try session.row(
                """
                SELECT sealed, field, expires_at, key_name, half FROM secret WHERE id = $1 AND ticket_id IN (\(family))
                """,
                [.integer(id)]
            )
            guard let row else { return nil }
            try AuditTrail.record(
                "secret.reveal",
                subject: "ticket:\(ticketID)",
                by: .account(accountID),
                at: now,
                in: session
            )
            if row.blob(0) != nil, let expires = row.moment(2), expires > now {
                try Self.tell(reason, ticketID, accountID, name, at: now, in: session)
            }
            return row
        }
        guard let row, let field = row.text(1), let expires = row.moment(2) else { throw VaultError.missing }
        guard let sealed = row.blob(0), expires > now else { throw VaultError.erased }
        let name = row.text(3) ?? VaultKeys.former
        guard let key = try keys.find(name) else { throw VaultError.keyMissing(name) }
        let half = try row.text(4).map { half in
            guard let bytes = try keys.findHalf(half) else { throw VaultError.keyMissing(half) }
            return bytes
        }
        guard let data = Self.open(sealed, field: field, with: key, half) else { throw VaultError.damaged }
        return String(decoding: data, as: UTF8.self)
    }

    /// Writes the look into the thread, unless this person gave this reason already.
    private static func tell(
        _ reason: String,
        _ ticketID: Int64,
        _ accountID: Int64,
        _ name: String,
        at now: Moment,
        in session: any SQLSession
    ) throws(StoreError) {
        let told = try session.row(
            """
            SELECT 1 FROM entry WHERE ticket_id = $1 AND kind = 'secret_read' AND author_id = $2 AND body = $3
            """,
            [.integer(ticketID), .integer(accountID), .text(reason)]
        )
        guard told == nil else { return }
        _ = try Entry.add(
            to: ticketID,
            kind: .secretRead,
            by: .technician,
            id: accountID,
            name: name,
            body: reason,
            at: now,
            in: session
        )
    }

    /// Erases what a ticket that ended, and those merged into it, were handed; nobody needs it any more.
    ///
    /// `later`: when it goes, for an end that can be taken back until then; nil for now.
    static func erase(of ticketID: Int64, at later: Moment?, in session: any SQLSession) throws(StoreError) {
        let family = try TicketFamily.list(of: ticketID, in: session)
        if let later {
            try session.execute(
                """
                UPDATE secret SET expires_at = $1
                WHERE ticket_id IN (\(family)) AND sealed IS NOT NULL AND expires_at > $1
                """,
                [.moment(later)]
            )
            return
        }
        try session.execute("UPDATE secret SET sealed = NULL WHERE ticket_id IN (\(family)) AND sealed IS NOT NULL")
    }

    /// Takes passwords along with the entries they were handed over in, which go from one ticket into another.
    static func move(
        _ references: [String],
        from one: Int64,
        to other: Int64,
        in session: any SQLSession
    ) throws(StoreError) {
        for id in references.compactMap(id) {
            try session.execute(
                "UPDATE secret SET ticket_id = $1 WHERE id = $2 AND ticket_id = $3",
                [.integer(other), .integer(id), .integer(one)]
            )
        }
    }

    /// What a password is sealed with: its day's key and its own half, neither of which opens it alone.
    private static func whole(_ key: VaultKeys.Key, _ half: [UInt8]?) -> SymmetricKey {
        guard let half else { return key.symmetric }
        return HKDF<SHA256>.deriveKey(
            inputKeyMaterial: key.symmetric,
            salt: half,
            info: Array("calldesk secret".utf8),
            outputByteCount: 32
        )
    }

    /// `half`: nil for what a release before sealed with its day's key alone.
    static func open(_ sealed: [UInt8], field: String, with key: VaultKeys.Key, _ half: [UInt8]?) -> Data? {
        do {
            let box = try AES.GCM.SealedBox(combined: sealed)
            return try AES.GCM.open(box, using: whole(key, half), authenticating: Data(field.utf8))
        } catch {
            return nil
        }
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

/// A password that is sealed and kept nowhere yet; of one that is never kept a half of its key is left, which opens nothing.
struct ClosedSecret: Sendable {
    let field: String
    let sealed: [UInt8]
    let keyName: String
    let keyMark: String
    let half: String
    let closedAt: Moment
    let expiresAt: Moment

    /// Keeps it and returns its reference.
    ///
    /// - Throws: `VaultError.keyNotShared`: the key was given up meanwhile, or is one that the other nodes do not have.
    func keep(attendanceID: Int64, ticketID: Int64?, in session: any SQLSession) throws -> String {
        let mark = try session.row("SELECT mark FROM vault_key WHERE name = $1", [.text(keyName)])?.text(0)
        guard mark == keyMark else { throw VaultError.keyNotShared(keyName) }
        let id = try session.row(
            """
            INSERT INTO secret (attendance_id, field, sealed, key_name, expires_at, created_at, half, ticket_id)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id
            """,
            [
                .integer(attendanceID), .text(field), .blob(sealed), .text(keyName), .moment(expiresAt),
                .moment(closedAt), .text(half), .integer(ticketID),
            ]
        )?.integer(0)
        guard let id else { throw StoreError.corrupt(what: "secret") }
        return "vault:\(id)"
    }
}
