/// Who talks to the caller: read from bridges, through Local pairs.
extension AMICallTracker {
    mutating func bridgeEnter(_ fields: inout AMIFields) {
        let enteredAt = time(fields)
        let place = fields
        guard let bridge = fields.value("BridgeUniqueid") else { return }
        // Asterisk writes type and technology after the bridge and before the channel.
        let type = fields.value("BridgeType")
        let technology = fields.value("BridgeTechnology")
        guard let entering = channel(&fields, .own), !channels[entering].isGone else { return }
        channels[entering].place = Self.place(place)
        guard !(technology.map { $0 == "holding_bridge" } ?? false) else {
            hold(entering, signsIn: type.map { $0 == "agent_hold" } ?? false)
            return
        }
        enter(entering, bridge.hash, at: enteredAt)
    }

    /// A channel is put where music plays and nobody hears another: parked, an agent's waiting room, a page's.
    private mutating func hold(_ place: Int, signsIn: Bool) {
        stopsRinging(place)
        leaveBridge(place)
        if signsIn { signs(in: place) }
        goesHome(place)
        let call = channels[place].call
        if place == calls[call].main { continues(call) }
    }

    /// In a conference; after an attended transfer into one nothing else tells that a channel is in its bridge.
    mutating func conferenceJoin(_ fields: inout AMIFields) {
        let joinedAt = time(fields)
        guard let bridge = fields.value("BridgeUniqueid"), let joining = channel(&fields, .own),
            !channels[joining].isGone
        else { return }
        enter(joining, bridge.hash, at: joinedAt)
    }

    /// Where in the dialplan a channel is; a redirect changes it while the channel is still in its bridge.
    private static func place(_ fields: AMIFields) -> UInt64 {
        var fields = fields
        let context = fields.value("Context")?.hash ?? 0
        return context &* 31 &+ (fields.value("Exten")?.hash ?? 0)
    }

    mutating func enter(_ place: Int, _ bridge: UInt64, at time: Int64?) {
        stopsRinging(place)
        guard channels[place].bridge != bridge else { return }
        leaveBridge(place)
        nextEntry += 1
        channels[place].bridge = bridge
        channels[place].entry = nextEntry
        bridges[bridge, default: []].append(place)
        gathers(around: place)
        let own = channels[place].call
        refreshPartner(own, at: time)
        if place == calls[own].main { continues(own) }
        refreshOthers(in: bridge, than: own, at: time)
    }

    /// The other side of a bridge may still be a call of its own, until Asterisk joins the two.
    private mutating func refreshOthers(in bridge: UInt64, than own: Int, at time: Int64?) {
        for other in bridges[bridge] ?? [] where channels[other].call != own {
            refreshPartner(channels[other].call, at: time)
        }
    }

    /// The caller goes on to something else: the agent who hung up before did not end the call.
    mutating func continues(_ call: Int) {
        if calls[call].hungUpBy == .agent { calls[call].hungUpBy = nil }
        calls[call].leftFirst = nil
        calls[call].hasFailed = false
    }

    mutating func leaveBridge(_ place: Int) {
        let bridge = channels[place].bridge
        guard bridge != 0 else { return }
        channels[place].bridge = 0
        guard let index = bridges.index(forKey: bridge) else { return }
        bridges.values[index].removeAll { $0 == place }
        if bridges.values[index].isEmpty { bridges.remove(at: index) }
    }

    /// Finds out anew who talks to the caller of a call.
    private mutating func refreshPartner(_ call: Int, at time: Int64?) {
        guard !calls[call].isFree, let partner = partner(of: call) else { return }
        let party = calls[call].farParty ?? channels[partner].party
        channels[partner].hasTalked = true
        calls[call].hasFailed = false
        calls[call].leftFirst = nil
        let isCaller = calls[call].farParty == nil || calls[call].snapshot.callerParty == channels[partner].party
        if calls[call].snapshot.lastParty != party || calls[call].snapshot.isWaiting
            || calls[call].snapshot.answeredBy == nil || !isCaller
        {
            putThrough(partner, in: call, at: time)
            offer(channels[partner].party, in: call)
        }
        passes(to: partner, in: call)
        if let open = calls[call].openTransfer, !channels[partner].hasTransferred {
            calls[call].snapshot.transfers[open].to = channels[partner].party
            calls[call].openTransfer = nil
            change(call)
        }
    }

    /// The phone that talks to a call's caller now: of several the one that came last.
    func partner(of call: Int) -> Int? {
        let anchor = anchor(of: call)
        let isPassed = anchor != calls[call].main
        var found: Int?
        eachConnected(to: anchor) { place in
            // Who passed an outgoing call on may still be in the bridge of the two.
            if isPassed, channels[place].hasTransferred { return }
            if found.map({ channels[$0].entry < channels[place].entry }) ?? true { found = place }
        }
        return found
    }

    /// The channel around which a call goes on: its caller's; of an outgoing call that was passed on, that of whom it called.
    func anchor(of call: Int) -> Int {
        let (main, far) = (calls[call].main, calls[call].far)
        guard calls[call].snapshot.direction == .outbound, calls[call].farParty == nil, main >= 0, isPlace(far),
            channels[main].isGone || channels[main].hasTransferred, channels[far].call == call, !channels[far].isGone
        else { return main }
        return far
    }

    /// Notes the phone that has an outgoing call after who dialled it; what leads outside again is nobody of the house.
    mutating func passes(to place: Int, in call: Int) {
        let party = channels[place].party
        guard place != calls[call].main, anchor(of: call) != calls[call].main, place != calls[call].far,
            calls[call].snapshot.passedTo != party, isMapped(party) || !leadsOutside(party)
        else { return }
        calls[call].snapshot.passedTo = party
        change(call)
    }

    private func leadsOutside(_ party: String) -> Bool {
        trunks.isEmpty ? devices[party] == false : trunks.contains { party.hasPrefix($0) }
    }

    /// Whether a channel talks to its call's caller now.
    func isConnected(_ place: Int, in call: Int) -> Bool {
        var isFound = false
        eachConnected(to: calls[call].main) { if $0 == place { isFound = true } }
        return isFound
    }

    /// Visits each phone that hears the caller's channel, through bridges and Local pairs.
    private func eachConnected(to main: Int, _ visit: (Int) -> Void) {
        // Asterisk may put an agent through to a caller who has just left.
        guard main >= 0, !channels[main].hasHungUp else { return }
        // Nearly always: two channels in one bridge and no Local pair.
        if channels[main].twin < 0, let members = bridges[channels[main].bridge],
            !members.contains(where: { channels[$0].isLocal })
        {
            for place in members where isPerson(place, besides: main) { visit(place) }
            return
        }
        for place in reached(from: main).dropFirst() where isPerson(place, besides: main) { visit(place) }
    }

    /// A channel and all that hear it, through bridges and Local pairs.
    func reached(from start: Int) -> [Int] {
        var seen = [start]
        var next = 0
        // A chain of Local pairs is short; the bound keeps a broken stream from walking every channel.
        while next < seen.count, seen.count < 64 {
            let place = seen[next]
            next += 1
            let channel = channels[place]
            if channel.bridge != 0 {
                for other in bridges[channel.bridge] ?? [] where !seen.contains(other) { seen.append(other) }
            }
            if channel.twin >= 0, !seen.contains(channel.twin) { seen.append(channel.twin) }
        }
        return seen
    }

    private func isPerson(_ place: Int, besides main: Int) -> Bool {
        let channel = channels[place]
        guard place != main, !channel.isLocal, !channel.isNobody, !channel.isGone, !channel.hasHungUp else {
            return false
        }
        if channel.call == channels[main].call { return !channel.isCallersSide }
        // A second customer in the same bridge is nobody's agent.
        return calls[channel.call].main != place || rank(channel.call) < 2
    }

    mutating func bridgeLeave(_ fields: inout AMIFields) {
        let place = fields
        let bridge = fields.value("BridgeUniqueid")
        guard let leaving = channel(&fields, .own, isEnding: true), !channels[leaving].isGone else { return }
        let call = channels[leaving].call
        // A channel may have entered the next bridge before it is told to have left the last one.
        if let bridge, channels[leaving].bridge != 0, channels[leaving].bridge != bridge.hash { return }
        if leaving == calls[call].main, channels[leaving].bridge != 0 {
            noteRedirect(from: channels[leaving].place, to: Self.place(place), place, in: call)
        }
        // A stream that begins in the middle shows by their leaving that they talked.
        if !calls[call].isFromStart, calls[call].snapshot.answeredBy == nil, channels[leaving].bridge == 0 {
            var bridged = place
            if bridged.value("BridgeTechnology").map({ $0 == "holding_bridge" }) != true {
                personAnswered(leaving, at: nil)
            }
        }
        let left = channels[leaving].bridge
        if leaving == calls[call].main || leaving == partner(of: call) { notesLeaving(leaving, place) }
        leaveBridge(leaving)
        if leaving != calls[call].main { refreshPartner(call, at: nil) }
        refreshOthers(in: left, than: call, at: nil)
    }

    /// Of two who talk one leaves, and no event says that anybody wanted so.
    ///
    /// chan_dahdi marks its channel itself when the other exchange hangs up (MFC/R2, analog lines, some ISDN): a DAHDI
    /// channel that leaves first has hung up.
    private mutating func notesLeaving(_ place: Int, _ fields: AMIFields) {
        let (channel, call) = (channels[place], channels[place].call)
        guard channel.party.hasPrefix("DAHDI/") || channel.party.hasPrefix("Zap/"), channel.bridge != 0,
            !channel.isSentAway, !channel.hasTransferred, calls[call].leftFirst == nil, calls[call].openTransfer == nil,
            calls[call].snapshot.answeredBy != nil, bridges[channel.bridge]?.count == 2,
            channel.place == Self.place(fields)
        else { return }
        calls[call].leftFirst = place == calls[call].main ? .caller : .agent
    }

    mutating func hold(_ fields: inout AMIFields, isHeld: Bool) {
        guard let place = channel(&fields, .own), !channels[place].isGone, channels[place].isHeld != isHeld else {
            return
        }
        channels[place].isHeld = isHeld
        let call = channels[place].call
        if isHeld { calls[call].snapshot.holds += 1 }
        refreshHold(call)
        change(call)
    }

    mutating func refreshHold(_ call: Int) {
        let isOnHold = !calls[call].snapshot.isEnded && calls[call].channels.contains { channels[$0].isHeld }
        guard calls[call].snapshot.isOnHold != isOnHold else { return }
        calls[call].snapshot.isOnHold = isOnHold
        change(call)
    }
}
