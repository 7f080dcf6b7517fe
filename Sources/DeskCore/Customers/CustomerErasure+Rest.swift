/// What the customer asked for and said, a few rows at a time; each function gives back the rows it went through.
extension CustomerErasure {
    func tickets(_ known: KnownBy, after: Int64, in session: any SQLSession) throws(StoreError) -> [Int64] {
        let ids = try ids("ticket", of: known.customers, after: after, in: session)
        for id in ids {
            // Of a ticket by e-mail or telephone the section, the topic, the times and who worked on it stay.
            try session.execute(
                """
                UPDATE ticket SET summary = $1, description = '', what_changed = NULL, answers = '[]', caller_name = NULL,
                    caller_phone = NULL, revision = revision + 1 WHERE id = $2
                """,
                [.text(Self.mark), .integer(id)]
            )
            try entries(of: id, in: session)
            try session.execute("UPDATE ticket_survey SET words = NULL WHERE ticket_id = $1", [.integer(id)])
            try session.execute("DELETE FROM ticket_before WHERE ticket_id = $1", [.integer(id)])
            try session.execute("DELETE FROM quick_link WHERE ticket_id = $1", [.integer(id)])
            try belongings("ticket_id", id, in: session)
            try TicketSearch.index(id, in: session)
        }
        return ids
    }

    private func entries(of ticket: Int64, in session: any SQLSession) throws(StoreError) {
        var after: Int64 = 0
        while true {
            let rows = try session.rows(
                "SELECT id, body, facts FROM entry WHERE ticket_id = $1 AND id > $2 ORDER BY id",
                [.integer(ticket), .integer(after)],
                limit: 500
            )
            guard let last = rows.last?.integer(0) else { return }
            for row in rows {
                try session.execute(
                    """
                    UPDATE entry SET body = $1, facts = $2,
                        author_name = CASE WHEN author_kind = 'customer' THEN $3 ELSE author_name END
                    WHERE id = $4
                    """,
                    [
                        .text(row.text(1) == "" ? "" : Self.mark),
                        .text(StoredList.encode(EntryFacts.decode(row.text(2)).withoutPersons)), .text(Self.mark),
                        row[0],
                    ]
                )
            }
            after = last
        }
    }

    /// Files, passwords, messages and mails of a ticket or a contact.
    ///
    /// The bytes of a file go with the next sweep, as no row holds them.
    private func belongings(_ column: String, _ id: Int64, in session: any SQLSession) throws(StoreError) {
        try session.execute("DELETE FROM attachment WHERE \(column) = $1", [.integer(id)])
        try session.execute("UPDATE secret SET sealed = NULL WHERE \(column) = $1", [.integer(id)])
        try session.execute("DELETE FROM notice WHERE \(column) = $1", [.integer(id)])
    }

    func contacts(
        _ known: KnownBy,
        after: Int64,
        recordings: inout [String],
        in session: any SQLSession
    ) throws(StoreError) -> [Int64] {
        let ids = try ids("attendance", of: known.customers, after: after, in: session)
        for id in ids {
            try session.execute(
                "UPDATE attendance SET reason = NULL WHERE id = $1 AND reason NOT IN ($2, $3)",
                [.integer(id), .text(Attendance.callBackReason), .text(Attendance.afterHoursReason)]
            )
            try belongings("attendance_id", id, in: session)
            let call = try session.row("SELECT call_id FROM attendance WHERE id = $1", [.integer(id)])?.integer(0)
            guard let call else { continue }
            let parts = try session.rows("SELECT id FROM call WHERE id = $1 OR merged_into = $1", [.integer(call)])
            for part in parts.compactMap({ $0.integer(0) }) {
                if let name = try erase(call: part, in: session) { recordings.append(name) }
            }
        }
        return ids
    }

    /// Calls of their numbers that no contact of theirs is about: missed, blocked, made to them.
    func calls(
        _ known: KnownBy,
        after: Int64,
        recordings: inout [String],
        in session: any SQLSession
    ) throws(StoreError) -> [Int64] {
        var ids: [Int64] = []
        for number in known.phones {
            ids += try session.rows(
                "SELECT id FROM call WHERE number = $1 AND ended_at IS NOT NULL ORDER BY id LIMIT \(Self.batch)",
                [.text(number)]
            ).compactMap { $0.integer(0) }
            try session.execute("DELETE FROM call_back_lease WHERE number = $1", [.text(number)])
        }
        for id in ids {
            if let name = try erase(call: id, in: session) { recordings.append(name) }
        }
        return ids
    }

    /// - Returns: the name of its recording.
    private func erase(call id: Int64, in session: any SQLSession) throws(StoreError) -> String? {
        let name = try session.row("SELECT recording FROM call WHERE id = $1", [.integer(id)])?.text(0)
        try session.execute(
            """
            UPDATE call SET number = NULL, number_raw = NULL, number_shown = NULL, caller_name = NULL, recording = NULL,
                dialled = CASE WHEN direction = 'outbound' THEN NULL ELSE dialled END
            WHERE id = $1
            """,
            [.integer(id)]
        )
        return name
    }

    /// Messages about no ticket and no contact, and what mails of theirs said of who wrote them.
    func notices(_ known: KnownBy, after: Int64, in session: any SQLSession) throws(StoreError) -> [Int64] {
        guard after == 0 else { return [] }
        try session.execute("DELETE FROM notice WHERE customer_id IN (\(Self.list(known.customers)))")
        for address in Set(known.emails).sorted() {
            try session.execute(
                "DELETE FROM notice WHERE attendance_id IS NULL AND ticket_id IS NULL AND recipient = $1",
                [.text(address)]
            )
            try session.execute(
                "UPDATE mail_in SET sender = NULL, sender_name = '', subject = '' WHERE sender = $1",
                [.text(address)]
            )
            try session.execute("DELETE FROM mail_trouble WHERE address = $1", [.text(address)])
        }
        return [1]
    }

    /// Words nothing is found by any more leave the list of words; only SQLite's search keeps one.
    func words(_ known: KnownBy, after: Int64, in session: any SQLSession) throws(StoreError) -> [Int64] {
        guard session.engine == .sqlite, let from = Int(exactly: after), from < known.words.count else { return [] }
        let until = min(from + Self.batch, known.words.count)
        for word in known.words[from..<until] {
            var isUsed = false
            for kind in SearchKind.allCases where !isUsed {
                isUsed = try !SearchIndex.find(kind: kind, words: word, before: nil, limit: 1, in: session).isEmpty
            }
            if !isUsed { try session.execute("DELETE FROM search_word WHERE word = $1", [.text(word)]) }
        }
        return [Int64(until)]
    }
}

extension EntryFacts {
    /// The same without what tells of the customer: masked addresses, names of files, what a mail quoted.
    var withoutPersons: EntryFacts {
        var facts = self
        facts.link = nil
        facts.file = file.map { _ in CustomerErasure.mark }
        facts.dropped = nil
        facts.sealed = nil
        facts.mail = mail.map { .init(from: nil, isUnverified: $0.isUnverified) }
        return facts
    }
}
