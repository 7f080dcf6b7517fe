/// What became of one notice, as screens and the API show it; the recipient is masked.
public struct NoticeFate: Sendable, Equatable, Identifiable {
    public var id: NoticeID
    public var event: NoticeEvent
    public var channel: NoticeChannel
    public var state: NoticeState
    /// Why nothing is sent, when `state` is withheld; what is not known, when it is dead.
    public var reason: WithheldReason?
    /// `j…@empresa.com.br`, `+55 ••••• 0322`; empty when withheld.
    public var recipient: String
    public var segments: Int?
    public var attempts: Int
    /// When the next attempt is due; only while queued.
    public var nextAt: Moment?
    /// What stopped the last attempt and what to do; never a recipient or a text.
    public var lastError: String?
    /// The same as a code; nil where a release before kept the words alone.
    var fault: NoticeFault?
    public var attendanceID: Int64?
    public var ticketID: Int64?
    public var createdAt: Moment
    public var settledAt: Moment?

    static let columns = """
        id, event, channel, state, reason, recipient, segments, attempts, next_at, last_error, attendance_id, ticket_id,
        created_at, settled_at, fault
        """

    init(row: SQLRow) throws(StoreError) {
        id = try row.need(row.integer(0), "notice.id")
        event = try row.need(row.text(1).flatMap(NoticeEvent.init), "notice.event")
        channel = try row.need(row.text(2).flatMap(NoticeChannel.init), "notice.channel")
        state = try row.need(row.text(3).flatMap(NoticeState.init), "notice.state")
        // A report that came later than we gave up says more than our doubt.
        reason = state == .withheld || state == .dead ? row.text(4).flatMap(WithheldReason.init) : nil
        recipient = NoticeMask.recipient(row.text(5) ?? "", channel: channel)
        segments = row.integer(6).map(Int.init)
        attempts = Int(try row.need(row.integer(7), "notice.attempts"))
        nextAt = state == .queued ? row.moment(8) : nil
        lastError = row.text(9)
        attendanceID = row.integer(10)
        ticketID = row.integer(11)
        createdAt = try row.need(row.moment(12), "notice.created_at")
        settledAt = row.moment(13)
        fault = NoticeFault(stored: row.text(14))
    }

    /// Whether it can be sent again, or, while it waits, at once; a code or an address that lets in is asked for anew.
    public var canBeSentAgain: Bool {
        switch state {
        case .withheld, .sending: false
        case .queued: true
        case .sent, .delivered, .failed, .dead: !event.isSecret
        }
    }

    /// What stopped the last attempt and what to do, in the reader's language; in English where that is all that was kept.
    public func error(_ language: Language) -> String? {
        guard let fault, lastError != nil else { return lastError }
        guard reason == .mayHaveArrived else { return fault.text(language) }
        return "\(fault.what(language)); \(NoticeFault.askFirst[language])"
    }

    /// One sentence for a screen: “SMS +55 ••••• 0322: enviado”, “SMS: sem envio (contrato sem serviço de SMS)”.
    public func sentence(_ language: Language) -> String {
        let head = recipient.isEmpty ? channel.title(language) : "\(channel.title(language)) \(recipient)"
        let detail = reason.map { " (\($0.text(language)))" } ?? ""
        return "\(head): \(state.title(language))\(detail)"
    }
}

/// A notice moved to another state; published after the change is durable.
public struct NoticeFateChange: Sendable, Equatable {
    public var noticeID: NoticeID
    /// Nil for one that has no name in this version.
    public var event: NoticeEvent?
    public var channel: NoticeChannel
    public var state: NoticeState
    public var lastError: String?
    public var attendanceID: Int64?
    public var ticketID: Int64?
    public var at: Moment

    public init(
        noticeID: NoticeID,
        event: NoticeEvent?,
        channel: NoticeChannel,
        state: NoticeState,
        lastError: String? = nil,
        attendanceID: Int64?,
        ticketID: Int64?,
        at: Moment
    ) {
        self.noticeID = noticeID
        self.event = event
        self.channel = channel
        self.state = state
        self.lastError = lastError
        self.attendanceID = attendanceID
        self.ticketID = ticketID
        self.at = at
    }
}

/// How many notices stand where.
public struct NoticeCount: Sendable, Equatable {
    public var channel: NoticeChannel
    public var state: NoticeState
    public var count: Int
}

/// Shows enough of a recipient to recognise it and too little to use it.
public enum NoticeMask {
    public static func recipient(_ value: String, channel: NoticeChannel) -> String {
        if value.isEmpty { return "" }
        switch channel {
        case .mail:
            guard let at = value.lastIndex(of: "@"), let first = value.first, at != value.startIndex else { return "…" }
            return "\(first)…\(value[at...])"
        case .sms:
            let digits = value.filter(\.isNumber)
            guard digits.count >= 8 else { return "••••" }
            return "\(value.hasPrefix("+") ? "+" : "")\(digits.prefix(2)) ••••• \(digits.suffix(4))"
        }
    }
}
