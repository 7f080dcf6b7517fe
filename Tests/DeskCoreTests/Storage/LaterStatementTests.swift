import TestSupport
import Testing

@testable import DeskCore

@Suite("Statements whose outcome nobody asks for", .timeLimit(.minutes(2)))
struct LaterStatementTests {
    @Test("take part in the write in their order", arguments: TestDatabase.engines)
    func order(_ engine: DatabaseEngine) async throws {
        let database = try await TestDatabase.make(engine)
        let seen = try await database.write { session in
            for value in 1...40 {
                try session.later(
                    "INSERT INTO counter (name, value) VALUES ($1, $2)",
                    [.text("a\(value)"), .integer(value)]
                )
            }
            let count = try session.row("SELECT count(*) FROM counter")?.integer(0)
            try session.later("UPDATE counter SET value = 7 WHERE name = 'a1'", [])
            return count
        }
        #expect(seen == 40)
        let kept = try await database.read { try $0.row("SELECT value FROM counter WHERE name = 'a1'")?.integer(0) }
        #expect(kept == 7, "the last one too")
    }

    @Test("fail their own write, the last one too, and no other's", arguments: TestDatabase.engines)
    func failure(_ engine: DatabaseEngine) async throws {
        let database = try await TestDatabase.make(engine)
        try await database.write { try $0.execute("INSERT INTO counter (name, value) VALUES ('once', 0)") }
        // Many at once share a transaction.
        let worked = await withTaskGroup(of: Bool.self) { group in
            for number in 0..<24 {
                group.addTask {
                    do {
                        try await database.write { session in
                            try session.execute(
                                "INSERT INTO counter (name, value) VALUES ($1, 0)",
                                [.text("w\(number)")]
                            )
                            guard !number.isMultiple(of: 3) else { return }
                            try session.later(
                                "INSERT INTO counter (name, value) VALUES ($1, 0)",
                                [.text(number % 3 == 1 ? "once" : "l\(number)")]
                            )
                        }
                        return number % 3 != 1
                    } catch {
                        if case StoreError.notUnique = error { return number % 3 == 1 }
                        return false
                    }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(worked == Array(repeating: true, count: 24))
        let names = try await database.read { try $0.rows("SELECT name FROM counter").compactMap { $0.text(0) } }
        var expected: Set<String> = ["once"]
        for number in 0..<24 where number % 3 != 1 {
            expected.insert("w\(number)")
            if number % 3 == 2 { expected.insert("l\(number)") }
        }
        #expect(Set(names) == expected)
    }

    @Test("wait for no answer of their own on PostgreSQL", .enabled(if: TestDatabase.postgresServer != nil))
    func exchanges() async throws {
        let url = try await TestDatabase.freshPostgres()
        let database = try await PostgresDatabase.open(url)
        defer { database.close() }
        let connection = try PostgresConnection(PostgresConnection.Setup(url: url))
        func count(_ body: @escaping @Sendable (any SQLSession) throws -> Void) throws -> Int {
            let transaction = PostgresTransaction(mode: .write, body: body)
            // Once to prepare.
            guard case .settled(.success) = transaction.run(on: connection, alone: false) else {
                throw StoreError.conflict
            }
            let before = connection.exchanges
            guard case .settled(.success) = transaction.run(on: connection, alone: false) else {
                throw StoreError.conflict
            }
            return connection.exchanges - before
        }
        let nothing = try count { _ in }
        #expect(nothing == 2, "begin and commit")
        let both = try count { session in
            try session.later("UPDATE counter SET value = value + 1 WHERE name = 'a'", [])
            try session.later("UPDATE counter SET value = value + 1 WHERE name = 'b'", [])
            _ = try session.row("SELECT value FROM counter WHERE name = 'a'")
        }
        #expect(both == 3)
    }

    @Test(
        "a ticket waits for the server as often as it asks something, and once for its commit",
        .enabled(if: TestDatabase.engines.contains(.postgres))
    )
    func ticket() async throws {
        let it = try await TicketUnderTest(.postgres)
        defer { (it.database as? PostgresDatabase)?.close() }
        let setup = try #require((it.database as? PostgresDatabase)?.setup)
        let connection = try PostgresConnection(setup)
        let leases = SeriesLeases(setup: setup)
        let desk = it.desk
        func open(_ key: String) throws -> Int {
            var request = TicketDeskTests.request(key)
            request.customerID = it.customerID
            request.contactID = it.contactID
            let asked = request
            let transaction = PostgresTransaction(mode: .write, leases: leases) { session in
                try desk.openerOfNew(asked, nil, .api, session)
            }
            let before = connection.exchanges
            guard case .settled(.success) = transaction.run(on: connection, alone: false) else {
                throw StoreError.conflict
            }
            return connection.exchanges - before
        }
        _ = try open("first")
        // Two of them begin and commit, one asks whether the customer's record is part of another by now; the department's
        // bells and the words of the search travel with others.
        #expect(try open("second") <= 13)
    }
}
