@testable import IVRBridge

/// A call told event by event, for what no recording shows: other drivers' names, other dialplans' contexts.
struct ToldCall {
    /// A channel as its events describe it.
    struct Channel {
        var name: String
        var id: String
        var linked: String
        var number: String
        var context: String
        var exten: String
        var state = 4

        func headers(_ prefix: String = "") -> String {
            """
            \(prefix)Channel: \(name)
            \(prefix)ChannelState: \(state)
            \(prefix)CallerIDNum: \(number)
            \(prefix)CallerIDName: <unknown>
            \(prefix)Context: \(context)
            \(prefix)Exten: \(exten)
            \(prefix)Uniqueid: \(id)
            \(prefix)Linkedid: \(linked)

            """
        }
    }

    private(set) var text = "Asterisk Call Manager/5.0.2\n"

    mutating func event(_ name: String, _ headers: String) { text += "Event: \(name)\n\(headers)\n" }

    mutating func begins(_ channel: Channel) { event("Newchannel", channel.headers()) }

    mutating func dials(_ source: Channel?, _ dest: Channel, _ dialString: String) {
        event(
            "DialBegin",
            (source?.headers() ?? "") + dest.headers("Dest") + "DialString: \(dialString)\n"
        )
    }

    mutating func dialEnds(_ source: Channel?, _ dest: Channel, _ status: String) {
        var dest = dest
        if status == "ANSWER" { dest.state = 6 }
        event("DialEnd", (source?.headers() ?? "") + dest.headers("Dest") + "DialStatus: \(status)\n")
    }

    mutating func talk(_ channels: Channel..., bridge: String = "b1", technology: String = "simple_bridge") {
        for var channel in channels {
            channel.state = 6
            event(
                "BridgeEnter",
                "BridgeUniqueid: \(bridge)\nBridgeTechnology: \(technology)\n" + channel.headers()
            )
        }
    }

    mutating func ends(_ channels: Channel...) {
        for channel in channels { event("Hangup", channel.headers() + "Cause: 16\n") }
    }

    /// The calls it makes, as a line with these settings follows them.
    func calls(trunks: [String] = [], extensions: Set<String> = []) -> [CallSnapshot] {
        var follower = AMILineFollower(line: "x", trunks: trunks, normalise: Recorded.normalise)
        follower.know(extensions: Set(extensions.map { .init(line: "", party: $0) }))
        follower.feed(text.utf8)
        return follower.takeChanges()
    }

    /// A caller who reaches a phone and talks.
    static func answered(_ caller: Channel, by phone: Channel, dialString: String) -> ToldCall {
        var told = ToldCall()
        told.begins(caller)
        var rung = phone
        rung.state = 0
        told.begins(rung)
        told.dials(caller, rung, dialString)
        told.dialEnds(caller, rung, "ANSWER")
        told.talk(phone, caller)
        told.ends(caller, phone)
        return told
    }

    static func caller(
        _ name: String,
        _ number: String,
        _ context: String,
        _ exten: String,
        state: Int = 4
    ) -> Channel {
        Channel(
            name: name,
            id: "1764000000.1",
            linked: "1764000000.1",
            number: number,
            context: context,
            exten: exten,
            state: state
        )
    }

    static func leg(_ name: String, _ number: String, _ context: String) -> Channel {
        Channel(name: name, id: "1764000000.2", linked: "1764000000.1", number: number, context: context, exten: "")
    }
}
