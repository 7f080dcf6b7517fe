import Foundation
import Testing

@testable import IVRBridge

@Suite("A customer's call is over when the customer is gone, whoever of the house talks on")
struct LeavingCustomerTests {
    private static let caller = ToldCall.caller("PJSIP/trunk-00000001", "11987654321", "from-trunk", "5000")
    private static let agent = ToldCall.leg("PJSIP/1001-00000002", "1001", "from-internal")
    private static let pool = Recorded.folder.appending(path: "more")

    private static func channel(_ name: String, _ id: String, linked: String = "1764000000.1") -> ToldCall.Channel {
        .init(name: name, id: id, linked: linked, number: "1002", context: "from-internal", exten: "1002")
    }

    /// A customer talks to 1001, who asks 1002 by a feature code: under the customer's Linkedid, through a Local pair.
    private static func consulted() -> ToldCall {
        let (one, two) = (
            channel("Local/1002@from-internal-00000001;1", "1764000000.3"),
            channel("Local/1002@from-internal-00000001;2", "1764000000.4")
        )
        let colleague = channel("PJSIP/1002-00000003", "1764000000.5")
        var told = ToldCall()
        told.begins(caller)
        told.dials(caller, agent, "1001")
        told.dialEnds(caller, agent, "ANSWER")
        told.talk(agent, caller)
        told.begins(one)
        told.begins(two)
        told.event("LocalBridge", "LocalOneUniqueid: \(one.id)\nLocalTwoUniqueid: \(two.id)\n")
        told.event("BridgeLeave", "BridgeUniqueid: b1\n" + agent.headers())
        told.dials(two, colleague, "1002")
        told.dialEnds(two, colleague, "ANSWER")
        told.talk(colleague, two, bridge: "b3")
        told.talk(one, agent, bridge: "b2")
        told.event("HangupRequest", caller.headers())
        told.ends(caller)
        return told
    }

    /// What is told on a connection that has begun already.
    private static func later(_ told: ToldCall) -> Data {
        let events = told.text.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false)[1]
        return Data(events.replacing("\n", with: "\r\n").utf8)
    }

    @Test("who gives up while two colleagues consult has ended the call")
    func consultation() throws {
        let calls = Self.consulted().calls()
        #expect(calls.map(\.isEnded) == [true])
        #expect(calls.map(\.outcome) == [.answered])
        #expect(calls.map(\.endedBy) == [.caller])
    }

    @Test("what the colleagues begin after that is a call of their own and changes nothing of the customer's")
    func afterwards() throws {
        var told = Self.consulted()
        let before = told.calls()
        let next = Self.channel("PJSIP/1003-00000004", "1764000000.6")
        told.begins(next)
        told.dials(Self.agent, next, "1003")
        told.dialEnds(Self.agent, next, "ANSWER")
        told.talk(next, Self.agent, bridge: "b4")
        let calls = told.calls()
        #expect(calls.first == before.first)
        #expect(calls.map(\.direction) == [.inbound, .internal])
        #expect(calls.map(\.isEnded) == [true, false])
        told.event("HangupRequest", next.headers())
        told.ends(next, Self.agent)
        #expect(told.calls().first == before.first)
    }

    @Test("an agent who signed in serves customer after customer, each a call of its own", arguments: ["16", "22"])
    func agentPool(version: String) throws {
        let stream = try Data(contentsOf: Self.pool.appending(path: "\(version)-agent-pool.min.txt"))
        let logOff = try #require(stream.range(of: Data("Event: AgentLogoff".utf8)))
        var follower = AMILineFollower(line: "x", normalise: Recorded.normalise)
        var customers: [CallSnapshot] = []
        var signedIn: [CallSnapshot] = []
        func read(_ bytes: Data) {
            follower.feed(bytes)
            for call in follower.takeChanges() {
                if call.direction == .inbound { customers.append(call) } else { signedIn.append(call) }
            }
        }
        // To the last event before the agent hung up.
        let request = try #require(
            stream.range(of: Data("Event: HangupRequest".utf8), options: .backwards, in: 0..<logOff.lowerBound)
        )
        read(stream[..<request.lowerBound])
        let call = try #require(customers.last)
        #expect(call.isEnded && call.outcome == .answered && call.endedBy == .caller)
        #expect(call.answeredBy == "PJSIP/1001" && call.absorbed == [])
        #expect(signedIn.last?.isEnded == false && signedIn.last?.answeredBy == nil)
        // The next customer gets the older Linkedid too.
        let agent = try #require(signedIn.last)
        var (caller, half, other) = (Self.caller, Self.agent, Self.agent)
        caller.id = "1.1"
        (caller.linked, half.linked, other.linked) = ("1.1", "1.1", "1.1")
        (half.id, half.name) = ("1.2", "Local/1001@agent-request-00000029;1")
        (other.id, other.name) = ("1.3", "Local/1001@agent-request-00000029;2")
        var signed = ToldCall.leg(version == "16" ? "PJSIP/1001-0000005e" : "PJSIP/1001-000000da", "1001", "phones")
        (signed.id, signed.linked) = (agent.key, agent.key)
        var told = ToldCall()
        told.begins(caller)
        told.begins(half)
        told.begins(other)
        told.event("LocalBridge", "LocalOneUniqueid: 1.2\nLocalTwoUniqueid: 1.3\n")
        told.dials(caller, half, "1001")
        told.talk(other, signed, bridge: "n1")
        (other.linked, other.state) = (agent.key, 6)
        told.event("Newstate", other.headers())
        told.dialEnds(caller, half, "ANSWER")
        told.talk(half, caller, bridge: "n2")
        told.event("HangupRequest", signed.headers())
        told.ends(signed, other, half)
        read(Self.later(told))
        #expect(customers.last?.key == "1.1" && customers.last?.answeredBy == "PJSIP/1001")
        #expect(customers.last?.isEnded == false)
        #expect(signedIn.last?.isEnded == true && signedIn.last?.key == agent.key)
        caller.linked = agent.key
        var end = ToldCall()
        end.ends(caller)
        read(Self.later(end))
        #expect(customers.last?.isEnded == true && customers.last?.endedBy == .agent)
        #expect(customers.first?.key != "1.1" && customers.filter { $0.key == call.key }.last == call)
    }

    @Test("on a DAHDI line, which tells of no wish to hang up, whoever leaves the other first hung up")
    func unspoken() {
        let phone = ToldCall.leg("PJSIP/1001-00000002", "1001", "from-internal")
        func ender(_ name: String, callerLeaves: Bool) -> CallEnder? {
            let caller = ToldCall.caller(name, "11987654321", "from-pstn", "5000")
            var told = ToldCall()
            told.begins(caller)
            told.dials(caller, phone, "1001")
            told.dialEnds(caller, phone, "ANSWER")
            told.talk(phone, caller)
            told.event("BridgeLeave", "BridgeUniqueid: b1\n" + (callerLeaves ? caller : phone).headers())
            told.ends(phone, caller)
            return told.calls().first?.endedBy
        }
        #expect(ender("DAHDI/5-1", callerLeaves: true) == .caller)
        #expect(ender("DAHDI/5-1", callerLeaves: false) == .pbx)
        #expect(ender("PJSIP/trunk-00000001", callerLeaves: true) == .pbx)
    }

    @Test("a channel that takes another's name is what it is called from then on, unless that is its last moment")
    func renamed() {
        func answered(_ name: String) -> String? {
            let phone = Self.channel("Local/1002@q-00000001;1", "1764000000.2")
            var told = ToldCall()
            told.begins(Self.caller)
            told.dials(Self.caller, phone, "1002")
            told.event("Rename", "Channel: \(phone.name)\nNewname: \(name)\nUniqueid: \(phone.id)\n")
            told.dialEnds(Self.caller, phone, "ANSWER")
            told.talk(phone, Self.caller)
            return told.calls().first?.answeredBy
        }
        #expect(answered("PJSIP/1003-00000007") == "PJSIP/1003")
        #expect(answered("PJSIP/1003-00000007<ZOMBIE>") == nil)
    }
}
