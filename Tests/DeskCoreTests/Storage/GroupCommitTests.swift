import Foundation
import Synchronization
import TestSupport
import Testing

@testable import DeskCore

@Suite("Waiting writes share a commit and nothing else", .timeLimit(.minutes(5)))
struct GroupCommitTests {
    private struct Refusal: Error {}

    /// A database whose writer can be held, so that writes gather, and which tells the sizes of its batches.
    private final class Bench: Sendable {
        let database: SQLiteDatabase
        private let sizes: SizeList

        final class SizeList: Sendable {
            let values = Mutex<[Int]>([])
        }

        init() async throws {
            let sizes = SizeList()
            self.sizes = sizes
            database = try await SQLiteDatabase.inMemory { size, _ in sizes.values.withLock { $0.append(size) } }
            sizes.values.withLock { $0 = [] }
        }

        var batchSizes: [Int] { sizes.values.withLock { $0 } }

        /// Hands all `writes` to the writer while it is busy and returns what became of each, in order.
        func together(
            _ writes: [@Sendable (any SQLSession) throws -> Void]
        ) async throws -> [Result<Void, StoreError>] {
            let release = await hold()
            let tasks = await gather(writes)
            try await release()
            var results: [Result<Void, StoreError>] = []
            for task in tasks { results.append(await task.value) }
            return results
        }

        /// Keeps the writer busy until what is returned is called.
        func hold() async -> () async throws -> Void {
            let database = database
            let gate = DispatchSemaphore(value: 0)
            let isHeld = Atomic<Bool>(false)
            let holder = Task {
                try await database.write { _ in
                    isHeld.store(true, ordering: .releasing)
                    gate.wait()
                }
            }
            while !isHeld.load(ordering: .acquiring) { await Task.yield() }
            return {
                gate.signal()
                try await holder.value
            }
        }

        /// Starts the writes one after the other, each queued before the next, so that their order is known.
        private func gather(
            _ writes: [@Sendable (any SQLSession) throws -> Void]
        ) async -> [Task<Result<Void, StoreError>, Never>] {
            let database = database
            var tasks: [Task<Result<Void, StoreError>, Never>] = []
            for write in writes {
                tasks.append(
                    Task {
                        do throws(StoreError) {
                            return .success(try await database.write(write))
                        } catch {
                            return .failure(error)
                        }
                    }
                )
                while database.waitingWrites < tasks.count { await Task.yield() }
            }
            return tasks
        }

        func names() async throws -> [String] {
            try await database.read { session in
                try session.rows("SELECT name FROM counter ORDER BY name").compactMap { $0.text(0) }
            }
        }
    }

    private static func insert(_ name: String) -> @Sendable (any SQLSession) throws -> Void {
        { session in try session.execute("INSERT INTO counter (name, value) VALUES ($1, 0)", [.text(name)]) }
    }

    @Test("writes that gathered are made durable by one commit")
    func oneCommit() async throws {
        let bench = try await Bench()
        let results = try await bench.together((0..<50).map { Self.insert("n\($0)") })
        #expect(results.allSatisfy { if case .success = $0 { true } else { false } })
        #expect(try await bench.names().count == 50)
        #expect(bench.batchSizes == [1, 50])
    }

    @Test("a batch is bounded, and all of a longer queue is done")
    func bounded() async throws {
        let bench = try await Bench()
        _ = try await bench.together((0..<600).map { Self.insert("n\($0)") })
        #expect(try await bench.names().count == 600)
        #expect(bench.batchSizes == [1, 256, 256, 88])
    }

    @Test("a failing write takes nothing with it, whatever it had done before it failed")
    func isolation() async throws {
        let bench = try await Bench()
        let results = try await bench.together([
            Self.insert("a"),
            { session in
                try Self.insert("b")(session)
                throw Refusal()
            },
            { session in
                try Self.insert("c")(session)
                try Self.insert("a")(session)
            },
            Self.insert("d"),
        ])
        guard case .success = results[0], case .failure(.refused(is Refusal)) = results[1],
            case .failure(.notUnique("counter.name")) = results[2], case .success = results[3]
        else {
            Issue.record("\(results)")
            return
        }
        #expect(try await bench.names() == ["a", "d"])
        #expect(bench.batchSizes == [1, 4])
    }

    @Test("a batch in which every write fails changes nothing and the next one works")
    func allFail() async throws {
        let bench = try await Bench()
        let results = try await bench.together([{ _ in throw Refusal() }, { _ in throw Refusal() }])
        #expect(results.allSatisfy { if case .failure(.refused) = $0 { true } else { false } })
        try await bench.database.write(Self.insert("a"))
        #expect(try await bench.names() == ["a"])
    }

    @Test("a commit that fails fails every write of its batch, and the next batch starts clean")
    func commitFails() async throws {
        let bench = try await Bench()
        let results = try await bench.together([
            Self.insert("a"),
            { session in
                // The reference is looked at when the transaction commits, not before.
                try session.execute("PRAGMA defer_foreign_keys = ON")
                try session.execute(
                    "INSERT INTO contact (customer_id, name, name_folded, created_at) VALUES (99, 'x', 'x', 0)"
                )
            },
        ])
        #expect(results.allSatisfy { if case .failure(.constraint) = $0 { true } else { false } })
        #expect(try await bench.names() == [])
        try await bench.database.write(Self.insert("b"))
        #expect(try await bench.names() == ["b"])
    }

    @Test("a write that fills the disk fails alone; the others run again without it")
    func fullInBatch() async throws {
        let bench = try await Bench()
        try await bench.database.write { session in
            let pages = try session.row("PRAGMA page_count")?.integer(0) ?? 0
            try session.execute("PRAGMA max_page_count = \(pages + 20)")
        }
        let results = try await bench.together([
            Self.insert("a"),
            { session in
                let much = String(repeating: "x", count: 4_000_000)
                _ = try? session.execute("INSERT INTO counter (name, value) VALUES ($1, 0)", [.text(much)])
                // SQLite has given the transaction up: this must not become a transaction of its own.
                _ = try? Self.insert("stray")(session)
            },
            Self.insert("c"),
        ])
        guard case .success = results[0], case .failure(.full) = results[1], case .success = results[2] else {
            Issue.record("\(results)")
            return
        }
        #expect(try await bench.names() == ["a", "c"])
    }

    @Test("a closure that ends its own transaction is told so, and the others are done")
    func ownCommit() async throws {
        let bench = try await Bench()
        let results = try await bench.together([
            Self.insert("a"),
            { session in try session.execute("ROLLBACK") },
            Self.insert("c"),
        ])
        guard case .success = results[0], case .failure(.statement) = results[1], case .success = results[2] else {
            Issue.record("\(results)")
            return
        }
        #expect(try await bench.names() == ["a", "c"])
    }

    @Test("more waiting writes than the bound are refused at once, the others are done")
    func backPressure() async throws {
        let bench = try await Bench()
        let database = bench.database
        let release = await bench.hold()
        let bound = SQLiteWriteQueue.longestQueue
        let refused = try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<(bound + 100) {
                group.addTask {
                    do throws(StoreError) {
                        try await database.write { _ in }
                        return false
                    } catch {
                        guard case .unavailable = error else { throw error }
                        return true
                    }
                }
            }
            var refused = 0
            // The writer is held: the first hundred answers can only be refusals.
            for try await isRefused in group {
                refused += isRefused ? 1 : 0
                if refused == 100, isRefused { try await release() }
            }
            return refused
        }
        #expect(refused == 100)
        try await database.write(Self.insert("a"))
        #expect(try await bench.names() == ["a"])
    }

    @Test("closing answers what was taken and refuses what comes later")
    func closing() async throws {
        let database = try await SQLiteDatabase.inMemory()
        try await database.write(Self.insert("a"))
        await database.close()
        let error = await #expect(throws: StoreError.self) { try await database.write(Self.insert("b")) }
        #expect(error?.isTransient == true)
        await #expect(throws: StoreError.self) { try await database.read { try $0.row("SELECT 1") } }
    }
}
