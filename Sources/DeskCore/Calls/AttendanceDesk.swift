/// Contacts with the desk: begun with a protocol number, identified, handed over, ended with an outcome.
public struct AttendanceDesk: Sendable {
    let database: any Database
    let numbers: NumberDesk
    private let clock: DeskClock

    var now: Moment { clock.now }

    public init(database: any Database, numbers: NumberDesk, clock: DeskClock) {
        self.database = database
        self.numbers = numbers
        self.clock = clock
    }

    /// Begins a contact that is no call: somebody at the counter, the portal, a program.
    public func begin(channel: AttendanceChannel, accountID: Int64?) async throws(StoreError) -> Attendance {
        let (numbers, now) = (numbers, clock.now)
        return try await database.write { session in
            try Self.begin(
                channel: channel,
                callID: nil,
                accountID: accountID,
                at: now,
                numbers: numbers,
                in: session
            )
        }
    }

    /// Begins a contact that is no call once, however often the same wish comes.
    ///
    /// `key`: the wish's name, nil for one that is not repeated; `digest`: what else was asked, the same each time.
    /// - Returns: the contact, and whether it begins with this wish; nil for a key that was used with another digest.
    func begin(
        channel: AttendanceChannel,
        accountID: Int64?,
        key: String?,
        digest: String
    ) async throws(StoreError) -> (attendance: Attendance, isNew: Bool)? {
        guard let key else { return (try await begin(channel: channel, accountID: accountID), true) }
        let (numbers, now) = (numbers, clock.now)
        let wish = RepeatedWish(scope: "contact", key: key, digest: digest)
        return try await database.write { session in
            if let made = try wish.made(in: session) {
                guard made.isSame, let known = try Self.find(made.id, in: session) else { return nil }
                return (known, false)
            }
            let begun = try Self.begin(
                channel: channel,
                callID: nil,
                accountID: accountID,
                at: now,
                numbers: numbers,
                in: session
            )
            try wish.note(begun.id, at: now, in: session)
            return (begun, true)
        }
    }

    /// What a contact came to that is over as it begins: a ticket opened in one go.
    struct TicketEnd {
        var customerID: Int64?
        var contactID: Int64?
        var topic: String
        var identity: IdentityLevel
    }

    /// `end`: what it came to already; nil leaves it open.
    static func begin(
        channel: AttendanceChannel,
        callID: Int64?,
        accountID: Int64?,
        endingWith end: TicketEnd? = nil,
        at moment: Moment,
        numbers: NumberDesk,
        in session: any SQLSession
    ) throws(StoreError) -> Attendance {
        let number = try numbers.nextProtocol(at: moment, in: session)
        // Written whole: a row that is changed as soon as it is there is written, indexed and locked twice.
        let state = end == nil ? AttendanceState.open : .ended
        let id = try session.insert(
            """
            INSERT INTO attendance (protocol, channel, call_id, account_id, started_at, state, outcome, customer_id,
                contact_id, topic, identity_level, ended_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
            """,
            [
                .text(number), .text(channel.rawValue), .integer(callID), .integer(accountID), .moment(moment),
                .text(state.rawValue),
                .text(end.map { _ in AttendanceOutcome.ticket.rawValue }), .integer(end?.customerID),
                .integer(end?.contactID), .text(end?.topic), .integer((end?.identity ?? .none).rawValue),
                .moment(end.map { _ in moment }),
            ]
        )
        guard let id else { throw .corrupt(what: "attendance") }
        let attendance = Attendance(
            id: id,
            protocolNumber: number,
            channel: channel,
            callID: callID,
            customerID: end?.customerID,
            contactID: end?.contactID,
            accountID: accountID,
            state: state,
            outcome: end.map { _ in .ticket },
            reason: nil,
            topic: end?.topic,
            startedAt: moment,
            endedAt: end.map { _ in moment },
            identity: end?.identity ?? .none
        )
        try WebhookOutbox.attendance(attendance.id, at: moment, in: session)
        return attendance
    }

    public func find(_ id: Int64) async throws(StoreError) -> Attendance? {
        try await database.read { session in try Self.find(id, in: session) }
    }

    /// The contact with this protocol number; separators in the text do not count.
    public func find(protocolNumber: String) async throws(StoreError) -> Attendance? {
        let number =
            if case .number(let stored) = numbers.format.read(protocolNumber) { stored } else {
                protocolNumber.filter { !$0.isWhitespace }
            }
        return try await database.read { session in
            try session.row("SELECT \(Attendance.columns) FROM attendance WHERE protocol = $1", [.text(number)])
                .map { row throws(StoreError) in try Attendance(row: row) }
        }
    }

    /// Whether a text is built as our protocol numbers are, but for a wrong digit.
    public func isMistyped(_ protocolNumber: String) -> Bool { numbers.format.read(protocolNumber) == .mistyped }

    static func find(_ id: Int64, in session: any SQLSession) throws(StoreError) -> Attendance? {
        guard
            let row = try session.row("SELECT \(Attendance.columns) FROM attendance WHERE id = $1", [.integer(id)])
        else { return nil }
        return try Attendance(row: row)
    }

    /// Newest first; `before` is the last id of the page before.
    public func list(before: Int64?, limit: Int) async throws(StoreError) -> [Attendance] {
        let bounded = min(max(1, limit), 200)
        return try await database.read { session in
            try session.rows(
                """
                SELECT \(Attendance.columns) FROM attendance WHERE id < $1 ORDER BY id DESC LIMIT \(bounded)
                """,
                [.integer(before ?? .max)]
            ).map { row throws(StoreError) in try Attendance(row: row) }
        }
    }

    /// Who the contact is with, as the technician confirmed it, and how sure that is.
    public func identify(
        _ id: Int64,
        customerID: Int64?,
        contactID: Int64?,
        level: IdentityLevel
    ) async throws(StoreError) {
        let now = clock.now
        try await database.write { session in
            try Self.identify(id, customerID: customerID, contactID: contactID, level: level, at: now, in: session)
        }
    }

    static func identify(
        _ id: Int64,
        customerID: Int64?,
        contactID: Int64?,
        level: IdentityLevel,
        at now: Moment,
        in session: any SQLSession
    ) throws(StoreError) {
        let before = try find(id, in: session)
        let level = customerID == nil ? .none : level
        // Whoever was asked about may have been made part of another record since.
        let customerID = try customerID.map { id throws(StoreError) in
            try CustomerDirectory.survivor(of: id, in: session)
        }
        try session.execute(
            "UPDATE attendance SET customer_id = $1, contact_id = $2, identity_level = $3 WHERE id = $4",
            [.integer(customerID), .integer(contactID), .integer(level.rawValue), .integer(id)]
        )
        guard let before, before.customerID != customerID || before.contactID != contactID else { return }
        try WebhookOutbox.attendance(id, at: now, in: session)
    }

    /// Takes a contact in hand for a technician, its interview with it, unless a colleague holds it already.
    ///
    /// `holder`: from whom it may be taken; whoever else took it meanwhile keeps it.
    /// - Returns: the account that holds it now.
    public func claim(_ id: Int64, by accountID: Int64, from holder: Int64? = nil) async throws(StoreError) -> Int64? {
        let now = clock.now
        return try await database.write { session in
            let count = try session.execute(
                """
                UPDATE attendance SET account_id = $1
                WHERE id = $2 AND \(Attendance.inHand)
                    AND (account_id IS NULL OR (account_id = $3 AND account_id <> $1))
                """,
                [.integer(accountID), .integer(id), .integer(holder)]
            )
            if count > 0 {
                try DraftDesk.hand(attendanceID: id, to: accountID, in: session)
                try WebhookOutbox.attendance(id, at: now, in: session)
            }
            return try session.row("SELECT account_id FROM attendance WHERE id = $1", [.integer(id)])?.integer(0)
        }
    }

    /// Ends a contact without a ticket; its draft goes with it.
    ///
    /// - Returns: the contact as it is now, nil when there is none; one that has already ended keeps its outcome.
    public func end(
        _ id: Int64,
        outcome: AttendanceOutcome,
        reason: String?,
        by accountID: Int64?
    ) async throws(StoreError) -> Attendance? {
        let now = clock.now
        return try await database.write { session in
            let count = try session.execute(
                """
                UPDATE attendance SET state = 'ended', outcome = $1, reason = $2, ended_at = $3
                WHERE id = $4 AND state = 'open'
                """,
                [.text(outcome.rawValue), .text(reason), .moment(now), .integer(id)]
            )
            if count > 0 {
                if outcome == .dropped { try MissedCall.noteDrop(of: id, at: now, in: session) }
                try WebhookOutbox.attendance(id, at: now, in: session)
            }
            try session.execute("DELETE FROM draft WHERE attendance_id = $1", [.integer(id)])
            return try Self.find(id, in: session)
        }
    }

    /// What the telephone menu found out about a contact: its topic, whether to call back, whether the desk is closed.
    ///
    /// What is nil or false stays as it was. The caller may have left already: a contact that nobody answered comes to
    /// what the menu knows all the same.
    public func note(
        _ id: Int64,
        topic: String?,
        wantsCallBack: Bool = false,
        isAfterHours: Bool = false
    ) async throws(StoreError) {
        let reason =
            wantsCallBack ? Attendance.callBackReason : isAfterHours ? Attendance.afterHoursReason : nil
        let now = clock.now
        try await database.write { session in
            try session.execute(
                "UPDATE attendance SET topic = COALESCE($1, topic), reason = COALESCE($2, reason) WHERE id = $3",
                [.text(topic), .text(reason), .integer(id)]
            )
            guard reason != nil, let noted = try Self.find(id, in: session) else { return }
            let changed = try session.execute(
                "UPDATE attendance SET outcome = $1 WHERE id = $2 AND outcome IN ('missed', 'after_hours')",
                [.text(noted.unanswered.rawValue), .integer(id)]
            )
            if changed > 0, noted.outcome != noted.unanswered {
                try WebhookOutbox.attendance(id, at: now, in: session)
            }
            try session.execute(
                "UPDATE call SET outcome = 'no_answer' WHERE id = $1 AND outcome = 'failed'",
                [.integer(noted.callID)]
            )
        }
    }
}
