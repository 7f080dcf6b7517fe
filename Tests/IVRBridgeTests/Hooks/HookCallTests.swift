import Foundation
import TestSupport
import Testing

@testable import IVRBridge

@Suite("Reports of a webhook make one call, whatever their order")
struct HookCallTests {
    private static let normalise: @Sendable (String) -> String? = { $0.hasPrefix("+") && $0.count > 9 ? $0 : nil }

    private static func events(_ kind: HookKind, _ bodies: [String]) throws -> [HookEvent] {
        let decoder = HookDecoder(kind: kind)
        return try bodies.enumerated().map { place, body in
            switch kind {
            // The signature is another test's subject.
            case .twilio: try TwilioHook.read(HookFields(form: body.utf8), at: Int64(place + 1) * 1_000_000)
            case .placetel: try PlacetelHook.read(HookFields(form: body.utf8), at: Int64(place + 1) * 1_000_000)
            default: try decoder.read(hookRequest(body, at: Int64(place + 1) * 1_000_000))
            }
        }
    }

    private static func last(_ events: [HookEvent]) -> [String: CallSnapshot] {
        var tracker = HookCallTracker(normalise: normalise)
        var calls: [String: CallSnapshot] = [:]
        for event in events { for call in tracker.receive(event, at: 1) { calls[call.key] = call } }
        return calls
    }

    static let stories: [(HookKind, [String], CallOutcome, String?)] = [
        (
            .cti,
            [
                "event=newCall&from=5531987654321&to=22&direction=in&callId=a&user=Ana",
                "event=answer&from=5531987654321&to=22&direction=in&callId=a&user=Ana&answeringNumber=42",
                "event=hangup&from=5531987654321&to=22&direction=in&callId=a&cause=normalClearing&answeringNumber=42",
            ], .answered, "42"
        ),
        (
            .cti,
            [
                "event=newCall&from=5531987654321&to=22&direction=in&callId=a&user=Ana",
                "event=hangup&from=5531987654321&to=22&direction=in&callId=a&cause=cancel",
            ], .abandoned, nil
        ),
        (
            .sipgate,
            [
                "event=newCall&from=5531987654321&to=22&direction=in&callId=a&user=Ana&fullUserId=1w0",
                "event=answer&from=5531987654321&to=22&direction=in&callId=a&user=Ana&fullUserId=1w0&answeringNumber=49",
                "event=hangup&from=5531987654321&to=22&direction=in&callId=a&cause=normalClearing",
            ], .answered, "1w0"
        ),
        (
            .placetel,
            [
                "event=IncomingCall&from=5531987654321&to=22&call_id=a&direction=in",
                "event=CallAccepted&from=5531987654321&to=22&call_id=a&direction=in&peer=77ana@fpbx.de",
                "event=HungUp&from=5531987654321&to=22&call_id=a&direction=in&type=accepted&duration=3",
            ], .answered, "77ana"
        ),
        (
            .placetel,
            [
                "event=IncomingCall&from=5531987654321&to=22&call_id=a&direction=in",
                "event=HungUp&from=5531987654321&to=22&call_id=a&direction=in&type=voicemail&duration=20",
            ], .noAnswer, nil
        ),
        (
            .twilio,
            [
                "CallSid=a&CallStatus=ringing&Direction=inbound&From=%2B5531987654321&To=22&SequenceNumber=0",
                "CallSid=a&CallStatus=in-progress&Direction=inbound&From=%2B5531987654321&To=22&SequenceNumber=1",
                "CallSid=b&ParentCallSid=a&CallStatus=ringing&Direction=outbound-dial&From=%2B5531987654321&To=sip:1001@x",
                "CallSid=b&ParentCallSid=a&CallStatus=in-progress&Direction=outbound-dial&To=sip:1001@x",
                "CallSid=b&ParentCallSid=a&CallStatus=completed&Direction=outbound-dial&To=sip:1001@x&CallDuration=5",
                "CallSid=a&CallStatus=completed&Direction=inbound&From=%2B5531987654321&To=22&SequenceNumber=2&CallDuration=9",
            ], .answered, "1001"
        ),
    ]

    @Test("a story read in any order, with any repetition, ends as the same call", arguments: 0..<stories.count)
    func anyOrder(place: Int) throws {
        let (kind, bodies, outcome, who) = Self.stories[place]
        let events = try Self.events(kind, bodies)
        let whole = Self.last(events)
        let call = try #require(whole["a"])
        #expect(whole.count == 1 && call.isEnded && call.outcome == outcome && call.answeredBy == who)
        #expect(call.number == "+5531987654321" && call.direction == .inbound)
        var random = SplitMix64(seed: TestSeed.next())
        for _ in 0..<200 {
            var shuffled = events + (0..<3).map { _ in events.randomElement(using: &random) ?? events[0] }
            shuffled.shuffle(using: &random)
            #expect(Self.last(shuffled) == whole)
        }
    }

    @Test("a browser's phone that calls through Twilio makes an outgoing call to whom the part dialled for it rings")
    func browserPhone() throws {
        let own = "CallSid=a&Direction=inbound&From=client:ana&To=&CallStatus="
        let part =
            "CallSid=b&ParentCallSid=a&Direction=outbound-dial&From=%2B551140000000&To=%2B5531987654321"
            + "&CallStatus="
        let bodies = [
            own + "ringing&SequenceNumber=0", own + "in-progress&SequenceNumber=1", part + "ringing",
            part + "in-progress", part + "completed&CallDuration=5",
            own + "completed&SequenceNumber=2&CallDuration=9",
        ]
        let call = try #require(Self.last(try Self.events(.twilio, bodies))["a"])
        #expect(call.direction == .outbound && call.callerParty == "ana" && call.number == nil)
        #expect(call.dialledNumber == "+5531987654321" && call.outcome == .answered && call.isEnded)
        // That Twilio has answered the browser is nobody's answer.
        let rings = try #require(Self.last(try Self.events(.twilio, Array(bodies.prefix(3))))["a"])
        #expect(rings.outcome == .ongoing && rings.answeredAt == nil && !rings.isEnded)
        let busy = bodies.prefix(3) + [part + "busy", bodies[5]]
        #expect(Self.last(try Self.events(.twilio, Array(busy)))["a"]?.outcome == .noAnswer)
        // A carrier's SIP names the customer's number.
        let sip = "CallSid=a&Direction=inbound&From=sip:%2B5531987654321@sbc&To=22&CallStatus=ringing"
        #expect(Self.last(try Self.events(.twilio, [sip]))["a"]?.direction == .inbound)
        // Whoever else comes by SIP is a customer too; a phone that is signed in at the account's own domain is none.
        for (from, direction) in [
            ("anonymous@anonymous.invalid", CallDirection.inbound), ("joao@cliente.example", .inbound),
            ("1001@casa.sip.twilio.com", .outbound),
        ] {
            let ring = sip.replacing("%2B5531987654321@sbc", with: from)
            #expect(Self.last(try Self.events(.twilio, [ring]))["a"]?.direction == direction, "\(from)")
        }
    }

    @Test("each beginning of a story is a call that goes on, and its end is final")
    func asItGoes() throws {
        let events = try Self.events(.cti, Self.stories[0].1)
        let ringing = try #require(Self.last([events[0]])["a"])
        #expect(ringing.state == .ringing && ringing.ringing == ["Ana"] && ringing.startedAt == 1_000_000)
        let talking = try #require(Self.last(Array(events[..<2]))["a"])
        #expect(talking.state == .talking && talking.answeredAt == 2_000_000)
        // An answer lost before its newCall is a call all the same, and one after the end changes nothing of it.
        #expect(Self.last([events[1]])["a"]?.state == .talking)
        #expect(Self.last([events[2], events[0], events[1]])["a"]?.state == .ended)
    }

    @Test("an outgoing call has the caller's phone and the number dialled; a withheld caller has none")
    func directions() throws {
        let out = try Self.events(
            .cti,
            ["event=newCall&from=553132710322&to=5511987654321&direction=out&callId=a&user=Ana"]
        )
        let call = try #require(Self.last(out)["a"])
        #expect(call.direction == .outbound && call.callerParty == "Ana" && call.dialledNumber == "+5511987654321")
        for from in ["anonymous", "Anonymous", "restricted"] {
            let hidden = try Self.events(.cti, ["event=newCall&from=\(from)&to=22&direction=in&callId=a"])
            let call = try #require(Self.last(hidden)["a"])
            #expect(call.isWithheld && call.number == nil && call.numberRaw == nil)
        }
    }

    @Test("a call of which nothing is heard for four hours is given up, from what was last seen")
    func lostEnd() throws {
        var tracker = HookCallTracker(normalise: Self.normalise)
        let events = try Self.events(.cti, Self.stories[0].1)
        _ = tracker.receive(events[1], at: 2_000_000)
        let early = tracker.sweep(at: 3_000_000)
        #expect(early.isEmpty)
        let lost = tracker.sweep(at: 2_000_001 + HookCallTracker.longestCall)
        #expect(lost.map(\.key) == ["a"] && lost[0].isEnded && lost[0].endedBy == .unknown)
        #expect(lost[0].endedAt == 2_000_000 && lost[0].outcome == .answered)
        #expect(tracker.liveKeys.isEmpty)
        // Late, the true end adds what it knows and brings nothing back to life.
        let late = tracker.receive(events[2], at: 1)
        #expect(!late.contains { !$0.isEnded })
    }

    @Test(
        "a report that says nothing new is a sign that the call goes on, told again every ten minutes until it has ended"
    )
    func signOfLife() throws {
        var tracker = HookCallTracker(normalise: Self.normalise)
        let events = try Self.events(.cti, Self.stories[0].1)
        func minute(_ minute: Int64) -> Int64 { minute * 60_000_000 }
        #expect(tracker.receive(events[1], at: minute(1)).count == 1)
        for (time, isTold) in [(2, false), (10, false), (11, true), (12, false), (20, false), (21, true), (300, true)] {
            let news = tracker.receive(events[1], at: minute(Int64(time)))
            let sign = tracker.sign(of: events[1], at: minute(Int64(time)))
            #expect(news.isEmpty && (sign?.state == .talking) == isTold, "minute \(time)")
        }
        // Five hours of talk, and reported: it is not given up.
        #expect(tracker.sweep(at: minute(301)).isEmpty && tracker.liveKeys == ["a"])
        _ = tracker.receive(events[2], at: minute(302))
        #expect(tracker.sign(of: events[2], at: minute(900)) == nil)
        #expect(tracker.sign(of: .nothing, at: minute(900)) == nil)
    }

    @Test("a phone that answers another call has left one that is half an hour old, and not one it holds")
    func nextCall() throws {
        func answer(_ id: String, at minute: Int64) throws -> HookEvent {
            let body = "event=answer&from=1&to=2&direction=in&callId=\(id)&answeringNumber=42"
            return try HookDecoder(kind: .cti).read(hookRequest(body, at: minute * 60_000_000))
        }
        var tracker = HookCallTracker(normalise: Self.normalise)
        _ = tracker.receive(try answer("a", at: 1), at: 60_000_000)
        let second = tracker.receive(try answer("b", at: 5), at: 300_000_000)
        #expect(second.map(\.key) == ["b"])
        let changed = tracker.receive(try answer("c", at: 33), at: 33 * 60_000_000)
        #expect(changed.map(\.key) == ["c", "a"] && changed[1].endedBy == .unknown)
    }

    /// The first ended the service; a mutant under Thread Sanitizer wrote it.
    static let numbers = ["9223372036854775807", "-9223372036854775808", "9223372036855", "604801", "-1"]

    @Test("a number that no call can have is none, and the call is told without it", arguments: numbers)
    func impossible(number: String) throws {
        let twilio = "CallSid=a&From=5531987654321&To=22&Direction=inbound&CallStatus="
        let placetel = "event=HungUp&from=5531987654321&to=22&call_id=a&direction=in&type=accepted&duration="
        for (kind, body) in [
            (HookKind.twilio, twilio + "completed&CallDuration=\(number)&SequenceNumber=\(number)"),
            (.placetel, placetel + number),
            (.threeCX, "callType=Inbound&number=5531987654321&agent=42&duration=\(number)"),
        ] {
            let call = try #require(Self.last(Self.events(kind, [body])).values.first, "\(kind)")
            #expect(call.startedAt == 1_000_000 && call.endedAt == 1_000_000, "\(kind)")
        }
        let leg = Data(#"{"variables":{"uuid":"a","start_uepoch":"\#(number)","end_uepoch":"\#(number)"}}"#.utf8)
        let recorded = try HookDecoder(kind: .freeswitch).read(HookRequest(url: "", body: Array(leg), arrivedAt: 1))
        #expect(Self.last([recorded]).values.first?.endedAt.map { (0...HookNumber.lastMoment).contains($0) } ?? true)
        #expect(HookNumber.moment(seconds: Double(number) ?? 0).map { $0 <= HookNumber.lastMoment } ?? true)
    }

    @Test("a flood of calls forgets the oldest and stays within its bound")
    func flood() {
        var tracker = HookCallTracker(normalise: Self.normalise)
        for number in 0..<HookCallTracker.most + 5_000 {
            _ = tracker.receive(
                .step(HookStep(.ring, key: "k\(number)", direction: .inbound, from: "1", at: Int64(number))),
                at: Int64(number)
            )
        }
        #expect(tracker.count <= HookCallTracker.most)
        #expect(tracker.liveKeys.contains("k\(HookCallTracker.most + 4_999)"))
    }
}

@Suite("CDRs of a real FreeSWITCH, held against what the telephones did")
struct SwitchCDRTests {
    static let recorded: [String] = {
        var names: [String] = []
        for place in [
            "json-encode-false", "json-encode-true", "xml-encode-false", "xml-encode-textxml", "xml-encode-true",
        ] {
            names += ["answered", "busy", "transferred"].map { "\(place)-\($0)" }
        }
        return names + ["xml-encode-textxml-no100-busy"]
    }()

    /// The posts of one call, in the order they came.
    private static func posts(_ name: String) throws -> [HookEvent] {
        try requests(name).map { try HookDecoder(kind: .freeswitch).read($0) }
    }

    static func requests(_ name: String) throws -> [HookRequest] {
        let many = (1...3).compactMap { try? Fixtures.bytes("freeswitch/cdr/\(name)-\($0).http") }
        let all = try many.isEmpty ? [Fixtures.bytes("freeswitch/cdr/\(name).http")] : many
        return try all.map { bytes in
            let end = try #require(Data(bytes).range(of: Data("\r\n\r\n".utf8)))
            return HookRequest(url: "", body: Array(bytes[end.upperBound...]), arrivedAt: 1)
        }
    }

    private static func call(_ events: [HookEvent]) throws -> CallSnapshot {
        var tracker = HookCallTracker { $0.count >= 11 ? ($0.hasPrefix("+") ? $0 : "+55" + $0) : nil }
        var calls: [String: CallSnapshot] = [:]
        for event in events { for call in tracker.receive(event, at: 1) { calls[call.key] = call } }
        #expect(calls.count == 1)
        return try #require(calls.values.first)
    }

    @Test("every encoding of both modules reads as its truth, in any order of its legs", arguments: recorded)
    func truth(name: String) throws {
        let truth = try JSONDecoder().decode(
            SwitchTruth.self,
            from: Data(try Fixtures.bytes("freeswitch/cdr/\(name).json"))
        )
        let events = try Self.posts(name)
        let call = try Self.call(events)
        #expect(call.isEnded && call.direction == .inbound)
        #expect(call.number == "+5511987654321")
        #expect(call.dialled == truth.dialled)
        #expect(call.answeredBy == truth.answered_by)
        #expect(truth.outcomes.contains(call.outcome), "\(call.outcome)")
        #expect(call.queue == truth.queue.map { String($0.prefix { $0 != "@" }) })
        #expect((call.callerName?.isEmpty ?? true) == false)
        if truth.hung_up_by == "caller" { #expect(call.endedBy == .caller) }
        if let target = truth.transferred_to {
            #expect(call.lastParty == target)
            #expect(call.transfers == [CallTransfer(kind: .blind, from: truth.answered_by, to: target)])
        }
        if events.count > 1 {
            #expect(try Self.call(events.reversed()) == call)
            #expect(try Self.call(events + events) == call)
        }
    }

    @Test("a name keeps its letters through both layers of encoding")
    func names() throws {
        #expect(try Self.call(Self.posts("json-encode-false-answered")).callerName == "José Conceição")
        #expect(try Self.call(Self.posts("json-encode-false-busy")).callerName == "A & B <x> 100%")
        #expect(try Self.call(Self.posts("xml-encode-textxml-busy")).callerName == "A & B <x> 100%")
    }

    @Test("base64 is read with its plus signs, and a document cut short at any place is refused or read, never worse")
    func cut() throws {
        let bytes = try Fixtures.bytes("freeswitch/cdr/json-encode-false-busy-1.http")
        let end = try #require(Data(bytes).range(of: Data("\r\n\r\n".utf8)))
        let document = Array(bytes[end.upperBound...])
        let packed = "cdr=" + Data(document).base64EncodedString()
        let decoder = HookDecoder(kind: .freeswitch)
        let plain = try decoder.read(HookRequest(url: "", body: document, arrivedAt: 1))
        #expect(try decoder.read(hookRequest(packed)) == plain)
        let xml = try Fixtures.bytes("freeswitch/cdr/xml-encode-false-busy.http")
        for document in [document, Array(xml.suffix(9_500))] {
            for length in stride(from: 0, to: document.count, by: 97) {
                _ = try? decoder.read(HookRequest(url: "", body: Array(document[..<length]), arrivedAt: 1))
            }
        }
    }
}
