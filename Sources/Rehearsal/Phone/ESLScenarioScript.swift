import Codecs
import Foundation

/// A scenario as a FreeSWITCH tells of it on the Event Socket, in the order and with the headers of recorded calls that say
/// something.
struct ESLScenarioScript: ScenarioScript {
    private struct Leg {
        var name: String
        var id: String
        var isDialled: Bool
        /// The phone's user in the directory; a trunk has none.
        var user: String?
        var number: String
        var callerName: String
        var destination: String
        var context: String
        var state = "ringing"
        var callState = "DOWN"
        var transfers: [String] = []
    }

    private let scenario: Scenario
    private let nextID: @Sendable () -> String
    private let now: @Sendable () -> Int64
    private var legs: [String: Leg] = [:]
    /// Phones in the order they rang.
    private var order: [String] = []
    private var first = ""
    private var queue: String?
    private var isWaiting = false
    private var talking: String?
    private var text = ""

    /// `now`: microseconds since 1970, as each event's own time.
    init(
        _ scenario: Scenario,
        nextID: @escaping @Sendable () -> String,
        now: @escaping @Sendable () -> Int64 = { Int64(Date().timeIntervalSince1970 * 1_000_000) }
    ) {
        self.scenario = scenario
        self.nextID = nextID
        self.now = now
    }

    var isOver: Bool { legs.isEmpty }
    var caller: String? { scenario.phone == nil ? legs[first]?.id : nil }
    var channel: String? { legs[first]?.name }

    private mutating func take() -> String {
        defer { text = "" }
        return text
    }

    // MARK: - Deeds

    mutating func begin(_ key: String?) -> String {
        if let phone = scenario.phone {
            first = phone
            add(phone, to: scenario.number, id: key)
        } else {
            first = Scenario.caller
            legs[first] = Leg(
                name: "sofia/external/\(scenario.number)@pbx.example",
                id: key ?? nextID(),
                isDialled: false,
                number: scenario.number,
                callerName: scenario.name,
                destination: scenario.dialled ?? "s",
                context: "public"
            )
            tell("CHANNEL_CREATE", first)
            turn(first, callState: "RINGING")
        }
        return take()
    }

    mutating func perform(_ deed: Scenario.Deed) -> String {
        switch deed {
        case .queue(let name):
            queue = "\(name)@default"
            isWaiting = true
            pickUp(first)
            callCenter("member-queue-start", first)
        case .menu: pickUp(first)
        case .ring(let phone, let name): ring(phone, name)
        case .answer(let phone): answer(phone)
        case .busy(let phone): end(phone, cause: "USER_BUSY", code: 17, how: "recv_refuse")
        case .silence(let phone): end(phone, cause: "NO_ANSWER", code: 19, how: "send_cancel")
        case .hold: if let talking { tell("CHANNEL_HOLD", talking) }
        case .resume: if let talking { tell("CHANNEL_UNHOLD", talking) }
        case .transfer(let target): transfer(to: target, context: "default")
        case .hangUp(let who): hangUp(who)
        case .restart:
            for who in legs.keys.sorted() { end(who, cause: "SYSTEM_SHUTDOWN", code: 41, how: "send_bye") }
        }
        return take()
    }

    mutating func redirect(to target: String, context: String) -> String {
        transfer(to: target, context: context)
        return take()
    }

    private mutating func ring(_ phone: String, _ name: String?) {
        if legs[phone] == nil { add(phone, to: phone == Scenario.outside ? scenario.number : phone, id: nil) }
        tell("CHANNEL_ORIGINATE", phone)
        tell("CHANNEL_PROGRESS", phone)
        turn(phone, callState: "RINGING")
    }

    private mutating func answer(_ phone: String) {
        pickUp(phone)
        guard phone != first else { return }
        for other in order where other != phone && other != first && legs[other]?.callState == "RINGING" {
            end(other, cause: "LOSE_RACE", code: 16, how: "send_cancel")
        }
        if isWaiting { callCenter("bridge-agent-start", phone) }
        isWaiting = false
        pickUp(first)
        talking = phone
        bridge("CHANNEL_BRIDGE")
    }

    private mutating func transfer(to target: String, context: String) {
        guard let talking, let leg = legs[first] else { return }
        legs[first]?.transfers.append("\(now() / 1_000_000):\(leg.id):bl_xfer:\(target)/\(context)/XML")
        bridge("CHANNEL_UNBRIDGE")
        self.talking = nil
        queue = nil
        end(talking, cause: "NORMAL_CLEARING", code: 16, how: "send_bye")
    }

    private mutating func hangUp(_ who: String) {
        guard legs[who] != nil else { return }
        let others = ([first] + order).filter { $0 != who && legs[$0] != nil }
        end(
            who,
            cause: isUp(who) ? "NORMAL_CLEARING" : "ORIGINATOR_CANCEL",
            code: 16,
            how: isUp(who) ? "recv_bye" : "recv_cancel"
        )
        if who == first, isWaiting {
            callCenter("member-queue-end", first, [("CC-Cause", "Cancel"), ("CC-Cancel-Reason", "BREAK_OUT")])
        }
        if talking != nil, legs[first] != nil { bridge("CHANNEL_UNBRIDGE") }
        for other in others {
            end(other, cause: "NORMAL_CLEARING", code: 16, how: isUp(other) ? "send_bye" : "send_cancel")
        }
        (talking, isWaiting) = (nil, false)
    }

    // MARK: - Legs

    private func isUp(_ who: String) -> Bool { legs[who]?.state == "answered" }

    private mutating func add(_ who: String, to destination: String, id: String?) {
        let isOutside = who == Scenario.outside
        legs[who] = Leg(
            name: isOutside ? "sofia/external/\(destination)" : "sofia/internal/\(who)@pbx.example",
            id: id ?? nextID(),
            isDialled: true,
            user: isOutside ? nil : who,
            number: scenario.phone ?? scenario.number,
            callerName: scenario.name,
            destination: destination,
            context: "default"
        )
        if !order.contains(who) { order.append(who) }
        tell("CHANNEL_CREATE", who)
    }

    private mutating func pickUp(_ who: String) {
        guard legs[who] != nil, !isUp(who) else { return }
        legs[who]?.state = "answered"
        tell("CHANNEL_ANSWER", who)
        turn(who, callState: "ACTIVE")
    }

    private mutating func turn(_ who: String, callState: String) {
        guard legs[who]?.callState != callState else { return }
        legs[who]?.callState = callState
        tell("CHANNEL_CALLSTATE", who)
    }

    private mutating func end(_ who: String, cause: String, code: Int, how: String) {
        guard legs[who] != nil else { return }
        turn(who, callState: "HANGUP")
        let state = legs[who]?.state ?? ""
        legs[who]?.state = "hangup"
        tell(
            "CHANNEL_HANGUP_COMPLETE",
            who,
            [
                ("Hangup-Cause", cause), ("variable_hangup_cause", cause), ("variable_hangup_cause_q850", String(code)),
                ("variable_sip_hangup_disposition", how),
                ("variable_endpoint_disposition", state == "answered" ? "ANSWER" : "EARLY MEDIA"),
            ]
        )
        legs[who] = nil
    }

    // MARK: - Listings

    /// Its legs, as `show channels as json` lists them.
    var rows: [[String: String]] {
        ([first] + order.filter { $0 != first }).compactMap { who in
            legs[who].map { leg in
                [
                    "uuid": leg.id, "direction": leg.isDialled ? "outbound" : "inbound", "name": leg.name,
                    "cid_name": leg.callerName, "cid_num": leg.number, "dest": leg.destination, "context": leg.context,
                    "callstate": leg.callState, "call_uuid": leg.isDialled ? legs[first]?.id ?? leg.id : leg.id,
                ]
            }
        }
    }

    /// Who talks to whom, as `show calls as json` lists it.
    var pairs: [[String: String]] {
        guard let a = legs[first], let talking, let b = legs[talking] else { return [] }
        return [["uuid": a.id, "b_uuid": b.id]]
    }

    static func listing(_ rows: [[String: String]]) -> String {
        struct Listing: Encodable {
            var row_count: Int
            var rows: [[String: String]]
        }
        return ((try? JSONCoding.text(Listing(row_count: rows.count, rows: rows))) ?? "") + "\n"
    }

    // MARK: - Events

    private mutating func bridge(_ name: String) {
        guard let a = legs[first], let talking, let b = legs[talking] else { return }
        tell(
            name,
            first,
            [
                ("Bridge-A-Unique-ID", a.id), ("Bridge-B-Unique-ID", b.id), ("Other-Type", "originatee"),
                ("Other-Leg-Unique-ID", b.id), ("Other-Leg-Channel-Name", b.name),
            ]
        )
    }

    private mutating func callCenter(_ action: String, _ who: String, _ more: [(String, String)] = []) {
        guard let queue else { return }
        let caller = legs[first]?.id ?? ""
        tell(
            "CUSTOM",
            who,
            [
                ("Event-Subclass", "callcenter::info"), ("CC-Action", action), ("CC-Queue", queue),
                ("CC-Member-Session-UUID", caller),
            ] + more
        )
    }

    private mutating func tell(_ event: String, _ who: String, _ more: [(String, String)] = []) {
        guard let leg = legs[who] else { return }
        var headers = [
            ("Event-Name", event), ("Event-Date-Timestamp", String(now())), ("Channel-Name", leg.name),
            ("Unique-ID", leg.id), ("Call-Direction", leg.isDialled ? "outbound" : "inbound"),
            ("Channel-Call-State", leg.callState), ("Answer-State", leg.state), ("Channel-Call-UUID", leg.id),
            ("Caller-Caller-ID-Number", leg.number), ("Caller-Caller-ID-Name", leg.callerName),
            ("Caller-Orig-Caller-ID-Number", leg.number), ("Caller-Orig-Caller-ID-Name", leg.callerName),
            ("Caller-Destination-Number", leg.destination), ("Caller-Context", leg.context),
            ("Caller-Privacy-Hide-Number", leg.number == "anonymous" ? "true" : "false"),
            ("variable_sofia_profile_name", leg.user == nil ? "external" : "internal"),
        ]
        if let user = leg.user { headers.append(("variable_user_name", user)) }
        if who != first, let own = legs[first], !more.contains(where: { $0.0 == "Other-Leg-Unique-ID" }) {
            headers += [
                ("Other-Type", "originator"), ("Other-Leg-Unique-ID", own.id), ("Other-Leg-Channel-Name", own.name),
            ]
            if queue != nil { headers.append(("variable_cc_member_session_uuid", own.id)) }
        }
        if !leg.transfers.isEmpty {
            let list = leg.transfers.count == 1 ? leg.transfers[0] : "ARRAY::" + leg.transfers.joined(separator: "|:")
            headers.append(("variable_transfer_history", list))
        }
        let body = (headers + more).map { "\($0): \(Self.encoded($1))\n" }.joined() + "\n"
        text += "Content-Length: \(body.utf8.count)\nContent-Type: text/event-plain\n\n\(body)"
    }

    /// As the switch writes values: everything that could end a line or begin an escape is one.
    private static func encoded(_ value: String) -> String {
        value.utf8.reduce(into: "") { text, byte in
            let isPlain =
                (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte & 0xDF)
                || "-_.,/()*'!~$&+;=".utf8.contains(byte)
            text +=
                isPlain
                ? String(UnicodeScalar(byte)) : "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
        }
    }
}
