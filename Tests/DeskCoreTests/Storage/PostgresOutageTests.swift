import Foundation
import Synchronization
import TestSupport
import Testing

@testable import DeskCore

@Suite(
    "PostgreSQL goes away and comes back",
    .enabled(if: TestDatabase.engines.contains(.postgres), "needs CALLDESK_TEST_POSTGRES"),
    .serialized,
    .timeLimit(.minutes(5))
)
struct PostgresOutageTests {
    @Test("a restart under load loses nothing acknowledged and does nothing twice", arguments: ["fast", "immediate"])
    func restart(mode: String) async throws {
        try await PostgresServer.with { server in
            let database = try await PostgresDatabase.open(server.url)
            let load = Load(database)
            let writing = Task { await load.run(writers: 6) }
            try await load.waitFor(50)
            try await server.pause(mode)
            try await server.resume()
            try await load.waitFor(load.acknowledgedCount + 50)
            load.stop()
            await writing.value
            try await load.verify()
            database.close()
        }
    }

    @Test("calls fail after their patience while the server is away, and work resumes by itself")
    func away() async throws {
        try await PostgresServer.with { server in
            var limits = PostgresDatabase.Limits()
            let usual = limits.patience
            limits.patience = .milliseconds(300)
            let database = try await PostgresDatabase.open(server.url, limits: limits)
            try await server.pause()
            for _ in 0..<2 {
                let start = ContinuousClock.now
                let error = await #expect(throws: StoreError.self) { try await database.check() }
                #expect(error?.isTransient == true)
                #expect(ContinuousClock.now - start < usual)
                await #expect(throws: StoreError.self) { try await database.read { try $0.row("SELECT 1") } }
            }
            try await server.resume()
            try await database.check()
            #expect(try await database.read { try $0.row("SELECT 1")?.integer(0) } == 1)
            database.close()
        }
    }

    @Test("a service that is stopping waits for nobody")
    func stopping() async throws {
        try await PostgresServer.with { server in
            let database = try await PostgresDatabase.open(server.url)
            try await server.pause()
            database.stopWaiting()
            let start = ContinuousClock.now
            await #expect(throws: StoreError.self) { try await database.check() }
            await #expect(throws: StoreError.self) { try await database.read { try $0.row("SELECT 1") } }
            #expect(ContinuousClock.now - start < PostgresDatabase.Limits().patience)
            database.close()
        }
    }

    @Test("a service that is stopping does not wait for an answer that does not come")
    func silent() async throws {
        try await PostgresServer.with { server in
            let database = try await PostgresDatabase.open(server.url)
            let observer = try await PostgresDatabase.open(server.url)
            // Longer than a stop may take, shorter than the server's own limit.
            let read = Task { try await database.read { try $0.rows("SELECT pg_sleep(25)").count } }
            let asleep = "SELECT pid FROM pg_stat_activity WHERE wait_event = 'PgSleep'"
            while try await observer.read({ try $0.rows(asleep).isEmpty }) { await Task.yield() }
            let start = ContinuousClock.now
            database.stopWaiting()
            await #expect(throws: StoreError.self) { try await read.value }
            #expect(ContinuousClock.now - start < .seconds(20))
            database.close()
            observer.close()
        }
    }

    @Test("a server that says nothing is given up in seconds, refused at once while it lasts, and found again")
    func frozen() async throws {
        try await PostgresServer.with { server in
            let database = try await PostgresDatabase.open(server.url)
            let load = Load(database)
            let writing = Task { await load.run(writers: 4) }
            try await load.waitFor(50)
            try await server.freeze()
            let start = ContinuousClock.now
            // Both ways at once, more of them than there are connections.
            await withTaskGroup(of: Void.self) { group in
                for number in 0..<20 {
                    group.addTask {
                        let error = await #expect(throws: StoreError.self) {
                            if number.isMultiple(of: 2) { return try await database.check() }
                            _ = try await database.read { try $0.row("SELECT 1") }
                        }
                        #expect(error?.isTransient == true)
                    }
                }
            }
            // Some 5 s; far less than the 35 s that a question may take.
            #expect(ContinuousClock.now - start < .seconds(15))
            let later = ContinuousClock.now
            for _ in 0..<50 {
                await #expect(throws: StoreError.self) { try await database.read { try $0.row("SELECT 1") } }
                await #expect(throws: StoreError.self) { try await database.check() }
            }
            #expect(ContinuousClock.now - later < .seconds(4))
            try await server.thaw()
            try await load.waitFor(load.acknowledgedCount + 50)
            load.stop()
            await writing.value
            try await load.verify()
            #expect(try await database.read { try $0.row("SELECT 1")?.integer(0) } == 1)
            database.close()
        }
    }

    @Test("a question that takes long is not given up while the server answers others")
    func long() async throws {
        try await PostgresServer.with { server in
            let database = try await PostgresDatabase.open(server.url)
            let row = try await database.read { try $0.row("SELECT 1 FROM pg_sleep(6)")?.integer(0) }
            #expect(row == 1)
            database.close()
        }
    }

    @Test("a commit that happened, and whose answer was lost, is told as done")
    func lostAnswer() async throws {
        try await PostgresServer.with { server in
            let database = try await PostgresDatabase.open(server.url)
            let observer = try await PostgresDatabase.open(server.url)
            // A commit now waits for a standby that does not exist: it is done on the server and not yet answered.
            try PostgresTestScript(server.url).run([
                "ALTER SYSTEM SET synchronous_standby_names = 'nobody'", "SELECT pg_reload_conf()",
            ])
            let write = Task {
                try await database.write { session in
                    try session.row("INSERT INTO counter (name, value) VALUES ('once', 1) RETURNING value")?.integer(0)
                }
            }
            let waiting = "SELECT pid FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
            while try await observer.read({ try $0.rows(waiting).isEmpty }) { await Task.yield() }
            try PostgresTestScript(server.url).run([
                "ALTER SYSTEM SET synchronous_standby_names = ''",
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'",
                "SELECT pg_reload_conf()",
            ])
            #expect(try await write.value == 1)
            let kept = try await observer.read {
                try $0.row("SELECT value FROM counter WHERE name = 'once'")?.integer(0)
            }
            #expect(kept == 1)
            database.close()
            observer.close()
        }
    }

    @Test("a promoted replica is found by itself and has all that was acknowledged")
    func promotion() async throws {
        try await PostgresServer.with { primary in
            try await primary.withReplica { replica in
                // Both hosts in one URL, as for Patroni without a proxy; commits wait for the replica.
                let ports = [primary, replica].compactMap { URLComponents(string: $0.url)?.port }
                let url = "postgres://calldesk@127.0.0.1:\(ports[0]),127.0.0.1:\(ports[1])/calldesk"
                var limits = PostgresDatabase.Limits()
                limits.patience = .seconds(20)
                let database = try await PostgresDatabase.open(url, limits: limits)
                try PostgresTestScript(primary.url).run([
                    "ALTER SYSTEM SET synchronous_standby_names = '*'", "SELECT pg_reload_conf()",
                ])
                let load = Load(database)
                let writing = Task { await load.run(writers: 4) }
                try await load.waitFor(50)
                try await primary.pause("immediate")
                try await replica.promote()
                try await load.waitFor(load.acknowledgedCount + 50)
                load.stop()
                await writing.value
                try await load.verify()
                database.close()
            }
        }
    }

    /// Writers that each add rows of their own and remember which were acknowledged, refused, or left open.
    private final class Load: Sendable {
        private struct Book {
            var acknowledged: Set<String> = []
            var isStopped = false
            var fault: StoreError?
        }

        private let database: PostgresDatabase
        private let book = Mutex(Book())

        init(_ database: PostgresDatabase) { self.database = database }

        var acknowledgedCount: Int { book.withLock { $0.acknowledged.count } }

        func stop() { book.withLock { $0.isStopped = true } }

        func waitFor(_ count: Int) async throws {
            while acknowledgedCount < count {
                if let fault = book.withLock({ $0.fault }) { throw fault }
                await Task.yield()
            }
        }

        func run(writers: Int) async {
            await withTaskGroup(of: Void.self) { group in
                for writer in 0..<writers {
                    group.addTask {
                        var turn = 0
                        while !self.book.withLock({ $0.isStopped }) {
                            turn += 1
                            await self.write("\(writer)-\(turn)")
                        }
                    }
                }
            }
        }

        private func write(_ name: String) async {
            do throws(StoreError) {
                try await database.write { session in
                    // Twice would be refused by the table.
                    try session.execute("INSERT INTO counter (name, value) VALUES ($1, 1)", [.text(name)])
                }
                book.withLock { _ = $0.acknowledged.insert(name) }
            } catch .unavailable {
                // Told so: it may or may not be there.
            } catch {
                book.withLock { $0.fault = error }
            }
        }

        func verify() async throws {
            if let fault = book.withLock({ $0.fault }) { throw fault }
            let kept = try await database.read { session in
                try session.rows("SELECT name FROM counter", [], limit: 1_000_000).compactMap { $0.text(0) }
            }
            let acknowledged = book.withLock { $0.acknowledged }
            #expect(acknowledged.subtracting(kept).isEmpty)
        }
    }
}

/// Statements for a server's administration, outside any transaction.
struct PostgresTestScript {
    private let url: String

    init(_ url: String) { self.url = url }

    func run(_ statements: [String]) throws {
        let connection = try PostgresConnection(.init(url: url))
        for statement in statements { try connection.script(statement) }
    }
}
