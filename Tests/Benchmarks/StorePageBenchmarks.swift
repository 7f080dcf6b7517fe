import DeskCore
import Foundation

/// What the pages of tickets ask of the store, among few and among many tickets: lists, searches, one ticket opened.
enum StorePageBenchmarks {
    /// Fills an empty database up to each of `sizes` in turn and prints how long each page's questions take there.
    static func run(_ name: String, on database: any Database, sizes: [Int] = [10_000, 1_000_000]) async throws {
        var stored = 0
        for size in sizes {
            let clock = ContinuousClock()
            let start = clock.now
            try await fill(database, from: stored + 1, to: size)
            print("pages \(name) tickets=\(size) filled_s=\(Int((clock.now - start) / .seconds(1)))")
            stored = size
            try await ask(name, size, on: database)
            try await WorkListBenchmarks.ask(name, size, on: database)
        }
    }

    /// One customer for ten tickets; every fiftieth ticket is open, one in four of them untouched and one waiting; eight
    /// departments, twenty people who share the others and watch each fortieth ticket.
    private static func fill(_ database: any Database, from first: Int, to last: Int) async throws {
        if first == 1 {
            try await database.write { session in
                for id in 1...WorkListBenchmarks.people {
                    try session.execute(
                        "INSERT INTO account (login, name, role, created_at) VALUES ($1, $1, 'technician', 0)",
                        [.text("pessoa\(id)")]
                    )
                }
            }
        }
        for start in stride(from: first, through: last, by: 250) {
            let end = min(start + 249, last)
            try await database.write { session in
                let range: [SQLValue] = [.integer(Int64(start)), .integer(Int64(end))]
                let numbers = """
                    WITH RECURSIVE n (i) AS (
                        SELECT CAST($1 AS BIGINT) UNION ALL SELECT i + 1 FROM n WHERE i < CAST($2 AS BIGINT)
                    )
                    """
                // Written out, because a WITH before INSERT is read by both engines.
                try session.execute(
                    """
                    \(numbers) INSERT INTO customer (kind, name, name_folded, origin, created_at, updated_at)
                    SELECT 'person', 'Cliente ' || i, 'cliente ' || i, 'desk', i, i FROM n WHERE i % 10 = 1
                    """,
                    range
                )
                try session.execute(
                    """
                    \(numbers) INSERT INTO attendance (protocol, channel, customer_id, state, outcome, started_at)
                    SELECT '2026' || (100000000 + i), 'phone', (i + 9) / 10, 'ended', 'ticket', i FROM n
                    """,
                    range
                )
                try session.execute(
                    """
                    \(numbers) INSERT INTO ticket (number, attendance_id, customer_id, topic, topic_title, section_path,
                        department, priority, state, summary, description, form_version, answers, channel, created_at,
                        updated_at, creation_key, list_rank, assigned_to, waiting_since, due_at, at_risk_at)
                    SELECT '' || (1000 + i), i, (i + 9) / 10, CASE WHEN i % 1000 = 0 THEN 'raro' ELSE 'nota' END,
                        'Nota fiscal', 'fiscal', 'setor-' || (CASE WHEN i % 50 = 0 THEN i / 50 ELSE i END % 8),
                        CASE i / 50 % 10 WHEN 0 THEN 'urgent' WHEN 1 THEN 'low' ELSE 'normal' END,
                        CASE WHEN i % 50 > 0 THEN 'closed' WHEN i / 50 % 4 = 0 THEN 'triage'
                            WHEN i / 50 % 4 = 2 THEN 'waiting' ELSE 'in_progress' END,
                        'Não emite a nota ' || i, 'Desde ontem a nota não sai', '1', '{}', 'phone', i, i, 'k' || i,
                        CASE WHEN i / 50 % 100 = 99 THEN 2 WHEN i / 50 % 10 = 0 THEN 10 WHEN i / 50 % 10 = 1 THEN 13
                            ELSE 12 END,
                        CASE WHEN i / 50 % 4 = 0 THEN NULL ELSE i / 200 % 20 + 1 END,
                        CASE WHEN i % 50 = 0 AND i / 50 % 4 = 2 THEN i END,
                        CASE WHEN i % 50 > 0 OR i / 50 % 5 = 0 THEN NULL WHEN i / 50 % 3 = 0 THEN i
                            ELSE 4000000000000 + i END,
                        CASE WHEN i % 50 > 0 OR i / 50 % 5 = 0 THEN NULL ELSE i END FROM n
                    """,
                    range
                )
                try session.execute(
                    """
                    \(numbers) INSERT INTO ticket_watcher (ticket_id, account_id, since, is_open)
                    SELECT i, i / 40 % 20 + 1, i, CASE WHEN i % 50 = 0 THEN 1 ELSE 0 END FROM n WHERE i % 40 = 0
                    """,
                    range
                )
                for kind in ["opened", "reply", "note"] {
                    try session.execute(
                        """
                        \(numbers) INSERT INTO entry (ticket_id, kind, author_kind, author_name, body, created_at)
                        SELECT i, '\(kind)', 'technician', 'Ana', 'Andamento do chamado', i FROM n
                        """,
                        range
                    )
                }
                for id in start...end {
                    let rare = id * 7_919 % 40_009
                    try SearchIndex.put(
                        kind: .ticket,
                        id: Int64(id),
                        text:
                            "\(1_000 + id) Não emite a nota fiscal do sistema palavra\(rare) Cliente \((id + 9) / 10)",
                        in: session
                    )
                }
            }
        }
    }

    private static func ask(_ name: String, _ size: Int, on database: any Database) async throws {
        let tickets = TicketDirectory(database: database)
        let outbox = NoticeOutbox(database: database)
        func list(_ edit: (inout TicketQuery, Int) -> Void, _ turn: Int) async throws -> Int {
            var query = TicketQuery()
            edit(&query, turn)
            return try await tickets.list(query).count
        }
        // Different rows each time, spread over the whole table.
        let place = { (turn: Int) in Int64(turn * 104_729 % size + 1) }
        try await measure("\(name) tickets=\(size) list all") { _ in try await list({ _, _ in }, 0) }
        try await measure("\(name) tickets=\(size) list a page in the middle") { turn in
            try await list({ query, turn in query.before = place(turn) + 100 }, turn)
        }
        try await measure("\(name) tickets=\(size) list open") { turn in
            try await list({ query, _ in query.situation = .open }, turn)
        }
        try await measure("\(name) tickets=\(size) list open of a department") { turn in
            try await list(
                { query, turn in
                    query.situation = .open
                    query.departments = ["setor-\(turn % 4 * 2)"]
                },
                turn
            )
        }
        try await measure("\(name) tickets=\(size) list of a customer") { turn in
            try await list({ query, turn in query.customerID = place(turn) / 10 + 1 }, turn)
        }
        try await measure("\(name) tickets=\(size) search a frequent word") { turn in
            try await list({ query, _ in query.words = "nota" }, turn)
        }
        try await measure("\(name) tickets=\(size) search a rare word") { turn in
            try await list({ query, turn in query.words = "palavra\(place(turn) * 7_919 % 40_009)" }, turn)
        }
        try await measure("\(name) tickets=\(size) search a number") { turn in
            try await list({ query, turn in query.words = "\(1_000 + place(turn))" }, turn)
        }
        try await measure("\(name) tickets=\(size) open one") { turn in
            let id = place(turn)
            let ticket = try await tickets.find(id)
            let thread = try await tickets.thread(id)
            let fates = try await outbox.fates(ticketID: id)
            return (ticket == nil ? 0 : 1) + thread.count + fates.count
        }
    }

    static func measure(_ what: String, _ body: (Int) async throws -> Int) async throws {
        let clock = ContinuousClock()
        var waits: [Duration] = []
        var found = 0
        // The first turns fill the caches and prepare the statement, as a running desk has.
        for turn in 0..<320 {
            let start = clock.now
            found += try await body(turn)
            if turn >= 20 { waits.append(clock.now - start) }
        }
        waits.sort()
        func figure(_ wait: Duration) -> Double { (wait / .milliseconds(1) * 1_000).rounded() / 1_000 }
        print("pages \(what): p50_ms=\(figure(waits[150])) p99_ms=\(figure(waits[296])) rows=\(found / 320)")
    }
}
