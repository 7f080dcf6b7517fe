import Testing

@testable import IVRBridge

/// Answered is what the caller heard; the recordings of lifted and declined calls are among the unusual calls.
@Suite("Who was talked to")
struct AnswerTests {
    private let caller = ToldCall.caller("PJSIP/trunk-00000001", "11987654321", "from-trunk", "4001")
    private let phone = ToldCall.leg("PJSIP/1001-00000002", "1001", "phones")

    private func lifted(_ status: String?) -> ToldCall {
        var told = ToldCall()
        told.begins(caller)
        var rung = phone
        rung.state = 0
        told.begins(rung)
        told.dials(caller, rung, "1001")
        rung.state = 6
        told.event("Newstate", rung.headers())
        if let status { told.dialEnds(caller, rung, status) }
        return told
    }

    @Test(
        "who lifts and does not take the call has not answered, in whatever words the dialplan says so",
        arguments: [
            "CONTINUE", "BUSY", "CONGESTION", "ABORT", "GOTO:outro^s^1", "DONTCALL", "TORTURE", "NOANSWER", "ANSWER",
        ]
    )
    func declined(status: String) throws {
        var told = lifted(status)
        told.ends(phone, caller)
        let call = try #require(told.calls().first)
        #expect(call.answeredBy == nil)
        #expect(call.answeredAt == nil)
        #expect(call.lastParty == nil)
        #expect(call.offered == ["PJSIP/1001"])
        #expect(call.outcome == .noAnswer)
    }

    @Test("who leaves while a phone that has lifted is being asked has given up", arguments: [nil, "ANSWER"])
    func givenUp(status: String?) throws {
        var told = lifted(status)
        told.event("HangupRequest", caller.headers())
        told.ends(caller, phone)
        let call = try #require(told.calls().first)
        #expect(call.answeredBy == nil)
        #expect(call.outcome == .abandoned)
        #expect(call.endedBy == .caller)
    }

    @Test("an agent put through to a caller who has just left talks to nobody, nor a caller to one who has")
    func tooLate() throws {
        for gone in [caller, phone] {
            var told = lifted(nil)
            var leaving = gone
            leaving.state = 6
            told.event("HangupRequest", leaving.headers())
            told.dialEnds(caller, phone, "ANSWER")
            told.talk(phone, caller)
            told.ends(phone, caller)
            let call = try #require(told.calls().first)
            #expect(call.answeredBy == nil)
            #expect(call.outcome == (gone.id == caller.id ? .abandoned : .noAnswer))
        }
    }

    @Test(
        "a menu that lets a caller go after hours or to be called back has not failed",
        arguments: [("closed", CallOutcome.noAnswer), ("callback", .noAnswer), ("error", .failed), ("", .failed)]
    )
    func letGo(status: String, outcome: CallOutcome) throws {
        var told = ToldCall()
        told.begins(caller)
        var up = caller
        up.state = 6
        told.event("Newstate", up.headers())
        told.event("UserEvent", up.headers() + "UserEvent: CallDesk\nStatus: \(status)\n")
        told.ends(up)
        #expect(try #require(told.calls().first).outcome == outcome)
    }

    @Test("in a waiting room nobody hears another")
    func waitingRoom() throws {
        var told = lifted("ANSWER")
        told.talk(phone, caller, technology: "holding_bridge")
        #expect(try #require(told.calls().first).answeredBy == nil)
        told.talk(phone, caller, bridge: "b2")
        #expect(try #require(told.calls().first).answeredBy == "PJSIP/1001")
    }

    @Test(
        "a program that speaks is nobody",
        arguments: ["AudioSocket/10.0.0.1:9092-7f0a", "UnicastRTP/10.0.0.1:4000-0x7f00"]
    )
    func programs(name: String) throws {
        let told = ToldCall.answered(caller, by: ToldCall.leg(name, "", "default"), dialString: "x")
        let call = try #require(told.calls().first)
        #expect(call.answeredBy == nil)
        #expect(call.offered.isEmpty)
    }
}

@Suite("Who calls")
struct CallerTests {
    private let sent = ToldCall.caller("PJSIP/trunk-00000001", "987654321", "from-trunk", "4001")
    private let phone = ToldCall.leg("PJSIP/1001-00000002", "1001", "phones")

    private func call(shown: String, name: String, later: String? = nil) throws -> CallSnapshot {
        var told = ToldCall()
        told.begins(sent)
        var caller = sent
        caller.number = shown
        let headers = caller.headers().replacing("CallerIDName: <unknown>", with: "CallerIDName: \(name)")
        told.event("NewCallerid", headers)
        told.begins(phone)
        told.dials(caller, phone, "1001")
        if let later {
            caller.number = later
            told.event("NewCallerid", caller.headers())
        }
        return try #require(told.calls().first)
    }

    @Test("what the dialplan makes of the number counts, what was sent is kept")
    func rewritten() throws {
        let call = try call(shown: "+5511987654321", name: "SAC: Maria")
        #expect(call.numberRaw == "987654321")
        #expect(call.numberShown == "+5511987654321")
        #expect(call.number == "+5511987654321")
        #expect(call.callerName == "SAC: Maria")
    }

    @Test("what is changed after the call was offered is for other phones' displays")
    func changedLater() throws {
        let call = try call(shown: "+5511987654321", name: "Maria", later: "4001")
        #expect(call.numberShown == "+5511987654321")
    }

    @Test(
        "the first that can be a number is it; withheld is who is known by neither",
        arguments: [
            ("<unknown>", nil, nil, false), ("1130", "1130", nil, false), ("anonymous", "anonymous", nil, false),
        ] as [(String, String?, String?, Bool)]
    )
    func neither(shown: String, told: String?, number: String?, isWithheld: Bool) throws {
        let call = try call(shown: shown, name: "<unknown>")
        #expect(call.numberShown == told)
        #expect(call.number == number)
        #expect(call.isWithheld == isWithheld)
    }

    @Test("a number the dialplan found for an anonymous caller is known, and one it hid is")
    func anonymous() throws {
        var told = ToldCall()
        var caller = sent
        caller.number = "anonymous"
        told.begins(caller)
        #expect(try #require(told.calls().first).isWithheld)
        caller.number = "11987654321"
        told.event("NewCallerid", caller.headers())
        let call = try #require(told.calls().first)
        #expect(!call.isWithheld)
        #expect(call.number == "+5511987654321")
    }
}
