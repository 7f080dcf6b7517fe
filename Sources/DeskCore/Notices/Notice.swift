/// The key of a notice's row.
public typealias NoticeID = Int64

/// A notice ready to be kept: one event, one recipient, one channel, text already written.
public struct NoticeDraft: Sendable, Equatable {
    public var event: NoticeEvent
    public var channel: NoticeChannel
    /// An e-mail address, or a phone number in E.164.
    public var recipient: String
    public var recipientName: String?
    public var language: Language
    /// Mail only.
    public var subject: String?
    public var body: String
    /// Mail only.
    public var html: String?
    /// SMS only: how many the gateway will count.
    public var segments: Int?
    public var attendanceID: Int64?
    public var ticketID: Int64?
    public var customerID: Int64?
    /// Whose address it is, of the customer's people; where it is corrected, the notice is sent again to the right one.
    public var contactID: Int64?
    /// The same key is kept once, whoever asks and however often.
    public var dedupeKey: String

    public init(
        event: NoticeEvent,
        channel: NoticeChannel,
        recipient: String,
        recipientName: String? = nil,
        language: Language,
        subject: String? = nil,
        body: String,
        html: String? = nil,
        segments: Int? = nil,
        attendanceID: Int64? = nil,
        ticketID: Int64? = nil,
        customerID: Int64? = nil,
        contactID: Int64? = nil,
        dedupeKey: String
    ) {
        self.event = event
        self.channel = channel
        self.recipient = recipient
        self.recipientName = recipientName
        self.language = language
        self.subject = subject
        self.body = body
        self.html = html
        self.segments = segments
        self.attendanceID = attendanceID
        self.ticketID = ticketID
        self.customerID = customerID
        self.contactID = contactID
        self.dedupeKey = dedupeKey
    }
}

/// A notice in a worker's hand, with everything a sender needs.
public struct Notice: Sendable, Equatable, Identifiable {
    public var id: NoticeID
    public var event: NoticeEvent
    public var channel: NoticeChannel
    public var recipient: String
    public var recipientName: String?
    /// The language it is written in; nil when this version does not know it.
    public var language: Language?
    public var subject: String?
    public var body: String
    public var html: String?
    public var segments: Int?
    /// Attempts begun, this one included.
    public var attempts: Int
    /// Those of them that failed by the sender, whatever the notice.
    public var spared: Int
    /// Those of them that were handed over whole and never answered.
    public var unanswered: Int
    public var attendanceID: Int64?
    public var ticketID: Int64?
    public var createdAt: Moment

    public init(
        id: NoticeID,
        event: NoticeEvent,
        channel: NoticeChannel,
        recipient: String,
        recipientName: String? = nil,
        language: Language? = nil,
        subject: String? = nil,
        body: String,
        html: String? = nil,
        segments: Int? = nil,
        attempts: Int = 1,
        spared: Int = 0,
        unanswered: Int = 0,
        attendanceID: Int64? = nil,
        ticketID: Int64? = nil,
        createdAt: Moment
    ) {
        self.id = id
        self.event = event
        self.channel = channel
        self.recipient = recipient
        self.recipientName = recipientName
        self.language = language
        self.subject = subject
        self.body = body
        self.html = html
        self.segments = segments
        self.attempts = attempts
        self.spared = spared
        self.unanswered = unanswered
        self.attendanceID = attendanceID
        self.ticketID = ticketID
        self.createdAt = createdAt
    }

    static let columns = """
        id, event, channel, recipient, recipient_name, subject, body, html, segments, attempts, attendance_id, ticket_id,
        created_at, spared, unanswered, language
        """

    init(row: SQLRow) throws(StoreError) {
        id = try row.need(row.integer(0), "notice.id")
        event = try row.need(row.text(1).flatMap(NoticeEvent.init), "notice.event")
        channel = try row.need(row.text(2).flatMap(NoticeChannel.init), "notice.channel")
        recipient = try row.need(row.text(3), "notice.recipient")
        recipientName = row.text(4)
        subject = row.text(5)
        body = try row.need(row.text(6), "notice.body")
        html = row.text(7)
        segments = row.integer(8).map(Int.init)
        attempts = Int(try row.need(row.integer(9), "notice.attempts"))
        attendanceID = row.integer(10)
        ticketID = row.integer(11)
        createdAt = try row.need(row.moment(12), "notice.created_at")
        spared = Int(try row.need(row.integer(13), "notice.spared"))
        unanswered = Int(try row.need(row.integer(14), "notice.unanswered"))
        language = row.text(15).flatMap(Language.init)
    }

    /// The same for every attempt, so that a mailbox that got it twice can tell.
    public func messageID(domain: String) -> String {
        "<notice.\(id).\(String(createdAt.milliseconds, radix: 36))@\(domain)>"
    }
}
