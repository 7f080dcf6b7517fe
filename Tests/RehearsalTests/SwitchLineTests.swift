import Foundation
import IVRBridge
import Logging
import Rehearsal
import Synchronization
import TestSupport
import Testing

@Suite("A line to a FreeSWITCH", .timeLimit(.minutes(2)))
struct SwitchLineTests {
    /// Enough of a numbering plan for the recordings.
    private static let normalise: @Sendable (String) -> String? = { $0.count == 11 ? "+55" + $0 : nil }

    private static func calls(_ name: String) throws -> [CallSnapshot] {
        var replay = Replay(normalise: normalise)
        replay.feed(try SwitchRecorded.bytes(name))
        return replay.finish().map(\.call)
    }

    private struct Told: Sendable {
        var calls: [String: CallSnapshot] = [:]
        var signals = 0
        var resyncs: [Set<String>] = []
        var troubles: [String] = []
        var connected = 0
    }

    /// What a line told, and a bell that rings with everything it tells.
    private final class Heard: Sendable {
        let state = Mutex(Told())
        private let rings: AsyncStream<Void>
        private let bell: AsyncStream<Void>.Continuation

        init() { (rings, bell) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1)) }

        var sinks: LineSinks {
            LineSinks(
                signal: { signal in
                    self.note { told in
                        told.calls[signal.key] = signal.call
                        told.signals += 1
                    }
                },
                resynchronised: { _, there in self.note { $0.resyncs.append(there.keys) } },
                status: { _, status in
                    self.note { told in
                        if let trouble = status.trouble { told.troubles.append(trouble) }
                        if status.isConnected, status.trouble == nil { told.connected += 1 }
                    }
                }
            )
        }

        private func note(_ change: (inout Told) -> Void) {
            state.withLock { change(&$0) }
            bell.yield()
        }

        /// Returns once the condition holds; the suite's time limit ends a wait for what never comes.
        func wait(_ condition: @Sendable (Told) -> Bool) async {
            if state.withLock({ condition($0) }) { return }
            for await _ in rings where state.withLock({ condition($0) }) { return }
        }
    }

    private static let pace: LinePace = {
        var pace = LinePace()
        pace.firstPause = .milliseconds(5)
        pace.jitter = { 0 }
        return pace
    }()

    private func line(_ port: Int, secret: String = "segredo", pace: LinePace, _ heard: Heard) -> any PBXLine {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        return PBXKind.freeswitch.line(
            to: PBXAddress(name: "matriz", host: "127.0.0.1", port: port, user: "", secret: secret),
            normalise: Self.normalise,
            sinks: heard.sinks,
            logger: logger,
            pace: pace
        )
    }

    /// Runs a line to a switch while the body looks at both.
    private func with(
        secret: String = "segredo",
        manner: SimulatedSwitch.Manner = .usual,
        pace: LinePace = Self.pace,
        _ body: @Sendable @escaping (SimulatedSwitch, any PBXLine, Heard) async throws -> Void
    ) async throws {
        let (pbx, serve) = try await SimulatedSwitch.start(secret: "segredo")
        pbx.manner = manner
        let heard = Heard()
        let line = line(pbx.port, secret: secret, pace: pace, heard)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await serve() }
            group.addTask { await line.run() }
            try await body(pbx, line, heard)
            group.cancelAll()
            await pbx.stop()
        }
    }

    @Test(
        "signs in, compares what is there, and follows a call over real TCP",
        arguments: ["f-attended.min", "c-queue.min"]
    )
    func follows(name: String) async throws {
        let expected = try #require(try Self.calls(name).first)
        let frames = try SwitchRecorded.frames(name)
        try await with { pbx, line, heard in
            await heard.wait { !$0.resyncs.isEmpty }
            #expect(heard.state.withLock { $0.resyncs } == [[]])
            pbx.play(frames)
            await heard.wait { $0.calls[expected.key]?.isEnded == true }
            await heard.wait { $0.calls[expected.key] == expected }
            #expect(line.status.isConnected && line.liveCalls.isEmpty)
        }
    }

    @Test("what was there before is learned by comparing, and what is gone afterwards is ended")
    func compares() async throws {
        let channels = try String(
            contentsOf: SwitchRecorded.folder.appending(path: "show-channels-as-json.txt"),
            encoding: .utf8
        )
        let calls = try String(
            contentsOf: SwitchRecorded.folder.appending(path: "show-calls-as-json.txt"),
            encoding: .utf8
        )
        try await with { pbx, line, heard in
            await heard.wait { !$0.resyncs.isEmpty }
            pbx.lists(channels: channels, calls: calls)
            pbx.hangUp()
            await heard.wait { $0.resyncs.count == 2 }
            let told = heard.state.withLock { $0 }
            let talking = try #require(told.calls.values.first { $0.numberRaw == "11987654321" })
            #expect(talking.answeredBy == "sofia/internal/1001")
            #expect(talking.dialled == "4001")
            let waiting = try #require(told.calls.values.first { $0.numberRaw == "21999998888" })
            #expect(waiting.isWaiting && waiting.queue == "todos@default")
            #expect(told.resyncs.last == [talking.key, waiting.key])
            pbx.lists(channels: "{\"row_count\": 0}\n", calls: "{\"row_count\": 0}\n")
            pbx.hangUp()
            await heard.wait { $0.resyncs.count == 3 }
            let after = heard.state.withLock { $0 }
            #expect(after.resyncs.last == [])
            #expect(after.calls[talking.key]?.outcome == .answered)
            #expect(after.calls[waiting.key]?.outcome == .failed)
            #expect(after.calls.values.allSatisfy { $0.endedBy == .unknown && $0.brokeOff == nil })
        }
    }

    /// How a talk went that the switch no longer has when the line is heard again.
    private struct Fall: Sendable, CustomTestStringConvertible {
        /// Seconds from the loss of the line to the start of the switch; nil for one that went on all the time.
        var restart: Int64?
        var tellsUptime = true
        /// Its Core-UUID when it is asked; without one nothing but an event says that it is another.
        var tellsCore = false
        var isCut: Bool
        var testDescription: String {
            "\(restart.map { "\($0) s" } ?? "went on")\(tellsUptime ? "" : ", uptime refused")\(tellsCore ? ", core told" : "")"
        }
    }

    @Test(
        "a talk is cut by a switch that fell as the line did; of one that fell long after, or went on, nobody is called back",
        arguments: [
            Fall(restart: 5, isCut: true), Fall(restart: 590, isCut: true), Fall(restart: 1_200, isCut: false),
            Fall(restart: nil, isCut: false), Fall(restart: 5, tellsUptime: false, isCut: true),
            Fall(restart: 1_200, tellsUptime: false, isCut: false),
            Fall(restart: 5, tellsUptime: false, tellsCore: true, isCut: true),
            Fall(restart: 1_200, tellsUptime: false, tellsCore: true, isCut: false),
        ]
    )
    private func fall(_ fall: Fall) async throws {
        let frames = try SwitchRecorded.frames("m-hold.min")
        let talk = try #require(
            frames.indices.first { count in
                var replay = Replay(normalise: Self.normalise)
                for frame in frames.prefix(count) { replay.feed(frame) }
                return replay.finish().contains { $0.call.answeredBy != nil }
            }
        )
        let answeredAt = try #require(try Self.calls("m-hold.min").first?.answeredAt)
        let clock = Mutex(answeredAt + 60_000_000)
        var pace = Self.pace
        pace.now = { clock.withLock { $0 } }
        try await with(pace: pace) { pbx, _, heard in
            await heard.wait { $0.resyncs.count == 1 }
            pbx.play(Array(frames.prefix(talk)))
            await heard.wait { $0.calls.values.contains { $0.answeredBy != nil } }
            // Seven seconds after its start, or long after the loss, the line is back.
            let away = (fall.restart ?? 1_200) + 7
            clock.withLock { $0 += away * 1_000_000 }
            if fall.tellsUptime {
                pbx.answers("uptime s", with: fall.restart == nil ? "864000" : "7")
                pbx.hangUp()
            } else if fall.tellsCore {
                pbx.answers("global_getvar core_uuid", with: "00000000-0000-4000-8000-000000000000")
                pbx.hangUp()
            } else {
                // Nothing but the first event of its new life says that the switch is another.
                pbx.lists(channels: "-ERR no reply\n", calls: "-ERR no reply\n")
                pbx.hangUp()
                await heard.wait { $0.troubles.contains { $0.contains("does not list") } }
                let time = clock.withLock { $0 }
                let event =
                    "Event-Name: HEARTBEAT\nCore-UUID: another\nEvent-Date-Timestamp: \(time)\nSession-Count: 0\n\n"
                pbx.play([
                    Array("Content-Length: \(event.utf8.count)\nContent-Type: text/event-plain\n\n\(event)".utf8)
                ])
            }
            await heard.wait { $0.calls.values.allSatisfy(\.isEnded) }
            let ended = try #require(heard.state.withLock { $0.calls.values.first })
            #expect(ended.outcome == .answered)
            #expect(ended.brokeOff == (fall.isCut ? .inferred : nil))
            #expect(ended.endedBy == (fall.isCut ? .pbx : .unknown))
        }
    }

    @Test("a HEARTBEAT whose sessions are not ours is answered by a comparison, one that agrees is not")
    func heartbeat() async throws {
        func beat(_ sessions: Int) -> [UInt8] {
            let event = "Event-Name: HEARTBEAT\nCore-UUID: a\nSession-Count: \(sessions)\n\n"
            return Array("Content-Length: \(event.utf8.count)\nContent-Type: text/event-plain\n\n\(event)".utf8)
        }
        let (agreeing, differing) = (beat(0), beat(3))
        try await with { pbx, _, heard in
            await heard.wait { $0.resyncs.count == 1 }
            pbx.play([agreeing, differing])
            await heard.wait { $0.resyncs.count == 2 }
            #expect(pbx.commands.count { $0 == "api show channels as json" } == 2)
        }
    }

    @Test("a new Core-UUID is a new life of the switch: the calls of the old one are over")
    func newCore() async throws {
        let frames = try SwitchRecorded.frames("m-hold.min")
        let begun = Array(frames.prefix(12))
        let event = "Event-Name: HEARTBEAT\nCore-UUID: another\nSession-Count: 0\n\n"
        let beat = Array("Content-Length: \(event.utf8.count)\nContent-Type: text/event-plain\n\n\(event)".utf8)
        try await with { pbx, _, heard in
            await heard.wait { $0.resyncs.count == 1 }
            pbx.play(begun)
            await heard.wait { $0.calls.count == 1 }
            pbx.play([beat])
            await heard.wait { $0.calls.values.allSatisfy(\.isEnded) }
            #expect(heard.state.withLock { $0.calls.values.map(\.endedBy) } == [.pbx])
        }
    }

    @Test("a switch that dies in mid-frame is connected anew, subscribed once, and each event is told once")
    func midFrame() async throws {
        let frames = try SwitchRecorded.frames("b-busy.min")
        try await with { pbx, _, heard in
            for kill in 1...20 {
                await heard.wait { $0.resyncs.count == kill }
                pbx.manner = .dying
                pbx.play(Array(frames.suffix(1)))
                pbx.manner = .usual
            }
            await heard.wait { $0.resyncs.count == 21 }
            let subscribed = pbx.commands.count { $0.hasPrefix("event ") }
            #expect(subscribed == 21 && pbx.connections == 21)
            let before = heard.state.withLock { $0.signals }
            pbx.play(frames)
            await heard.wait { $0.calls.values.contains { $0.outcome == .busy } }
            #expect(heard.state.withLock { $0.calls.count } == 1)
            #expect(before == 0)
        }
    }

    @Test("a wrong password and an address in no access list are told with the remedy, and not tried in a loop")
    func refused() async throws {
        try await with(secret: "errado") { _, line, heard in
            await heard.wait { !$0.troubles.isEmpty }
            #expect(heard.state.withLock { $0.troubles.first }?.contains("event_socket.conf.xml") == true)
            #expect(!line.status.isConnected)
        }
        try await with(manner: .rejecting) { pbx, _, heard in
            await heard.wait { !$0.troubles.isEmpty }
            #expect(heard.state.withLock { $0.troubles.first }?.contains("apply-inbound-acl") == true)
            #expect(pbx.connections == 1)
        }
    }

    @Test("a switch that refuses the address is tried again after five minutes, and is followed once it lets us in")
    func rejected() async throws {
        #expect(LinePace().rejectedPause == .seconds(300))
        // After a refused login it would not come back within the test.
        var pace = LinePace()
        (pace.firstPause, pace.longestPause, pace.refusedPause) = (.milliseconds(1), .milliseconds(1), .seconds(3_600))
        (pace.rejectedPause, pace.jitter) = (.milliseconds(2), { 1 })
        try await with(manner: .rejecting, pace: pace) { pbx, _, heard in
            while pbx.connections < 3 { await Task.yield() }
            await heard.wait { $0.troubles.contains { $0.contains("apply-inbound-acl") } }
            pbx.manner = .usual
            await heard.wait { !$0.resyncs.isEmpty }
        }
    }

    @Test("dials by bgapi with the call's key as the leg's, and says what the switch refuses")
    func dials() async throws {
        try await with { pbx, line, heard in
            await heard.wait { !$0.resyncs.isEmpty }
            let order = DialOrder(
                phone: "1001",
                number: "011912345678",
                context: "calldesk-outgoing",
                key: "calldesk-1"
            )
            #expect(try await line.dial(order) == "user/1001")
            let command = try #require(pbx.commands.last)
            #expect(command.hasPrefix("bgapi originate {origination_uuid=calldesk-1,"))
            #expect(command.contains("}user/1001 011912345678 XML calldesk-outgoing\n"))
            let text = command.dropFirst(6).prefix { $0 != "\n" }
            pbx.answers(String(text), with: "-ERR USER_NOT_REGISTERED\n")
            await #expect(
                throws: BridgeError.refused(line: "matriz", action: "originate", message: "USER_NOT_REGISTERED")
            ) {
                _ = try await line.dial(order)
            }
            for phone in ["1001,b=c", "1001}&park()", "a b", "user/1\n\nexit"] {
                var forged = order
                forged.phone = phone
                await #expect(throws: BridgeError.self) { _ = try await line.dial(forged) }
            }
            #expect(pbx.commands.count { $0.hasPrefix("bgapi") } == 2)
        }
    }

    @Test("a phone that rings on is not waited for: the switch tells of its call when it is answered")
    func ringsOn() async throws {
        var pace = Self.pace
        // Longer than the test may take.
        (pace.answer, pace.refusal) = (.seconds(3_600), .milliseconds(20))
        try await with(pace: pace) { pbx, line, heard in
            await heard.wait { !$0.resyncs.isEmpty }
            pbx.keeps("originate")
            let order = DialOrder(phone: "1001", number: "011912345678", context: "default", key: "calldesk-1")
            let phone = try await line.dial(order)
            #expect(phone == "user/1001")
            #expect(pbx.commands.last?.hasPrefix("bgapi originate") == true)
        }
    }

    @Test("agents of mod_callcenter are read with their tiers, and paused by their status")
    func queues() async throws {
        try await with { pbx, line, heard in
            await heard.wait { !$0.resyncs.isEmpty }
            #expect(try await line.queueMembers().isEmpty)
            pbx.answers(
                "callcenter_config agent list",
                with: "name|contact|status|state\n1001@default|[leg_timeout=10]user/1001@127.0.0.1|Available|Waiting\n"
                    + "1002@default|user/1002@127.0.0.1|On Break|Waiting\n+OK\n"
            )
            pbx.answers(
                "callcenter_config tier list",
                with: "queue|agent|state|level|position\nsuporte@default|1001@default|Ready|1|1\n"
                    + "suporte@default|1002@default|Ready|1|2\n+OK\n"
            )
            pbx.answers(
                "callcenter_config queue list members suporte@default",
                with: "queue|uuid|state\nsuporte@default|a|Waiting\nsuporte@default|b|Abandoned\n+OK\n"
            )
            let members = try await line.queueMembers()
            #expect(
                members == [
                    QueueMember(
                        queue: "suporte@default",
                        interface: "1001@default",
                        phone: "1001",
                        isPaused: false,
                        waiting: 1
                    ),
                    QueueMember(
                        queue: "suporte@default",
                        interface: "1002@default",
                        phone: "1002",
                        isPaused: true,
                        waiting: 1
                    ),
                ]
            )
            pbx.answers("callcenter_config agent set status 1001@default 'On Break'", with: "+OK\n")
            try await line.pause(members[0], true, reason: "almoço")
            #expect(pbx.commands.last == "api callcenter_config agent set status 1001@default 'On Break'")
            await #expect(throws: BridgeError.self) { try await line.transfer("none", to: "1002", context: "default") }
        }
    }
}
