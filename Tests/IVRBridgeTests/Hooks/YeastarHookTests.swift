import CallModel
import Foundation
import TestSupport
import Testing

@testable import IVRBridge

@Suite("A Yeastar's events make one call, whatever their order")
struct YeastarHookTests {
    static let secret = "0123456789abcdef0123456789abcdef"
    private static let normalise: @Sendable (String) -> String? = { $0.hasPrefix("+") && $0.count > 9 ? $0 : nil }

    /// The bodies of one call, written as the developer guide's examples are.
    static func bodies(_ name: String) throws -> [String] {
        String(decoding: try Fixtures.bytes("yeastar/\(name).jsonl"), as: UTF8.self).split(separator: "\n").map {
            String($0)
        }
    }

    private static func events(_ bodies: [String]) throws -> [HookEvent] {
        let decoder = HookDecoder(kind: .yeastar)
        return try bodies.enumerated().map { place, body in
            try decoder.readUnsigned(hookRequest(body, at: Int64(place + 100) * 1_000_000))
        }
    }

    private static func call(_ events: [HookEvent]) throws -> CallSnapshot {
        var tracker = HookCallTracker(normalise: normalise)
        var calls: [String: CallSnapshot] = [:]
        for event in events { for call in tracker.receive(event, at: 1) { calls[call.key] = call } }
        #expect(calls.count == 1)
        return try #require(calls.values.first)
    }

    private struct Story: Sendable {
        var name: String
        var direction = CallDirection.inbound
        var outcome: CallOutcome
        var answeredBy: String?
        var offered: [String]
        var transfers: [CallTransfer] = []
    }

    private static let stories = [
        Story(name: "answered", outcome: .answered, answeredBy: "2002", offered: ["2002"]),
        Story(name: "queue", outcome: .answered, answeredBy: "2003", offered: ["2002", "2003"]),
        Story(
            name: "transferred",
            outcome: .answered,
            answeredBy: "2002",
            offered: ["2002", "2003"],
            transfers: [CallTransfer(kind: .blind, from: "2002", to: "2003")]
        ),
        Story(name: "missed", outcome: .noAnswer, offered: ["2002"]), Story(name: "busy", outcome: .busy, offered: []),
        Story(name: "voicemail", outcome: .noAnswer, offered: ["2002"]),
        Story(name: "outgoing", direction: .outbound, outcome: .answered, offered: []),
        Story(name: "internal", direction: .internal, outcome: .answered, answeredBy: "2002", offered: ["2002"]),
    ]

    @Test("each story ends as its truth, in any order and with any repetition", arguments: stories.indices)
    func truth(place: Int) throws {
        let story = Self.stories[place]
        let events = try Self.events(Self.bodies(story.name))
        let call = try Self.call(events)
        #expect(call.isEnded && call.direction == story.direction && call.outcome == story.outcome)
        #expect(call.answeredBy == story.answeredBy && call.offered == story.offered)
        #expect(call.transfers == story.transfers && call.ringing.isEmpty)
        switch story.direction {
        case .inbound: #expect(call.number == "+5531987654321" && call.dialled == "553132710322")
        case .outbound: #expect(call.callerParty == "2005" && call.dialledNumber == "+5511987654321")
        case .internal: #expect(call.callerParty == "2005" && call.number == nil)
        }
        var random = SplitMix64(seed: TestSeed.next())
        for _ in 0..<100 {
            var shuffled = events + (0..<3).map { _ in events.randomElement(using: &random) ?? events[0] }
            shuffled.shuffle(using: &random)
            #expect(try Self.call(shuffled) == call)
        }
    }

    @Test("the call is followed while it goes on: who rings, who has stopped, who has it")
    func asItGoes() throws {
        let events = try Self.events(Self.bodies("queue"))
        let states = try events.indices.map { try Self.call(Array(events[...$0])) }
        #expect(states[0].state == .ringing && states[0].ringing == [])
        #expect(states[1].ringing == ["2002", "2003"])
        #expect(states[2].ringing == ["2003"])
        #expect(states[3].state == .talking && states[3].answeredBy == "2003" && states[3].answeredAt == 103_000_000)
        #expect(states[4].isEnded && states[4].outcome == .answered)
        // The record says how long it took when nothing else came.
        let alone = try Self.call([events[5]])
        #expect(alone.answeredBy == "2003" && alone.startedAt == 65_000_000 && alone.answeredAt == 85_000_000)
    }

    @Test("the signature is the base64 of the HMAC-SHA256 of the raw body, and nothing else holds")
    func signature() throws {
        let body = try Self.bodies("answered")[0]
        // As `openssl dgst -sha256 -hmac` makes it.
        let signature = "5NXavBHUTqIgRSVCre7mCBFNjPQ6cisVqTS4UMm/grc="
        let decoder = HookDecoder(kind: .yeastar, secret: Self.secret)
        #expect(try decoder.read(hookRequest(body, signature: signature)).steps.first?.key == "1795176000.280")
        #expect(throws: HookError.forged(HookForgery(address: nil, expected: signature, given: "AA=="))) {
            try decoder.read(hookRequest(body, signature: "AA=="))
        }
        #expect(throws: HookError.self) { try decoder.read(hookRequest(body + " ", signature: signature)) }
        #expect(throws: HookError.unsigned(header: "X-Signature")) { try decoder.read(hookRequest(body)) }
        #expect(throws: HookError.noSecret) {
            try HookDecoder(kind: .yeastar).read(hookRequest(body, signature: signature))
        }
    }

    @Test("events that concern no call are taken and change nothing; broken ones are refused by name")
    func others() throws {
        let decoder = HookDecoder(kind: .yeastar)
        for body in [
            #"{"type":30008,"sn":"3631A2124XXX","msg":"{\"extension\":\"2002\",\"status\":\"Ringing\"}"}"#,
            #"{"type":30039,"sn":"3651D2032748","msg":{"uid":"20261016150409C6FF1"}}"#, #"{"type":1}"#,
        ] {
            #expect(try decoder.readUnsigned(hookRequest(body)) == .nothing)
        }
        let faults: [(String, HookError)] = [
            ("", .unreadable("JSON object")), ("{\"type\":", .unreadable("JSON object")),
            ("{}", .missing(field: "type")),
            (#"{"type":30011}"#, .unreadable("msg of event 30011")),
            (#"{"type":30011,"msg":"{\"call_id\":"}"#, .unreadable("msg of event 30011")),
            (#"{"type":30011,"msg":"{\"members\":[]}"}"#, .missing(field: "msg.call_id")),
            (#"{"type":30012,"msg":"{\"call_id\":\"1\",\"type\":\"sideways\"}"}"#, .invalidDirection),
        ]
        for (body, fault) in faults {
            #expect(throws: fault, "\(body)") { try decoder.readUnsigned(hookRequest(body)) }
        }
        // As examples of newer events have it: the document itself, and numbers for texts.
        let object =
            #"{"type":30012,"msg":{"call_id":7,"call_from":"1","call_to":2002,"type":"inbound","status":"BUSY"}}"#
        #expect(try decoder.readUnsigned(hookRequest(object)).steps.first?.end == .busy)
    }
}
