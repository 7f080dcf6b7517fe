import CallModel

/// What the queues of each line had counted when the line was heard last.
///
/// It is written with the time the line was heard and in one transaction with it, so that what a queue counted beyond it
/// ended after that time.
enum QueueCounts {
    /// More than one line has, and few enough to be read at each return.
    private static let most = 1_000

    static func last(_ line: String, in session: any SQLSession) throws(StoreError) -> [String: QueueCount] {
        let rows = try session.rows(
            "SELECT queue, answered, abandoned FROM queue_count WHERE line = $1 ORDER BY queue",
            [.text(line)],
            limit: most
        )
        return Dictionary(
            try rows.map { row throws(StoreError) in try count(row, 0) }.map { ($0.queue, $0) },
            uniquingKeysWith: { first, _ in first }
        )
    }

    /// A count from a row that has it from a column on.
    static func count(_ row: SQLRow, _ first: Int) throws(StoreError) -> QueueCount {
        QueueCount(
            queue: try row.need(row.text(first), "queue_count.queue"),
            answered: try row.need(row.integer(first + 1), "queue_count.answered"),
            abandoned: try row.need(row.integer(first + 2), "queue_count.abandoned")
        )
    }

    /// Notes what the queues of a line have counted, nothing of a queue that is not among them; writes what is another.
    static func note(_ counts: [QueueCount], of line: String, in session: any SQLSession) throws(StoreError) {
        let known = try last(line, in: session)
        let counts = bounded(counts)
        for gone in known.keys where counts[gone] == nil {
            try session.execute("DELETE FROM queue_count WHERE line = $1 AND queue = $2", [.text(line), .text(gone)])
        }
        for (queue, count) in counts where known[queue] != count {
            try session.execute(
                """
                INSERT INTO queue_count (line, queue, answered, abandoned) VALUES ($1, $2, $3, $4)
                ON CONFLICT (line, queue) DO UPDATE SET answered = excluded.answered, abandoned = excluded.abandoned
                """,
                [.text(line), .text(queue), .integer(count.answered), .integer(count.abandoned)]
            )
        }
    }

    /// How many calls of each queue ended between two counts; nothing of a queue that was not known or has begun anew.
    static func between(_ before: [String: QueueCount], _ after: [QueueCount]) -> [QueueCount] {
        bounded(after).values.compactMap { after in
            guard let before = before[after.queue], after.answered >= before.answered,
                after.abandoned >= before.abandoned
            else { return nil }
            let ended = QueueCount(
                queue: after.queue,
                answered: after.answered - before.answered,
                abandoned: after.abandoned - before.abandoned
            )
            return ended.answered + ended.abandoned == 0 ? nil : ended
        }
    }

    /// Names from the wire as they are stored, counters that no sum of two can overflow.
    private static func bounded(_ counts: [QueueCount]) -> [String: QueueCount] {
        let counts = counts.prefix(most).map { count in
            QueueCount(
                queue: WireText.key(count.queue),
                answered: min(max(0, count.answered), .max / 4),
                abandoned: min(max(0, count.abandoned), .max / 4)
            )
        }
        return Dictionary(counts.map { ($0.queue, $0) }, uniquingKeysWith: { first, _ in first })
    }
}
