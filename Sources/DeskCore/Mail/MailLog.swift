/// What became of a mail.
public enum MailOutcome: String, Sendable, Codable, CaseIterable {
    /// An entry of a ticket.
    case answered
    /// A ticket.
    case opened
    /// A recording at a contact.
    case voicemail
    /// A notice came back.
    case returned
    /// A notice is late.
    case delayed
    case automatic
    case forged
    case expired
    case unknownAddress = "unknown_address"
    case refused
    case held
    /// It cannot be read, or was tried in vain: it lies in the mailbox.
    case parked
    /// Somebody looked at it and wants nothing done.
    case dropped
}

/// Why a mail is set aside where it lies.
public enum MailParking: String, Sendable, Codable, CaseIterable {
    case tooLarge = "too_large"
    /// No mail, or one without bounds in its header or its parts.
    case unreadable
    /// It ended every attempt to read it.
    case tries
    /// Its number counts no more.
    case renumbered
    case gone

    public init(_ fault: UnreadableMail) {
        if case .tooLarge = fault { self = .tooLarge } else { self = .unreadable }
    }
}

/// Where a mail lies.
public struct MailPlace: Sendable, Hashable {
    public var mailbox: String
    public var uidValidity: Int64
    public var uid: Int64

    public init(mailbox: String, uidValidity: Int64, uid: Int64) {
        self.mailbox = mailbox
        self.uidValidity = uidValidity
        self.uid = uid
    }
}

/// A mail in the list of the last ones.
public struct LoggedMail: Sendable, Equatable, Identifiable {
    public var id: Int64
    public var place: MailPlace
    /// Whole for what waits for somebody, masked for the rest.
    public var sender: String
    public var senderName: String
    /// Empty unless it waits for somebody: what was taken stands where it went.
    public var subject: String
    public var size: Int64
    public var receivedAt: Moment
    public var outcome: MailOutcome
    /// A mark, a refusal, a hold, a status: by the outcome.
    public var reason: String?
    public var ticketID: Int64?
    public var attendanceID: Int64?
    /// What its ticket is called.
    public var ticketNumber: String?
    /// The protocol number of its contact, bare.
    public var protocolNumber: String?
    public var noticeID: NoticeID?
    public var wasAnswered: Bool
    /// Somebody asked that it be read again.
    public var isAgain: Bool

    /// Whether somebody has to look at it.
    public var waits: Bool { outcome == .held || outcome == .parked }

    static let columns = """
        id, mailbox, uid_validity, uid, sender, sender_name, subject, size, received_at, outcome, reason, ticket_id,
        attendance_id, notice_id, answered, again,
        (SELECT number FROM ticket WHERE ticket.id = mail_in.ticket_id),
        (SELECT protocol FROM attendance WHERE attendance.id = mail_in.attendance_id)
        """

    init(row: SQLRow) throws(StoreError) {
        id = try row.need(row.integer(0), "mail_in.id")
        place = MailPlace(
            mailbox: try row.need(row.text(1), "mail_in.mailbox"),
            uidValidity: try row.need(row.integer(2), "mail_in.uid_validity"),
            uid: try row.need(row.integer(3), "mail_in.uid")
        )
        outcome = try row.need(row.text(9).flatMap(MailOutcome.init), "mail_in.outcome")
        sender = row.text(4) ?? ""
        senderName = row.text(5) ?? ""
        subject = row.text(6) ?? ""
        size = row.integer(7) ?? 0
        receivedAt = try row.need(row.moment(8), "mail_in.received_at")
        reason = row.text(10)
        ticketID = row.integer(11)
        attendanceID = row.integer(12)
        noticeID = row.integer(13)
        wasAnswered = row.bool(14)
        isAgain = row.bool(15)
        ticketNumber = row.text(16)
        protocolNumber = row.text(17)
        guard !waits else { return }
        sender = EmailAddress(sender)?.masked ?? ""
        senderName = ""
        subject = ""
    }
}

/// The mails that came and what became of them, for the desk's people.
public struct MailLog: Sendable {
    /// How long it is known what became of a mail, and that it was here; a copy comes within days.
    public static let life = Duration.seconds(90 * 86_400)

    private let database: any Database

    public init(database: any Database) { self.database = database }

    /// Newest first; `before` is the last id of the page before.
    public func list(
        before: Int64? = nil,
        limit: Int = 50,
        waiting: Bool = false
    ) async throws(StoreError) -> [LoggedMail] {
        let bounded = min(max(1, limit), 200)
        let condition = waiting ? " AND outcome IN ('held', 'parked')" : ""
        return try await database.read { session in
            try session.rows(
                "SELECT \(LoggedMail.columns) FROM mail_in WHERE id < $1\(condition) ORDER BY id DESC LIMIT \(bounded)",
                [.integer(before ?? .max)]
            ).map { row throws(StoreError) in try LoggedMail(row: row) }
        }
    }

    /// How many wait for somebody.
    public func waiting() async throws(StoreError) -> Int {
        try await database.read { session in
            try Int(session.row("SELECT COUNT(*) FROM mail_in WHERE outcome IN ('held', 'parked')")?.integer(0) ?? 0)
        }
    }

    /// Has a mail that waits read once more: its sender was registered meanwhile, say.
    ///
    /// - Returns: false when it does not wait.
    public func again(_ id: Int64, at moment: Moment, by actor: AuditActor) async throws(StoreError) -> Bool {
        try await change(id, "again = 1", "mail.again", at: moment, by: actor)
    }

    /// Wants nothing done about a mail that waits; it stays in its mailbox.
    public func drop(_ id: Int64, at moment: Moment, by actor: AuditActor) async throws(StoreError) -> Bool {
        try await change(id, "outcome = 'dropped', again = 0", "mail.drop", at: moment, by: actor)
    }

    private func change(_ id: Int64, _ what: String, _ deed: String, at moment: Moment, by actor: AuditActor)
        async throws(StoreError) -> Bool
    {
        try await database.write { session in
            let count = try session.execute(
                "UPDATE mail_in SET \(what) WHERE id = $1 AND outcome IN ('held', 'parked')",
                [.integer(id)]
            )
            guard count > 0 else { return false }
            try AuditTrail.record(deed, subject: "mail:\(id)", by: actor, detail: nil, at: moment, in: session)
            return true
        }
    }

    /// Forgets what became of old mails, but for those that wait, and addresses of nobody that took no mail long ago.
    public func forget(before moment: Moment) async throws(StoreError) -> Int {
        try await database.write { session in
            try session.execute(
                """
                DELETE FROM mail_trouble WHERE since < $1
                    AND NOT EXISTS (SELECT 1 FROM contact WHERE contact.email = mail_trouble.address)
                """,
                [.moment(moment)]
            )
            return try session.execute(
                "DELETE FROM mail_in WHERE received_at < $1 AND outcome NOT IN ('held', 'parked')",
                [.moment(moment)]
            )
        }
    }

    /// Forgets whose an address was, where nobody has it any more.
    static func forget(_ address: String?, in session: any SQLSession) throws(StoreError) {
        guard let address = address?.lowercased() else { return }
        try session.execute("DELETE FROM mail_trouble WHERE address = $1", [.text(address)])
        try session.execute(
            "UPDATE mail_in SET sender = NULL, sender_name = '', subject = '' WHERE sender = $1",
            [.text(address)]
        )
    }

    /// Whether an address sends our mail back.
    static func isInTrouble(_ address: String, in session: any SQLSession) throws(StoreError) -> Bool {
        try session.row("SELECT 1 FROM mail_trouble WHERE address = $1", [.text(address.lowercased())]) != nil
    }

    /// Which of these addresses send our mail back, and since when.
    public func troubles(of addresses: [String]) async throws(StoreError) -> [String: MailTrouble] {
        try await database.read { session in
            var found: [String: MailTrouble] = [:]
            for address in addresses.prefix(200) {
                guard
                    let row = try session.row(
                        "SELECT since, status, returned FROM mail_trouble WHERE address = $1",
                        [.text(address.lowercased())]
                    ), let since = row.moment(0)
                else { continue }
                found[address] = MailTrouble(since: since, status: row.text(1), count: row.integer(2) ?? 1)
            }
            return found
        }
    }
}

/// An address that does not take our mail.
public struct MailTrouble: Sendable, Equatable {
    public var since: Moment
    /// `5.1.1`, as its mail server said.
    public var status: String?
    /// How many notices came back.
    public var count: Int64
}
