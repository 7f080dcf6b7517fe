import CallModel

extension CallLog {
    /// Calls ended in one transaction; a desk that comes back after days catches up over some.
    private static let mostUnheard = 200

    /// Ends the calls of lines that tell by themselves and of which nothing was told for so long: nobody can be asked whether
    /// they are still there, and their end went where nobody listened.
    ///
    /// Who told of them last does not matter, another node or an earlier life of the service. They end when they were
    /// reported last, so that no talk time is made up.
    /// - Parameters:
    ///   - lines: whose calls; a line whose PBX can be asked is compared instead (`closeLost`).
    ///   - silence: how long a call is taken to go on without a word.
    /// - Returns: calls that were ended, of one line and not all at once; none when there is none left.
    /// - Throws: `StoreError`; nothing is ended then.
    public func closeUnheard(lines: Set<String>, after silence: Duration) async throws(StoreError) -> [CallChange] {
        let now = clock.now
        let latest = now.adding(.zero - silence)
        for line in lines.map(WireText.key).sorted() where try await hasUnheard(line, before: latest) {
            let ended = try await database.write { session in
                try Self.unheard(line, before: latest, limit: Self.mostUnheard, in: session).compactMap { call in
                    var lost = call.lost
                    lost.endedAt = call.lastWord(till: now).microseconds
                    return try record(CallSignal(line: line, call: lost), now: now, in: session)
                }
            }
            // None where another node was first.
            if !ended.isEmpty { return ended }
        }
        return []
    }

    /// Asked first: hardly ever is there one, and a look takes no turn of those who write.
    private func hasUnheard(_ line: String, before latest: Moment) async throws(StoreError) -> Bool {
        try await database.read { session in
            try !Self.unheard(line, before: latest, limit: 1, in: session).isEmpty
        }
    }

    private static func unheard(
        _ line: String,
        before latest: Moment,
        limit: Int,
        in session: any SQLSession
    ) throws -> [Call] {
        try session.rows(
            """
            SELECT \(Call.columns) FROM call
            WHERE line = $1 AND ended_at IS NULL AND COALESCE(reported_at, answered_at, started_at) < $2
            ORDER BY id
            """,
            [.text(line), .moment(latest)],
            limit: limit
        ).map { row throws(StoreError) in try Call(row: row) }
    }

    /// Notes that a call is still reported, though nothing about it is new.
    func noteReport(of call: Call, at now: Moment, in session: any SQLSession) throws {
        guard call.endedAt == nil, now.since(call.lastWord(till: now)) >= Self.signOfLife else { return }
        try session.execute("UPDATE call SET reported_at = $1 WHERE id = $2", [.moment(now), .integer(call.id)])
    }
}

extension Call {
    /// When it is known to have been there last: by our clock, and never before it began by the sender's.
    fileprivate func lastWord(till now: Moment) -> Moment {
        let began = max(startedAt, answeredAt ?? startedAt)
        return max(began, min(reportedAt ?? began, now))
    }

    /// The report of its end by somebody who did not see it: whoever ended it, nobody was there.
    var lost: CallSnapshot {
        var lost = CallSnapshot(key: key, direction: direction)
        lost.isEnded = true
        lost.outcome = answeredAt == nil ? .failed : .answered
        lost.endedBy = .unknown
        return lost
    }
}
