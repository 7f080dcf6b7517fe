import DeskCore
import Foundation
import IVRBridge
import Logging
import Rehearsal
import Synchronization
import TestSupport

@testable import CallDesk

/// A desk with its FastAGI server, and callers who press keys in it over real TCP.
struct PhoneUnderTest: Sendable {
    let test: DeskUnderTest
    let port: Int
    let server: AGIServer
    /// Where a FreeSWITCH hands its callers over.
    let socketPort: Int
    let changes: ChangeList
    let missing: MissingSounds
    /// The scripts themselves, for a caller without a socket between.
    let desk: PhoneDesk

    var app: App { test.app }

    /// What the screens were told.
    final class ChangeList: Sendable {
        let all = Mutex<[CallChange]>([])
    }

    /// Runs `body` on a working day at ten, with an SMS gateway in the settings.
    static func with(
        _ engine: DatabaseEngine = TestDatabase.usual,
        settings change: @escaping @Sendable (inout Settings) -> Void = { _ in },
        after duration: Duration = .seconds(49 * 3600),
        _ body: @escaping @Sendable (PhoneUnderTest) async throws -> Void
    ) async throws {
        try await DeskUnderTest.with(
            engine,
            settings: { settings in
                settings.pbx = [Settings.PBX(line: "matriz")]
                settings.sms = Settings.SMS(gateway: .file)
                change(&settings)
            }
        ) { test in
            test.clock.advance(by: duration)
            let changes = ChangeList()
            let app = test.app
            let missing = MissingSounds()
            let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            let phone = PhoneDesk(
                app: app,
                protocols: ProtocolNotices(
                    database: app.database,
                    customers: app.customers,
                    composer: app.composer,
                    policy: app.policy,
                    clock: app.clock,
                    timeZone: app.timeZone,
                    language: app.language
                ),
                meets: { _, _ in },
                met: { _, _, change in
                    if let change { changes.all.withLock { $0.append(change) } }
                },
                wake: {},
                missing: missing,
                logger: silent
            )
            let server = AGIServer(port: 0, logger: silent) { try await phone.run($0) }
            let socket = SwitchMenuServer(port: 0, logger: silent) { try await phone.run($0) }
            let (ports, port) = AsyncStream.makeStream(of: Int.self, bufferingPolicy: .bufferingNewest(1))
            let (socketPorts, socketPort) = AsyncStream.makeStream(of: Int.self, bufferingPolicy: .bufferingNewest(1))
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await server.run { port.yield($0) } }
                group.addTask { await socket.run { socketPort.yield($0) } }
                var (first, second) = (ports.makeAsyncIterator(), socketPorts.makeAsyncIterator())
                if let port = await first.next(), let socketPort = await second.next() {
                    try await body(
                        PhoneUnderTest(
                            test: test,
                            port: port,
                            server: server,
                            socketPort: socketPort,
                            changes: changes,
                            missing: missing,
                            desk: phone
                        )
                    )
                }
                group.cancelAll()
            }
        }
    }

    /// What a caller heard, and what the dialplan finds afterwards.
    struct Heard: Sendable, Equatable {
        var sounds: [String] = []
        var variables: [String: String] = [:]
        var commands = 0

        var protocolNumber: String { variables["CALLDESK_PROTOCOL"] ?? "" }
        var status: String { variables["CALLDESK_STATUS"] ?? "" }
        func heard(_ sentence: PhoneSentence) -> Bool { sounds.contains(sentence.rawValue) }
    }

    /// Calls and presses keys, one answer for each question; `-` is silence, and after the last one there is only that.
    func call(
        _ answers: [String],
        number: String = "31998877665",
        name: String = "unknown",
        key: String = "1795236715.1",
        script: String = "ivr?line=matriz",
        waiting: Int = 0,
        hangUpAt end: Int? = nil,
        lacking: Set<String> = [],
        environment more: [(String, String)] = []
    ) async throws -> Heard {
        let pressed = Mutex((answers: answers[...], keys: Substring()))
        let heard = Mutex(Heard())
        let caller = SimulatedCaller(
            environment: SimulatedCaller.environment(
                script: script,
                uniqueid: key,
                number: number,
                name: name
            ).filter { entry in !more.contains { $0.0 == entry.0 } } + more
        ) { command in
            let words = command.split(separator: "\"", omittingEmptySubsequences: false).map(String.init)
            let count = heard.withLock { heard in
                heard.commands += 1
                return heard.commands
            }
            if let end, count >= end { return nil }
            if command.hasPrefix("STREAM FILE") {
                let sound = words.count > 1 ? words[1] : ""
                let name = sound.split(separator: "/").last.map(String.init) ?? ""
                if lacking.contains(name) { return "200 result=-1 endpos=0\n" }
                heard.withLock { $0.sounds.append(name) }
                return "200 result=0 endpos=800\n"
            }
            if command.hasPrefix("CHANNEL STATUS") { return "200 result=6\n" }
            if command.hasPrefix("SET VARIABLE"), words.count > 3 {
                heard.withLock { $0.variables[words[1]] = words[3] }
                return "200 result=1\n"
            }
            if command.hasPrefix("GET VARIABLE") {
                if command.contains("linkedid") { return "200 result=1 (\(key))\n" }
                if command.contains("QUEUE_WAITING_COUNT") { return "200 result=1 (\(waiting))\n" }
                return "200 result=0\n"
            }
            // A moment's silence between groups of digits: nobody presses anything there.
            guard command.hasPrefix("WAIT FOR DIGIT"), !command.hasSuffix(" 300") else { return "200 result=0\n" }
            let key = pressed.withLock { pressed -> Character? in
                // The first key of an answer is waited for longest; after the number only a moment.
                if command.hasSuffix(" 6000") || command.hasSuffix(" 2000") {
                    pressed.keys = pressed.answers.popFirst().map { $0[...] } ?? "-"
                }
                return pressed.keys.popFirst()
            }
            guard let key, key != "-", let code = key.asciiValue else { return "200 result=0\n" }
            return "200 result=\(code)\n"
        }
        let commands = try await caller.call(port: port)
        return heard.withLock { heard in
            heard.commands = commands.count
            return heard
        }
    }

    /// The same over a FreeSWITCH's outbound socket.
    func callBySocket(
        _ answers: [String],
        number: String = "31998877665",
        key: String = "1795236715.1",
        waiting: Int = 0,
        hangUpAt end: Int? = nil,
        lacking: Set<String> = [],
        during: [String: String] = [:]
    ) async throws -> Heard {
        let pressed = Mutex((answers: answers[...], keys: Substring()))
        let heard = Mutex(Heard())
        let found = Mutex((played: "FILE PLAYED", variables: [String: String]()))
        let caller = SimulatedSocketCaller(
            channel: SimulatedSocketCaller.channel(line: "matriz", uniqueID: key, number: number)
        ) { command in
            let count = heard.withLock { heard in
                heard.commands += 1
                return heard.commands
            }
            if let end, count >= end { return nil }
            if command[0].hasPrefix("api callcenter_config queue count members") { return "\(waiting)\n" }
            if command[0].hasPrefix("getvar ") {
                let name = String(command[0].dropFirst(7))
                if name == "current_application_response" { return found.withLock { $0.played } }
                return found.withLock { $0.variables[name] } ?? "-ERR command not found"
            }
            guard command[0] == "sendmsg", command.count > 2 else { return "+OK" }
            let application = command[2].dropFirst("execute-app-name: ".count)
            let argument = command.count > 3 ? String(command[3].dropFirst("execute-app-arg: ".count)) : ""
            switch application {
            case "playback":
                let last = argument.split(separator: "/").last.map(String.init) ?? ""
                let name = last.replacing(".wav", with: "")
                found.withLock { $0.played = lacking.contains(name) ? "FILE NOT FOUND" : "FILE PLAYED" }
                if !lacking.contains(name) { heard.withLock { $0.sounds.append(name) } }
                guard let key = during[name] else { break }
                found.withLock { $0.variables["playback_terminator_used"] = key }
                // What follows that key in the same answer.
                pressed.withLock { $0.keys = $0.answers.popFirst().map { $0[...] } ?? "" }
            case "unset": found.withLock { $0.variables[argument] = nil }
            case "set":
                let sides = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                heard.withLock { $0.variables[String(sides[0])] = String(sides[1]) }
            case "play_and_get_digits":
                let words = argument.split(separator: " ").map(String.init)
                guard words.count == 9, words[3] != "300" else { break }
                let key = pressed.withLock { pressed -> Character? in
                    // The first key of an answer is waited for longest; after the number only a moment.
                    if words[3] == "6000" || words[3] == "2000" {
                        pressed.keys = pressed.answers.popFirst().map { $0[...] } ?? "-"
                    }
                    return pressed.keys.popFirst()
                }
                if let key, key != "-" { found.withLock { $0.variables[words[7]] = String(key) } }
            default: break
            }
            return "+OK"
        }
        let commands = try await caller.call(port: socketPort)
        return heard.withLock { heard in
            heard.commands = commands.count
            return heard
        }
    }

    /// What the line says of the same call.
    func report(_ key: String, number: String? = "+5531998877665", state: CallState = .ringing) -> CallSignal {
        var report = CallSignal(line: "matriz", key: key, direction: .inbound, state: state)
        report.number = number
        return report
    }

    func attendances() async throws -> [Attendance] { try await app.attendances.list(before: nil, limit: 200) }
}
