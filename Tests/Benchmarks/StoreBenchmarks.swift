import DeskCore
import Foundation

/// Durable small transactions a second: each stands for a ticket, with its counter, attendance, thread and notices.
enum StoreBenchmarks {
    /// Runs 1, 8 and 64 writers against a file in `folder` and prints a line for each.
    static func run(in folder: URL, transactions: Int = 20_000) async throws {
        for writers in [1, 8, 64] {
            let path = folder.appendingPathComponent("bench-\(UUID().uuidString).sqlite").path
            let database = try await SQLiteDatabase.open(path: path)
            try await measure("sqlite", on: database, writers: writers, transactions: transactions)
            await database.close()
            for ending in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + ending) }
        }
    }

    /// Runs the same transactions on an open database of any engine.
    static func measure(_ name: String, on database: any Database, writers: Int, transactions: Int) async throws {
        let each = max(1, transactions / writers)
        let clock = ContinuousClock()
        let start = clock.now
        let waits = try await withThrowingTaskGroup(of: [Duration].self) { group in
            for writer in 0..<writers {
                group.addTask {
                    var waits: [Duration] = []
                    waits.reserveCapacity(each)
                    for turn in 0..<each {
                        let begin = clock.now
                        try await ticket("\(writer)-\(turn)", on: database)
                        waits.append(clock.now - begin)
                    }
                    return waits
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }.sorted()
        let seconds = (clock.now - start) / .seconds(1)
        let median = waits[waits.count / 2] / .milliseconds(1)
        let late = waits[waits.count * 99 / 100] / .milliseconds(1)
        let rate = Int(Double(waits.count) / seconds)
        let waited = "median_ms=\(figure(median)) p99_ms=\(figure(late))"
        print("store \(name) writers=\(writers) transactions/s=\(rate) \(waited)")
    }

    private static func figure(_ value: Double) -> String { String((value * 1000).rounded() / 1000) }

    private static func ticket(_ key: String, on database: any Database) async throws {
        try await database.write { session in
            let number = try session.row(
                """
                INSERT INTO counter (name, value) VALUES ($1, 1)
                ON CONFLICT (name) DO UPDATE SET value = counter.value + 1 RETURNING value
                """,
                ["ticket"]
            )?.integer(0)
            let attendance = try session.row(
                """
                INSERT INTO attendance (protocol, channel, state, started_at) VALUES ($1, 'phone', 'open', 0) RETURNING id
                """,
                [.text("p\(key)")]
            )?.integer(0)
            let ticket = try session.row(
                """
                INSERT INTO ticket (number, attendance_id, topic, topic_title, section_path, department, priority, state,
                    summary, description, form_version, answers, channel, created_at, updated_at, creation_key)
                VALUES ($1, $2, 'nota', 'Nota fiscal', 'fiscal', 'fiscal', 'normal', 'new', 'Não emite a nota',
                    'Desde ontem a nota não sai', '1', '{}', 'phone', 0, 0, $3) RETURNING id
                """,
                [.integer(number), .integer(attendance), .text(key)]
            )?.integer(0)
            try session.execute(
                """
                INSERT INTO entry (ticket_id, kind, author_kind, author_name, body, created_at)
                VALUES ($1, 'event', 'account', 'Ana', 'aberto', 0)
                """,
                [.integer(ticket)]
            )
            for channel in ["mail", "sms", "sms2"] {
                try session.execute(
                    """
                    INSERT INTO notice (dedupe_key, event, channel, state, ticket_id, recipient, language, body, next_at,
                        created_at)
                    VALUES ($1, 'ticket-opened', $2, 'queued', $3, 'x', 'pt-BR', 'Chamado aberto', 0, 0)
                    """,
                    [.text("\(key)/\(channel)"), .text(channel), .integer(ticket)]
                )
            }
            try session.execute("UPDATE attendance SET state = 'ended' WHERE id = $1", [.integer(attendance)])
        }
    }
}
