import Foundation
import TestSupport
import Testing

@testable import DeskCore

@Suite("Signals reach every node with the transaction that makes them true", .timeLimit(.minutes(5)))
struct DeskSignalsTests {
    @Test("what is committed is delivered in order, what is undone is not", arguments: TestDatabase.engines)
    func committed(engine: DatabaseEngine) async throws {
        let node = try await Node(engine)
        var reader = await node.reader("ticket")
        await #expect(throws: StoreError.self) {
            try await node.database.write { session in
                try node.signals.publish("ticket", payload: "undone", in: session)
                throw StoreError.conflict
            }
        }
        try await node.database.write { session in
            try node.signals.publish("other", payload: "elsewhere", in: session)
            try node.signals.publish("ticket", payload: "1", in: session)
            try node.signals.publish("ticket", payload: "two\nlines", in: session)
        }
        let long = String(repeating: "x", count: SignalLimits.longestPayload + 1)
        try await node.database.write { try node.signals.publish("ticket", payload: long, in: $0) }
        try await node.database.write { try node.signals.publish("ticket", payload: "", in: $0) }
        #expect(await reader.next()?.payload == "1")
        #expect(await reader.next()?.payload == "two\nlines")
        #expect(await reader.next() == DeskSignal(channel: "ticket", payload: nil), "too long: read again")
        #expect(await reader.next()?.payload == "")
        node.signals.close()
        #expect(await reader.next() == nil)
        var late = node.signals.subscribe(to: "ticket").makeAsyncIterator()
        #expect(await late.next() == nil)
    }

    @Test("a reader that does not keep up is told to read again, and holds up nobody", arguments: TestDatabase.engines)
    func slow(engine: DatabaseEngine) async throws {
        let node = try await Node(engine)
        var reader = await node.reader("n")
        var witness = await node.reader("end")
        try await node.database.write { session in
            for number in 0..<1_000 { try node.signals.publish("n", payload: "\(number)", in: session) }
            try node.signals.publish("end", payload: "", in: session)
        }
        #expect(await witness.next()?.payload == "")
        node.signals.close()
        var seen: [DeskSignal] = []
        while let signal = await reader.next() { seen.append(signal) }
        #expect(seen.count <= SignalLimits.longestWait)
        #expect(seen.count { $0.payload == nil } == 1, "one word says it of all that was lost")
        #expect(seen.last?.payload == "999")
    }

    @Test(
        "another node hears it, and is told when its connection was lost",
        .enabled(if: TestDatabase.engines.contains(.postgres))
    )
    func twoNodes() async throws {
        let url = try await TestDatabase.freshPostgres()
        let here = try await Node(url: url)
        let there = try await Node(url: url)
        let stranger = try await Node(.postgres)
        var reader = await there.reader("ticket")
        var other = await stranger.reader("ticket")
        try await here.database.write { try here.signals.publish("ticket", payload: "7", in: $0) }
        #expect(await reader.next()?.payload == "7")
        try await here.database.write { session in
            try session.execute(
                """
                SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                WHERE query = 'LISTEN "calldesk.' || current_schema() || '"'
                """
            )
        }
        #expect(await reader.next() == DeskSignal(channel: "ticket", payload: nil))
        try await here.database.write { try here.signals.publish("ticket", payload: "8", in: $0) }
        #expect(await reader.next()?.payload == "8")
        // A desk in another schema of the same server hears its own only.
        try await stranger.database.write { try stranger.signals.publish("ticket", payload: "own", in: $0) }
        #expect(await other.next()?.payload == "own")
        for node in [here, there, stranger] { node.signals.close() }
    }

    private struct Node {
        let database: any Database
        let signals: any DeskSignals

        init(_ engine: DatabaseEngine) async throws {
            database = try await TestDatabase.make(engine)
            signals = OpenDatabase.signals(for: database)
        }

        init(url: String) async throws {
            var limits = PostgresDatabase.Limits()
            limits.readers = 1
            limits.writers = 1
            database = try await PostgresDatabase.open(url, limits: limits)
            signals = OpenDatabase.signals(for: database)
        }

        /// A reader that hears everything from now on.
        func reader(_ channel: String) async -> AsyncStream<DeskSignal>.AsyncIterator {
            var reader = signals.subscribe(to: channel).makeAsyncIterator()
            #expect(await reader.next() == DeskSignal(channel: channel, payload: nil))
            return reader
        }
    }
}
