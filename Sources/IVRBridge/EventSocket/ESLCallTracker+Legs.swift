/// Legs and the calls they belong to.
extension ESLCallTracker {
    /// The leg an event tells of, made when it is seen for the first time; nil for an event of no leg.
    mutating func leg(_ event: ESLEvent) -> Int? {
        guard let id = event.text(.uniqueID, longest: 128) else { return nil }
        if let known = legIndex[id] {
            if !legs[known].isGone { legs[known].seen = max(legs[known].seen, listing) }
            return known
        }
        return adopt(id, event)
    }

    /// The leg an event tells of, where it is known.
    func known(_ event: ESLEvent) -> Int? { event.text(.uniqueID, longest: 128).flatMap { legIndex[$0] } }

    private mutating func adopt(_ id: String, _ event: ESLEvent) -> Int? {
        guard legs.count - freeLegs.count < Self.mostLegs else { return nil }
        let name = event.text(.channelName) ?? ""
        var leg = make(
            id,
            name,
            gateway: event.text(.gateway),
            user: event.text(.userName),
            profile: event.text(.profile)
        )
        leg.isDialled = event.has(.callDirection, "outbound")
        leg.loopbackPair = event.text(.loopbackPair)
        leg.isAnswered = event.has(.answerState, "answered")
        if !leg.isDialled, !leg.isTrunk, !leg.isLoopback, event.text(.userName) == nil, trunks.isEmpty,
            event.has(.context, "public")
        {
            // Not signed in, and where the dialplan takes calls from outside.
            leg.isTrunk = true
            leg.party = Self.trunk(leg.party)
        }
        let relative = relative(of: id, event)
        if leg.isDialled, let relative { leg.dialledFor = relative }
        let place = keep(leg)
        if let relative, legs[relative].call >= 0 {
            join(place, to: legs[relative].call)
        } else {
            guard !isStray(leg, event), begin(place, event) else {
                // Its call was not seen, and it is none of its own.
                free(leg: place)
                return nil
            }
        }
        legIndex[id] = place
        dialled(place, event)
        return place
    }

    /// Whether a leg was dialled for a call that is not known, or is seen for the first time as it ends.
    private func isStray(_ leg: ESLLeg, _ event: ESLEvent) -> Bool {
        guard leg.isDialled else { return false }
        return event.has(.eventName, "CHANNEL_HANGUP_COMPLETE")
            || [ESLField.otherLeg, .queueMember, .fifoMember].contains { event.raw($0)?.isEmpty == false }
    }

    func make(_ id: String, _ name: String, gateway: String?, user: String?, profile: String?) -> ESLLeg {
        let (party, isGateway, isLoopback) = ESLLeg.party(of: name, gateway: gateway)
        var leg = ESLLeg(id: id, party: party, call: -1, seen: listing)
        leg.isLoopback = isLoopback
        if isLoopback { return leg }
        if trunks.isEmpty {
            leg.isTrunk = isGateway || name.hasPrefix("sofia/external") || user == nil && profile == "external"
        } else {
            leg.isTrunk = trunks.contains { party == $0 || name.hasPrefix($0) || gateway == $0 }
        }
        // Behind a trunk stands whoever calls: the trunk is the party, never their number.
        if leg.isTrunk, gateway == nil { leg.party = Self.trunk(party) }
        return leg
    }

    private static func trunk(_ party: String) -> String {
        party.hasPrefix("sofia/gateway/") ? party : party.split(separator: "/").prefix(2).joined(separator: "/")
    }

    /// The leg that a new one belongs to.
    private func relative(of id: String, _ event: ESLEvent) -> Int? {
        for field in [ESLField.otherLeg, .queueMember, .fifoMember, .loopbackPair, .callUUID] {
            guard let other = event.text(field, longest: 128), other != id, let place = legIndex[other] else {
                continue
            }
            return place
        }
        return nil
    }

    mutating func keep(_ leg: ESLLeg) -> Int {
        liveLegs += 1
        guard let place = freeLegs.popLast() else {
            legs.append(leg)
            return legs.count - 1
        }
        legs[place] = leg
        return place
    }

    mutating func join(_ place: Int, to call: Int) {
        legs[place].call = call
        calls[call].legs.append(place)
        if !legs[place].isGone { calls[call].liveLegs += 1 }
        guard calls[call].legs.count > Self.mostLegsOfCall,
            let oldest = calls[call].legs.first(where: {
                legs[$0].isGone && $0 != calls[call].main && $0 != calls[call].talker
            })
        else { return }
        calls[call].legs.removeAll { $0 == oldest }
        free(leg: oldest)
    }

    /// Begins a call with this leg; false when there are too many.
    mutating func begin(_ place: Int, _ event: ESLEvent) -> Bool {
        guard let call = newCall(legs[place].id, place) else { return false }
        join(place, to: call)
        calls[call].isOriginated = legs[place].isDialled && !legs[place].isLoopback
        calls[call].isFromStart = event.has(.eventName, "CHANNEL_CREATE")
        calls[call].snapshot.callerParty = legs[place].isLoopback ? nil : legs[place].party
        if calls[call].isFromStart { calls[call].snapshot.startedAt = event.integer(.timestamp) }
        let number = event.text(.numberFirst, longest: 128) ?? event.text(.numberNow, longest: 128)
        let hides = event.has(.hidesNumber, "true")
        calls[call].snapshot.isWithheld = hides || number == nil || number?.lowercased() == "anonymous"
        calls[call].snapshot.numberRaw = number
        if !calls[call].snapshot.isWithheld { calls[call].snapshot.number = number.flatMap(normalise) }
        calls[call].snapshot.callerName = Self.name(event, unlike: number)
        if !calls[call].isOriginated { calls[call].snapshot.dialled = event.text(.dialled, longest: 128) }
        setDirection(call)
        change(call)
        return true
    }

    mutating func newCall(_ key: String, _ main: Int) -> Int? {
        guard calls.count - freeCalls.count < Self.mostCalls else { return nil }
        let call = ESLCall(key: key, ordinal: nextOrdinal, main: main)
        nextOrdinal += 1
        guard let place = freeCalls.popLast() else {
            calls.append(call)
            return calls.count - 1
        }
        calls[place] = call
        return place
    }

    /// The caller's name; a switch that has none writes the number there.
    static func name(_ event: ESLEvent, unlike number: String?) -> String? {
        let name = event.text(.nameFirst, longest: 4 * longestName) ?? event.text(.nameNow, longest: 4 * longestName)
        guard var name, name != number else { return nil }
        // Quotes of SIP come escaped.
        name.replace("\\\"", with: "\"")
        return String(name.prefix(longestName))
    }

    /// What a leg that the switch dials says about its call.
    private mutating func dialled(_ place: Int, _ event: ESLEvent) {
        let call = legs[place].call
        guard legs[place].isDialled, !legs[place].isLoopback, place != calls[call].main else { return }
        if calls[call].dialling == 0 { calls[call].verdict = nil }
        if !legs[place].isAnswered { calls[call].dialling += 1 }
        if calls[call].isToOutside == nil { calls[call].isToOutside = legs[place].isTrunk }
        if calls[call].isOriginated, calls[call].snapshot.dialled == nil {
            calls[call].snapshot.dialled = event.text(.dialled, longest: 128)
        }
        setDirection(call)
        change(call)
    }

    /// Sets the direction from who calls and whom the switch dialled.
    mutating func setDirection(_ call: Int) {
        let main = calls[call].main
        let direction: CallDirection
        if calls[call].isOriginated {
            direction = .outbound
        } else if main < 0 || legs[main].isTrunk {
            direction = .inbound
        } else if let isToOutside = calls[call].isToOutside {
            direction = isToOutside ? .outbound : .internal
        } else {
            // Nothing was dialled on yet: extensions of a house are short, other people's numbers are not.
            direction = (calls[call].snapshot.dialled?.utf8.count ?? 0) >= 7 ? .outbound : .internal
        }
        calls[call].snapshot.direction = direction
    }

    // MARK: - Letting go

    mutating func free(leg place: Int) {
        if !legs[place].isGone { liveLegs -= 1 }
        legs[place].isGone = true
        legs[place].call = -1
        legIndex[legs[place].id] = nil
        for other in [legs[place].partner] where other >= 0 && legs[other].partner == place { legs[other].partner = -1 }
        freeLegs.append(place)
    }

    mutating func free(call place: Int) {
        for leg in calls[place].legs where legs[leg].call == place { free(leg: leg) }
        calls[place].legs = []
        calls[place].isFree = true
        calls[place].isChanged = false
        freeCalls.append(place)
    }

    mutating func forgetOldEnded() {
        while ended.count > Self.mostEnded {
            let (call, ordinal) = ended.removeFirst()
            if !calls[call].isFree, calls[call].ordinal == ordinal, calls[call].snapshot.isEnded { free(call: call) }
        }
    }

    /// Makes one call of two: the customer's own, else the older.
    ///
    /// - Returns: the call that is left.
    mutating func merge(_ one: Int, _ two: Int) -> Int {
        func rank(_ call: Int) -> (Int, Int) {
            let isCustomer = calls[call].main >= 0 && legs[calls[call].main].isTrunk && !calls[call].isOriginated
            let isOut = calls[call].snapshot.direction == .outbound && calls[call].snapshot.answeredBy != nil
            return (isCustomer ? 0 : isOut ? 1 : 2, calls[call].ordinal)
        }
        let (kept, lost) = rank(one) < rank(two) ? (one, two) : (two, one)
        for leg in calls[lost].legs {
            legs[leg].call = kept
            calls[kept].legs.append(leg)
        }
        calls[kept].liveLegs += calls[lost].liveLegs
        calls[kept].snapshot.absorbed.append(calls[lost].snapshot.key)
        calls[kept].snapshot.absorbed += calls[lost].snapshot.absorbed
        calls[lost].legs = []
        free(call: lost)
        change(kept)
        return kept
    }
}
