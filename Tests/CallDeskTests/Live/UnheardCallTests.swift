import DeskCore
import IVRBridge
import Logging
import Synchronization
import TestSupport
import Testing

@testable import CallDesk

/// A node of a desk, for a life of its service: a webhook line, and what it tells.
private struct HookNode {
    let line: HookLine
    let feed: CallFeed
    /// Calls that were told to have ended, each as often as it was.
    let ended: Mutexed<[String]>

    final class Mutexed<Value: Sendable>: Sendable {
        let value: Mutex<Value>
        init(_ value: Value) { self.value = Mutex(value) }
    }

    init(_ test: DeskUnderTest) {
        let ended = Mutexed<[String]>([])
        let teller = CallTeller(
            hub: test.app.hub,
            phones: test.app.phones,
            callers: { _ in [:] },
            covered: { _ in [:] },
            display: { $0 },
            count: { change in
                guard change.call.endedAt != nil, change.before != .ended else { return }
                ended.value.withLock { $0.append(change.call.key) }
            },
            logger: test.quiet
        )
        let feed = CallFeed(log: test.app.callLog, teller: teller, logger: test.quiet)
        var pace = LinePace()
        let clock = test.clock
        pace.now = { clock.now.microseconds }
        line = HookLine(
            line: Settings.PBX(line: "nuvem", kind: .hook(.cti), token: "t").address,
            kind: .cti,
            normalise: { "+\($0)" },
            sinks: LineSinks(signal: { feed.accept($0) }),
            pace: pace
        )
        self.feed = feed
        self.ended = ended
        feed.listens(lines: ["nuvem"])
    }

    /// Takes what the PBX sends.
    func takes(_ event: String, _ key: String, at now: Moment) throws {
        let number = "55319876543\(key.utf8.first ?? 0)"
        let more = event == "hangup" ? "&cause=normal" : event == "answer" ? "&answeringNumber=1001" : ""
        let request = HookRequest(
            url: "",
            body: Array("event=\(event)&from=\(number)&to=22&direction=in&callId=\(key)&user=1001\(more)".utf8),
            arrivedAt: now.microseconds
        )
        line.receive(try HookDecoder(kind: .cti).read(request), of: request)
    }
}

@Suite("Calls of which nobody is told any more", .timeLimit(.minutes(5)))
struct UnheardCallTests {
    @Test(
        "a call whose end never comes ends by itself after four hours, over a restart and on whichever node",
        arguments: TestDatabase.engines
    )
    func restart(engine: DatabaseEngine) async throws {
        try await DeskUnderTest.with(engine) { test in
            let before = HookNode(test)
            try before.takes("newCall", "a", at: test.clock.now)
            try before.takes("answer", "a", at: test.clock.now)
            try before.takes("newCall", "b", at: test.clock.now)
            // A line that is compared with its PBX knows by that.
            before.feed.accept(
                CallSignal(line: "matriz", key: "m", direction: .inbound, state: .ringing, outcome: .ongoing)
            )
            before.feed.stop()
            await before.feed.run()
            let begun = test.clock.now
            // The service is started anew, by a process that was told of none of them; there may be several.
            for (passed, left) in [(3 * 3_600 + 3_599, ["a", "b", "m"]), (2, ["m"]), (60, ["m"])] {
                test.clock.advance(by: .seconds(passed))
                let nodes = [HookNode(test), HookNode(test)]
                for node in nodes { node.feed.endUnheard() }
                for node in nodes { node.feed.stop() }
                await withTaskGroup(of: Void.self) { group in
                    for node in nodes { group.addTask { await node.feed.run() } }
                }
                #expect(try await test.app.calls.live().map(\.key).sorted() == left)
                let told = nodes.flatMap { node in node.ended.value.withLock { $0 } }
                #expect(told.sorted() == (passed == 2 ? ["a", "b"] : []), "told once, by one of them")
            }
            let talked = try #require(try await test.app.calls.find(line: "nuvem", key: "a"))
            #expect(talked.outcome == .answered && talked.endedBy == .unknown)
            #expect(talked.endedAt == begun, "no talk time is made up")
            let rang = try #require(try await test.app.calls.find(line: "nuvem", key: "b"))
            #expect(rang.outcome == .failed && rang.endedAt == begun)
            #expect(try await test.app.calls.toReturn(at: test.clock.now).map(\.key) == ["b"])
        }
    }

    @Test(
        "a call that is talked for five hours goes on while any node is told of it, and ends with its end",
        arguments: TestDatabase.engines
    )
    func longTalk(engine: DatabaseEngine) async throws {
        try await DeskUnderTest.with(engine) { test in
            let (one, two) = (HookNode(test), HookNode(test))
            func nodes(_ work: () async throws -> Void) async throws {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for node in [one, two] { group.addTask { await node.feed.run() } }
                    try await work()
                    for node in [one, two] { node.feed.stop() }
                    try await group.waitForAll()
                }
            }
            func reported() async throws -> Moment? {
                try await test.app.calls.find(line: "nuvem", key: "a")?.reportedAt
            }
            try await nodes {
                try one.takes("newCall", "a", at: test.clock.now)
                try one.takes("answer", "a", at: test.clock.now)
                while try await test.app.calls.find(line: "nuvem", key: "a")?.answeredAt == nil { await Task.yield() }
                // From then on the other node is told, and again and again the same.
                for _ in 0..<10 {
                    test.clock.advance(by: .seconds(1_800))
                    try two.takes("answer", "a", at: test.clock.now)
                    while try await reported() != test.clock.now { await Task.yield() }
                    for node in [one, two] { node.feed.endUnheard() }
                }
                test.clock.advance(by: .seconds(2))
                // What the first still knows says nothing of whether it goes on.
                try one.takes("newCall", "z", at: test.clock.now)
                while try await test.app.calls.find(line: "nuvem", key: "z") == nil { await Task.yield() }
                #expect(try await test.app.calls.live().map(\.key) == ["a", "z"])
                try two.takes("hangup", "a", at: test.clock.now)
                while try await test.app.calls.live().count > 1 { await Task.yield() }
            }
            let call = try #require(try await test.app.calls.find(line: "nuvem", key: "a"))
            #expect(call.endedAt == test.clock.now && call.outcome == .answered)
            #expect(one.ended.value.withLock { $0 } + two.ended.value.withLock { $0 } == ["a"])
        }
    }
}
