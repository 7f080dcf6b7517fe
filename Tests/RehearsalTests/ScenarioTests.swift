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
            ("call 1 \"A\" to 5\n3 ring 1\n1 ring 2", 3), ("call 1 \"A\" to 5\n\n5..2 ring 1", 3),
        ]
    )
    func faults(text: String, line: Int) {
        let fault = #expect(throws: Scenario.Fault.self) { try Scenario(text) }
        #expect(fault?.line == line)
    }
}
