import Foundation
import TestSupport
import Testing

@testable import IVRBridge

@Suite("A talk that broke off is told from one that somebody ended")
struct BrokenTalkTests {
    /// A recorded direct call in which the network ends the talk instead of the caller.
    private static func asterisk(_ version: String, cause: String) throws -> [CallSnapshot] {
        let text = String(decoding: try Recorded.bytes("\(version)-a-direct.min"), as: UTF8.self)
            .replacing("\r\n", with: "\n").replacing("Cause: 16\n", with: "Cause: \(cause)\n")
        var follower = AMILineFollower(line: "x", normalise: Recorded.normalise)
        follower.feed(text.utf8)
        return follower.takeChanges()
    }

    @Test(
        "Asterisk: a trunk that fails in the middle of a talk broke it off, a farewell did not",
        arguments: ["16", "22"]
    )
    func trunk(version: String) throws {
        for cause in ["18", "27", "38", "41", "44", "102"] {
            let call = try #require(try Self.asterisk(version, cause: cause).first)
            #expect(call.brokeOff == .seen && call.endedBy == .pbx && call.outcome == .answered, "\(cause)")
        }
        for cause in ["16", "0", "31"] {
            let call = try #require(try Self.asterisk(version, cause: cause).first)
            #expect(call.brokeOff == nil && call.endedBy == .caller, "\(cause)")
        }
    }

    @Test("Asterisk: a time-out without sound is told by the end of the channel alone")
    func timeOut() {
        let caller = ToldCall.caller("PJSIP/trunk-00000001", "11987654321", "from-trunk", "4001")
        let phone = ToldCall.leg("PJSIP/1001-00000002", "1001", "from-internal")
        func calls(_ causes: [(ToldCall.Channel, Int)]) -> [CallSnapshot] {
            var told = ToldCall()
            told.begins(caller)
            told.dials(caller, phone, "1001")
            told.dialEnds(caller, phone, "ANSWER")
            told.talk(phone, caller)
            for (var channel, cause) in causes {
                channel.state = 6
                told.event("Hangup", channel.headers() + "Cause: \(cause)\n")
            }
            return told.calls()
        }
        #expect(calls([(phone, 16), (caller, 44)]).map(\.brokeOff) == [.seen])
        #expect(calls([(phone, 44), (caller, 16)]).map(\.brokeOff) == [.seen])
        #expect(calls([(phone, 16), (caller, 16)]).map(\.brokeOff) == [nil])
    }

    @Test("Asterisk: a phone that could not be reached breaks no talk off, nor one lost to a caller who goes on")
    func unreached() {
        let caller = ToldCall.caller("PJSIP/trunk-00000001", "11987654321", "from-trunk", "4001")
        var first = ToldCall.leg("PJSIP/1001-00000002", "1001", "from-internal")
        var second = ToldCall.leg("PJSIP/1002-00000003", "1002", "from-internal")
        second.id = "1764000000.3"
        var told = ToldCall()
        told.begins(caller)
        told.dials(caller, first, "1001")
        told.dialEnds(caller, first, "ANSWER")
        told.talk(first, caller)
        first.state = 6
        told.event("Hangup", first.headers() + "Cause: 44\n")
        told.dials(caller, second, "1002")
        told.dialEnds(caller, second, "ANSWER")
        told.talk(second, caller, bridge: "b2")
        told.ends(second, caller)
        #expect(told.calls().map(\.brokeOff) == [nil])
        #expect(told.calls().map(\.lastParty) == ["PJSIP/1002"])
        var missed = ToldCall()
        missed.begins(caller)
        missed.dials(caller, second, "1002")
        missed.dialEnds(caller, second, "CHANUNAVAIL")
        missed.event("Hangup", second.headers() + "Cause: 27\n")
        missed.event("Hangup", caller.headers() + "Cause: 38\n")
        #expect(missed.calls().map(\.brokeOff) == [nil])
        #expect(missed.calls().map(\.answeredBy) == [nil])
    }

    /// A recorded talk whose legs end with another cause.
    private static func freeSwitch(_ cause: String) throws -> [CallSnapshot] {
        var follower = ESLLineFollower(line: "x", normalise: Recorded.normalise)
        for frame in try SwitchRecorded.frames("m-hold.min") {
            let text = String(decoding: frame, as: UTF8.self)
            let body = text.split(separator: "\n\n", maxSplits: 1).last.map { String($0) } ?? ""
            let told = body.replacing("Hangup-Cause: NORMAL_CLEARING", with: "Hangup-Cause: \(cause)")
            follower.feed(
                text.replacing("Content-Length: \(body.utf8.count)\n", with: "Content-Length: \(told.utf8.count)\n")
                    .replacing(body, with: told).utf8
            )
        }
        return follower.takeChanges().map(\.call)
    }

    @Test("FreeSWITCH: a leg that fails in the middle of a talk broke it off, a farewell did not")
    func leg() throws {
        for cause in ["MEDIA_TIMEOUT", "RECOVERY_ON_TIMER_EXPIRE", "NETWORK_OUT_OF_ORDER", "NORMAL_TEMPORARY_FAILURE"] {
            let call = try #require(try Self.freeSwitch(cause).first)
            #expect(call.brokeOff == .seen && call.endedBy == .pbx && call.outcome == .answered, "\(cause)")
        }
        let call = try #require(try Self.freeSwitch("NORMAL_CLEARING").first)
        #expect(call.brokeOff == nil && call.endedBy != .pbx && call.outcome == .answered)
        // The same causes of a call nobody took break nothing off.
        #expect(try SwitchRecorded.calls("b-noanswer.min").allSatisfy { $0.brokeOff == nil })
    }

    @Test("a webhook that tells of a failure in a talk broke it off; one that tells of none, or no end at all, did not")
    func hooks() throws {
        let talk = [
            "event=newCall&from=5531987654321&to=22&direction=in&callId=a&user=Ana",
            "event=answer&from=5531987654321&to=22&direction=in&callId=a&user=Ana&answeringNumber=42",
        ]
        func last(_ cause: String, after begun: [String]) throws -> CallSnapshot? {
            let end = "event=hangup&from=5531987654321&to=22&direction=in&callId=a&cause=\(cause)"
            var tracker = HookCallTracker { $0 }
            var call: CallSnapshot?
            for (place, body) in (begun + [end]).enumerated() {
                let event = try HookDecoder(kind: .cti).read(hookRequest(body, at: Int64(place + 1) * 1_000_000))
                call = tracker.receive(event, at: 1).first
            }
            return call
        }
        let cut = try #require(try last("congestion", after: talk))
        #expect(cut.brokeOff == .seen && cut.outcome == .answered && cut.endedBy == .pbx)
        #expect(try last("normalClearing", after: talk)?.brokeOff == nil)
        #expect(try last("congestion", after: [talk[0]])?.brokeOff == nil, "nobody talked")
        var tracker = HookCallTracker { $0 }
        for body in talk { _ = tracker.receive(try HookDecoder(kind: .cti).read(hookRequest(body, at: 1)), at: 1) }
        let lost = tracker.sweep(at: 2 + HookCallTracker.longestCall)
        #expect(lost.map(\.brokeOff) == [nil], "whose end never came is no drop")
    }

    @Test("the call records of a FreeSWITCH tell a failed trunk by its cause")
    func record() throws {
        func call(_ cause: String, _ number: Int) throws -> CallSnapshot? {
            let leg = """
                {"variables":{"uuid":"a","direction":"inbound","start_uepoch":"1000000","answer_uepoch":"2000000",
                "end_uepoch":"9000000","hangup_cause":"\(cause)","hangup_cause_q850":"\(number)"},
                "callflow":[{"caller_profile":{"caller_id_number":"5531987654321","destination_number":"22"},
                "times":{"bridged_time":"3000000"}}]}
                """
            let event = try HookDecoder(kind: .freeswitch).read(
                HookRequest(url: "", body: Array(leg.utf8), arrivedAt: 1)
            )
            var tracker = HookCallTracker { $0 }
            return tracker.receive(event, at: 1).first
        }
        let cut = try #require(try call("RECOVERY_ON_TIMER_EXPIRE", 102))
        #expect(cut.outcome == .answered && cut.brokeOff == .seen && cut.endedBy == .pbx)
        let ended = try #require(try call("NORMAL_CLEARING", 16))
        #expect(ended.outcome == .answered && ended.brokeOff == nil)
    }

    @Test(
        "a PBX that went long after its line fell silent took no talk with it, as far as can be told",
        arguments: [(after: 30, isCut: true), (after: 600, isCut: true), (after: 900, isCut: false)]
    )
    func silence(after: Int64, isCut: Bool) throws {
        let first = String(decoding: try Recorded.bytes("22-p-restart"), as: UTF8.self)
        // Up to the talk: what the recording tells of the shutdown is not heard.
        let talk = try #require(first.range(of: "Event: SoftHangupRequest"))
        let heard = first[..<talk.lowerBound]
        let again = String(decoding: try Recorded.bytes("22-p-restart.again"), as: UTF8.self)
        let begin: Int64 = 1_795_000_000_000_000
        var follower = AMILineFollower(line: "x", normalise: Recorded.normalise)
        follower.feed(heard.utf8, now: begin)
        let talking = follower.takeChanges().filter { $0.answeredBy != nil && !$0.isEnded }
        #expect(talking.count == 1)
        follower.beginConnection()
        follower.feed(again.utf8, now: begin + after * 1_000_000)
        follower.noteRestart()
        let ended = follower.takeChanges().filter { $0.key == talking.first?.key }
        #expect(ended.map(\.isEnded) == [true])
        #expect(ended.map(\.brokeOff) == [isCut ? .inferred : nil])
    }

    @Test(
        "FreeSWITCH: without its uptime another Core-UUID tells that it began anew",
        arguments: [(after: 30, isCut: true), (after: 600, isCut: true), (after: 900, isCut: false)]
    )
    func core(after: Int64, isCut: Bool) throws {
        let begin: Int64 = 1_795_000_000_000_000
        var follower = ESLLineFollower(line: "x", normalise: Recorded.normalise)
        var talking: CallSnapshot?
        for frame in try SwitchRecorded.frames("m-hold.min") where talking == nil {
            follower.feed(frame, now: begin)
            talking = follower.takeChanges().map(\.call).last { $0.answeredBy != nil && !$0.isEnded }
        }
        let call = try #require(talking)
        let life = try #require(follower.tracker.coreUUID)
        follower.beginConnection()
        let back = begin + after * 1_000_000
        follower.noteCore(life, at: back)
        #expect(follower.takeChanges().isEmpty && follower.liveKeys.contains(call.key), "the life of before goes on")
        follower.noteCore("00000000-0000-4000-8000-000000000000", at: back)
        let ended = follower.takeChanges().map(\.call).filter { $0.key == call.key }
        #expect(ended.map(\.isEnded) == [true])
        #expect(ended.map(\.brokeOff) == [isCut ? .inferred : nil])
        #expect(follower.pbxStartedAt == back && follower.liveKeys.isEmpty)
        // Nothing was known of another life: nothing is lost by the first one told of.
        var fresh = ESLLineFollower(line: "x", normalise: Recorded.normalise)
        fresh.noteCore(life, at: back)
        #expect(fresh.pbxStartedAt == nil)
    }

    @Test("FreeSWITCH is asked for its Core-UUID where it does not say how long it has been up")
    func askedForCore() {
        func reply(_ kind: ESLReply.Kind, _ text: String, _ body: String = "") -> ESLReply {
            ESLReply(kind: kind, text: text, body: Array(body.utf8))
        }
        func asked(_ uptime: String) -> (ESLSessionState, [ESLSessionState.Output]) {
            var state = ESLSessionState(user: "", secret: "x")
            _ = state.receive(reply(.authentication, ""))
            _ = state.receive(reply(.command, "+OK accepted"))
            let told = state.receive(reply(.answer, "", uptime))
            return (state, told)
        }
        func isSubscription(_ output: ESLSessionState.Output?) -> Bool {
            if case .send(let text)? = output { text.hasPrefix("event plain ") } else { false }
        }
        let (_, up) = asked("3600\n")
        #expect(up.count == 2 && up.first == .up(3_600) && isSubscription(up.last))
        let life = "0a1b2c3d-0000-4000-8000-0123456789ab"
        for uptime in ["-ERR command not found", "", "-5"] {
            let (state, question) = asked(uptime)
            #expect(question == [.send("api global_getvar core_uuid")], "\(uptime)")
            var known = state
            let told = known.receive(reply(.answer, "", life + "\n"))
            #expect(told.count == 2 && told.first == .core(life) && isSubscription(told.last))
            let dashes = String(repeating: "-", count: 36)
            for body in ["-ERR no such variable", "", dashes, life + life, "ç" + life.dropFirst()] {
                var unknown = state
                let told = unknown.receive(reply(.answer, "", body))
                #expect(told.count == 1 && isSubscription(told.first), "\(body)")
            }
        }
    }

    @Test("a silence says what became of a talk that is not there any more")
    func value() {
        let second: Int64 = 1_000_000
        let fell = LineSilence(since: 100 * second, startedAt: 130 * second)
        #expect(fell.broke(talkSince: 90 * second) == .inferred)
        #expect(fell.broke(talkSince: 131 * second) == nil, "it began after the PBX did")
        #expect(LineSilence(since: 100 * second, startedAt: 50 * second).broke(talkSince: 90 * second) == nil)
        #expect(LineSilence(since: 100 * second, startedAt: nil).broke(talkSince: 90 * second) == nil)
        #expect(LineSilence(since: 100 * second, startedAt: 800 * second).broke(talkSince: 90 * second) == nil)
        #expect(LineSilence(since: nil, startedAt: 800 * second).broke(talkSince: 90 * second) == .inferred)
        #expect(LineSilence(since: .min, startedAt: .max).broke(talkSince: 0) == nil)
    }
}
