import Testing

@testable import IVRBridge

@Suite("Which channels lead outside")
struct TrunkTests {
    /// A direct call through a trunk that looks like an extension: short number, and a context that says nothing.
    private func calls(trunks: [String], extensions: Set<String> = []) throws -> [CallSnapshot] {
        var text = String(decoding: try Recorded.bytes("22-a-direct.min"), as: UTF8.self)
        text = text.replacing("PJSIP/trunk", with: "PJSIP/5000").replacing("from-trunk", with: "default")
        var follower = AMILineFollower(line: "matriz", trunks: trunks, normalise: Recorded.normalise)
        follower.know(extensions: Set(extensions.map { .init(line: "", party: $0) }))
        follower.feed(text.utf8)
        return follower.takeChanges()
    }

    @Test("a phone that belongs to somebody comes first, then the trunks that are named, then the signs")
    func order() throws {
        #expect(try calls(trunks: []).map(\.direction) == [.inbound])
        #expect(try calls(trunks: [], extensions: ["PJSIP/5000"]).map(\.direction) == [.internal])
        #expect(try calls(trunks: ["PJSIP/5000"]).map(\.direction) == [.inbound])
        #expect(try calls(trunks: ["PJSIP/outra", "PJSIP/50"]).map(\.direction) == [.inbound])
        #expect(try calls(trunks: ["PJSIP/50"], extensions: ["PJSIP/5000"]).map(\.direction) == [.internal])
    }

    @Test("with the trunks named, every other channel is a phone of the house")
    func others() throws {
        #expect(try calls(trunks: ["PJSIP/operadora"]).map(\.direction) == [.internal])
    }

    @Test(
        "a call from outside is one whatever its channel is called",
        arguments: [
            ("DAHDI/2-1", "11987654321", "from-pstn", "s"), ("DAHDI/4-1", "<unknown>", "from-zaptel", "s"),
            ("DAHDI/i1/1133334444-1f", "11987654321", "from-e1", "33334444"),
            ("PJSIP/123456-00000035", "+5511987654321", "from-trunk", "s"),
            ("SIP/701-0000000a", "11987654321", "from-pstn", "33334444"),
            ("SIP/701-0000000a", "11987654321", "default", "33334444"),
            ("SIP/701-0000000a", "11987654321", "default", "s"),
            ("SIP/701-0000000a", "<unknown>", "atendimento", "33334444"),
            ("PJSIP/551133334444-0000000a", "11987654321", "vendas", "33334444"),
            ("Dongle/dongle0-0100000001", "+5511987654321", "default", "s"),
            ("Khomp/B0C1-0.0", "11987654321", "entrada", "33334444"),
            ("IAX2/filial-sul-88", "11987654321", "from-did-direct", "1010"),
        ]
    )
    func fromOutside(name: String, number: String, context: String, exten: String) {
        let told = ToldCall.answered(
            ToldCall.caller(name, number, context, exten),
            by: ToldCall.leg("PJSIP/1010-00000036", "1010", "from-internal"),
            dialString: "1010"
        )
        let calls = told.calls()
        #expect(calls.map(\.direction) == [.inbound])
        #expect(calls.map(\.answeredBy) == ["PJSIP/1010"])
    }

    @Test(
        "a phone of the house that calls out is one whatever number it shows",
        arguments: [
            ("PJSIP/ana-00000001", "1133334444", "vendas", "PJSIP/operadora-00000002", "011987654321@operadora"),
            ("SIP/701-0000000a", "701", "default", "SIP/voip-0000000b", "voip/011987654321"),
            ("PJSIP/1010-00000001", "1133334444", "default", "DAHDI/1-1", "g0/11987654321"),
            ("SCCP/ana-0000000A", "1133334444", "vendas", "IAX2/filial-9", "user@filial/11987654321"),
            ("Console/dsp", "1133334444", "x", "Dongle/dongle0-0100000001", "dongle0/11987654321"),
        ]
    )
    func fromInside(name: String, number: String, context: String, trunk: String, dialString: String) {
        let told = ToldCall.answered(
            ToldCall.caller(name, number, context, "011987654321"),
            by: ToldCall.leg(trunk, "011987654321", "from-pstn"),
            dialString: dialString
        )
        #expect(told.calls().map(\.direction) == [.outbound])
        #expect(told.calls().map(\.dialled) == ["011987654321"])
    }

    @Test(
        "an extension that shows the company's number and rings another is within the house; a gateway is not one",
        arguments: [
            ("PJSIP/1010-00000001", CallDirection.internal), ("SIP/701-00000001", .inbound),
            ("PJSIP/123456-00000001", .inbound), ("DAHDI/1011-1", .inbound), ("SIP/1010-00000001", .inbound),
        ]
    )
    func extensions(name: String, direction: CallDirection) {
        let told = ToldCall.answered(
            ToldCall.caller(name, "1133334444", "default", "1011"),
            by: ToldCall.leg("PJSIP/1011-00000002", "1011", "default"),
            dialString: "1011"
        )
        #expect(told.calls().map(\.direction) == [direction])
    }

    @Test(
        "phones with people's names that show the company's number are colleagues; the number dialled tells a branch apart",
        arguments: [
            ("1010", "1133334444", "vendas", CallDirection.internal), ("beto", "1133334444", "default", .internal),
            ("33334444", "1133334444", "vendas", .inbound), ("1010", "11987654321", "vendas", .inbound),
            ("s", "1133334444", "siptrunk", .inbound),
        ]
    )
    func colleagues(exten: String, number: String, context: String, direction: CallDirection) {
        let told = ToldCall.answered(
            ToldCall.caller("PJSIP/ana-00000001", number, context, exten),
            by: ToldCall.leg("PJSIP/beto-00000002", "1133334444", "vendas"),
            dialString: "beto"
        )
        #expect(told.calls().map(\.direction) == [direction])
    }

    @Test("what showed itself to be a phone of the house is one from then on")
    func learnt() {
        let ana = ToldCall.caller("PJSIP/ana-00000001", "1133334444", "vendas", "011987654321")
        var told = ToldCall.answered(
            ana,
            by: ToldCall.leg("PJSIP/operadora-00000002", "011987654321", "from-pstn"),
            dialString: "011987654321@operadora"
        )
        var again = ana
        (again.id, again.linked, again.exten) = ("1764000000.9", "1764000000.9", "bruno")
        told.begins(again)
        #expect(told.calls().map(\.direction) == [.outbound, .internal])
    }

    @Test(
        "feature codes and applications are no calls to the outside",
        arguments: ["*551001", "*97", "#31", "**1001", "conferencia", "5550001"]
    )
    func features(exten: String) {
        var told = ToldCall()
        var phone = ToldCall.caller("PJSIP/1005-000000a9", "1005", "phones", exten)
        told.begins(phone)
        phone.state = 6
        told.event("Newstate", phone.headers())
        told.ends(phone)
        #expect(told.calls().map(\.direction) == [.internal])
    }

    @Test("a number that no trunk took was a call to the outside all the same")
    func refused() {
        var told = ToldCall()
        let phone = ToldCall.caller("PJSIP/1005-000000a9", "1005", "phones", "011987654321")
        told.begins(phone)
        #expect(told.calls().map(\.direction) == [.internal])
        told.ends(phone)
        #expect(told.calls().map(\.direction) == [.outbound])
    }

    @Test("a code that dials a number outside is a call to it")
    func codeThenNumber() {
        let told = ToldCall.answered(
            ToldCall.caller("PJSIP/1005-000000a9", "1005", "phones", "*6711987654321"),
            by: ToldCall.leg("PJSIP/operadora-00000002", "11987654321", "from-pstn"),
            dialString: "11987654321@operadora"
        )
        #expect(told.calls().map(\.direction) == [.outbound])
    }

    @Test("devices of which it cannot be told are named, until they show what they are")
    func doubtful() {
        let caller = ToldCall.caller("SIP/701-0000000a", "11987654321", "default", "4001")
        var follower = AMILineFollower(line: "x", normalise: Recorded.normalise)
        var told = ToldCall()
        told.begins(caller)
        follower.feed(told.text.utf8)
        #expect(follower.doubtful == ["SIP/701"])
        follower.know(extensions: [.init(line: "x", party: "701")])
        #expect(follower.doubtful.isEmpty)
    }

    @Test("a named phone with the company's number that rings an extension is told as doubtful, and judged once mapped")
    func namedPhone() {
        let told = ToldCall.answered(
            ToldCall.caller("PJSIP/ana-0000000a", "1133334444", "vendas", "1002"),
            by: ToldCall.leg("PJSIP/1002-0000000b", "1002", "vendas"),
            dialString: "1002"
        )
        var follower = AMILineFollower(line: "x", normalise: Recorded.normalise)
        follower.feed(told.text.utf8)
        #expect(follower.doubtful.contains("PJSIP/ana"))
        #expect(told.calls(extensions: ["ana"]).map(\.direction) == [.internal])
        #expect(told.calls(trunks: ["PJSIP/operadora"]).map(\.direction) == [.internal])
    }

    @Test("a customer whom Originate rings first is called, and the phone put through is who called")
    func customerFirst() throws {
        for status in ["ANSWER", "BUSY"] {
            var told = ToldCall()
            var customer = ToldCall.caller("PJSIP/operadora-00000001", "1133334444", "from-pstn", "s", state: 0)
            told.begins(customer)
            told.dials(nil, customer, "11987654321@operadora")
            told.dialEnds(nil, customer, status)
            if status == "ANSWER" {
                customer.state = 6
                told.event("Newstate", customer.headers())
                let phone = ToldCall.leg("PJSIP/1010-00000002", "1010", "phones")
                told.begins(phone)
                told.dials(customer, phone, "1010")
                told.dialEnds(customer, phone, "ANSWER")
                #expect(told.calls().map(\.answeredBy) == [nil])
                told.talk(phone, customer)
                told.event("HangupRequest", customer.headers())
                told.ends(phone)
            }
            told.ends(customer)
            let call = try #require(told.calls().first)
            #expect(call.direction == .outbound)
            #expect(call.dialled == "11987654321")
            #expect(call.callerParty == (status == "ANSWER" ? "PJSIP/1010" : nil))
            #expect(call.numberRaw == (status == "ANSWER" ? "1010" : nil))
            #expect(call.answeredBy == (status == "ANSWER" ? "PJSIP/operadora" : nil))
            #expect(call.lastParty == call.answeredBy)
            #expect(call.outcome == (status == "ANSWER" ? .answered : .busy))
            #expect(call.endedBy == (status == "ANSWER" ? .agent : .pbx))
        }
    }
}
