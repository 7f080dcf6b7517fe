import Codecs
import DeskCore
import Foundation
import IVRBridge
import Logging
import Rehearsal
import Synchronization

/// Plays a simulated call through everything between a PBX and a screen, and names each hop.
///
/// The call comes over real TCP from a PBX that is none; it is read, followed and looked up as any other, but not recorded:
/// no protocol number is used up and nobody's screen pops.
struct LineSelfTest: Sendable {
    /// One step of the way.
    struct Hop: Sendable, Equatable {
        /// One of `LineSelfTest.keys`.
        var key: String
        var isGood: Bool
        /// What was seen there: a number, a party, a name.
        var detail: String
        /// Since the test began.
        var milliseconds: Int64
    }

    /// Every step there is, in order.
    static let keys = ["tcp", "sign_in", "ring", "number", "extension", "answer", "end", "screen", "told_apart"]

    /// The recorded call takes five seconds; a machine under load somewhat more.
    private static let longest = Duration.seconds(20)

    let app: App
    let presence: Presence
    /// Channels of the real lines of which it cannot be told whether they lead outside.
    let doubtful: [String]

    private enum Sight: Sendable {
        case connected
        case trouble(String)
        case signal(CallSnapshot)
        case timeout
    }

    func run(for account: Account) async throws -> [Hop] {
        let start = ContinuousClock.now
        func passed() -> Int64 { Int64((ContinuousClock.now - start) / .milliseconds(1)) }
        // As the desk's first line would be: each kind of PBX has its own way to tell of a call.
        let kind = app.settings.pbx.first?.kind ?? .asterisk
        if let hook = kind.hook { return await hooked(hook, for: account, since: start) }
        let recording = try DemoCalls.recording(of: kind)
        let secret = Hexadecimal.text(QuickLinks.systemRandom(16))
        let epoch = Int(app.clock.now.milliseconds / 1000)
        let (pbx, serve) = try await kind.simulated(secret: secret, epoch: epoch)
        let (sights, continuation) = AsyncStream.makeStream(of: Sight.self, bufferingPolicy: .bufferingNewest(256))
        let client = client(kind, port: pbx.port, secret: secret, continuation)
        var hops: [Hop] = []
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await serve() }
            group.addTask { await client.run() }
            group.addTask {
                try? await Task.sleep(for: Self.longest)
                continuation.yield(.timeout)
            }
            hops.append(Hop(key: "tcp", isGood: true, detail: "127.0.0.1:\(pbx.port)", milliseconds: passed()))
            var seen = CallSnapshotSeen()
            loop: for await sight in sights {
                switch sight {
                case .connected where !seen.hasConnected:
                    seen.hasConnected = true
                    hops.append(
                        Hop(key: "sign_in", isGood: true, detail: kind.interface, milliseconds: passed())
                    )
                    group.addTask { await pbx.play(recording) }
                case .connected: break
                case .trouble(let what):
                    hops.append(Hop(key: "sign_in", isGood: false, detail: what, milliseconds: passed()))
                    break loop
                case .signal(let call):
                    hops += await seen.hops(call, self, at: passed())
                    if call.isEnded { break loop }
                case .timeout:
                    hops.append(Hop(key: seen.next, isGood: false, detail: "", milliseconds: passed()))
                    break loop
                }
            }
            group.cancelAll()
            await pbx.stop()
        }
        hops += await ends(for: account, passed)
        return hops
    }

    /// The same by webhook: the sender's own requests, signed as it signs them, through decoder and line.
    private func hooked(_ hook: HookKind, for account: Account, since start: ContinuousClock.Instant) async -> [Hop] {
        func passed() -> Int64 { Int64((ContinuousClock.now - start) / .milliseconds(1)) }
        let seen = Mutex<[CallSnapshot]>([])
        let region = app.region
        let line = HookLine(
            line: PBXAddress(name: "selftest", host: "", port: 0, user: "", secret: ""),
            kind: hook,
            normalise: { PhoneNumber.callerE164($0, region: region) },
            sinks: LineSinks(signal: { signal in seen.withLock { $0.append(signal.call) } })
        )
        let secret = Hexadecimal.text(QuickLinks.systemRandom(16))
        let decoder = HookDecoder(kind: hook, secret: secret)
        let url = "\(app.settings.hookBase)/hooks/\(hook.rawValue)/selftest"
        let sample = HookSample(kind: hook, number: "+5531987654321", phone: "1001", key: "selftest")
        var hops = [Hop(key: "tcp", isGood: true, detail: url, milliseconds: passed())]
        do throws(HookError) {
            for request in sample.requests(url: url, secret: secret, from: app.clock.now.milliseconds * 1_000) {
                line.receive(try decoder.read(request), of: request)
            }
            hops.append(Hop(key: "sign_in", isGood: true, detail: "webhook", milliseconds: passed()))
        } catch {
            hops.append(Hop(key: "sign_in", isGood: false, detail: "\(error)", milliseconds: passed()))
        }
        var sights = CallSnapshotSeen()
        for call in seen.withLock({ $0 }) { hops += await sights.hops(call, self, at: passed()) }
        return hops + (await ends(for: account, passed))
    }

    /// The last steps: the asker's screen, and what of the real lines cannot be told apart.
    private func ends(for account: Account, _ passed: () -> Int64) async -> [Hop] {
        var hops: [Hop] = []
        let hasScreen = await presence.hasStream(account.id)
        hops.append(
            Hop(
                key: "screen",
                isGood: hasScreen,
                detail: account.name,
                milliseconds: passed()
            )
        )
        hops.append(
            Hop(
                key: "told_apart",
                isGood: doubtful.isEmpty,
                detail: doubtful.joined(separator: ", "),
                milliseconds: passed()
            )
        )
        app.hub.publish(.bell(.selfTest), to: .person(account.id))
        return hops
    }

    private func client(
        _ kind: PBXKind,
        port: Int,
        secret: String,
        _ continuation: AsyncStream<Sight>.Continuation
    ) -> any PBXLine {
        let region = app.region
        var quiet = Logger(label: "selftest")
        quiet.logLevel = .critical
        return kind.line(
            to: PBXAddress(
                name: "selftest",
                host: "127.0.0.1",
                port: port,
                user: kind == .asterisk ? "selftest" : "",
                secret: secret
            ),
            normalise: { PhoneNumber.callerE164($0, region: region) },
            sinks: LineSinks(
                signal: { continuation.yield(.signal($0.call)) },
                status: { _, status in
                    if let trouble = status.trouble {
                        continuation.yield(.trouble(trouble))
                    } else if status.isConnected {
                        continuation.yield(.connected)
                    }
                }
            ),
            logger: quiet
        )
    }

    /// What the test has seen of its call, so that each hop is named once.
    private struct CallSnapshotSeen {
        var hasConnected = false
        var hasRung = false
        var hasAnswered = false

        /// The hop that is waited for.
        var next: String { !hasConnected ? "sign_in" : !hasRung ? "ring" : !hasAnswered ? "answer" : "end" }

        mutating func hops(_ call: CallSnapshot, _ test: LineSelfTest, at time: Int64) async -> [Hop] {
            var hops: [Hop] = []
            // A sender that reports calls when they are over names those that rang.
            let isPast = call.isEnded || call.answeredBy != nil
            let rang = isPast && call.ringing.isEmpty ? call.offered : call.ringing
            if !hasRung, !rang.isEmpty {
                hasRung = true
                let parties = rang.map { PhoneName($0).plain }.joined(separator: ", ")
                hops.append(Hop(key: "ring", isGood: true, detail: parties, milliseconds: time))
                hops.append(
                    Hop(
                        key: "number",
                        isGood: call.number != nil,
                        detail: call.number.map { PhoneNumber.display($0, region: test.app.region) } ?? "",
                        milliseconds: time
                    )
                )
                let book = await test.app.phones.current()
                let names = book.accounts(of: rang, line: "").compactMap { book.name(of: $0) }
                hops.append(
                    Hop(
                        key: "extension",
                        isGood: !names.isEmpty,
                        detail: names.isEmpty ? parties : names.joined(separator: ", "),
                        milliseconds: time
                    )
                )
            }
            if !hasAnswered, let party = call.answeredBy {
                hasAnswered = true
                let name = await test.app.phones.current().shown(party, line: "")
                hops.append(Hop(key: "answer", isGood: true, detail: name, milliseconds: time))
            }
            if call.isEnded {
                hops.append(Hop(key: "end", isGood: true, detail: call.outcome.rawValue, milliseconds: time))
            }
            return hops
        }
    }
}
