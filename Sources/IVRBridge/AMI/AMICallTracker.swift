/// Turns the packets of one line into calls: pure, bounded, and the same whatever is repeated or begins in mid-stream.
///
/// A call is everything that shares a Linkedid; the caller's channel is the one whose Uniqueid is the Linkedid. Who
/// talks is read from bridges (through Local pairs), who answered from `DialEnd`, never from causes.
public struct AMICallTracker: Sendable {
    /// More channels than one Asterisk carries; the oldest are forgotten beyond it.
    static let mostChannels = 40_000

    struct Call: Sendable {
        var snapshot: CallSnapshot
        var main: String?
        var channels: Set<String> = []
        var lastDialStatus: String?
        var queueGaveUp = false
        var wasQueued = false
        var isOriginated = false
        var mainHungUp = false
        /// A blind transfer whose target is not known yet: its place in `transfers`.
        var openTransfer: Int?
        /// The partner left without being asked to: a new dial is a redirect.
        var partnerBefore: String?
        var dialledOutside = false
        var dialledInside = false
        var firstToHangUp: String?
        /// The PBX shuts down under it.
        var isTornDown = false
    }

    let line: String
    private let normalise: @Sendable (String) -> String?
    var channels: [String: AMIChannel] = [:]
    var calls: [String: Call] = [:]
    /// Calls that became part of another: late events of theirs belong there.
    var aliases: [String: String] = [:]
    /// Calls in order of start.
    private(set) var order: [String] = []

    public init(line: String, normalise: @escaping @Sendable (String) -> String?) {
        self.line = line
        self.normalise = normalise
    }

    /// Takes a packet and returns the calls it changed, as they are now.
    public mutating func receive(_ packet: AMIPacket) -> [CallSnapshot] {
        guard let event = packet.event else { return [] }
        var touched: [String] = []
        let time = packet["Timestamp"].flatMap(Self.microseconds)
        switch event {
        case "Newchannel": newChannel(packet, time, &touched)
        case "Newstate": newState(packet, time, &touched)
        case "LocalBridge": localBridge(packet)
        case "DialBegin": dialBegin(packet, time, &touched)
        case "DialState": dialState(packet, &touched)
        case "DialEnd": dialEnd(packet, time, &touched)
        case "QueueCallerJoin": queueJoin(packet, time, &touched)
        case "QueueCallerLeave": queueLeave(packet, &touched)
        case "QueueCallerAbandon": queueAbandon(packet, &touched)
        case "BridgeEnter": bridgeEnter(packet, time, &touched)
        case "BridgeLeave": bridgeLeave(packet, &touched)
        case "Hold": hold(packet, true, &touched)
        case "Unhold": hold(packet, false, &touched)
        case "BlindTransfer": blindTransfer(packet, &touched)
        case "AttendedTransfer": attendedTransfer(packet, &touched)
        case "HangupRequest": hangupRequest(packet)
        // The PBX itself is going: flag 4 is AST_SOFTHANGUP_SHUTDOWN (include/asterisk/channel.h).
        case "SoftHangupRequest": if packet["Cause"] == "4" { touch(packet, &touched) { $0.isTornDown = true } }
        case "Hangup": hangup(packet, time, &touched)
        case "Shutdown": return lose(at: time)
        case "VarSet": variable(packet, &touched)
        case "AGIExecStart", "AsyncAGIStart": touch(packet, &touched) { $0.snapshot.agi = true }
        case "Newexten":
            if packet["Application"] == "AGI" { touch(packet, &touched) { $0.snapshot.agi = true } }
        case "UserEvent": userEvent(packet, &touched)
        case "CoreShowChannel": coreShowChannel(packet, &touched)
        case "QueueEntry": queueEntry(packet, &touched)
        default: return []
        }
        return touched.compactMap { calls[$0]?.snapshot }
    }

    // MARK: - Channels

    private static func value(_ text: String?) -> String? {
        guard let text, !text.isEmpty, text != "<unknown>", text != "unknown", text != "(null)" else { return nil }
        return text
    }

    static func microseconds(_ text: String) -> Int64? {
        let parts = text.split(separator: ".", maxSplits: 1)
        guard let seconds = parts.first.flatMap({ Int64($0) }), (0...99_999_999_999).contains(seconds) else { return nil }
        let fraction = parts.count > 1 ? String((parts[1] + "000000").prefix(6)) : "0"
        return Int64(fraction).map { seconds * 1_000_000 + $0 }
    }

    /// The channel of a packet with its call; both are made when they were not seen before.
    private mutating func channel(_ packet: AMIPacket, prefix: String = "", _ time: Int64?) -> (String, String)? {
        guard let name = Self.value(packet[prefix + "Channel"]), let id = Self.value(packet[prefix + "Uniqueid"]) else {
            return nil
        }
        let told = Self.value(packet[prefix + "Linkedid"]) ?? id
        let linked = aliases[told] ?? told
        if var known = channels[id] {
            if known.linkedid != linked {
                calls[known.linkedid]?.channels.remove(id)
                known.linkedid = linked
                channels[id] = known
            }
        } else {
            if channels.count >= Self.mostChannels { channels.removeAll() }
            channels[id] = AMIChannel(
                uniqueid: id,
                linkedid: linked,
                party: AMIChannel.party(of: name),
                isLocal: name.hasPrefix("Local/"),
                number: Self.value(packet[prefix + "CallerIDNum"])
            )
        }
        if calls[linked] == nil { begin(linked) }
        calls[linked]?.channels.insert(id)
        return (id, linked)
    }

    private mutating func begin(_ key: String) {
        calls[key] = Call(snapshot: CallSnapshot(key: key, direction: .inbound))
        order.append(key)
    }

    private mutating func touch(_ packet: AMIPacket, _ touched: inout [String], _ change: (inout Call) -> Void) {
        guard let (_, key) = channel(packet, nil), calls[key] != nil else { return }
        change(&calls[key, default: Call(snapshot: CallSnapshot(key: key, direction: .inbound))])
        touched.append(key)
    }

    private mutating func newChannel(_ packet: AMIPacket, _ time: Int64?, _ touched: inout [String]) {
        guard let (id, key) = channel(packet, time) else { return }
        if id == key { main(packet, id, key, time) }
        touched.append(key)
    }

    /// The caller's own channel: what the call looks like from outside.
    private mutating func main(_ packet: AMIPacket, _ id: String, _ key: String, _ time: Int64?) {
        guard var call = calls[key], call.main == nil, let channel = channels[id] else { return }
        call.main = id
        call.isOriginated = packet["ChannelState"] == "0"
        let raw = packet["CallerIDNum"].flatMap { $0.isEmpty || $0 == "<unknown>" ? nil : $0 }
        call.snapshot.numberRaw = raw
        call.snapshot.number = raw.flatMap(normalise)
        call.snapshot.isWithheld = raw == nil || raw?.lowercased() == "anonymous"
        call.snapshot.callerName = Self.value(packet["CallerIDName"]).map(Self.unescaped)
        call.snapshot.callerParty = channel.party
        if !call.isOriginated { call.snapshot.dialled = Self.value(packet["Exten"]) }
        call.snapshot.startedAt = time
        call.snapshot.direction = channel.isInside || call.isOriginated ? .internal : .inbound
        calls[key] = call
    }

    /// PJSIP's escapes arrive as they came, escaped once more.
    static func unescaped(_ name: String) -> String {
        var text = ""
        var isEscaped = false
        for character in name {
            if !isEscaped, character == "\\" {
                isEscaped = true
                continue
            }
            isEscaped = false
            text.append(character)
        }
        return text
    }

    private mutating func newState(_ packet: AMIPacket, _ time: Int64?, _ touched: inout [String]) {
        guard let (id, key) = channel(packet, time) else { return }
        let state = packet["ChannelState"]
        if state == "6" { channels[id]?.isRinging = false }
        refresh(key, &touched)
    }

    private mutating func localBridge(_ packet: AMIPacket) {
        guard let one = packet["LocalOneUniqueid"], let two = packet["LocalTwoUniqueid"] else { return }
        channels[one]?.twin = two
        channels[two]?.twin = one
    }

    // MARK: - Dialling

    private mutating func dialBegin(_ packet: AMIPacket, _ time: Int64?, _ touched: inout [String]) {
        let source = channel(packet, time)
        guard let (dest, key) = channel(packet, prefix: "Dest", time), var call = calls[key], let target = channels[dest]
        else { return }
        channels[dest]?.isDialled = true
        channels[dest]?.isRinging = true
        if dest == call.main {
            // The near end of a call made with Originate: nobody's phone yet.
            call.isOriginated = true
        } else if !target.isLocal {
            if !call.snapshot.offered.contains(target.party) { call.snapshot.offered.append(target.party) }
            if target.isInside { call.dialledInside = true } else { call.dialledOutside = true }
            if let source, source.0 == call.main, let partner = call.partnerBefore {
                call.snapshot.transfers.append(.init(kind: .redirect, from: partner, to: target.party))
                call.openTransfer = call.snapshot.transfers.count - 1
                call.partnerBefore = nil
            } else if let open = call.openTransfer {
                call.snapshot.transfers[open].to = target.party
            }
        }
        if call.isOriginated, call.snapshot.dialled == nil, source?.0 == call.main {
            call.snapshot.dialled = Self.value(packet["Exten"])
        }
        if let main = call.main, channels[main]?.isInside == true || call.isOriginated {
            call.snapshot.direction = call.dialledOutside && !call.dialledInside ? .outbound : .internal
        }
        calls[key] = call
        refresh(key, &touched)
    }

    private mutating func dialState(_ packet: AMIPacket, _ touched: inout [String]) {
        guard let (_, key) = channel(packet, prefix: "Dest", nil) else { return }
        refresh(key, &touched)
    }

    private mutating func dialEnd(_ packet: AMIPacket, _ time: Int64?, _ touched: inout [String]) {
        guard let (dest, key) = channel(packet, prefix: "Dest", time), var call = calls[key], let target = channels[dest]
        else { return }
        channels[dest]?.isRinging = false
        let status = packet["DialStatus"] ?? ""
        if dest != call.main, !target.isLocal {
            if status == "ANSWER" {
                answered(&call, by: target.party, time)
            } else {
                call.lastDialStatus = status
            }
        }
        calls[key] = call
        refresh(key, &touched)
    }

    private func answered(_ call: inout Call, by party: String, _ time: Int64?) {
        if call.snapshot.answeredBy == nil {
            call.snapshot.answeredBy = party
            call.snapshot.answeredAt = time
            call.snapshot.lastParty = party
        }
        if let open = call.openTransfer {
            call.snapshot.transfers[open].to = party
            call.openTransfer = nil
        }
    }

    // MARK: - Queues

    private mutating func queueJoin(_ packet: AMIPacket, _ time: Int64?, _ touched: inout [String]) {
        touch(packet, &touched) { call in
            call.snapshot.queue = Self.value(packet["Queue"]) ?? call.snapshot.queue
            call.snapshot.isWaiting = true
            call.wasQueued = true
            call.queueGaveUp = false
        }
    }

    private mutating func queueLeave(_ packet: AMIPacket, _ touched: inout [String]) {
        touch(packet, &touched) { $0.snapshot.isWaiting = false }
    }

    private mutating func queueAbandon(_ packet: AMIPacket, _ touched: inout [String]) {
        touch(packet, &touched) { call in
            call.snapshot.isWaiting = false
            // Also sent when the queue's own time is over: whoever hung up decides.
            call.queueGaveUp = true
        }
    }

    // MARK: - Talking

    private mutating func bridgeEnter(_ packet: AMIPacket, _ time: Int64?, _ touched: inout [String]) {
        guard let (id, key) = channel(packet, time), let bridge = packet["BridgeUniqueid"] else { return }
        channels[id]?.bridge = bridge
        channels[id]?.isRinging = false
        guard var call = calls[key] else { return }
        call.partnerBefore = nil
        if let main = call.main ?? (channels[key] == nil ? nil : key), let partner = partner(of: main, newest: id) {
            call.snapshot.lastParty = partner
            call.snapshot.isWaiting = false
            answered(&call, by: partner, time)
        }
        calls[key] = call
        refresh(key, &touched)
    }

    /// The phone that talks to a channel now, through Local pairs where there are some; the newest of several.
    private func partner(of main: String, newest: String) -> String? {
        var seen: Set<String> = [main]
        var waiting = [main]
        var found: [String] = []
        // A chain of Local pairs is short; the bound keeps a broken stream from walking every channel.
        var steps = 64
        while let id = waiting.popLast(), steps > 0 {
            steps -= 1
            guard let channel = channels[id], let call = calls[channel.linkedid] else { continue }
            var next: [String] = []
            if let bridge = channel.bridge {
                next += call.channels.filter { channels[$0]?.bridge == bridge }
            }
            if let twin = channel.twin { next.append(twin) }
            for other in next where seen.insert(other).inserted {
                waiting.append(other)
                if let reached = channels[other], !reached.isLocal { found.append(other) }
            }
        }
        if found.contains(newest) { return channels[newest]?.party }
        return found.sorted().last.flatMap { channels[$0]?.party }
    }

    private mutating func bridgeLeave(_ packet: AMIPacket, _ touched: inout [String]) {
        guard let (id, key) = channel(packet, nil) else { return }
        channels[id]?.bridge = nil
        guard var call = calls[key] else { return }
        if id == call.main, call.openTransfer == nil, call.snapshot.transfers.isEmpty || call.firstToHangUp == nil {
            call.partnerBefore = call.snapshot.lastParty
        }
        call.snapshot.isOnHold = false
        calls[key] = call
        touched.append(key)
    }

    private mutating func hold(_ packet: AMIPacket, _ isHeld: Bool, _ touched: inout [String]) {
        touch(packet, &touched) { call in
            if isHeld, !call.snapshot.isOnHold { call.snapshot.holds += 1 }
            call.snapshot.isOnHold = isHeld
        }
    }

    // MARK: - Transfers

    private mutating func blindTransfer(_ packet: AMIPacket, _ touched: inout [String]) {
        guard packet["Result"] == nil || packet["Result"] == "Success" else { return }
        guard let key = Self.value(packet["TransfereeLinkedid"]) ?? Self.value(packet["TransfererLinkedid"]),
            var call = calls[key]
        else { return }
        let from = packet["TransfererChannel"].map(AMIChannel.party)
        call.snapshot.transfers.append(.init(kind: .blind, from: from, to: Self.value(packet["Extension"])))
        call.openTransfer = call.snapshot.transfers.count - 1
        call.partnerBefore = nil
        if let id = packet["TransfererUniqueid"] { channels[id]?.askedToHangUp = true }
        calls[key] = call
        touched.append(key)
    }

    private mutating func attendedTransfer(_ packet: AMIPacket, _ touched: inout [String]) {
        guard packet["Result"] == nil || packet["Result"] == "Success" else { return }
        let key =
            Self.value(packet["TransfereeLinkedid"]) ?? Self.value(packet["OrigTransfererLinkedid"]) ?? ""
        guard var call = calls[key] else { return }
        let from = packet["OrigTransfererChannel"].map(AMIChannel.party)
        var target: String?
        if let other = Self.value(packet["SecondTransfererLinkedid"]), other != key, let second = calls[other] {
            target = second.snapshot.answeredBy
            for id in second.channels {
                channels[id]?.linkedid = key
                call.channels.insert(id)
            }
            call.snapshot.absorbed.append(other)
            for party in second.snapshot.offered where !call.snapshot.offered.contains(party) {
                call.snapshot.offered.append(party)
            }
            calls[other] = nil
            aliases[other] = key
            order.removeAll { $0 == other }
        }
        if target == nil, let name = Self.value(packet["TransferTargetChannel"]) { target = AMIChannel.party(of: name) }
        if target == nil || target?.hasPrefix("Local/") == true {
            target = call.snapshot.offered.last { $0 != from } ?? target
        }
        call.snapshot.transfers.append(.init(kind: .attended, from: from, to: target))
        if let target { call.snapshot.lastParty = target }
        call.partnerBefore = nil
        call.snapshot.isOnHold = false
        for role in ["OrigTransferer", "SecondTransferer"] {
            if let id = packet[role + "Uniqueid"] { channels[id]?.askedToHangUp = true }
        }
        calls[key] = call
        touched.append(key)
    }

    // MARK: - The end

    private mutating func hangupRequest(_ packet: AMIPacket) {
        guard let (id, key) = channel(packet, nil), let channel = channels[id], !channel.askedToHangUp else { return }
        channels[id]?.askedToHangUp = true
        calls[key]?.partnerBefore = nil
        if !channel.isLocal, calls[key]?.firstToHangUp == nil { calls[key]?.firstToHangUp = id }
    }

    private mutating func hangup(_ packet: AMIPacket, _ time: Int64?, _ touched: inout [String]) {
        guard let (id, key) = channel(packet, time), var call = calls[key] else { return }
        call.channels.remove(id)
        if id == call.main || call.main == nil && id == key {
            call.mainHungUp = true
            call.snapshot.cause = packet["Cause"].flatMap { Int64($0) }
            call.snapshot.endedAt = time
        }
        calls[key] = call
        if call.channels.allSatisfy({ channels[$0]?.isLocal == true }) || call.mainHungUp && call.channels.isEmpty {
            end(key, time)
        }
        channels[id] = nil
        refresh(key, &touched)
    }

    private mutating func end(_ key: String, _ time: Int64?) {
        guard var call = calls[key], !call.snapshot.isEnded else { return }
        call.snapshot.isEnded = true
        call.snapshot.isWaiting = false
        call.snapshot.isOnHold = false
        call.snapshot.endedAt = call.snapshot.endedAt ?? time
        let main = call.main ?? key
        switch call.firstToHangUp {
        case main: call.snapshot.endedBy = .caller
        // A phone that declines does not end the call: the dialplan does, when nobody else takes it.
        case .some where call.snapshot.answeredBy != nil: call.snapshot.endedBy = .agent
        default: call.snapshot.endedBy = .pbx
        }
        if call.isTornDown { call.snapshot.endedBy = .pbx }
        if call.snapshot.answeredBy != nil {
            call.snapshot.outcome = .answered
        } else if call.isTornDown {
            call.snapshot.outcome = .failed
        } else if call.firstToHangUp == main {
            call.snapshot.outcome = .abandoned
        } else {
            switch call.lastDialStatus {
            case _ where call.wasQueued: call.snapshot.outcome = .noAnswer
            case "BUSY": call.snapshot.outcome = .busy
            case "NOANSWER", "CHANUNAVAIL", "CANCEL", "DONTCALL", "TORTURE": call.snapshot.outcome = .noAnswer
            default: call.snapshot.outcome = .failed
            }
        }
        calls[key] = call
    }

    /// Ends every call that is still open: the PBX is gone, or it says that it no longer has them.
    public mutating func lose(except kept: Set<String> = [], at time: Int64? = nil) -> [CallSnapshot] {
        let lost = order.filter { !kept.contains($0) }
        let ended: [CallSnapshot] = lost.compactMap { key in
            guard var call = calls[key], !call.snapshot.isEnded else { return nil }
            call.snapshot.isEnded = true
            call.snapshot.endedBy = .pbx
            call.snapshot.outcome = call.snapshot.answeredBy == nil ? .failed : .answered
            call.snapshot.endedAt = time
            call.snapshot.ringing = []
            calls[key] = call
            return call.snapshot
        }
        for call in ended { for id in calls[call.key]?.channels ?? [] { channels[id] = nil } }
        return ended
    }

    /// Forgets calls that have ended; a live line does so after each packet, a replay keeps them to the end.
    public mutating func forgetEnded() {
        guard order.contains(where: { calls[$0]?.snapshot.isEnded == true }) else { return }
        for key in order where calls[key]?.snapshot.isEnded == true { calls[key] = nil }
        order.removeAll { calls[$0] == nil }
        // An alias serves the last events of a joined call, which come within the second.
        if aliases.count > 1_000 { aliases.removeAll() }
    }

    private mutating func refresh(_ key: String, _ touched: inout [String]) {
        guard var call = calls[key] else { return }
        let ringing = call.channels.compactMap { channels[$0] }.filter { $0.isRinging && !$0.isLocal && $0.uniqueid != call.main }
        call.snapshot.ringing = call.snapshot.isEnded ? [] : ringing.map(\.party).sorted()
        calls[key] = call
        touched.append(key)
    }

    // MARK: - Other facts

    private mutating func variable(_ packet: AMIPacket, _ touched: inout [String]) {
        switch packet["Variable"] {
        case "MIXMONITOR_FILENAME": touch(packet, &touched) { $0.snapshot.recording = Self.value(packet["Value"]) }
        case "AGISTATUS": touch(packet, &touched) { $0.snapshot.agi = true }
        default: break
        }
    }

    private mutating func userEvent(_ packet: AMIPacket, _ touched: inout [String]) {
        guard packet["UserEvent"]?.lowercased().hasPrefix("calldesk") == true else { return }
        touch(packet, &touched) { call in
            for header in packet.headers where call.snapshot.variables.count < 32 {
                call.snapshot.variables[header.name.lowercased()] = String(header.value.prefix(200))
            }
        }
    }

    // MARK: - Taking up calls that were there before

    private mutating func coreShowChannel(_ packet: AMIPacket, _ touched: inout [String]) {
        guard let (id, key) = channel(packet, nil) else { return }
        if id == key { main(packet, id, key, nil) }
        if id == key, calls[key]?.snapshot.numberRaw == nil {
            calls[key]?.snapshot.numberRaw = Self.value(packet["CallerIDNum"])
        }
        channels[id]?.bridge = Self.value(packet["BridgeId"])
        channels[id]?.isRinging = packet["ChannelState"] == "5"
        if id != key, channels[id]?.isLocal == false, let party = channels[id]?.party,
            calls[key]?.snapshot.offered.contains(party) == false
        {
            calls[key]?.snapshot.offered.append(party)
        }
        if var call = calls[key], let main = call.main, let partner = partner(of: main, newest: id) {
            call.snapshot.lastParty = partner
            answered(&call, by: partner, nil)
            calls[key] = call
        }
        refresh(key, &touched)
    }

    private mutating func queueEntry(_ packet: AMIPacket, _ touched: inout [String]) {
        guard let id = Self.value(packet["Uniqueid"]), let key = channels[id]?.linkedid else { return }
        calls[key]?.snapshot.queue = Self.value(packet["Queue"])
        calls[key]?.snapshot.isWaiting = true
        calls[key]?.wasQueued = true
        touched.append(key)
    }

    /// Every call, in order of start.
    public var all: [CallSnapshot] { order.compactMap { calls[$0]?.snapshot } }
}
