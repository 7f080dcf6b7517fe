import Codecs
import Crypto
import Foundation
import Logging

/// A link that opens one ticket without a login (E4): made with the ticket, limited in time, revocable.
public struct QuickLink: Sendable, Equatable, Identifiable {
    public var id: Int64
    public var ticketID: Int64
    /// The number it was sent with, an old one once its ticket was merged into another.
    public var ticketNumber: String
    /// Masked: whom the link was sent to.
    public var recipient: String
    public var createdAt: Moment
    public var expiresAt: Moment
    public var revokedAt: Moment?
    public var lastUsedAt: Moment?

    /// Whether it opens its ticket at `moment`.
    public func isOpen(at moment: Moment) -> Bool { revokedAt == nil && moment < expiresAt }

    /// Rows of `table`.
    static let columns = """
        quick_link.id, quick_link.ticket_id, quick_link.recipient, quick_link.created_at, quick_link.expires_at,
            quick_link.revoked_at, quick_link.last_used_at, ticket.number
        """
    static let table = "quick_link JOIN ticket ON ticket.id = quick_link.ticket_id"

    init(row: SQLRow) throws(StoreError) {
        let address = row.text(2) ?? ""
        id = try row.need(row.integer(0), "quick_link.id")
        ticketID = try row.need(row.integer(1), "quick_link.ticket_id")
        recipient = NoticeMask.recipient(address, channel: NoticeChannel(address: address))
        createdAt = try row.need(row.moment(3), "quick_link.created_at")
        expiresAt = try row.need(row.moment(4), "quick_link.expires_at")
        revokedAt = row.moment(5)
        lastUsedAt = row.moment(6)
        ticketNumber = try row.need(row.text(7), "ticket.number")
    }
}

extension NoticeChannel {
    /// The channel an address is of: a mailbox has an at sign, a telephone has none.
    init(address: String) { self = address.contains("@") ? .mail : .sms }
}

/// Why a link opens nothing.
public enum QuickLinkRefusal: String, Error, Sendable, CaseIterable {
    case unknown
    case expired
    case revoked
}

/// Makes, opens and revokes quick links.
///
/// Only the SHA-256 of a token is kept: the database alone opens no ticket.
public struct QuickLinks: Sendable {
    /// 256 bits: not to be guessed, so that neither throttling nor a second factor is needed to protect one ticket.
    public static let tokenBytes = 32
    /// No ticket shows more links than this.
    public static let longestList = 200

    private let database: any Database
    private let random: @Sendable (Int) -> [UInt8]
    private let uses: PassingWrites

    /// `random` gives as many unpredictable bytes as asked for; handed in so that tests know the tokens.
    public init(
        database: any Database,
        random: @escaping @Sendable (Int) -> [UInt8] = QuickLinks.systemRandom,
        logger: Logger? = nil
    ) {
        self.database = database
        self.random = random
        uses = PassingWrites(logger: logger)
    }

    /// The operating system's random bytes.
    public static let systemRandom: @Sendable (Int) -> [UInt8] = { count in
        var generator = SystemRandomNumberGenerator()
        return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    }

    /// Makes a link inside the ticket's transaction and returns its token, which is not kept anywhere.
    ///
    /// `recipient` is the address or number the link is sent to.
    public func create(
        ticketID: Int64,
        recipient: String,
        expires: Moment,
        at moment: Moment,
        in session: any SQLSession
    ) throws(StoreError) -> String {
        let token = Base64.urlText(random(Self.tokenBytes))
        try session.execute(
            """
            INSERT INTO quick_link (token_hash, ticket_id, recipient, created_at, expires_at)
            VALUES ($1, $2, $3, $4, $5)
            """,
            [.text(Self.hash(token)), .integer(ticketID), .text(recipient), .moment(moment), .moment(expires)]
        )
        return token
    }

    /// The link a token is, which opens its ticket now.
    public func resolve(_ token: String, at moment: Moment) async throws(StoreError) -> Result<
        QuickLink, QuickLinkRefusal
    > {
        guard let (link, _) = try await find(token) else { return .failure(.unknown) }
        if link.revokedAt != nil { return .failure(.revoked) }
        if link.expiresAt <= moment { return .failure(.expired) }
        // Noted once an hour at the most: reading a ticket must not cost a write each time.
        if link.lastUsedAt.map({ moment.since($0) > .seconds(3600) }) ?? true {
            await uses.attempt("\(link.id)") { [database] () async throws(StoreError) in
                _ = try await database.write { session in
                    try session.execute(
                        "UPDATE quick_link SET last_used_at = $1 WHERE id = $2",
                        [.moment(moment), .integer(link.id)]
                    )
                }
            }
        }
        return .success(link)
    }

    /// The link of a token, open or not, with the whole address it was sent to; nil when there is none.
    func find(_ token: String) async throws(StoreError) -> (link: QuickLink, address: String)? {
        // What cannot be a token never reaches the database.
        guard token.utf8.count <= 64, token.utf8.allSatisfy(Base64.isURLDigit) else { return nil }
        let hash = Self.hash(token)
        return try await database.read { session in
            try session.row(
                "SELECT \(QuickLink.columns) FROM \(QuickLink.table) WHERE token_hash = $1",
                [.text(hash)]
            ).map { row throws(StoreError) in (try QuickLink(row: row), row.text(2) ?? "") }
        }
    }

    /// Closes one link of a ticket, or of one that was merged into it, for good.
    ///
    /// - Returns: false when there is no such open link.
    public func revoke(
        _ id: Int64,
        ticketID: Int64,
        at moment: Moment,
        by actor: AuditActor
    ) async throws(StoreError) -> Bool {
        try await database.write { session in
            let family = try TicketFamily.list(of: ticketID, in: session)
            let changed = try session.execute(
                """
                UPDATE quick_link SET revoked_at = $1 WHERE id = $2 AND revoked_at IS NULL
                    AND ticket_id IN (\(family))
                """,
                [.moment(moment), .integer(id)]
            )
            guard changed > 0 else { return false }
            try AuditTrail.record(
                "link.revoke",
                subject: "ticket:\(ticketID)",
                by: actor,
                detail: "link:\(id)",
                at: moment,
                in: session
            )
            return true
        }
    }

    /// Closes every link of a ticket and of those merged into it, and returns how many were open.
    ///
    /// Those whose time is over are not renewed any more.
    @discardableResult
    public func revokeAll(ticketID: Int64, at moment: Moment, by actor: AuditActor) async throws(StoreError) -> Int {
        try await database.write { session in
            let family = try TicketFamily.list(of: ticketID, in: session)
            let open = try session.row(
                """
                SELECT COUNT(*) FROM quick_link WHERE revoked_at IS NULL AND expires_at > $1
                    AND ticket_id IN (\(family))
                """,
                [.moment(moment)]
            )
            let changed = try session.execute(
                """
                UPDATE quick_link SET revoked_at = $1 WHERE revoked_at IS NULL
                    AND ticket_id IN (\(family))
                """,
                [.moment(moment)]
            )
            guard changed > 0 else { return 0 }
            try AuditTrail.record(
                "link.revoke",
                subject: "ticket:\(ticketID)",
                by: actor,
                detail: "links:\(changed)",
                at: moment,
                in: session
            )
            return Int(open?.integer(0) ?? 0)
        }
    }

    /// Closes the links to a customer's tickets that went to an address or number which is not theirs any more.
    ///
    /// Whoever has it now may be anybody: it was mistyped, or its owner has left.
    static func withdraw(
        sentTo address: String?,
        of customerID: Int64,
        by actor: AuditActor,
        at moment: Moment,
        in session: any SQLSession
    ) throws(StoreError) {
        guard let address else { return }
        let changed = try session.execute(
            """
            UPDATE quick_link SET revoked_at = $1 WHERE recipient = $2 AND revoked_at IS NULL
                AND ticket_id IN (SELECT id FROM ticket WHERE customer_id = $3)
            """,
            [.moment(moment), .text(address), .integer(customerID)]
        )
        guard changed > 0 else { return }
        try AuditTrail.record(
            "link.revoke",
            subject: CustomerDirectory.subject(customerID),
            by: actor,
            detail: "links:\(changed)",
            at: moment,
            in: session
        )
    }

    /// The links that open a ticket, newest first: its own, and those of what was merged into it.
    public func list(ticketID: Int64) async throws(StoreError) -> [QuickLink] {
        try await database.read { session in
            let family = try TicketFamily.list(of: ticketID, in: session)
            return try session.rows(
                """
                SELECT \(QuickLink.columns) FROM \(QuickLink.table)
                WHERE quick_link.ticket_id IN (\(family))
                ORDER BY quick_link.id DESC LIMIT \(Self.longestList)
                """
            ).map { row throws(StoreError) in try QuickLink(row: row) }
        }
    }

    private static func hash(_ token: String) -> String {
        Hexadecimal.text(SHA256.hash(data: Array(token.utf8)))
    }
}
