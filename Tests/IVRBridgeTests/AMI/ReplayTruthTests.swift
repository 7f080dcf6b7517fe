import Foundation
import Testing

@testable import IVRBridge

/// Recordings of real Asterisk 16 and 22 with what the telephones did, written down beside them.
enum Recorded {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Fixtures/ami")

    /// Names such as `22-a-direct.min`.
    static let streams: [String] = {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return names.filter { $0.hasSuffix(".txt") && !$0.contains(".late") && !$0.contains(".again") }
            .map { String($0.dropLast(4)) }.sorted()
    }()

    static func bytes(_ name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: folder.appending(path: name + ".txt")))
    }

    static func truth(_ name: String) throws -> Truth {
        let base = name.hasSuffix(".min") ? String(name.dropLast(4)) : name
        return try JSONDecoder().decode(Truth.self, from: Data(contentsOf: folder.appending(path: base + ".json")))
    }

    static func calls(_ name: String) throws -> [ReplayedCall] {
        var replay = Replay(normalise: normalise)
        replay.feed(try bytes(name))
        #expect(replay.skipped.isEmpty, "\(name)")
        return replay.finish()
    }

    /// Enough of a numbering plan for the recordings' numbers; the real one is the desk's.
    static let normalise: @Sendable (String) -> String? = { number in
        if number.hasPrefix("+") { return number }
        return number.count == 11 && number.allSatisfy(\.isNumber) && !number.hasPrefix("0") ? "+55" + number : nil
    }
}

/// What the scripted telephones did.
struct Truth: Decodable {
    struct Call: Decodable {
        var caller: String
        var answered_by: String?
        var queue: String?
        var result: String?
    }

    enum Answerer: Decodable {
        case one(String)
        case several([String])

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let one = try? container.decode(String.self) {
                self = .one(one)
            } else {
                self = .several(try container.decode([String].self))
            }
        }
    }

    var scenario: String
    var caller: String?
    var dialled: String?
    var queue: String?
    var answered_by: Answerer?
    var result: String?
    var hung_up_by: String?
    var direction: String?
    var transfer: String?
    var transferred_to: String?
    var hold_s: Double?
    var calls: [Call]?

    var outcome: CallOutcome? {
        switch result {
        case let text? where text.hasPrefix("answered"): .answered
        case "busy": .busy
        case "no answer": .noAnswer
        case "abandoned": .abandoned
        default: nil
        }
    }
}

@Suite("Recorded calls, held against what the telephones did")
struct ReplayTruthTests {
    @Test("every recording tells the calls that were made, with both AMI users", arguments: Recorded.streams)
    func truth(name: String) throws {
        let truth = try Recorded.truth(name)
        let calls = try Recorded.calls(name)
        if let expected = truth.calls {
            #expect(calls.map(\.call.numberRaw) == expected.map(\.caller), "\(name)")
            for (call, expected) in zip(calls, expected) {
                #expect(call.call.answeredBy == expected.answered_by.map { "PJSIP/\($0)" }, "\(name)")
                if let queue = expected.queue { #expect(call.call.queue == queue, "\(name)") }
            }
            return
        }
        guard case .several(let parties)? = truth.answered_by else {
            let call = try #require(calls.first).call
            #expect(calls.count == 1, "\(name)")
            #expect(call.numberRaw == truth.caller, "\(name)")
            #expect(call.dialled == truth.dialled, "\(name)")
            #expect(call.queue == truth.queue, "\(name)")
            #expect(call.outcome == truth.outcome, "\(name)")
            #expect(call.isEnded, "\(name)")
            if case .one(let party)? = truth.answered_by {
                #expect(call.answeredBy == (party == "far" ? "PJSIP/trunk" : "PJSIP/\(party)"), "\(name)")
            } else {
                #expect(call.answeredBy == nil, "\(name)")
            }
            switch truth.hung_up_by {
            case "caller": #expect(call.endedBy == .caller, "\(name)")
            case .some: #expect(call.endedBy == .agent, "\(name)")
            case nil: #expect(call.endedBy == .pbx, "\(name)")
            }
            #expect(call.direction == (truth.direction == "out" ? .outbound : .inbound), "\(name)")
            #expect(call.holds == (truth.hold_s != nil || truth.scenario == "f-attended" ? 1 : 0), "\(name)")
            if let target = truth.transferred_to {
                let kind: CallTransfer.Kind = truth.transfer?.hasPrefix("blind") == true ? .blind : .attended
                #expect(
                    call.transfers == [.init(kind: kind, from: "PJSIP/1001", to: "PJSIP/\(target)")],
                    "\(name)"
                )
                #expect(call.lastParty == "PJSIP/\(target)", "\(name)")
            } else {
                #expect(call.transfers.isEmpty, "\(name)")
            }
            return
        }
        #expect(Set(calls.compactMap(\.call.answeredBy)) == Set(parties.map { "PJSIP/\($0)" }), "\(name)")
        #expect(calls.allSatisfy { $0.call.outcome == .answered }, "\(name)")
    }

    @Test(
        "a restart of the PBX ends its calls: answered if a person had answered, else failed",
        arguments: ["16", "22"]
    )
    func restart(version: String) throws {
        for user in ["", ".min"] {
            let calls = try Recorded.calls("\(version)-p-restart\(user)").map(\.call)
            #expect(calls.map(\.outcome) == [.answered, .failed], "\(version)\(user)")
            #expect(calls.allSatisfy { $0.endedBy == .pbx && $0.isEnded }, "\(version)\(user)")
            #expect(calls.map(\.brokeOff) == [.seen, nil], "who was talking was cut off")
        }
    }

    @Test("who connects in mid-call learns of the calls that are there and sees them end", arguments: ["16", "22"])
    func late(version: String) throws {
        let calls = try Recorded.calls("\(version)-o-resync.late").map(\.call)
        let answered = try #require(calls.first { $0.numberRaw == "11987654321" })
        #expect(answered.answeredBy == "PJSIP/1001")
        #expect(answered.outcome == .answered)
        #expect(answered.startedAt == nil)
        let waiting = try #require(calls.first { $0.numberRaw == "21999998888" })
        #expect(waiting.queue == "suporte")
        #expect(waiting.outcome == .abandoned)
    }

    @Test("odd callers: anonymous is withheld, escapes are undone, a forged name stays text")
    func names() throws {
        let anonymous = try #require(try Recorded.calls("22-i-anonymous").first).call
        #expect(anonymous.isWithheld)
        #expect(anonymous.number == nil)
        #expect(anonymous.numberRaw == "anonymous")
        #expect(try Recorded.calls("16-j-utf8.min").first?.call.callerName == "José Conceição")
        let forged = try Recorded.calls("22-j-forged")
        #expect(forged.count == 1)
        #expect(forged.first?.call.callerName?.contains("Event: Hangup") == true)
        #expect(AMICallTracker.unescaped(#"Zé \"o Rei\": <chefe>"#) == #"Zé "o Rei": <chefe>"#)
    }

    @Test("with timestamps the times are told, with a system name the key carries it")
    func options() throws {
        let json = try #require(try Recorded.calls("16opt-a-direct.min").first).json()
        #expect(json.contains(#""call":"pbx16-1795235944.0""#))
        #expect(json.contains(#""started_at":"2026-11-21T04:39:04.535Z""#))
        #expect(json.contains(#""ended_at":"2026-11-21T04:39:09.039Z""#))
    }

    @Test("one line a call, keys in their order, null where nothing is known")
    func json() throws {
        let json = try #require(try Recorded.calls("22-b-busy.min").first).json()
        #expect(
            json == #"""
                {"call":"1795236576.482","pbx":"asterisk","direction":"inbound","from":"+5511987654321","from_raw":"11987654321","from_shown":"11987654321","from_name":"Maria Silva","to":"4002","caller_party":"PJSIP/trunk","queue":null,"offered":["PJSIP/1002"],"answered_by":null,"last_party":null,"started_at":null,"answered_at":null,"ended_at":null,"outcome":"busy","ended_by":"pbx","cause":17,"holds":0,"transfers":[],"recording":null,"agi":false}
                """#
        )
    }
}
