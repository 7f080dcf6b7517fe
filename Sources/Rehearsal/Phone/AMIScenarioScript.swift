import Foundation

/// A scenario as an Asterisk tells of it: the events that a least-privilege manager is sent, in order.
///
/// The headers are those of Asterisk 16 and 22 that say something; what a real one adds is in the recordings.
struct AMIScenarioScript: ScenarioScript {
    private struct Leg {
        var channel: String
        var id: String
        var state = 0
        var number: String
        var name: String
        var context: String
        var exten: String
        var isBridged = false
    }

    private let scenario: Scenario
    private let nextID: @Sendable () -> String
    private var legs: [String: Leg] = [:]
    /// Phones in the order they rang.
    private var order: [String] = []
    private var linked = ""
    private var first = ""
    private var queue: String?
    private var bridge = 0
    private var text = ""

    init(_ scenario: Scenario, nextID: @escaping @Sendable () -> String) {
        self.scenario = scenario
        self.nextID = nextID
    }

    mutating func begin(_ key: String?) -> String {
        start(key)
        return take()
    }

    mutating func perform(_ deed: Scenario.Deed) -> String {
        play(deed)
        return take()
    }

    var isOver: Bool { legs.isEmpty }
    var caller: String? { scenario.phone == nil ? legs[first]?.id : nil }
    var channel: String? { legs[first]?.channel }

    private mutating func take() -> String {
        defer { text = "" }
        return text
    }

    // MARK: - Deeds

    private mutating func start(_ key: String?) {
        let id = key ?? nextID()
        linked = id
        if let phone = scenario.phone {
            first = phone
            // The number that is called is shown on the phone that rings first.
            add(phone, id: id, number: scenario.number, name: "", context: "calldesk-outgoing", exten: scenario.number)
        } else {
            first = Scenario.caller
            let leg = Leg(
                channel: "PJSIP/trunk-\(Self.instance(id))",
                id: id,
                state: 4,
                number: scenario.number,
                name: scenario.name,
                context: "from-trunk",
                exten: scenario.dialled ?? "s"
            )
            legs[first] = leg
            event("Newchannel", snapshot(leg) + presentation(leg))
        }
    }

    private mutating func play(_ deed: Scenario.Deed) {
        switch deed {
        case .queue(let name):
            queue = name
            state(first, 6)
            tell("QueueCallerJoin", first, [("Queue", name), ("Position", "1"), ("Count", "1")])
        case .ring(let phone, let name):
            if legs[phone] == nil {
                let number = phone == Scenario.outside ? scenario.number : phone
                add(phone, id: nextID(), number: number, name: name ?? "", context: "phones", exten: "s")
            }
            if phone != first {
                dial("DialBegin", phone, [("DialString", dialString(phone))])
            }
            state(phone, 5)
        case .answer(let phone): answer(phone)
        case .hold: if let phone = talking { tell("Hold", phone, [("MusicClass", "default")]) }
        case .resume: if let phone = talking { tell("Unhold", phone, []) }
        case .transfer(let target): transfer(to: target)
        case .hangUp(let who): hangUp(who)
        case .busy(let phone):
            dial("DialEnd", phone, [("DialStatus", "BUSY")])
            end(phone, cause: 17)
        case .silence(let phone):
            dial("DialEnd", phone, [("DialStatus", "NOANSWER")])
            end(phone, cause: 0)
        // The menu answers the caller; what is said there is the menu's own.
        case .menu: state(first, 6)
        case .restart:
            for who in legs.keys.sorted() { end(who, cause: 0) }
        }
    }

    /// A manager sends the caller elsewhere: no event of its own tells of it, the caller shows the new extension.
    mutating func redirect(to target: String, context: String) -> String {
        guard let phone = talking, legs[first] != nil else { return "" }
        leave(phone)
        legs[first]?.context = context
        legs[first]?.exten = target
        leave(first)
        end(phone, cause: 16)
        return take()
    }

    private mutating func answer(_ phone: String) {
        state(phone, 6)
        guard phone != first else {
            tell("OriginateResponse", phone, [("Response", "Success"), ("Reason", "4"), ("Application", "")])
            return
        }
        dial("DialEnd", phone, [("DialStatus", "ANSWER")])
        for other in order where other != phone && legs[other]?.state == 5 {
            dial("DialEnd", other, [("DialStatus", "CANCEL")])
            end(other, cause: 26)
        }
        if let queue {
            tell("QueueCallerLeave", first, [("Queue", queue), ("Position", "1"), ("Count", "0")])
            self.queue = nil
        }
        state(first, 6)
        bridge += 1
        enter(first)
        enter(phone)
    }

    private mutating func transfer(to target: String) {
        guard let phone = talking, let leg = legs[phone], let caller = legs[first] else { return }
        event(
            "BlindTransfer",
            [("Result", "Success")] + snapshot(leg, "Transferer") + snapshot(caller, "Transferee")
                + [
                    ("BridgeUniqueid", bridgeID), ("IsExternal", "Yes"), ("Context", "phones"), ("Extension", target),
                ]
        )
        leave(phone)
        leave(first)
        end(phone, cause: 16)
    }

    private mutating func hangUp(_ who: String) {
        guard let leg = legs[who] else { return }
        if who == first, let queue {
            tell(
                "QueueCallerAbandon",
                first,
                [("Queue", queue), ("Position", "1"), ("OriginalPosition", "1"), ("HoldTime", "5")]
            )
            tell("QueueCallerLeave", first, [("Queue", queue), ("Position", "1"), ("Count", "0")])
        }
        event("HangupRequest", snapshot(leg) + [("Cause", "16")])
        let others = ([first] + order).filter { $0 != who && legs[$0] != nil }
        leave(who)
        for other in others { leave(other) }
        for other in others where legs[other]?.state == 5 { dial("DialEnd", other, [("DialStatus", "CANCEL")]) }
        for leg in [who] + others { end(leg, cause: 16) }
    }

    // MARK: - Events

    private var talking: String? { order.last { $0 != first && legs[$0]?.isBridged == true } }
    private var bridgeID: String { "rehearsal-\(linked)-\(bridge)" }

    private mutating func add(_ who: String, id: String, number: String, name: String, context: String, exten: String) {
        let device = who == Scenario.outside ? "trunk" : who
        let leg = Leg(
            channel: "PJSIP/\(device)-\(Self.instance(id))",
            id: id,
            number: number,
            name: name,
            context: context,
            exten: exten
        )
        legs[who] = leg
        order.append(who)
        event("Newchannel", snapshot(leg))
    }

    private func dialString(_ phone: String) -> String {
        phone == Scenario.outside ? "PJSIP/\(scenario.number)@trunk" : "PJSIP/\(phone)"
    }

    private mutating func state(_ who: String, _ state: Int) {
        guard legs[who] != nil, legs[who]?.state != state else { return }
        legs[who]?.state = state
        tell("Newstate", who, [])
    }

    private mutating func enter(_ who: String) {
        legs[who]?.isBridged = true
        tell(
            "BridgeEnter",
            who,
            [("BridgeUniqueid", bridgeID), ("BridgeType", "basic"), ("BridgeTechnology", "simple_bridge")]
        )
    }

    private mutating func leave(_ who: String) {
        guard legs[who]?.isBridged == true else { return }
        legs[who]?.isBridged = false
        tell("BridgeLeave", who, [("BridgeUniqueid", bridgeID)])
    }

    private mutating func end(_ who: String, cause: Int) {
        tell("Hangup", who, [("Cause", String(cause))])
        legs[who] = nil
    }

    private mutating func dial(_ name: String, _ to: String, _ more: [(String, String)]) {
        guard let from = legs[first], let leg = legs[to] else { return }
        event(name, snapshot(from) + snapshot(leg, "Dest") + more)
    }

    private mutating func tell(_ name: String, _ who: String, _ more: [(String, String)]) {
        guard let leg = legs[who] else { return }
        event(name, snapshot(leg) + more)
    }

    private mutating func event(_ name: String, _ headers: [(String, String)]) {
        text += "Event: \(name)\r\nPrivilege: call,all\r\n"
        for (name, value) in headers { text += "\(name): \(value.filter { !$0.isNewline })\r\n" }
        text += "\r\n"
    }

    private func snapshot(_ leg: Leg, _ prefix: String = "") -> [(String, String)] {
        let words = ["Down", "Rsrvd", "OffHook", "Dialing", "Ring", "Ringing", "Up"]
        return [
            ("Channel", leg.channel), ("ChannelState", String(leg.state)), ("ChannelStateDesc", words[leg.state]),
            ("CallerIDNum", leg.number.isEmpty ? "<unknown>" : leg.number),
            ("CallerIDName", leg.name.isEmpty ? "<unknown>" : leg.name), ("ConnectedLineNum", "<unknown>"),
            ("ConnectedLineName", "<unknown>"), ("Language", "pt_BR"), ("AccountCode", ""), ("Context", leg.context),
            ("Exten", leg.exten), ("Priority", "1"), ("Uniqueid", leg.id), ("Linkedid", linked),
        ].map { (prefix + $0.0, $0.1) }
    }

    /// As `channelvars = CALLERID(pres)` adds it.
    private func presentation(_ leg: Leg) -> [(String, String)] {
        let isWithheld = leg.number.isEmpty || leg.number.lowercased() == "anonymous"
        return [("ChanVariable", "CALLERID(pres)=\(isWithheld ? "prohib_passed_screen" : "allowed_not_screened")")]
    }

    /// The instance of a channel, eight hexadecimal digits.
    private static func instance(_ id: String) -> String {
        let hash = id.utf8.reduce(UInt32(2_166_136_261)) { ($0 ^ UInt32($1)) &* 16_777_619 }
        let text = String(hash, radix: 16)
        return String(repeating: "0", count: 8 - text.count) + text
    }
}
