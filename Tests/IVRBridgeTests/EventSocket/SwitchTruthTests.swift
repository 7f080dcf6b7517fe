import Foundation
import TestSupport
import Testing

@testable import IVRBridge

extension SwitchRecorded {
    static func truth(_ name: String) throws -> SwitchTruth {
        let base = name.prefix { $0 != "." }
        return try JSONDecoder().decode(
            SwitchTruth.self,
            from: Data(contentsOf: folder.appending(path: base + ".json"))
        )
    }

    static func calls(_ name: String) throws -> [CallSnapshot] {
        var replay = Replay(normalise: Recorded.normalise)
        replay.feed(try bytes(name))
        #expect(replay.skipped.isEmpty, "\(name)")
        let calls = replay.finish()
        #expect(calls.allSatisfy { $0.pbx == "freeswitch" }, "\(name)")
        return calls.map(\.call)
    }
}

/// What the scripted telephones did.
struct SwitchTruth: Decodable {
    struct Call: Decodable {
        var caller: String?
        var answered_by: String?
        var queue: String?
        var result: String?
    }

    var scenario: String
    var direction: String?
    var caller: String?
    var dialled: String?
    var queue: String?
    var answered_by: String?
    var result: String?
    var hung_up_by: String?
    var transfer: String?
    var transferred_to: String?
    var transfer_result: String?
    var hold_s: Double?
    var recording: [[Recorded]]?
    var calls: [Call]?

    enum Recorded: Decodable {
        case value
        init(from decoder: any Decoder) throws { self = .value }
    }

    var outcomes: Set<CallOutcome> {
        switch result {
        case "answered": [.answered]
        case "busy": [.busy]
        case "no answer", "unreachable": [.noAnswer]
        case "abandoned": [.abandoned]
        case "no such number": [.failed]
        case "agent did not answer": [.noAnswer]
        default: []
        }
    }

    static func party(_ user: String) -> String { user == "far" ? "sofia/gateway/trunk" : "sofia/internal/\(user)" }
}

@Suite("Recorded calls of a FreeSWITCH, held against what the telephones did")
struct SwitchTruthTests {
    @Test(
        "every recording tells the calls that were made, whatever events were asked for",
        arguments: SwitchRecorded.streams
    )
    func truth(name: String) throws {
        let truth = try SwitchRecorded.truth(name)
        let calls = try SwitchRecorded.calls(name)
        if let expected = truth.calls {
            #expect(calls.map(\.numberRaw) == expected.map(\.caller), "\(name)")
            for (call, expected) in zip(calls, expected) {
                #expect(call.answeredBy == expected.answered_by.map(SwitchTruth.party), "\(name)")
                if let queue = expected.queue { #expect(call.queue == queue, "\(name)") }
            }
            return
        }
        let call = try #require(calls.first)
        #expect(calls.count == 1, "\(name)")
        #expect(call.isEnded && truth.outcomes.contains(call.outcome), "\(name): \(call.outcome)")
        #expect(call.queue == truth.queue, "\(name)")
        #expect(call.answeredBy == truth.answered_by.map(SwitchTruth.party), "\(name)")
        let directions: [String: CallDirection] = ["out": .outbound, "internal": .internal, "in": .inbound]
        #expect(call.direction == directions[truth.direction ?? "out"], "\(name)")
        if call.direction == .inbound {
            #expect(call.numberRaw == (truth.caller?.isEmpty == false ? truth.caller : "anonymous"), "\(name)")
            #expect(call.callerParty == "sofia/external", "\(name)")
        } else if let caller = truth.caller {
            #expect(call.callerParty == SwitchTruth.party(caller), "\(name)")
        }
        // Before the technician lifts, the switch has not said what it will dial.
        if let dialled = truth.dialled, truth.result != "agent did not answer" {
            #expect(call.dialled == dialled, "\(name)")
        }
        switch truth.hung_up_by {
        case "caller": #expect(call.endedBy == .caller, "\(name)")
        case "pbx", nil: #expect(call.endedBy == .pbx, "\(name)")
        case let who?: #expect(call.endedBy == (who == truth.caller ? .caller : .agent), "\(name)")
        }
        #expect(call.holds == (truth.hold_s != nil || truth.scenario == "f-attended" ? 1 : 0), "\(name)")
        #expect((call.recording != nil) == (truth.recording != nil), "\(name)")
        guard let target = truth.transferred_to, let from = truth.answered_by else {
            #expect(call.transfers.isEmpty, "\(name)")
            return
        }
        let kind: CallTransfer.Kind = truth.transfer?.hasPrefix("attended") == true ? .attended : .blind
        let taker = truth.transfer_result == nil ? SwitchTruth.party(target) : target
        #expect(call.transfers == [.init(kind: kind, from: SwitchTruth.party(from), to: taker)], "\(name)")
        #expect(call.lastParty == (truth.transfer_result == nil ? taker : SwitchTruth.party(from)), "\(name)")
    }

    @Test("a shutdown of the switch ends its calls: answered if a person had answered, else failed")
    func restart() throws {
        let calls = try SwitchRecorded.calls("p-restart.min")
        #expect(calls.map(\.outcome) == [.answered, .failed])
        #expect(calls.allSatisfy { $0.endedBy == .pbx && $0.isEnded })
        #expect(calls.map(\.brokeOff) == [.seen, nil], "who was talking was cut off")
        #expect(try SwitchRecorded.calls("p-restart.again").isEmpty)
    }

    @Test("a stream that begins in mid-call tells the calls it sees end, and no leg of a queue as a call of its own")
    func late() throws {
        let calls = try SwitchRecorded.calls("o-resync.late")
        #expect(calls.map(\.numberRaw) == ["21999998888", "11987654321"])
        #expect(calls.map(\.outcome) == [.abandoned, .answered])
        #expect(calls.map(\.answeredBy) == [nil, "sofia/internal/1001"])
        #expect(calls.allSatisfy { $0.startedAt == nil && $0.endedAt != nil })
    }

    @Test("a withheld number is none, and names in any letters are read")
    func callers() throws {
        let hidden = try #require(try SwitchRecorded.calls("i-anonymous.min").first)
        #expect(hidden.isWithheld && hidden.number == nil)
        #expect(try SwitchRecorded.calls("j-utf8.min").first?.callerName == "José Conceição")
        let forged = try #require(try SwitchRecorded.calls("j-forged.evjson").first)
        #expect(forged.callerName?.contains("CHANNEL_HANGUP_COMPLETE") == true)
        #expect(forged.outcome == .answered)
    }

    @Test("an internal leg that dials for another, a menu and a queue answer for nobody")
    func nobody() throws {
        for name in ["g-ivr.min", "c-queue.min", "c-fifo.min", "u-loopback.min"] {
            let call = try #require(try SwitchRecorded.calls(name).first)
            let started = try #require(call.startedAt)
            let answered = try #require(call.answeredAt)
            // The menu or queue answers within some milliseconds, the person after a second at the least.
            #expect(answered - started > 900_000, "\(name)")
        }
    }
}
