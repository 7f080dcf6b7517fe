/// How far a mailbox is read.
public struct MailCursor: Sendable, Equatable {
    public var uidValidity: Int64
    /// Everything up to it has been seen to.
    public var lastUID: Int64
    /// Up to it mails lie that had other numbers before: of these only what arrived since `oldSince` is read.
    public var renumberedTo: Int64
    public var oldSince: Moment
}

/// Where a mail that is taken comes from.
public enum MailArrival: Sendable, Equatable {
    /// The mailbox's next.
    case next(MailPlace)
    /// One that waited, asked for once more.
    case again(LoggedMail)

    public var place: MailPlace {
        switch self {
        case .next(let place): place
        case .again(let mail): mail.place
        }
    }
}

/// What a mail came to, once that is durable.
public struct MailResult: Sendable {
    /// Nil for a copy of a mail that had its effect already.
    public var outcome: MailOutcome?
    /// A mark, a refusal, a hold, a status: by the outcome, without anybody's words.
    public var reason: String?
    /// A notice whose fate changed by it.
    public var notice: NoticeFateChange?

    public init(outcome: MailOutcome?, reason: String?, notice: NoticeFateChange? = nil) {
        (self.outcome, self.reason, self.notice) = (outcome, reason, notice)
    }
}

/// Takes the mails of the desk's mailbox: each has its effect and is marked as read in one transaction.
///
/// ```swift
/// let cursor = try await desk.adopt(mailbox: "suporte@exemplo.com.br/INBOX", uidValidity: 7, uidNext: 12)
/// let result = try await desk.take(mail, size: bytes.count, at: .next(place))
/// ```
public struct MailDesk: Sendable {
    /// Makes a contact's mail into a request as the portal's form would; nil when that is not possible.
    public typealias Prepare = @Sendable (_ contact: Contact, _ mail: MailedRequest) async throws -> TicketRequest?

    let database: any Database
    let tickets: TicketDesk
    let attachments: AttachmentStore
    let vault: SecretVault
    let customers: CustomerDirectory
    let composer: NoticeComposer
    let attendances: AttendanceDesk
    let seal: MailSeal
    public let rules: MailRules
    let clock: DeskClock
    let portal: String
    let prepare: Prepare

    /// `portal`: where customers reach the desk, for those who are told that their mail was not taken.
    public init(
        database: any Database,
        tickets: TicketDesk,
        attachments: AttachmentStore,
        vault: SecretVault,
        customers: CustomerDirectory,
        attendances: AttendanceDesk,
        composer: NoticeComposer,
        seal: MailSeal,
        rules: MailRules,
        portal: String,
        clock: DeskClock,
        prepare: @escaping Prepare
    ) {
        self.database = database
        self.tickets = tickets
        self.attachments = attachments
        self.vault = vault
        self.customers = customers
        self.attendances = attendances
        self.composer = composer
        self.seal = seal
        self.rules = rules
        self.portal = portal
        self.clock = clock
        self.prepare = prepare
    }

    // MARK: - How far it is read

    /// How often a mail is tried that ends the attempt each time: the connection, the process.
    public static let mostTries = 3
    /// Renumbered, a mailbox is read again from a little before it was last read: copies are told by what they are.
    private static let overlap = Duration.seconds(2 * 86_400)

    /// The cursor of a mailbox as the server describes it now: seen for the first time, it is read from here on; numbered
    /// anew (RFC 9051 §2.3.1.1), from its beginning.
    public func adopt(mailbox: String, uidValidity: Int64, uidNext: Int64) async throws(StoreError) -> MailCursor {
        let now = clock.now
        return try await database.write { session in
            try session.execute(
                """
                INSERT INTO mailbox (name, uid_validity, last_uid, first_at, read_at, renumbered_to, tries)
                VALUES ($1, $2, $3, $4, $5, 0, 0) ON CONFLICT (name) DO NOTHING
                """,
                [
                    .text(mailbox), .integer(uidValidity), .integer(max(0, uidNext - 1)), .moment(now), .moment(now),
                ]
            )
            try session.execute(
                """
                UPDATE mailbox SET uid_validity = $1, last_uid = 0, renumbered_to = $2, trying_uid = NULL, tries = 0
                WHERE name = $3 AND uid_validity <> $1
                """,
                [.integer(uidValidity), .integer(max(0, uidNext - 1)), .text(mailbox)]
            )
            let row = try session.row(
                "SELECT uid_validity, last_uid, renumbered_to, first_at, read_at FROM mailbox WHERE name = $1",
                [.text(mailbox)]
            )
            guard let row, let first = row.moment(3), let read = row.moment(4) else {
                throw StoreError.corrupt(what: "mailbox")
            }
            return MailCursor(
                uidValidity: try row.need(row.integer(0), "mailbox.uid_validity"),
                lastUID: try row.need(row.integer(1), "mailbox.last_uid"),
                renumberedTo: row.integer(2) ?? 0,
                oldSince: max(first, read.adding(.zero - Self.overlap))
            )
        }
    }

    /// There is nothing more to read up to `uid`; `isAll`: in the whole mailbox.
    public func advance(_ mailbox: String, uidValidity: Int64, to uid: Int64, isAll: Bool) async throws(StoreError) {
        let now = clock.now
        try await database.write { session in
            try session.execute(
                "UPDATE mailbox SET last_uid = $1 WHERE name = $2 AND uid_validity = $3 AND last_uid < $1",
                [.integer(uid), .text(mailbox), .integer(uidValidity)]
            )
            guard isAll else { return }
            // Noted once an hour at the most: a poll that finds nothing costs no write.
            try session.execute(
                "UPDATE mailbox SET read_at = $1 WHERE name = $2 AND read_at < $3",
                [.moment(now), .text(mailbox), .moment(now.adding(.seconds(-3_600)))]
            )
        }
    }

    /// Takes a mail in hand, before anything is done with it that could end the process.
    ///
    /// - Returns: for how many times it is in hand now.
    public func begin(_ place: MailPlace) async throws(StoreError) -> Int {
        try await database.write { session in
            let row = try session.row(
                """
                UPDATE mailbox SET tries = CASE WHEN trying_uid = $1 THEN tries + 1 ELSE 1 END, trying_uid = $1
                WHERE name = $2 AND uid_validity = $3 RETURNING tries
                """,
                [.integer(place.uid), .text(place.mailbox), .integer(place.uidValidity)]
            )
            return Int(row?.integer(0) ?? 1)
        }
    }

    /// Puts a mail back that was in hand: what ended the attempt was a fault of the desk's, and the mail's none.
    public func putBack(_ place: MailPlace) async throws(StoreError) {
        try await database.write { session in
            try session.execute(
                """
                UPDATE mailbox SET tries = tries - 1
                WHERE name = $1 AND uid_validity = $2 AND trying_uid = $3 AND tries > 0
                """,
                [.text(place.mailbox), .integer(place.uidValidity), .integer(place.uid)]
            )
        }
    }

    /// Whether a mail was not taken for the desk's own trouble: a full disk, a key that is gone, a database that is away.
    public static func isOurs(_ error: any Error) -> Bool {
        switch error {
        case AttachmentError.cannotWrite, AttachmentError.cannotRead: true
        case is VaultError: true
        case let error as StoreError: error.isTransient
        default: false
        }
    }

    /// The mails of a mailbox that somebody asked to be read once more.
    public func wanted(_ mailbox: String) async throws(StoreError) -> [LoggedMail] {
        try await database.read { session in
            try session.rows(
                "SELECT \(LoggedMail.columns) FROM mail_in WHERE mailbox = $1 AND again = 1 ORDER BY id LIMIT 50",
                [.text(mailbox)]
            ).map { row throws(StoreError) in try LoggedMail(row: row) }
        }
    }

    /// Leaves a mail where it lies, for somebody to look at, and goes on.
    public func park(_ arrival: MailArrival, _ why: MailParking, size: Int) async throws(StoreError) {
        let now = clock.now
        try await database.write { session in
            guard try Self.claim(arrival, in: session) else { return }
            let place = arrival.place
            var row = MailRow(place: place, size: size, at: now)
            row.identity = "uid:\(place.mailbox):\(place.uidValidity):\(place.uid)"
            row.reason = why.rawValue
            try row.keep(.parked, over: arrival, in: session)
        }
    }

    /// Marks an arrival as read inside its transaction; false when another node has done so.
    static func claim(_ arrival: MailArrival, in session: any SQLSession) throws(StoreError) -> Bool {
        switch arrival {
        case .next(let place):
            return try session.execute(
                """
                UPDATE mailbox SET last_uid = $1, trying_uid = NULL, tries = 0
                WHERE name = $2 AND uid_validity = $3 AND last_uid < $1
                """,
                [.integer(place.uid), .text(place.mailbox), .integer(place.uidValidity)]
            ) == 1
        case .again(let mail):
            let count = try session.execute(
                "UPDATE mail_in SET again = 0 WHERE id = $1 AND again = 1",
                [.integer(mail.id)]
            )
            guard count == 1 else { return false }
            // Asked for another time, it has its tries again.
            try session.execute(
                """
                UPDATE mailbox SET trying_uid = NULL, tries = 0
                WHERE name = $1 AND uid_validity = $2 AND trying_uid = $3
                """,
                [.text(mail.place.mailbox), .integer(mail.place.uidValidity), .integer(mail.place.uid)]
            )
            return true
        }
    }
}

/// A contact's mail as a request.
public struct MailedRequest: Sendable, Equatable {
    public var key: String
    public var summary: String
    public var text: String
}

extension TicketRequest {
    /// A contact's mail as a request of a topic, without the topic's form: its questions are asked by whoever takes it.
    public init(
        mailed mail: MailedRequest,
        topic: Topic,
        sectionTitles: [String],
        contact: Contact,
        language: Language,
        formVersion: String
    ) {
        let title = topic.title[language]
        self.init(
            key: mail.key,
            customerID: contact.customerID,
            contactID: contact.id,
            identity: .none,
            identityNeeded: topic.identity,
            channel: .mail,
            language: language,
            topicID: topic.id,
            topicTitle: title,
            sectionPath: topic.path,
            sectionTitles: sectionTitles,
            department: topic.department,
            priority: topic.priority,
            serviceLevel: topic.serviceLevel,
            summary: mail.summary.isEmpty ? title : mail.summary,
            description: mail.text,
            answers: [],
            attachments: [],
            formVersion: formVersion,
            type: topic.type,
            isConfidential: topic.isConfidential
        )
    }
}

/// A row of `mail_in` to be written.
struct MailRow {
    let place: MailPlace
    let size: Int
    let at: Moment
    var identity = ""
    var sender: String?
    var senderName = ""
    var subject = ""
    var reason: String?
    var ticketID: Int64?
    var attendanceID: Int64?
    var noticeID: NoticeID?
    var wasAnswered = false

    init(place: MailPlace, size: Int, at moment: Moment) {
        self.place = place
        self.size = size
        at = moment
    }

    /// Writes it, in place of the row of a mail that waited.
    func keep(_ outcome: MailOutcome, over arrival: MailArrival, in session: any SQLSession) throws(StoreError) {
        if case .again(let mail) = arrival {
            try session.execute("DELETE FROM mail_in WHERE id = $1", [.integer(mail.id)])
        }
        // Of what needs nobody's eye any more no words are kept.
        let waits = outcome == .held || outcome == .parked
        try session.execute(
            """
            INSERT INTO mail_in (mailbox, uid_validity, uid, identity, sender, sender_name, subject, size, received_at,
                outcome, reason, ticket_id, attendance_id, notice_id, answered, again)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, 0)
            ON CONFLICT (identity) DO NOTHING
            """,
            [
                .text(place.mailbox), .integer(place.uidValidity), .integer(place.uid), .text(identity), .text(sender),
                .text(waits ? senderName : ""), .text(waits ? subject : ""), .integer(size), .moment(at),
                .text(outcome.rawValue), .text(reason), .integer(ticketID), .integer(attendanceID),
                .integer(noticeID), .bool(wasAnswered),
            ]
        )
    }
}
