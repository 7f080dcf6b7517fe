import Logging
import Rehearsal
import Synchronization
import TestSupport
import Testing

@testable import IVRBridge

@Suite("A line to a PBX", .timeLimit(.minutes(5)))
struct LineTests {
    private struct Told: Sendable {
        var calls: [String: CallSnapshot] = [:]
        var resyncs: [Set<String>] = []
        var troubles: [String] = []
        /// When the PBX was heard last, as told with each trouble.
        var heardAt: [Int64?] = []
        var status = LineStatus()
    }

    /// What a line told, and a bell that rings with everything it tells.
    private final class Heard: Sendable {
        let state = Mutex(Told())
        private let rings: AsyncStream<Void>
        private let bell: AsyncStream<Void>.Continuation

        init() { (rings, bell) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1)) }

        var sinks: LineSinks {
            LineSinks(
                signal: { signal in self.note { $0.calls[signal.call.key] = signal.call } },
                resynchronised: { _, there in self.note { $0.resyncs.append(there.keys) } },
                status: { _, status in
                    self.note { $0.status = status }
                    guard let trouble = status.trouble else { return }
                    self.note { told in
                        told.troubles.append(trouble)
                        told.heardAt.append(status.heardAt)
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

    private func client(_ port: Int, secret: String, _ heard: Heard, pace: LinePace = LinePace()) -> any PBXLine {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        return PBXKind.asterisk.line(
            to: PBXAddress(name: "matriz", host: "127.0.0.1", port: port, user: "calldesk", secret: secret),
            // Enough of a numbering plan for the recordings.
            normalise: { $0.count == 11 ? "+55" + $0 : nil },
            sinks: heard.sinks,
            logger: logger,
            pace: pace
        )
    }

    @Test("signs in by challenge, compares what is there, and follows a call over real TCP")
    func follows() async throws {
        let (pbx, serve) = try await SimulatedPBX.start(user: "calldesk", secret: "segredo", epoch: 1_800_000_000)
        let heard = Heard()
        let line = client(pbx.port, secret: "segredo", heard)
        let recording = Recording(stream: try Fixtures.bytes("ami/22-c-queue.min.txt"), chunks: "")
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await serve() }
            group.addTask { await line.run() }
            await heard.wait { $0.resyncs == [[]] }
            await pbx.play(recording, as: SimulatedCall(number: "21999998888", name: "João Reis"))
            await heard.wait { $0.calls.values.contains(where: \.isEnded) }
            group.cancelAll()
        }
        let call = try #require(heard.state.withLock { $0.calls.values.first })
        #expect(call.number == "+5521999998888")
        #expect(call.callerName == "João Reis")
        #expect(call.answeredBy == "PJSIP/1002")
        #expect(call.key.hasPrefix("1800000000."))
        #expect(call.outcome == .answered)
    }

    @Test("a wrong secret is told as such and does not stop the client")
    func wrongSecret() async throws {
        let (pbx, serve) = try await SimulatedPBX.start(user: "calldesk", secret: "segredo", epoch: 1)
        let heard = Heard()
        let line = client(pbx.port, secret: "errado", heard)
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await serve() }
            group.addTask { await line.run() }
            await heard.wait { $0.troubles.count >= 2 }
            group.cancelAll()
        }
        #expect(heard.state.withLock { $0.troubles }.allSatisfy { $0.contains("user or secret is wrong") })
    }

    @Test(
        "the end of the stream in mid-call is followed by a new connection that ends what is gone: by the PBX when that began anew",
        arguments: [(2, CallEnder.pbx), (1, CallEnder.unknown)]
    )
    func reconnects(epoch: Int, ender: CallEnder) async throws {
        let (pbx, serve) = try await SimulatedPBX.start(user: "calldesk", secret: "segredo", epoch: 1)
        let port = pbx.port
        let heard = Heard()
        let line = client(port, secret: "segredo", heard)
        let bytes = try Fixtures.bytes("ami/22-a-direct.min.txt")
        // Up to the moment both talk: they leave next.
        let mark = Array("Event: HangupRequest".utf8)
        let cut = try #require(bytes.indices.first { bytes[$0...].starts(with: mark) })
        let half = Recording(stream: Array(bytes[..<cut]), chunks: "")
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await serve() }
            group.addTask { await line.run() }
            await heard.wait { $0.resyncs.count == 1 }
            await pbx.play(half)
            await heard.wait { $0.calls.values.contains { $0.answeredBy != nil } }
            await pbx.stop()
            // The port may not be free for a moment.
            var second: (pbx: SimulatedPBX, serve: @Sendable () async -> Void)?
            while second == nil {
                second = try? await SimulatedPBX.start(port: port, user: "calldesk", secret: "segredo", epoch: epoch)
                await Task.yield()
            }
            if let again = second { group.addTask { await again.serve() } }
            await heard.wait { $0.resyncs.count >= 2 && $0.calls.values.allSatisfy(\.isEnded) }
            group.cancelAll()
        }
        let call = try #require(heard.state.withLock { $0.calls.values.first })
        #expect(call.outcome == .answered)
        #expect(call.endedBy == ender)
    }

    @Test("a PBX that says nothing any more was heard last when it spoke, not when that was found out")
    func silence() async throws {
        let (pbx, serve) = try await SimulatedPBX.start(user: "calldesk", secret: "segredo", epoch: 1)
        let heard = Heard()
        let begun = ContinuousClock.now
        @Sendable func now() -> Int64 {
            let parts = (ContinuousClock.now - begun).components
            return parts.seconds * 1_000_000 + parts.attoseconds / 1_000_000_000_000
        }
        var pace = LinePace()
        (pace.ping, pace.answer, pace.tick) = (.milliseconds(20), .milliseconds(300), .milliseconds(5))
        pace.now = now
        let line = client(pbx.port, secret: "segredo", heard, pace: pace)
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await serve() }
            group.addTask { await line.run() }
            await heard.wait { !$0.resyncs.isEmpty }
            pbx.fallSilent()
            await heard.wait { $0.troubles.contains { $0.contains("does not answer any more") } }
            group.cancelAll()
        }
        let told = heard.state.withLock { $0 }
        let place = try #require(told.troubles.firstIndex { $0.contains("does not answer any more") })
        let last = try #require(told.heardAt[place])
        // The question that had no answer was sent after the last word, and an answer was waited for.
        #expect(last > 0 && now() - last >= 299_000)
    }

    @Test("a line that is ended in order was heard until then, however long the PBX had nothing to say")
    func ended() async throws {
        let (pbx, serve) = try await SimulatedPBX.start(user: "calldesk", secret: "segredo", epoch: 1)
        let heard = Heard()
        let clock = Mutex<Int64>(1)
        let end: Int64 = 9_000_000
        var pace = LinePace()
        pace.now = { clock.withLock { $0 } }
        let line = client(pbx.port, secret: "segredo", heard, pace: pace)
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await serve() }
            await withTaskGroup(of: Void.self) { own in
                own.addTask { await line.run() }
                await heard.wait { !$0.resyncs.isEmpty }
                clock.withLock { $0 = end }
                own.cancelAll()
            }
            group.cancelAll()
        }
        let told = heard.state.withLock { $0.status }
        #expect(!told.isConnected)
        #expect(told.heardAt == end)
    }

    @Test("a PBX that is too old is told as such, is not given the secret, and makes no calls")
    func tooOld() async throws {
        let (pbx, serve) = try await SimulatedPBX.start(
            user: "calldesk",
            secret: "segredo",
            epoch: 1,
            version: "1.3"
        )
        let heard = Heard()
        let line = client(pbx.port, secret: "segredo", heard)
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await serve() }
            group.addTask { await line.run() }
            await heard.wait { !$0.troubles.isEmpty }
            group.cancelAll()
        }
        #expect(heard.state.withLock { $0.troubles }.allSatisfy { $0.contains("AMI 1.3 (Asterisk 11 or older)") })
        #expect(heard.state.withLock { $0.resyncs }.isEmpty)
    }
}
