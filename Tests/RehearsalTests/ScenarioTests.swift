import Foundation
import IVRBridge
import Testing

@testable import Rehearsal

@Suite("Calls told by a small text")
struct ScenarioTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Sources/CallDesk/Resources/demo")

    private func scenario(_ name: String) throws -> Scenario {
        try Scenario(String(contentsOf: Self.folder.appending(path: "\(name).scenario"), encoding: .utf8))
    }

    /// What a line makes of a scenario's events.
    private func followed(_ recording: Recording) throws -> CallSnapshot {
        var follower = AMILineFollower(line: "matriz", trunks: ["PJSIP/trunk"]) { $0.count == 11 ? "+55\($0)" : nil }
        follower.feed("Asterisk Call Manager/11.0.0\r\n".utf8)
        var calls: [String: CallSnapshot] = [:]
        for piece in recording.pieces {
            follower.feed(piece.bytes)
            for call in follower.takeChanges() { calls[call.key] = call }
        }
        #expect(follower.takeFaults().isEmpty)
        #expect(calls.count == 1)
        return try #require(calls.values.first)
    }

    @Test(
        "each that is shipped becomes the call that it tells",
        arguments: [
            ("fila", .answered, "PJSIP/1002", "PJSIP/1002", "suporte"),
            ("direta", .answered, "PJSIP/1001", "PJSIP/1001", nil),
            ("transferida", .answered, "PJSIP/1001", "PJSIP/1002", nil),
            ("abandonada", .abandoned, nil, nil, "suporte"),
        ] as [(String, CallOutcome, String?, String?, String?)]
    )
    func shipped(name: String, outcome: CallOutcome, answered: String?, last: String?, queue: String?) throws {
        let call = try followed(Recording(try scenario(name), seed: 1))
        #expect(call.direction == .inbound)
        #expect(call.number == "+5511987654321")
        #expect(call.callerName == "Maria Silva")
        #expect(call.isEnded)
        #expect(call.outcome == outcome)
        #expect(call.answeredBy == answered)
        #expect(call.lastParty == last)
        #expect(call.queue == queue)
        #expect(call.transfers.count == (name == "transferida" ? 1 : 0))
    }

    private static let told = [
        "0 queue suporte\n1 ring 1001\n1 ring 1002\n2 answer 1002\n4 hold\n5 resume\n9 hang-up 1002",
        "0 queue suporte\n1 ring 1001\n9 hang-up caller", "0 ring 1001\n2 busy 1001\n2 hang-up caller",
        "0 ring 1001\n2 silence 1001\n2 ring 1002\n3 answer 1002\n9 hang-up caller",
        "0 ring 1001\n2 answer 1001\n4 transfer to 1002\n4 ring 1002\n6 answer 1002\n9 hang-up caller",
        "0 menu 41\n5 queue suporte\n6 ring 1001\n8 answer 1001\n20 hang-up 1001", "0 menu\n5 hang-up caller",
    ]

    @Test("both kinds of PBX tell the same of a scenario", arguments: told)
    func alike(steps: String) throws {
        let scenario = try Scenario("call 11987654321 \"Maria Silva\" to 5000\n\(steps)")
        let normalise: @Sendable (String) -> String? = { $0.count == 11 ? "+55\($0)" : nil }
        var stories: [[String]] = []
        let told = [
            ("Asterisk Call Manager/11.0.0\r\n", Recording(scenario, seed: 1)),
            ("Content-Type: auth/request\n\n", Recording(switch: scenario, seed: 1)),
        ]
        for (greeting, recording) in told {
            var replay = Replay(normalise: normalise)
            replay.feed(Array(greeting.utf8))
            for piece in recording.pieces { replay.feed(piece.bytes) }
            #expect(replay.skipped.isEmpty)
            stories.append(
                replay.finish().map(\.call).map { call in
                    func plain(_ party: String?) -> String { party.map { PhoneName($0).plain } ?? "-" }
                    return [
                        call.direction.rawValue, call.number ?? "-", call.callerName ?? "-", call.dialled ?? "-",
                        call.outcome.rawValue, plain(call.answeredBy), plain(call.lastParty),
                        call.offered.map { plain($0) }.joined(separator: "+"), call.endedBy?.rawValue ?? "-",
                        String(call.holds), String(call.transfers.count),
                        (call.queue ?? "-").replacing("@default", with: ""),
                    ].joined(separator: " ")
                }
            )
        }
        #expect(stories[0].count == 1)
        #expect(stories[0] == stories[1])
    }

    @Test("a call from the desk rings its own phone first and is known by the key the desk gave")
    func fromTheDesk() throws {
        let call = SimulatedCall(number: "21999998888", phones: ["1002": "1001"])
        let told = try followed(Recording(try scenario("ligar").played(as: call), seed: 1, key: "calldesk-7"))
        #expect(told.key == "calldesk-7")
        #expect(told.direction == .outbound)
        #expect(told.callerParty == "PJSIP/1001")
        #expect(told.outcome == .answered)
        #expect(told.dialled == "21999998888")
    }

    @Test("the same seed makes the same call, another one other times within their ranges")
    func seeds() throws {
        let scenario = try scenario("fila")
        #expect(Recording(scenario, seed: 7).pieces == Recording(scenario, seed: 7).pieces)
        let pauses = Set((0..<20).map { seed in Recording(scenario, seed: seed).pieces.map(\.pause) })
        #expect(pauses.count > 10)
        for pauses in pauses {
            let whole = pauses.reduce(0, +)
            #expect(abs(whole - 4) < 0.001)
        }
    }

    @Test("who withholds the number has none")
    func withheld() throws {
        let call = SimulatedCall(number: "anonymous", name: "Anonymous")
        let told = try followed(Recording(try scenario("fila").played(as: call), seed: 1))
        #expect(told.number == nil && told.isWithheld)
    }

    @Test(
        "a fault is told with its line",
        arguments: [
            ("", 1), ("0 ring 1002", 1), ("call 1 \"A\" to 5\nx ring 1", 2), ("call 1 \"A\" to 5\n1 dance", 2),
            ("call 1 \"A\" to 5\n3 ring 1\n1 ring 2", 3),
            ("call 1 \"A\" to 5\n1 answer 2", 2), ("call 1 \"A\" to 5\n1 menu 4x", 2),
            ("dial 2 from 1\n0 ring 1\n1 hang-up caller", 3), ("call 1 \"A\" to 5\n\n5..2 ring 1", 3),
        ]
    )
    func faults(text: String, line: Int) {
        let fault = #expect(throws: Scenario.Fault.self) { try Scenario(text) }
        #expect(fault?.line == line)
    }

    @Test("a faulty file is told with its name, its line and what may stand there")
    func files() throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).scenario").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        let missing = #expect(throws: Scenario.FileFault.self) { try Scenario.read(path) }
        #expect(missing?.line == nil && missing?.description.hasPrefix(path) == true)
        try Data("call 11987654321 \"Maria\" to 5000\n0 ring 1001\n2 sing 1001\n".utf8).write(to: URL(filePath: path))
        let fault = #expect(throws: Scenario.FileFault.self) { try Scenario.read(path) }
        #expect(fault?.description.hasPrefix("\(path):3: say queue NAME") == true)
    }
}
