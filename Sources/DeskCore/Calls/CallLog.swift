import Foundation

/// What recording a report did, for the live desk.
public struct CallChange: Sendable, Equatable {
    public var call: Call
    public var attendance: Attendance?
    public var isNew: Bool
    /// The state before, nil for a new call.
    public var before: CallState?
    /// The technician who has the call now, when the phone is mapped to one.
    public var accountID: Int64?
    /// Phones that ring at this moment.
    public var ringing: [String]
    /// Calls that are now part of this one.
    public var absorbed: [Int64]
    /// Missed calls of the same number which this call answers.
    public var returned: [Int64]
}

/// A call in the telephone menu, with the contact it is.
public struct CallArrival: Sendable, Equatable {
    public var call: Call
    public var attendance: Attendance
    /// What the screens are to be told, when the menu met the call first.
    public var change: CallChange?
}

/// The desk's record of calls: one row a call, one attendance with its protocol number for each that asks for one.
///
/// Source of the rules: telephony.md for what a line may repeat, lose or reorder; product.md for what a call makes.
public struct CallLog: Sendable {
    /// How exactly it is kept when a call was reported last that has nothing new.
    static let signOfLife = Duration.seconds(300)
    /// How long before a listing, by another node's clock, a call may be told of that is not in it.
    ///
    /// Clocks of nodes differ by less; a call spared wrongly ends with the next comparison, minutes later.
    private static let listingMargin = Duration.seconds(5)

    let database: any Database
    private let numbers: NumberDesk
    let clock: DeskClock
    private let rules: CallerRuleBook?

    /// `rules`: who is not answered; nil: everybody is.
    public init(database: any Database, numbers: NumberDesk, clock: DeskClock, rules: CallerRuleBook? = nil) {
        self.database = database
        self.numbers = numbers
        self.clock = clock
        self.rules = rules
    }

    /// Records reports in their order in one durable write; a report that says nothing new makes no change.
    ///
    /// - Throws: `StoreError`; nothing of the batch is kept then, and it can be recorded again as it is.
    public func record(_ reports: [CallSignal]) async throws(StoreError) -> [CallChange] {
        let now = clock.now
        return try await database.write { session in
            var changes: [CallChange] = []
            changes.reserveCapacity(reports.count)
            for report in reports {
                if let change = try record(report.bounded, now: now, in: session) { changes.append(change) }
            }
            return changes
        }
    }

    /// The call as the telephone menu meets it: stored and with its protocol number, whether the line told of it first or
    /// the menu did.
    ///
    /// What is known of a call already is left as it is; a call between two of the desk's own phones that asks the menu
    /// is a contact like any other.
    /// - Throws: `StoreError`; no number exists then.
    public func arrive(_ report: CallSignal) async throws(StoreError) -> CallArrival {
        var left = 3
        while true {
            do {
                return try await arriveOnce(report)
            } catch .notUnique where left > 0 {
                // Another node, or the line's own feed, stored the call at this very moment: it is there now.
                left -= 1
            }
        }
    }

    private func arriveOnce(_ report: CallSignal) async throws(StoreError) -> CallArrival {
        let (now, report) = (clock.now, report.bounded)
        return try await database.write { session in
            // The caller is in the menu now: what has been over for long is another call.
            let known = try known(report, in: session) { CallMerge.isOver($0, longBefore: now) }
            guard var call = known else {
                guard let change = try record(report, now: now, in: session), let attendance = change.attendance else {
                    throw StoreError.corrupt(what: "call")
                }
                return CallArrival(call: change.call, attendance: attendance, change: change)
            }
            if call.direction == .internal {
                call.direction = .inbound
                try session.execute("UPDATE call SET direction = 'inbound' WHERE id = $1", [.integer(call.id)])
            }
            guard let attendance = try attendance(for: call, now: now, in: session) else {
                throw StoreError.corrupt(what: "attendance")
            }
            call.attendanceID = attendance.id
            return CallArrival(call: call, attendance: attendance, change: nil)
        }
    }

    /// The time by which lines are heard.
    public var now: Moment { clock.now }

    /// Notes that these lines are heard now, or were at a moment, so that it is known later how long nobody listened.
    ///
    /// A line that is known to have been heard later, by another node, stays as it is.
    ///
    /// `queues`: what the queues of a line had counted then; of a line that is not among them nothing is noted.
    public func noteHeard(
        lines: Set<String>,
        queues: [String: [QueueCount]] = [:],
        at moment: Moment? = nil
    ) async throws(StoreError) {
        let now = clock.now
        try await database.write { session in
            for line in lines.sorted() {
                let name = WireText.key(line)
                let isLast = try HeardLine.note(name, at: moment ?? now, now: now, in: session)
                if isLast, let counts = queues[line] { try QueueCounts.note(counts, of: name, in: session) }
            }
        }
    }

    /// Notes that lines are listened to from now on which tell by themselves and have nothing to compare with.
    public func beginsListening(lines: Set<String>) async throws(StoreError) {
        let now = clock.now
        try await database.write { session in
            for line in lines.sorted() {
                try LineGaps.close(
                    WireText.key(line),
                    at: now,
                    now: now,
                    shortest: LineGaps.shortestOfHooks,
                    in: session
                )
            }
        }
    }

    /// Ends the calls of a line that the PBX no longer has, as after a restart of either side.
    ///
    /// - Parameters:
    ///   - line: whose calls.
    ///   - keys: the calls that are still there.
    ///   - pbxStartedAt: when the PBX started, microseconds since 1970, where it says so: whose talk fell with it while
    ///     nobody listened waits to be called back.
    ///   - heardAgainAt: since when the line is heard again, where it was not until then: what happened meanwhile is not
    ///     known.
    ///   - queues: what its queues have counted, by which it is told how many calls ended meanwhile; nil where it does
    ///     not count or has begun anew.
    ///   - listedAt: when `keys` were found; a call that began after that, or just before it, is there whatever they say.
    /// - Returns: the calls that were ended.
    /// - Throws: `StoreError`; nothing is ended then.
    public func closeLost(
        line: String,
        except keys: Set<String>,
        pbxStartedAt: Int64? = nil,
        heardAgainAt: Moment? = nil,
        queues: [QueueCount]? = nil,
        listedAt: Moment? = nil
    ) async throws(StoreError) -> [CallChange] {
        let (now, line, keys) = (clock.now, WireText.key(line), Set(keys.map(WireText.key)))
        // What a PBX had before it started it has no more, however lately that was told of.
        let found = listedAt.map { max($0.adding(.zero - Self.listingMargin), Moment(microseconds: pbxStartedAt ?? 0)) }
        return try await database.write { session in
            let silence = LineSilence(
                since: try HeardLine.last(line, in: session)?.microseconds,
                startedAt: pbxStartedAt
            )
            let isLast =
                if let heardAgainAt {
                    try LineGaps.close(
                        line,
                        at: heardAgainAt,
                        now: now,
                        queues: queues ?? [],
                        pbxStartedAt: pbxStartedAt,
                        in: session
                    )
                } else {
                    try HeardLine.note(line, at: now, now: now, in: session)
                }
            if isLast { try QueueCounts.note(queues ?? [], of: line, in: session) }
            let open = try session.rows(
                "SELECT \(Call.columns) FROM call WHERE line = $1 AND ended_at IS NULL ORDER BY id",
                [.text(line)]
            )
            var changes: [CallChange] = []
            for row in open {
                let call = try Call(row: row)
                guard !keys.contains(call.key) else { continue }
                // What is told again is not what began: a report that waited for the database may be older than the list.
                if let found, call.startedAt > found { continue }
                var lost = call.lost
                lost.brokeOff = call.answeredAt.flatMap { silence.broke(talkSince: $0.microseconds) }
                if lost.brokeOff != nil { lost.endedBy = .pbx }
                let report = CallSignal(line: line, call: lost)
                if let change = try record(report, now: now, in: session) { changes.append(change) }
            }
            return changes
        }
    }

    func record(_ report: CallSignal, now: Moment, in session: any SQLSession) throws -> CallChange? {
        let known = try known(report, in: session) { CallMerge.isAnother(report.call, than: $0) }
        if let known, known.mergedInto != nil { return nil }
        // The end of a call that was refused, and that nobody took all the same.
        if report.isRefused, known == nil, report.outcome != .answered, report.answeredBy == nil { return nil }
        let merge = CallMerge(report: report.call, known: known, now: now)
        let absorbed = try absorb(report, in: session)
        if let known, !merge.isNews { try noteReport(of: known, at: now, in: session) }
        guard merge.isNews || !absorbed.isEmpty || !report.ringing.isEmpty || report.ringsOtherwise else { return nil }
        var call = try merge.isNews ? store(merge, line: report.line, known: known, now: now, in: session) : known
        guard var stored = call else { throw StoreError.corrupt(what: "call") }
        for lost in absorbed { try mark(lost, mergedInto: stored.id, at: now, in: session) }

        var attendance = try attendance(for: stored, now: now, in: session)
        stored.attendanceID = attendance?.id
        let account = try stored.holder.flatMap {
            try AccountDesk.holder(party: $0, line: stored.line, in: session)?.id
        }
        if let account, known?.holder != stored.holder {
            try session.execute(
                "INSERT INTO call_part (call_id, account_id) VALUES ($1, $2) ON CONFLICT DO NOTHING",
                [.integer(stored.id), .integer(account)]
            )
        }
        // Only a change of the phone that has the call moves its contact: who was given it meanwhile keeps it.
        if let account, let held = attendance, held.accountID != account,
            held.accountID == nil || known?.holder != stored.holder, try held.isInHand(in: session)
        {
            try session.execute(
                "UPDATE attendance SET account_id = $1 WHERE id = $2",
                [.integer(account), .integer(held.id)]
            )
            try session.execute(
                "UPDATE draft SET account_id = $1 WHERE attendance_id = $2",
                [.integer(account), .integer(held.id)]
            )
            attendance?.accountID = account
            try WebhookOutbox.attendance(held.id, at: now, in: session)
        }
        if stored.outcome == .failed, let missed = attendance, missed.unanswered != .missed {
            // The menu let the caller go as it was asked to, or as it must at that hour: nothing failed.
            stored.outcome = .noAnswer
            try session.execute(
                "UPDATE call SET outcome = $1 WHERE id = $2",
                [.text(stored.outcome.rawValue), .integer(stored.id)]
            )
        }
        if stored.wasMissed, known?.endedAt == nil, isBlocked(stored) {
            stored.outcome = .blocked
            try session.execute("UPDATE call SET outcome = 'blocked' WHERE id = $1", [.integer(stored.id)])
        }
        if stored.wasUnanswered, let missed = attendance, missed.state == .open, missed.outcome == nil {
            let outcome = stored.outcome == .blocked ? .blocked : missed.unanswered
            try session.execute(
                "UPDATE attendance SET state = 'ended', outcome = $1, ended_at = $2 WHERE id = $3",
                [.text(outcome.rawValue), .moment(stored.endedAt ?? now), .integer(missed.id)]
            )
            attendance?.state = .ended
            attendance?.outcome = outcome
            attendance?.endedAt = stored.endedAt ?? now
            try WebhookOutbox.attendance(missed.id, at: now, in: session)
        }
        if let cut = attendance, known?.endedAt == nil, MissedCall.isOwed(report.call.brokeOff, of: stored, in: cut) {
            // Our side dropped them: they wait to be called, and the contact comes back to who had it.
            try MissedCall.noteDrop(of: cut.id, at: stored.endedAt ?? now, in: session)
        }
        let returned = try answersMissed(stored, before: known, now: now, in: session)
        call = stored
        let change = CallChange(
            call: stored,
            attendance: attendance,
            isNew: known == nil,
            before: known?.state,
            accountID: account,
            ringing: report.ringing,
            absorbed: absorbed,
            returned: returned
        )
        if merge.isNews || !absorbed.isEmpty { try WebhookOutbox.call(change, at: now, in: session) }
        return change
    }

    /// The stored call with a report's key, nil where there is none.
    ///
    /// A line may use a key again, as one that counts from 1 after its restart: the call that had it gives it up then, so
    /// that the line's word of its calls is always of the newest.
    private func known(
        _ report: CallSignal,
        in session: any SQLSession,
        isAnother: (Call) -> Bool
    ) throws -> Call? {
        let row = try session.row(
            "SELECT \(Call.columns) FROM call WHERE line = $1 AND call_key = $2",
            [.text(report.line), .text(report.key)]
        )
        guard let call = try row.map({ row throws(StoreError) in try Call(row: row) }) else { return nil }
        guard isAnother(call) else { return call }
        try session.execute(
            "UPDATE call SET call_key = $1 WHERE id = $2",
            [.text(call.givenUpKey), .integer(call.id)]
        )
        return nil
    }

    /// Whether the rules that hold now say that the caller is not answered.
    private func isBlocked(_ call: Call) -> Bool {
        rules?.current.isBlocked(number: call.number, raw: call.numberRaw, isWithheld: call.withheld) ?? false
    }

    /// Stored calls that the report says are part of its own.
    private func absorb(_ report: CallSignal, in session: any SQLSession) throws -> [Int64] {
        var found: [Int64] = []
        for key in report.absorbed where key != report.key {
            let row = try session.row(
                "SELECT id FROM call WHERE line = $1 AND call_key = $2 AND merged_into IS NULL",
                [.text(report.line), .text(key)]
            )
            if let id = row?.integer(0) { found.append(id) }
        }
        return found
    }

    private func mark(_ lost: Int64, mergedInto id: Int64, at now: Moment, in session: any SQLSession) throws {
        try session.execute(
            """
            UPDATE call SET merged_into = $1, state = 'ended', ended_at = COALESCE(ended_at, started_at) WHERE id = $2
            """,
            [.integer(id), .integer(lost)]
        )
        try session.execute(
            """
            INSERT INTO call_part (call_id, account_id)
            SELECT CAST($1 AS BIGINT), account_id FROM call_part WHERE call_id = $2 ON CONFLICT DO NOTHING
            """,
            [.integer(id), .integer(lost)]
        )
        // Its own protocol number, if it had one, leads nowhere unless somebody had begun to work on it.
        let duplicates = try session.rows(
            """
            UPDATE attendance SET state = 'ended', outcome = 'duplicate', ended_at = started_at
            WHERE call_id = $1 AND state = 'open'
                AND NOT EXISTS (SELECT 1 FROM draft WHERE draft.attendance_id = attendance.id)
            RETURNING id
            """,
            [.integer(lost)]
        ).compactMap { $0.integer(0) }
        for duplicate in duplicates { try WebhookOutbox.attendance(duplicate, at: now, in: session) }
    }

    private func store(
        _ merge: CallMerge,
        line: String,
        known: Call?,
        now: Moment,
        in session: any SQLSession
    ) throws -> Call {
        let call = merge.call
        let facts: [SQLValue] = [
            .text(call.direction.rawValue), .text(merge.other.number), .text(merge.other.numberRaw),
            .text(merge.other.name), .bool(merge.other.isWithheld), .text(call.dialled), .text(call.callerParty),
            .text(call.queue),
            .text(call.state.rawValue), .text(call.outcome.rawValue), .text(StoredList.encode(call.offered)),
            .text(call.answeredBy), .text(merge.deskParty), .text(call.endedBy?.rawValue), .integer(call.cause),
            .integer(Int64(call.holds)), .text(StoredList.encode(call.transfers)), .text(call.recording),
            .moment(merge.startedAt), .moment(merge.answeredAt), .moment(merge.endedAt),
            .text(merge.other.numberShown), .moment(now),
        ]
        let row: SQLRow?
        if let known {
            row = try session.row(
                """
                UPDATE call SET direction = $1, number = $2, number_raw = $3, caller_name = $4, withheld = $5,
                    dialled = $6, caller_party = $7, queue = $8, state = $9, outcome = $10, offered = $11,
                    answered_by = $12, last_party = $13, ended_by = $14, cause = $15, holds = $16, transfers = $17,
                    recording = $18, started_at = $19, answered_at = $20, ended_at = $21,
                    number_shown = $22, reported_at = $23
                WHERE id = $24 RETURNING \(Call.columns)
                """,
                facts + [.integer(known.id)]
            )
        } else {
            row = try session.row(
                """
                INSERT INTO call (direction, number, number_raw, caller_name, withheld, dialled, caller_party, queue,
                    state, outcome, offered, answered_by, last_party, ended_by, cause, holds, transfers, recording,
                    started_at, answered_at, ended_at, number_shown, reported_at, line, call_key)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21,
                    $22, $23, $24, $25)
                RETURNING \(Call.columns)
                """,
                facts + [.text(line), .text(call.key)]
            )
        }
        guard let row else { throw StoreError.corrupt(what: "call") }
        return try Call(row: row)
    }

    /// The call's attendance; made with its protocol number when the call is first seen.
    private func attendance(for call: Call, now: Moment, in session: any SQLSession) throws -> Attendance? {
        if let id = call.attendanceID { return try AttendanceDesk.find(id, in: session) }
        guard call.makesAttendance, call.mergedInto == nil else { return nil }
        let attendance = try AttendanceDesk.begin(
            channel: .phone,
            callID: call.id,
            accountID: nil,
            at: call.startedAt,
            numbers: numbers,
            in: session
        )
        try session.execute(
            "UPDATE call SET attendance_id = $1 WHERE id = $2",
            [.integer(attendance.id), .integer(call.id)]
        )
        return attendance
    }

    /// Marks earlier missed calls of the same number as returned once somebody talks to it.
    private func answersMissed(_ call: Call, before: Call?, now: Moment, in session: any SQLSession) throws -> [Int64] {
        guard let number = call.callBackNumber else { return [] }
        if call.direction == .outbound, call.endedAt != nil, before?.endedAt == nil {
            try CallBackDesk.endLease(number, in: session)
        }
        guard call.answeredAt != nil, before?.answeredAt == nil else { return [] }
        // A colleague's extension is nobody to call back.
        guard call.number != nil || call.direction != .internal else { return [] }
        var returned: [Int64] = []
        for condition in [MissedCall.unreturned, MissedCall.droppedUnreturned] {
            for called in MissedCall.isOf("$2") {
                returned += try session.rows(
                    "UPDATE call SET returned_at = $1 WHERE \(called) AND \(condition) AND id <> $3 RETURNING id",
                    [.moment(now), .text(number), .integer(call.id)]
                ).compactMap { $0.integer(0) }
            }
        }
        return returned
    }
}
