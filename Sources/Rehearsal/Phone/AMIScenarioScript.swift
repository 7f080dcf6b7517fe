import Foundation

/// A scenario as an Asterisk tells of it: the events that a least-privilege manager is sent, in order.
///
/// The headers are those of Asterisk 16 and 22 that say something; what a real one adds is in the recordings.
struct AMIScenarioScript {
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
    private let nextID: () -> String
    private var legs: [String: Leg] = [:]
    /// Phones in the order they rang.
    private var order: [String] = []
    private var linked = ""
    private var first = ""
    private var queue: String?
    private var bridge = 0
    private var text = ""

    init(_ scenario: Scenario, nextID: @escaping () -> String) {
        self.scenario = scenario
        self.nextID = nextID
    }

    /// The pieces to send, with the pauses between them.
    ///
    /// `key`: the first leg's identity where the desk gave it.
    mutating func pieces(seed: UInt64, key: String? = nil) -> [Recording.Piece] {
        var chance = seed
        var pieces: [Recording.Piece] = []
        var now = 0.0
        begin(key)
        for step in scenario.steps {
            let at = step.at.lowerBound + (step.at.upperBound - step.at.lowerBound) * Self.share(&chance)
            // What happens at once is sent at once.
            if at > now { pieces.append(flush(before: &now, next: at)) }
            perform(step.deed)
        }
        pieces.append(Recording.Piece(pause: pieces.last?.pause ?? 0, bytes: Array(text.utf8)))
        return Self.shifted(pieces)
    }

    /// What has been written so far; its pause is the one that follows it.
    private mutating func flush(before now: inout Double, next: Double) -> Recording.Piece {
        defer { (text, now) = ("", next) }
        return Recording.Piece(pause: next - now, bytes: Array(text.utf8))
    }

    /// A piece's pause stands before it.
    private static func shifted(_ pieces: [Recording.Piece]) -> [Recording.Piece] {
        var pause = 0.0
        return pieces.map { piece in
            defer { pause = piece.pause }
            return Recording.Piece(pause: pause, bytes: piece.bytes)
        }
    }

    /// SplitMix64: the same seed, the same call.
    private static func share(_ state: inout UInt64) -> Double {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return Double((z ^ (z >> 31)) >> 11) / Double(1 << 53)
    }

    // MARK: - Deeds

    private mutating func begin(_ key: String?) {
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

    private mutating func perform(_ deed: Scenario.Deed) {
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
        }
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
