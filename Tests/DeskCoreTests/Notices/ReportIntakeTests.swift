import Foundation
import Synchronization
import TestSupport
import Testing

@testable import DeskCore

@Suite("Delivery reports in groups", .timeLimit(.minutes(5)))
struct ReportIntakeTests {
    let now = TestClock().now

    /// Text messages that a gateway took.
    func taken(_ count: Int, in database: any Database) async throws -> [NoticeID] {
        let now = now
        return try await database.write { session in
            try (0..<count).map { index in
                let draft = NoticeDraft(
                    event: .ticketOpened,
                    channel: .sms,
                    recipient: "+55319\(10_000_000 + index)",
                    language: .ptBR,
                    body: "Protocolo \(index)",
                    dedupeKey: "\(index)"
                )
                let id = try NoticeOutbox.enqueue(draft, at: now, in: session)
                try session.execute("UPDATE notice SET state = 'sent' WHERE id = $1", [.integer(id)])
                return id
            }
        }
    }

    /// Hands in a report of each id at one time; for each what came of it.
    func take(_ ids: [NoticeID], _ intake: ReportIntake) async -> [NoticeID: Result<NoticeFateChange?, StoreError>] {
        let now = now
        return await withTaskGroup(of: (NoticeID, Result<NoticeFateChange?, StoreError>).self) { group in
            for id in ids {
                group.addTask {
                    do throws(StoreError) {
                        let report = NoticeReport(noticeID: id, delivered: true, at: now)
                        return (id, .success(try await intake.take(report)))
                    } catch {
                        return (id, .failure(error))
                    }
                }
            }
            return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
    }

    @Test("each report is answered with its own change, once that is kept", arguments: TestDatabase.engines)
    func each(engine: DatabaseEngine) async throws {
        let database = try await TestDatabase.make(engine)
        let outbox = NoticeOutbox(database: database)
        let ids = try await taken(300, in: database)
        let intake = ReportIntake(outbox: outbox)
        let answers = await take(ids + [404], intake)
        for id in ids {
            let change = try #require(try answers[id]?.get())
            #expect(change.noticeID == id && change.state == .delivered)
            #expect(try await outbox.fate(id)?.state == .delivered)
        }
        #expect(try answers[404]?.get() == nil, "nobody knows of it")
        let again = await take([ids[0]], intake)
        #expect(try again[ids[0]]?.get() == nil, "a repeated one changes nothing")
    }

    @Test("what comes while one group is written is written in one transaction")
    func grouped() async throws {
        let writes = Mutex(0)
        let database = try await SQLiteDatabase.inMemory { count, _ in writes.withLock { $0 += count } }
        let ids = try await taken(100, in: database)
        let intake = ReportIntake(outbox: NoticeOutbox(database: database))
        // What was begun by the rows above is through.
        _ = try await database.write { _ in }
        let before = writes.withLock { $0 }
        // Holds the writer until the reports wait.
        let isHeld = Gate()
        async let held: Void = database.write { _ in isHeld.wait() }
        async let first = take([ids[0]], intake)
        while !intake.isWriting || intake.waitingCount > 0 { await Task.yield() }
        async let rest = take(Array(ids.dropFirst()), intake)
        while intake.waitingCount < 99 { await Task.yield() }
        isHeld.open()
        try await held
        #expect(await first.count == 1)
        #expect(await rest.values.allSatisfy { (try? $0.get())??.state == .delivered })
        #expect(writes.withLock { $0 } - before == 3, "the one that held, the first report, the others together")
    }

    /// Lets a thread wait.
    private final class Gate: Sendable {
        private let isOpen = Atomic(false)
        func open() { isOpen.store(true, ordering: .releasing) }
        func wait() { while !isOpen.load(ordering: .acquiring) { usleep(1_000) } }
    }

    @Test("a report that the database refuses holds up no other")
    func refused() async throws {
        let database = try await TestDatabase.make(.sqlite)
        let ids = try await taken(20, in: database)
        _ = try await database.write { session in
            try session.execute(
                """
                CREATE TRIGGER fault BEFORE UPDATE ON notice WHEN OLD.id = \(ids[7])
                BEGIN SELECT RAISE(ABORT, 'no'); END
                """
            )
        }
        let answers = await take(ids, ReportIntake(outbox: NoticeOutbox(database: database)))
        for id in ids {
            let isKept = (try? answers[id]?.get()) != nil
            #expect(isKept == (id != ids[7]))
        }
    }
}
