import Foundation
import IVRBridge
import Logging
import Rehearsal
import Synchronization
import Testing

@Suite("A simulated PBX that plays scenarios", .timeLimit(.minutes(2)))
struct SimulatedLineTests {
    /// The newest state of each call, and a bell that rings with everything a line tells.
    private final class Heard: Sendable {
        let calls = Mutex<[String: CallSnapshot]>([:])
        private let compared = Mutex(0)
        private let rings: AsyncStream<Void>
        private let bell: AsyncStream<Void>.Continuation

        init() { (rings, bell) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1)) }

        var sinks: LineSinks {
            LineSinks(
                signal: { signal in
                    self.calls.withLock { $0[signal.call.key] = signal.call }
                    self.bell.yield()
                },
                resynchronised: { _, _ in
                    self.compared.withLock { $0 += 1 }
                    self.bell.yield()
                }
            )
        }

        func wait(_ condition: @Sendable ([CallSnapshot], Int) -> Bool) async {
            func isThere() -> Bool { condition(calls.withLock { Array($0.values) }, compared.withLock { $0 }) }
            if isThere() { return }
            for await _ in rings where isThere() { return }
        }
    }

    /// Runs a line of a kind to a PBX that is none while the body looks at both.
    private func with(
        _ kind: PBXKind,
        _ body: @Sendable @escaping (any SimulatedLine, any PBXLine, Heard) async throws -> Void
    ) async throws {
        let (pbx, serve): (any SimulatedLine, @Sendable () async -> Void) =
            switch kind {
            case .asterisk:
                try await SimulatedPBX.start(
                    user: "calldesk",
                    secret: "segredo",
                    epoch: 1_800_000_000,
                    members: ["1001", "1002"]
                )
            default: try await SimulatedSwitch.start(secret: "segredo", members: ["1001", "1002"])
            }
        let heard = Heard()
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        var pace = LinePace()
        pace.firstPause = .milliseconds(5)
        pace.jitter = { 0 }
        let user = kind == .asterisk ? "calldesk" : ""
        let line = kind.line(
            to: PBXAddress(name: "matriz", host: "127.0.0.1", port: pbx.port, user: user, secret: "segredo"),
            normalise: { $0.count == 11 ? "+55" + $0 : nil },
            sinks: heard.sinks,
            logger: logger,
            pace: pace
        )
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await serve() }
            group.addTask { await line.run() }
            await heard.wait { _, compared in compared > 0 }
            try await body(pbx, line, heard)
            group.cancelAll()
            await pbx.stop()
        }
    }

    private static let long = """
        call 11987654321 "Maria Silva" to 5000
        0 queue suporte
        0 ring 1001
        0 ring 1002
        0 answer 1001
        3600 hang-up caller
        """

    @Test("sends a caller on when the desk asks, and another phone answers", arguments: PBXKind.connected)
    func transfers(kind: PBXKind) async throws {
        let scenario = try Scenario(Self.long)
        try await with(kind) { pbx, line, heard in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await pbx.play(scenario, seed: 1) }
                await heard.wait { calls, _ in calls.contains { $0.answeredBy != nil } }
                let key = try #require(heard.calls.withLock { $0.keys.first })
                try await line.transfer(key, to: "1002", context: "phones")
                await heard.wait { calls, _ in calls.contains { $0.lastParty?.hasSuffix("/1002") == true } }
                let call = try #require(heard.calls.withLock { $0[key] })
                #expect(call.answeredBy?.hasSuffix("/1001") == true)
                #expect(call.transfers.count == 1)
                #expect(!call.isEnded)
                group.cancelAll()
            }
        }
    }

    @Test("a member that is paused is not rung; the one who is there answers", arguments: PBXKind.connected)
    func pauses(kind: PBXKind) async throws {
        let scenario = try Scenario(Self.long)
        try await with(kind) { pbx, line, heard in
            let members = try await line.queueMembers()
            #expect(members.map(\.phone).sorted { ($0 ?? "") < ($1 ?? "") }.count == 2)
            #expect(members.allSatisfy { !$0.isPaused })
            let first = try #require(members.first { PhoneName($0.phone ?? "").plain == "1001" })
            try await line.pause(first, true, reason: "almoço")
            #expect(try await line.queueMembers().filter(\.isPaused).count == 1)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await pbx.play(scenario, seed: 1) }
                await heard.wait { calls, _ in calls.contains { $0.answeredBy != nil } }
                let call = try #require(heard.calls.withLock { $0.values.first })
                #expect(call.answeredBy?.hasSuffix("/1002") == true && call.offered.count == 1)
                group.cancelAll()
            }
            try await line.pause(first, false, reason: nil)
            #expect(try await line.queueMembers().allSatisfy { !$0.isPaused })
        }
    }

    @Test("a restart ends the calls there, and the line comes back by itself", arguments: PBXKind.connected)
    func restarts(kind: PBXKind) async throws {
        let scenario = try Scenario(
            "call 11987654321 \"Maria\" to 4001\n0 ring 1001\n0 answer 1001\n0.2 restart"
        )
        try await with(kind) { pbx, _, heard in
            await pbx.play(scenario, seed: 1)
            await heard.wait { calls, compared in compared > 1 && calls.allSatisfy(\.isEnded) && !calls.isEmpty }
            let call = try #require(heard.calls.withLock { $0.values.first })
            #expect(call.outcome == .answered && call.endedBy == .pbx)
        }
    }
}
