/// The table of channels: which there are, to which call each belongs, and how calls become one.
extension AMICallTracker {
    /// The channel of a packet; it and its call are made when they were not seen before.
    ///
    /// - Parameters:
    ///   - fields: the packet; lookups go on behind the channel's headers.
    ///   - names: which of the packet's channels.
    ///   - isEnding: the event only tells of an end, from which no life can be concluded.
    /// - Returns: its place, or nil for what is no channel of a call.
    @inline(__always)
    mutating func channel(
        _ fields: inout AMIFields,
        _ names: AMIChannelNames,
        isEnding: Bool = false
    ) -> Int? {
        let start = fields
        guard let name = fields.known(names.channel), let id = fields.known(names.uniqueid) else { return nil }
        let linked = fields.known(names.linkedid) ?? id
        if let known = channelIndex[id.string] {
            channels[known].seen = listing
            if !(linked == channels[known].linkedid) { relink(known, to: linked) }
            if !isEnding { calls[channels[known].call].hasLived = true }
            return known
        }
        var again = start
        return newlySeen(name, id, linked, &again, names, isEnding: isEnding)
    }

    /// Makes a channel from the first event that names it.
    private mutating func newlySeen(
        _ name: AMIText,
        _ id: AMIText,
        _ linked: AMIText,
        _ fields: inout AMIFields,
        _ names: AMIChannelNames,
        isEnding: Bool
    ) -> Int? {
        let isNobody = AMIChannelName.isNobody(name)
        let isOwnCall = id == linked
        guard !isNobody || !isOwnCall, var call = call(linked.string) else { return nil }
        if calls[call].isLeft { call = goesOn(withoutCallerOf: call, key: id.string) ?? call }
        guard makeRoom(in: call) else { return nil }
        var channel = AMIChannel(
            uniqueid: id.string,
            linkedid: linked.string,
            party: AMIChannelName.party(of: name),
            nameHash: name.hash,
            isLocal: name.hasPrefix("Local/"),
            isNobody: isNobody,
            call: call
        )
        channel.seen = listing
        let state = fields.value(names.state)
        channel.isUp = state.map { $0 == "6" } ?? false
        let place: Int
        if let free = freeChannels.popLast() {
            place = free
            channels[free] = channel
        } else {
            place = channels.count
            channels.append(channel)
        }
        channelIndex[channel.uniqueid] = place
        if let bare = PhoneName.bare(ofPhone: channel.party), phones[bare] != channel.party,
            phones[bare] != nil || phones.count < Self.mostDevices
        {
            phones[bare] = channel.party
        }
        calls[call].channels.append(place)
        calls[call].liveChannels += 1
        calls[call].hasLived = calls[call].hasLived || !isEnding
        if calls[call].snapshot.isEnded { revive(call) }
        if channel.isLocal { pair(place, name) }
        if isOwnCall, calls[call].main < 0 {
            adoptCaller(place, &fields, names)
        } else if !calls[call].isFromStart, !channel.isLocal, !isNobody, calls[call].isToOutside == nil {
            // Taken up in the middle: who else is in the call was dialled.
            let number = fields.known(names.number)
            noteDialled(place, number: number, context: fields.value(names.context), dialString: nil, in: call)
        }
        change(call)
        return place
    }

    /// The call of a Linkedid; made when it is new.
    mutating func call(_ key: String) -> Int? {
        if let known = callIndex[key] { return known }
        if calls.count - freeCalls.count >= Self.mostCalls { letOldestGo() }
        let call = AMICall(key: key, ordinal: nextOrdinal)
        nextOrdinal += 1
        let place: Int
        if let free = freeCalls.popLast() {
            place = free
            calls[free] = call
        } else {
            place = calls.count
            calls.append(call)
        }
        callIndex[key] = place
        return place
    }

    /// Keeps the number of channels bounded; false when a call may have no more.
    private mutating func makeRoom(in call: Int) -> Bool {
        if channels.count - freeChannels.count >= Self.mostChannels { letOldestGo() }
        guard calls[call].channels.count >= Self.mostChannelsOfCall else { return !calls[call].isFree }
        // A call that may have no more channels goes on with those it has.
        guard let old = calls[call].channels.first(where: { channels[$0].isGone && $0 != calls[call].main }) else {
            return false
        }
        calls[call].channels.removeAll { $0 == old }
        free(channel: old)
        return true
    }

    /// Joins the two halves of a Local pair, which are named alike but for `;1` and `;2`.
    private mutating func pair(_ place: Int, _ name: AMIText) {
        guard let half = name.lastIndex(of: UInt8(ascii: ";")) else { return }
        let base = name.keeping(half).string
        if let other = localHalves[base], other != place, !channels[other].isFree, !channels[other].isGone {
            localHalves[base] = nil
            join(place, other)
        } else {
            // A half without its other is rare; the bound only matters to a hostile stream.
            if localHalves.count >= Self.mostChannels { localHalves.removeAll() }
            localHalves[base] = place
        }
    }

    func isPlace(_ place: Int) -> Bool { channels.indices.contains(place) && !channels[place].isFree }

    private mutating func join(_ one: Int, _ two: Int) {
        channels[one].twin = two
        channels[two].twin = one
        if channels[one].isCallersSide || channels[two].isCallersSide {
            channels[one].isCallersSide = true
            channels[two].isCallersSide = true
        }
    }

    mutating func localBridge(_ fields: inout AMIFields) {
        guard let one = fields.value("LocalOneUniqueid"), let two = fields.value("LocalTwoUniqueid"),
            let first = channelIndex[one.string], let second = channelIndex[two.string], first != second
        else { return }
        join(first, second)
    }

    mutating func rename(_ fields: inout AMIFields) {
        guard let new = fields.known("Newname"), let id = fields.known("Uniqueid"), let place = channelIndex[id.string]
        else { return }
        channels[place].party = AMIChannelName.party(of: new)
        channels[place].nameHash = new.hash
        // Named so for the moment before it goes, what it was says more.
        guard !new.hasSuffix("<MASQ>"), !new.hasSuffix("<ZOMBIE>") else { return }
        channels[place].isLocal = new.hasPrefix("Local/")
        channels[place].isNobody = AMIChannelName.isNobody(new)
    }

    // MARK: - Calls become one

    /// A channel shows another Linkedid than before: Asterisk joined two calls.
    private mutating func relink(_ place: Int, to linked: AMIText) {
        channels[place].linkedid = linked.string
        let old = channels[place].call
        guard let new = call(linked.string), new != old else { return }
        // Who is put through to a customer is moved by the bridge they share, and nobody joins a call that is over.
        guard !calls[new].isSignIn, !calls[old].isSignIn, !calls[new].isLeft else { return }
        // Nor does one that is over take another in: who stayed in it goes where they are.
        guard !calls[old].isLeft else { return move(place, to: new) }
        if rank(old) > rank(new) {
            absorb(new, into: old)
        } else if rank(old) == rank(new), rank(old) == 2 {
            // Two customers who were put together stay two calls.
            if place != calls[old].main { move(place, to: new) }
        } else {
            absorb(old, into: new)
        }
    }

    /// Which call outlives the other: the customer's, then the one made to a customer, then talk within the house.
    func rank(_ call: Int) -> Int {
        guard calls[call].main >= 0 || calls[call].isFromStart else { return -1 }
        switch calls[call].snapshot.direction {
        case .inbound: return 2
        case .outbound: return 1
        case .internal: return 0
        }
    }

    mutating func move(_ place: Int, to call: Int) {
        let old = channels[place].call
        calls[old].channels.removeAll { $0 == place }
        calls[call].channels.append(place)
        channels[place].call = call
        if !channels[place].isGone {
            calls[old].liveChannels -= 1
            calls[call].liveChannels += 1
        }
        if channels[place].isDialling {
            calls[old].dialling -= 1
            calls[call].dialling += 1
        }
        if calls[call].snapshot.isEnded, !channels[place].isGone { revive(call) }
        change(old)
        change(call)
        endIfOver(old, at: nil)
    }

    /// Makes one call part of another: a consultation that ended in a transfer is no call of its own.
    mutating func absorb(_ loser: Int, into winner: Int) {
        guard loser != winner else { return }
        let lost = calls[loser]
        for place in lost.channels {
            channels[place].call = winner
            channels[place].isCallersSide = place == calls[winner].main
        }
        calls[winner].channels += lost.channels
        calls[winner].liveChannels += lost.liveChannels
        calls[winner].dialling += lost.dialling
        calls[winner].hasLived = true
        for key in lost.keys { callIndex[key] = winner }
        calls[winner].keys += lost.keys
        calls[winner].isTornDown = calls[winner].isTornDown || lost.isTornDown
        for key in [lost.snapshot.key] + lost.snapshot.absorbed where !calls[winner].snapshot.absorbed.contains(key) {
            calls[winner].snapshot.absorbed.append(key)
        }
        for party in lost.snapshot.offered { offer(party, in: winner) }
        if let queue = lost.snapshot.queue { calls[winner].snapshot.queue = queue }
        if calls[winner].snapshot.recording == nil { calls[winner].snapshot.recording = lost.snapshot.recording }
        if lost.snapshot.agi { calls[winner].snapshot.agi = true }
        for (name, value) in lost.snapshot.variables
        where calls[winner].snapshot.variables[name] == nil
            && calls[winner].snapshot.variables.count < Self.mostVariables
        {
            calls[winner].snapshot.variables[name] = value
        }
        if calls[winner].main < 0, lost.main >= 0 {
            calls[winner].main = lost.main
            channels[lost.main].isCallersSide = true
        }
        calls[loser].isFree = true
        calls[loser].channels = []
        freeCalls.append(loser)
        if calls[winner].snapshot.isEnded, calls[winner].liveChannels > 0 { revive(winner) }
        refreshRinging(winner)
        refreshHold(winner)
        change(winner)
    }

    // MARK: - Forgetting

    /// Gives a channel's place back.
    mutating func free(channel place: Int) {
        leaveBridge(place)
        if channels[place].twin >= 0 { channels[channels[place].twin].twin = -1 }
        if channelIndex[channels[place].uniqueid] == place { channelIndex[channels[place].uniqueid] = nil }
        if let home = home(of: place), home != channels[place].call { calls[home].main = -1 }
        channels[place].isFree = true
        freeChannels.append(place)
    }

    /// Forgets a call and its channels.
    mutating func forget(_ call: Int) {
        for place in calls[call].channels { free(channel: place) }
        for key in calls[call].keys where callIndex[key] == call { callIndex[key] = nil }
        calls[call].channels = []
        calls[call].keys = []
        calls[call].isFree = true
        freeCalls.append(call)
    }

    /// Forgets the oldest finished calls beyond the bound; only when every change has been told.
    mutating func forgetOldEnded() {
        guard ended.count > 2 * Self.mostEnded else { return }
        for (call, ordinal) in ended.prefix(ended.count - Self.mostEnded)
        where calls[call].ordinal == ordinal && !calls[call].isFree && calls[call].snapshot.isEnded {
            forget(call)
        }
        ended.removeFirst(ended.count - Self.mostEnded)
    }

    /// Ends the oldest tenth of all calls as lost: a PBX that never hangs up must not fill the memory.
    private mutating func letOldestGo() {
        let old = calls.indices.filter { !calls[$0].isFree }.sorted { calls[$0].ordinal < calls[$1].ordinal }
        for call in old.prefix(max(1, old.count / 10)) {
            if !calls[call].snapshot.isEnded { lose(call, by: .unknown, at: nil) }
        }
        forgetAfterTelling(old.prefix(max(1, old.count / 10)))
    }

    private mutating func forgetAfterTelling(_ old: ArraySlice<Int>) {
        for call in old {
            if calls[call].isChanged { farewells.append((calls[call].ordinal, calls[call].snapshot)) }
            forget(call)
        }
    }
}
