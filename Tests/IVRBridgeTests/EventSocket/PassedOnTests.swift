import Testing

@testable import IVRBridge

/// An outgoing call of a FreeSWITCH told event by event, as no recording shows one that is passed on.
@Suite("An outgoing call that is passed on")
struct PassedOnTests {
    private struct Leg {
        var id: String
        var name: String
        var dialled: String
        var isOutbound = false
        var user: String?
        var other: String?
    }

    private static let ana = Leg(id: "a", name: "sofia/internal/1001@pbx", dialled: "011912345678", user: "1001")
    private static let far = Leg(
        id: "far",
        name: "sofia/gateway/operadora/011912345678",
        dialled: "011912345678",
        isOutbound: true,
        other: "a"
    )
    private static let question = Leg(id: "q", name: "sofia/internal/1001@pbx", dialled: "1002", user: "1001")

    private static func bruno(for other: String) -> Leg {
        Leg(id: "b", name: "sofia/internal/1002@pbx", dialled: "1002", isOutbound: true, other: other)
    }

    private struct Told {
        var follower = ESLLineFollower(line: "matriz", normalise: Recorded.normalise)
        /// Whose the outgoing call was, one after the other.
        var holders: [String?] = []
        var calls: [String: CallSnapshot] = [:]

        mutating func event(_ name: String, _ leg: Leg, _ more: [(String, String)] = []) {
            var headers = [
                ("Event-Name", name), ("Unique-ID", leg.id), ("Channel-Name", leg.name),
                ("Call-Direction", leg.isOutbound ? "outbound" : "inbound"),
                ("Caller-Destination-Number", leg.dialled), ("Caller-Caller-ID-Number", leg.user ?? "1130001000"),
                ("Event-Date-Timestamp", "1795622626000000"),
            ]
            if let user = leg.user { headers.append(("variable_user_name", user)) }
            if let other = leg.other { headers.append(("Other-Leg-Unique-ID", other)) }
            if name != "CHANNEL_CREATE" { headers.append(("Answer-State", "answered")) }
            let body = (headers + more).map { "\($0): \($1)\n" }.joined() + "\n"
            follower.feed("Content-Length: \(body.utf8.count)\nContent-Type: text/event-plain\n\n\(body)".utf8)
            for (_, call) in follower.takeChanges() {
                calls[call.key] = call
                if call.key == "a", call.direction == .outbound, holders.last != call.holder {
                    holders.append(call.holder)
                }
            }
        }

        mutating func bridge(_ one: Leg, _ two: Leg) {
            event("CHANNEL_BRIDGE", one, [("Bridge-A-Unique-ID", one.id), ("Bridge-B-Unique-ID", two.id)])
        }

        mutating func hangUp(_ leg: Leg, _ how: String) {
            event(
                "CHANNEL_HANGUP_COMPLETE",
                leg,
                [("Hangup-Cause", "NORMAL_CLEARING"), ("variable_sip_hangup_disposition", how)]
            )
        }

        /// Ana calls a customer, who answers.
        mutating func begin() {
            let (ana, far) = (PassedOnTests.ana, PassedOnTests.far)
            for leg in [ana, far] { event("CHANNEL_CREATE", leg) }
            for leg in [far, ana] { event("CHANNEL_ANSWER", leg) }
            bridge(ana, far)
        }
    }

    @Test(
        "after a question it is the colleague's, whether or not who dialled it has hung up yet",
        arguments: [true, false]
    )
    func attended(isJoinedFirst: Bool) throws {
        var told = Told()
        told.begin()
        let bruno = Self.bruno(for: "q")
        for leg in [Self.question, bruno] { told.event("CHANNEL_CREATE", leg) }
        for leg in [bruno, Self.question] { told.event("CHANNEL_ANSWER", leg) }
        told.bridge(Self.question, bruno)
        #expect(told.holders == ["sofia/internal/1001"])
        if isJoinedFirst { told.bridge(Self.far, bruno) }
        for leg in [Self.ana, Self.question] { told.hangUp(leg, "send_bye") }
        if !isJoinedFirst { told.bridge(Self.far, bruno) }
        #expect(told.holders == ["sofia/internal/1001", "sofia/internal/1002"])
        told.hangUp(Self.far, "recv_bye")
        told.hangUp(bruno, "send_bye")
        let call = try #require(told.calls["a"])
        #expect(call.isEnded && call.outcome == .answered && call.absorbed == ["q"])
        #expect(call.answeredBy == "sofia/gateway/operadora" && call.deskParty == "sofia/internal/1002")
        #expect(
            call.transfers
                == [.init(kind: .attended, from: "sofia/internal/1001", to: "sofia/internal/1002")]
        )
    }

    @Test("unannounced it is the colleague's once they answer, and nobody's of the house where it leads outside again")
    func blind() throws {
        var outside = Self.far
        (outside.id, outside.name, outside.other) = ("b", "sofia/gateway/outra/1132712222", "far")
        for (leg, holders) in [
            (Self.bruno(for: "far"), ["sofia/internal/1001", "sofia/internal/1002"]),
            (outside, ["sofia/internal/1001"]),
        ] as [(Leg, [String?])] {
            var told = Told()
            told.begin()
            told.event(
                "CHANNEL_UNBRIDGE",
                Self.far,
                [
                    ("Bridge-A-Unique-ID", "a"), ("Bridge-B-Unique-ID", "far"),
                    ("variable_transfer_history", "1795622626:far:bl_xfer:1002/default/XML"),
                ]
            )
            told.hangUp(Self.ana, "send_bye")
            told.event("CHANNEL_CREATE", leg)
            #expect(told.holders == ["sofia/internal/1001"])
            told.event("CHANNEL_ANSWER", leg)
            told.bridge(Self.far, leg)
            #expect(told.holders == holders)
            told.hangUp(Self.far, "recv_bye")
            told.hangUp(leg, "send_bye")
            let call = try #require(told.calls["a"])
            #expect(call.isEnded && call.transfers.map(\.from) == ["sofia/internal/1001"])
        }
    }
}
