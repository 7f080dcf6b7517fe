/// The notices still to send and the fate of all others: written in the business transaction, read by worker and screens.
///
/// Enqueueing takes the caller's session, so that a ticket and its notices are durable together or not at all.
public struct NoticeOutbox: Sendable {
    private let database: any Database
    private let links: QuickLinks
    private let linkLife: Duration
    private let addresses: NoticeAddress

    /// `links`, `linkLife` and `customers` are for what is sent again: the link it had is not kept, so that it gets a new one,
    /// and it goes to the address its reader has by then.
    public init(
        database: any Database,
        links: QuickLinks? = nil,
        linkLife: Duration = NoticeDesk.usualLinkLife,
        customers: CustomerDirectory? = nil
    ) {
        self.database = database
        addresses = NoticeAddress(
            customers: customers ?? CustomerDirectory(database: database, clock: .system, region: .brazil)
        )
        self.links = links ?? QuickLinks(database: database)
        self.linkLife = linkLife
    }

    /// Keeps a notice to be sent as soon as the transaction is durable; a key already there is left alone.
    ///
    /// - Returns: the notice of that key, new or old.
    @discardableResult
    public static func enqueue(
        _ draft: NoticeDraft,
        at moment: Moment,
        hold: Duration = .zero,
        in session: any SQLSession
    ) throws(StoreError) -> NoticeID {
        try insert(draft, state: .queued, reason: nil, at: moment, hold: hold, in: session)
    }

    /// Records that nothing is sent on a channel, and why, so that a screen can say so.
    @discardableResult
    public static func withhold(
        _ event: NoticeEvent,
        channel: NoticeChannel,
        reason: WithheldReason,
        about subject: NoticeSubject,
        language: Language,
        at moment: Moment,
        in session: any SQLSession
    ) throws(StoreError) -> NoticeID {
        let draft = NoticeDraft(
            event: event,
            channel: channel,
            recipient: "",
            language: language,
            body: "",
            attendanceID: subject.attendanceID,
            ticketID: subject.ticketID,
            customerID: subject.customerID,
            dedupeKey: subject.dedupeKey(event: event, channel: channel, recipient: "")
        )
        return try insert(draft, state: .withheld, reason: reason, at: moment, in: session)
    }

    /// Whether one of these notices goes to somebody; not so where all of them are withheld.
    static func isTold(_ ids: [NoticeID], in session: any SQLSession) throws(StoreError) -> Bool {
        guard !ids.isEmpty else { return false }
        let list = ids.map(String.init).joined(separator: ", ")
        return try session.row("SELECT 1 FROM notice WHERE id IN (\(list)) AND state <> 'withheld' LIMIT 1") != nil
    }

    private static func insert(
        _ draft: NoticeDraft,
        state: NoticeState,
        reason: WithheldReason?,
        at moment: Moment,
        hold: Duration = .zero,
        in session: any SQLSession
    ) throws(StoreError) -> NoticeID {
        let made = try session.insert(
            """
            INSERT INTO notice (dedupe_key, event, channel, state, reason, attendance_id, ticket_id, customer_id,
                contact_id, recipient, recipient_name, language, subject, body, html, segments, next_at, created_at,
                settled_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)
            ON CONFLICT (dedupe_key) DO NOTHING
            """,
            [
                .text(draft.dedupeKey), .text(draft.event.rawValue), .text(draft.channel.rawValue),
                .text(state.rawValue), .text(reason?.rawValue), .integer(draft.attendanceID),
                .integer(draft.ticketID), .integer(draft.customerID), .integer(draft.contactID), .text(draft.recipient),
                .text(draft.recipientName), .text(draft.language.rawValue), .text(draft.subject), .text(draft.body),
                .text(draft.html), .integer(draft.segments.map(Int64.init)), .moment(moment.adding(hold)),
                .moment(moment),
                .moment(state == .withheld ? moment : nil),
            ]
        )
        if let made { return made }
        let old = try session.row("SELECT id FROM notice WHERE dedupe_key = $1", [.text(draft.dedupeKey)])
        guard let id = old?.integer(0) else { throw StoreError.conflict }
        return id
    }
}

// MARK: - What screens and the API read

extension NoticeOutbox {
    /// No ticket shows more notices than this; older ones stay in the send log.
    public static let longestFateList = 200

    /// Every notice about a ticket, oldest first.
    public static func fates(ticketID: Int64, in session: any SQLSession) throws(StoreError) -> [NoticeFate] {
        try fates("ticket_id = $1", [.integer(ticketID)], order: "id", limit: longestFateList, in: session)
    }

    /// Every notice about a contact and its tickets, oldest first.
    public static func fates(attendanceID: Int64, in session: any SQLSession) throws(StoreError) -> [NoticeFate] {
        try fates("attendance_id = $1", [.integer(attendanceID)], order: "id", limit: longestFateList, in: session)
    }

    public func fates(ticketID: Int64) async throws(StoreError) -> [NoticeFate] {
        try await database.read { try Self.fates(ticketID: ticketID, in: $0) }
    }

    public func fates(attendanceID: Int64) async throws(StoreError) -> [NoticeFate] {
        try await database.read { try Self.fates(attendanceID: attendanceID, in: $0) }
    }

    public func fate(_ id: NoticeID) async throws(StoreError) -> NoticeFate? {
        try await database.read { try Self.fates("id = $1", [.integer(id)], order: "id", limit: 1, in: $0).first }
    }

    /// The send log, newest first; `before` is the last id of the page before.
    public func log(
        before: NoticeID? = nil,
        limit: Int = 50,
        channel: NoticeChannel? = nil,
        state: NoticeState? = nil
    ) async throws(StoreError) -> [NoticeFate] {
        var condition = "id < $1"
        var arguments: [SQLValue] = [.integer(before ?? .max)]
        if let channel {
            arguments.append(.text(channel.rawValue))
            condition += " AND channel = $\(arguments.count)"
        }
        if let state {
            arguments.append(.text(state.rawValue))
            condition += " AND state = $\(arguments.count)"
        }
        let (where_, values) = (condition, arguments)
        return try await database.read {
            try Self.fates(where_, values, order: "id DESC", limit: min(max(limit, 1), 500), in: $0)
        }
    }

    private static func fates(
        _ condition: String,
        _ arguments: [SQLValue],
        order: String,
        limit: Int,
        in session: any SQLSession
    ) throws(StoreError) -> [NoticeFate] {
        let sql = "SELECT \(NoticeFate.columns) FROM notice WHERE \(condition) ORDER BY \(order) LIMIT \(limit)"
        var fates: [NoticeFate] = []
        for row in try session.rows(sql, arguments) {
            fates.append(try NoticeFate(row: row))
        }
        return fates
    }

    /// How many notices wait or are in a worker's hand, by channel.
    public func pending() async throws(StoreError) -> [NoticeCount] {
        try await database.read { session in
            var counts: [NoticeCount] = []
            for state in [NoticeState.queued, .sending] {
                // The state is written out so that the planner can use the partial index over it.
                let sql = """
                    SELECT channel, COUNT(*) FROM notice WHERE state = '\(state.rawValue)' GROUP BY channel ORDER BY channel
                    """
                for row in try session.rows(sql) {
                    let channel = try row.need(row.text(0).flatMap(NoticeChannel.init), "notice.channel")
                    counts.append(NoticeCount(channel: channel, state: state, count: Int(row.integer(1) ?? 0)))
                }
            }
            return counts
        }
    }

    /// How long the oldest notice of each channel has waited; what may have arrived waits for hours as it should.
    public func oldestAge(at moment: Moment) async throws(StoreError) -> [NoticeChannel: Duration] {
        try await database.read { session in
            var ages: [NoticeChannel: Duration] = [:]
            for row in try session.rows(
                "SELECT channel, MIN(created_at) FROM notice WHERE state = 'queued' AND unanswered = 0 GROUP BY channel"
            ) {
                guard let channel = row.text(0).flatMap(NoticeChannel.init), let oldest = row.moment(1) else {
                    continue
                }
                ages[channel] = max(.zero, moment.since(oldest))
            }
            return ages
        }
    }
}

// MARK: - What people and gateways change

/// Why a notice was not sent again.
public enum ResendRefusal: Error, Sendable, Equatable {
    case unknown
    /// It was withheld: its reason has to be removed first.
    case withheld
    /// It is in a worker's hand right now.
    case underWay
    /// It holds a code or a link that lets its reader in: another is asked for, this one is not kept.
    case secret
    /// The address it went to is the customer's no more, and there is no other in its place.
    case addressGone
}

extension NoticeOutbox {
    /// How often one notice can be sent again by hand; each is a row of its own.
    private static let mostResends = 20

    /// Sends a notice again: one that waits becomes due at once, a settled one is copied under a new key.
    ///
    /// It goes to the address its reader has by now. A link to a ticket is made anew; what lets its reader in elsewhere is not
    /// sent again, a new one is asked for.
    /// Pressed twice, it sends once: as long as the copy is on its way, the copy is what you get.
    public func resend(_ id: NoticeID, at moment: Moment) async throws(StoreError) -> Result<NoticeID, ResendRefusal> {
        try await database.write { try resend(id, at: moment, in: $0) }
    }

    public func resend(
        _ id: NoticeID,
        at moment: Moment,
        in session: any SQLSession
    ) throws(StoreError) -> Result<NoticeID, ResendRefusal> {
        var current = id
        for _ in 0..<Self.mostResends {
            let row = try session.row(
                "SELECT state, (SELECT id FROM notice WHERE dedupe_key = $1), event, recipient FROM notice WHERE id = $2",
                [.text(Self.copyKey(of: current)), .integer(current)]
            )
            guard let row, let state = row.text(0).flatMap(NoticeState.init) else { return .failure(.unknown) }
            if let copy = row.integer(1) {
                current = copy
                continue
            }
            switch state {
            case .withheld: return .failure(.withheld)
            case .sending: return .failure(.underWay)
            case .queued:
                // A code goes where it was asked for.
                let isSecret = row.text(2).flatMap(NoticeEvent.init)?.isSecret == true
                let recipient = isSecret ? row.text(3) : try addresses.current(for: current, in: session)
                guard let recipient else { return .failure(.addressGone) }
                try session.execute(
                    "UPDATE notice SET next_at = $1, recipient = $2 WHERE id = $3 AND state = 'queued'",
                    [.moment(moment), .text(recipient), .integer(current)]
                )
                if recipient != row.text(3) { try relink(current, to: recipient, at: moment, in: session) }
                return .success(current)
            case .sent, .delivered, .failed, .dead:
                if row.text(2).flatMap(NoticeEvent.init)?.isSecret == true { return .failure(.secret) }
                guard let recipient = try addresses.current(for: current, in: session) else {
                    return .failure(.addressGone)
                }
                return .success(try copy(current, to: recipient, at: moment, in: session))
            }
        }
        return .failure(.underWay)
    }

    private static func copyKey(of id: NoticeID) -> String { "again:\(id)" }

    private func copy(
        _ id: NoticeID,
        to recipient: String,
        at moment: Moment,
        in session: any SQLSession
    ) throws(StoreError) -> NoticeID {
        let row = try session.row(
            """
            INSERT INTO notice (dedupe_key, event, channel, state, attendance_id, ticket_id, customer_id, contact_id,
                recipient, recipient_name, language, subject, body, html, segments, next_at, created_at)
            SELECT CAST($1 AS TEXT), event, channel, 'queued', attendance_id, ticket_id, customer_id, contact_id,
                CAST($4 AS TEXT), recipient_name, language, subject, body, html, segments, CAST($2 AS BIGINT),
                CAST($2 AS BIGINT)
            FROM notice WHERE id = $3
            RETURNING id
            """,
            [.text(Self.copyKey(of: id)), .moment(moment), .integer(id), .text(recipient)]
        )
        guard let copy = row?.integer(0) else { throw StoreError.corrupt(what: "notice") }
        try relink(copy, to: recipient, at: moment, in: session)
        return copy
    }

    /// Gives a notice a link to its ticket of its own, for whoever it goes to now.
    ///
    /// The one in its text was taken out when it went, or still stands there where it did not arrive: it is another
    /// address's then, and closed with that.
    private func relink(
        _ id: NoticeID,
        to recipient: String,
        at moment: Moment,
        in session: any SQLSession
    ) throws(StoreError) {
        let row = try session.row("SELECT subject, body, html, ticket_id FROM notice WHERE id = $1", [.integer(id)])
        guard let row else { throw StoreError.corrupt(what: "notice") }
        let subject = row.text(0).map(NoticeSecrets.withoutTokens)
        let (body, html) = (
            NoticeSecrets.withoutTokens(row.text(1) ?? ""), row.text(2).map(NoticeSecrets.withoutTokens)
        )
        guard NoticeSecrets.lacksLink(body) || html.map(NoticeSecrets.lacksLink) == true,
            let ticketID = row.integer(3)
        else { return }
        let token = try links.create(
            ticketID: ticketID,
            recipient: recipient,
            expires: moment.adding(linkLife),
            at: moment,
            in: session
        )
        func linked(_ text: String) -> String { text.replacing("/t/\(NoticeSecrets.mark)", with: "/t/\(token)") }
        let kept = NoticeSecrets.Kept(subject: subject.map(linked), body: linked(body), html: html.map(linked))
        try Self.keep(kept, of: id, in: session)
    }

    static func keep(_ text: NoticeSecrets.Kept, of id: NoticeID, in session: any SQLSession) throws(StoreError) {
        try session.later(
            "UPDATE notice SET subject = $1, body = $2, html = $3 WHERE id = $4",
            [.text(text.subject), .text(text.body), .text(text.html), .integer(id)]
        )
    }

    /// Takes up what a gateway reports about a notice it had accepted.
    ///
    /// Reports come in any order, more than once, and even before our own note that the gateway took the notice: only
    /// `delivered` is final.
    /// - Returns: the change to publish, or nil when the report changed nothing.
    public func report(
        _ id: NoticeID,
        delivered: Bool,
        fault: NoticeFault?,
        at moment: Moment
    ) async throws(StoreError) -> NoticeFateChange? {
        try await database.write { session in
            try Self.report(id, on: .sms, delivered: delivered, fault: fault, at: moment, in: session)
        }
    }

    /// The same for many in one transaction, all or nothing.
    ///
    /// - Returns: for each report its change, nil when it changed nothing.
    func report(_ reports: [NoticeReport]) async throws(StoreError) -> [NoticeFateChange?] {
        try await database.write { session in
            try reports.map { report in
                try Self.report(
                    report.noticeID,
                    on: .sms,
                    delivered: report.delivered,
                    fault: report.fault,
                    at: report.at,
                    in: session
                )
            }
        }
    }

    /// The same inside the caller's transaction; for a mail, what its recipient's server says.
    static func report(
        _ id: NoticeID,
        on channel: NoticeChannel,
        delivered: Bool,
        fault: NoticeFault?,
        at moment: Moment,
        in session: any SQLSession
    ) throws(StoreError) -> NoticeFateChange? {
        // What was given up as perhaps arrived has arrived then, and why it was given up is known no more.
        let states = delivered ? "('queued', 'sending', 'sent', 'failed', 'dead')" : "('sending', 'sent')"
        let row = try session.row(
            """
            UPDATE notice SET state = $1, last_error = $2, fault = $3, settled_at = $4, reason = NULL
            WHERE id = $5 AND channel = $6 AND state IN \(states)
            RETURNING event, attendance_id, ticket_id, body
            """,
            [
                .text(delivered ? NoticeState.delivered.rawValue : NoticeState.failed.rawValue),
                .text(delivered ? nil : fault?.text(.en)), .text(delivered ? nil : fault?.stored), .moment(moment),
                .integer(id), .text(channel.rawValue),
            ]
        )
        guard let row else { return nil }
        let event = try row.need(row.text(0).flatMap(NoticeEvent.init), "notice.event")
        // The report may be here before our own note that it was sent, and that note never come.
        if delivered, let kept = NoticeSecrets.kept(event, subject: nil, body: row.text(3) ?? "", html: nil) {
            try Self.keep(kept, of: id, in: session)
        }
        let change = NoticeFateChange(
            noticeID: id,
            event: event,
            channel: channel,
            state: delivered ? .delivered : .failed,
            lastError: delivered ? nil : fault?.text(.en),
            attendanceID: row.integer(1),
            ticketID: row.integer(2),
            at: moment
        )
        try WebhookOutbox.notice(change, in: session)
        return change
    }
}
