import DeskCore
import Foundation
import NIOCore
import Synchronization
import TestSupport
import Testing

@testable import CallDesk

/// A database that is away for its next writes: as often as it is told to be, and what happens meanwhile.
private final class AbsentDatabase: Database {
    private let base: any Database
    private let absence = Mutex<[(error: StoreError, meanwhile: @Sendable () -> Void)]>([])

    init(_ base: any Database, during absence: [@Sendable () -> Void] = []) {
        self.base = base
        self.absence.withLock { $0 = absence.map { (.conflict, $0) } }
    }

    /// Is away once more, or refuses a write with `error`, while `body` happens.
    func leave(_ error: StoreError = .conflict, during body: @escaping @Sendable () -> Void) {
        absence.withLock { $0.append((error, body)) }
    }

    var engine: DatabaseEngine { base.engine }
    var health: WriteHealth { base.health }

    func read<Value: Sendable>(
        _ body: @escaping @Sendable (any SQLSession) throws -> Value
    ) async throws(StoreError) -> Value { try await base.read(body) }

    func write<Value: Sendable>(
        _ body: @escaping @Sendable (any SQLSession) throws -> Value
    ) async throws(StoreError) -> Value {
        if let (error, meanwhile) = absence.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) {
            meanwhile()
            throw error
        }
        return try await base.write(body)
    }

    func backUp(to path: String) async throws(StoreError) { try await base.backUp(to: path) }
    func check() async throws(StoreError) { try await base.check() }
    func close() async { await base.close() }
}

@Suite("What waits for the record while it cannot be written", .timeLimit(.minutes(5)))
struct CallFeedFaultTests {
    private static func feed(_ test: DeskUnderTest, _ log: CallLog, _ aside: AsideCalls? = nil) -> CallFeed {
        CallFeed(
            log: log,
            teller: CallTeller(test.app, logger: test.quiet) { _ in },
            aside: aside,
            logger: test.quiet
        )
    }

    private static func report(_ key: String, absorbed: [String] = [], isEnded: Bool = false) -> CallSignal {
        var report = CallSignal(
            line: "matriz",
            key: key,
            direction: .inbound,
            state: isEnded ? .ended : .ringing,
            outcome: isEnded ? .abandoned : .ongoing
        )
        report.absorbed = absorbed
        return report
    }

    @Test(
        "a call that became part of another before it was written is no call of its own",
        arguments: ["before the database is asked", "while it is asked", "while the call is set aside"]
    )
    func absorbed(moment: String) async throws {
        try await DeskUnderTest.with { test in
            let database = AbsentDatabase(test.app.database)
            let log = CallLog(
                database: database,
                numbers: NumberDesk(format: .standard, timeZone: .gmt),
                clock: test.app.clock
            )
            let aside = AsideCalls(clock: test.app.clock, logger: test.quiet)
            let feed = Self.feed(test, log, aside)
            feed.accept(Self.report("1"))
            // The consultation had asked somebody itself.
            feed.accept(Self.report("3"))
            let consultation = Self.report("2", absorbed: ["3"])
            let joined = Self.report("1", absorbed: ["2", "3"])
            switch moment {
            case "while it is asked":
                feed.accept(consultation)
                database.leave { feed.accept(joined) }
            case "while the call is set aside":
                feed.accept(consultation)
                aside.note(
                    recorded: [Self.report("2")],
                    refused: [(Self.report("2"), .constraint("x"))]
                )
                feed.accept(joined)
                _ = aside.retry()
            default:
                feed.accept(consultation)
                feed.accept(joined)
            }
            feed.stop()
            await feed.run()
            let live = try await test.app.calls.live().map(\.key)
            #expect(live == ["1"])
            let contacts = try await test.app.attendances.list(before: nil, limit: 10)
            #expect(contacts.count == 1)
            #expect(aside.list.isEmpty)
        }
    }

    @Test("a call that is refused while it becomes part of another is set aside no more")
    func refusedMeanwhile() async throws {
        try await DeskUnderTest.with { test in
            let database = AbsentDatabase(test.app.database)
            let log = CallLog(
                database: database,
                numbers: NumberDesk(format: .standard, timeZone: .gmt),
                clock: test.app.clock
            )
            let aside = AsideCalls(clock: test.app.clock, logger: test.quiet)
            let feed = Self.feed(test, log, aside)
            feed.accept(Self.report("2"))
            database.leave(.constraint("x")) { feed.accept(Self.report("1", absorbed: ["2"])) }
            feed.stop()
            await feed.run()
            let live = try await test.app.calls.live().map(\.key)
            #expect(live == ["1"])
            #expect(aside.list.isEmpty)
        }
    }

    @Test("a call that was set aside is not tried again over what is newer")
    func newerThanAside() async throws {
        try await DeskUnderTest.with { test in
            let aside = AsideCalls(clock: test.app.clock, logger: test.quiet)
            let feed = Self.feed(test, test.app.callLog, aside)
            for key in ["1", "2"] {
                aside.note(recorded: [Self.report(key)], refused: [(Self.report(key), .constraint("x"))])
            }
            feed.accept(Self.report("1", isEnded: true))
            #expect(aside.retry() == 2)
            feed.stop()
            await feed.run()
            let newer = try await test.app.calls.find(line: "matriz", key: "1")
            #expect(newer?.state == .ended)
            let other = try await test.app.calls.find(line: "matriz", key: "2")
            #expect(other?.state == .ringing)
            #expect(aside.list.isEmpty)
        }
    }

    @Test("a call that is refused again and again is told once without its number, and again when there is news of it")
    func toldOnce() async throws {
        try await DeskUnderTest.with { test in
            let database = AbsentDatabase(test.app.database)
            let log = CallLog(
                database: database,
                numbers: NumberDesk(format: .standard, timeZone: .gmt),
                clock: test.app.clock
            )
            let aside = AsideCalls(clock: test.app.clock, logger: test.quiet)
            let feed = Self.feed(test, log, aside)
            let boss = LiveViewer(account: 1, seesEverything: true)
            let start = test.app.hub.position
            func told() -> Int {
                test.app.hub.past(after: start, for: boss).events
                    .count { String(buffer: $0.frame).contains("\"unrecorded\":true") }
            }
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await feed.run() }
                for tries in 1...3 {
                    database.leave(.constraint("x")) {}
                    if tries == 1 { feed.accept(Self.report("1")) } else { _ = aside.retry() }
                    while aside.list.first?.tries != tries { await Task.yield() }
                }
                #expect(told() == 1)
                database.leave(.constraint("x")) {}
                feed.accept(Self.report("1", isEnded: true))
                while told() < 2 { await Task.yield() }
                feed.stop()
                await group.waitForAll()
            }
            #expect(told() == 2)
        }
    }
}
