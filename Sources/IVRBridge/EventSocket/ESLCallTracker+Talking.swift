/// Ringing, answering, bridging: who talks to the caller.
extension ESLCallTracker {
    mutating func ring(_ event: ESLEvent, isState: Bool) {
        // A change of state tells too little of a leg to know whose it is.
        guard let place = isState ? known(event) : leg(event) else { return }
        let call = legs[place].call
        guard legs[place].isDialled, !legs[place].isLoopback, !legs[place].isAnswered, !legs[place].isGone,
            place != calls[call].main, !isState || event.has(.callState, "RINGING")
        else { return }
        guard !legs[place].isRinging else { return }
        legs[place].isRinging = true
        offer(legs[place].party, in: call)
        refreshRinging(call)
    }

    mutating func offer(_ party: String, in call: Int) {
        guard calls[call].snapshot.offered.count < Self.mostOffered,
            !calls[call].snapshot.offered.contains(party)
        else { return }
        calls[call].snapshot.offered.append(party)
    }

    mutating func refreshRinging(_ call: Int) {
        var ringing: [String] = []
        for leg in calls[call].legs where legs[leg].isRinging && !ringing.contains(legs[leg].party) {
            ringing.append(legs[leg].party)
        }
        calls[call].snapshot.ringing = ringing
        change(call)
    }

    mutating func answer(_ event: ESLEvent) {
        guard let place = leg(event), !legs[place].isGone else { return }
        settle(place)
        legs[place].isAnswered = true
        talk(legs[place].call, event)
    }

    /// A leg rings no longer.
    mutating func settle(_ place: Int) {
        let call = legs[place].call
        if legs[place].isDialled, !legs[place].isLoopback, !legs[place].isAnswered, place != calls[call].main {
            calls[call].dialling = max(0, calls[call].dialling - 1)
        }
        guard legs[place].isRinging else { return }
        legs[place].isRinging = false
        refreshRinging(call)
    }

    mutating func bridge(_ event: ESLEvent) {
        guard let own = leg(event) else { return }
        let one = event.text(.bridgeA, longest: 128) ?? legs[own].id
        guard let two = event.text(.bridgeB, longest: 128) ?? event.text(.otherLeg, longest: 128),
            let a = place(one, beside: own, event), let b = place(two, beside: own, event), a != b,
            !legs[a].isGone, !legs[b].isGone
        else { return }
        var isConsultation = false
        if legs[a].call != legs[b].call {
            isConsultation = isConsulted(legs[a].call, legs[b].call)
            _ = merge(legs[a].call, legs[b].call)
        }
        for leg in [a, b] where legs[leg].partner >= 0 && legs[legs[leg].partner].partner == leg {
            legs[legs[leg].partner].partner = -1
        }
        legs[a].partner = b
        legs[b].partner = a
        legs[own].transfers = Self.history(event).count
        let call = legs[own].call
        talk(call, event, isConsultation: isConsultation)
    }

    /// The leg of a bridge, made from what the other tells of it when it was not seen before.
    private mutating func place(_ id: String, beside own: Int, _ event: ESLEvent) -> Int? {
        if let known = legIndex[id] { return known }
        guard let name = event.text(.otherLegName), legs.count - freeLegs.count < Self.mostLegs else { return nil }
        var other = make(id, name, gateway: nil, user: nil, profile: nil)
        other.isAnswered = true
        other.isDialled = event.has(.otherType, "originatee")
        if other.isDialled { other.dialledFor = own }
        let place = keep(other)
        legIndex[id] = place
        join(place, to: legs[own].call)
        return place
    }

    /// Whether one call is the question that the talker of the other asks before a transfer.
    private func isConsulted(_ one: Int, _ two: Int) -> Bool {
        func asks(_ question: Int, for call: Int) -> Bool {
            guard calls[question].main >= 0, calls[call].talker >= 0 else { return false }
            let party = legs[calls[question].main].party
            return party == legs[calls[call].talker].party
                || calls[call].main >= 0 && party == legs[calls[call].main].party
        }
        return asks(one, for: two) || asks(two, for: one)
    }

    /// The person at the other end of a leg, through loopback pairs; -1 when there is none.
    func person(behind leg: Int) -> Int {
        var at = leg
        // A call goes through a few pairs at the most; a ring of them ends here.
        for _ in 0..<16 {
            let partner = legs[at].partner
            guard partner >= 0, !legs[partner].isGone else { return -1 }
            guard legs[partner].isLoopback else { return legs[partner].isAnswered ? partner : -1 }
            guard let pair = legs[partner].loopbackPair.flatMap({ legIndex[$0] }) else { return -1 }
            at = pair
        }
        return -1
    }

    /// Notes who talks to the caller now.
    mutating func talk(_ call: Int, _ event: ESLEvent, isConsultation: Bool = false) {
        guard !calls[call].snapshot.isEnded else { return }
        let main = calls[call].main
        let before = calls[call].talker
        // After the one who dialled has left, whom they dialled is the one to be talked to.
        let stays = main >= 0 && !legs[main].isGone && !isPassed(call) ? main : before
        guard stays >= 0, !legs[stays].isGone else { return }
        let talker = person(behind: stays)
        guard talker >= 0, talker != main || stays != main,
            stays != main || legs[main].isAnswered || !legs[main].isDialled
        else { return }
        calls[call].snapshot.isWaiting = false
        calls[call].hasFailed = false
        guard talker != before, stays == main || legs[talker].party != calls[call].snapshot.lastParty else { return }
        let left = stays == main ? before : main
        if let open = calls[call].openTransfer {
            calls[call].snapshot.transfers[open].to = legs[talker].party
            calls[call].openTransfer = nil
        } else if left >= 0, calls[call].snapshot.answeredBy != nil,
            isConsultation || legs[talker].dialledFor == left
                || Self.history(event).contains(where: { $0.kind == "att_xfer" }),
            legs[talker].party != legs[left].party
        {
            let from = stays == main ? legs[left].party : calls[call].snapshot.passedTo ?? legs[left].party
            append(CallTransfer(kind: .attended, from: from, to: legs[talker].party), in: call)
        }
        if stays == main {
            calls[call].talker = talker
        } else if calls[call].snapshot.direction == .outbound, !legs[talker].isTrunk {
            calls[call].snapshot.passedTo = legs[talker].party
        }
        if calls[call].snapshot.answeredBy == nil {
            calls[call].snapshot.answeredBy = legs[talker].party
            calls[call].snapshot.answeredAt = event.integer(.timestamp)
        }
        if !calls[call].snapshot.offered.contains(legs[talker].party), legs[talker].isDialled {
            offer(legs[talker].party, in: call)
        }
        calls[call].snapshot.lastParty = legs[talker].party
        if calls[call].snapshot.isOnHold { calls[call].snapshot.isOnHold = false }
        change(call)
    }

    /// Whether whom an outgoing call was made to talks to another than who dialled it, who has not hung up yet.
    private func isPassed(_ call: Int) -> Bool {
        let (main, talker) = (calls[call].main, calls[call].talker)
        guard calls[call].snapshot.direction == .outbound, main >= 0, talker >= 0, !legs[talker].isGone,
            legs[main].partner < 0
        else { return false }
        let person = person(behind: talker)
        return person >= 0 && person != main
    }

    mutating func append(_ transfer: CallTransfer, in call: Int) {
        guard calls[call].snapshot.transfers.count < Self.mostTransfers else { return }
        calls[call].snapshot.transfers.append(transfer)
    }

    mutating func unbridge(_ event: ESLEvent) {
        guard let own = leg(event) else { return }
        let call = legs[own].call
        let a = event.text(.bridgeA, longest: 128).flatMap { legIndex[$0] } ?? own
        let b = event.text(.bridgeB, longest: 128).flatMap { legIndex[$0] }
        if let b, legs[a].partner == b || legs[b].partner == a {
            legs[a].partner = -1
            legs[b].partner = -1
        }
        noteLate(call, own, event)
        let history = Self.history(event)
        let isNew = history.count > legs[own].transfers
        legs[own].transfers = max(legs[own].transfers, history.count)
        guard isNew, let last = history.last, last.kind == "bl_xfer", !calls[call].snapshot.isEnded,
            calls[call].snapshot.answeredBy != nil, let other = a == own ? b : a, event.has(.answerState, "answered"),
            legs[own].partner < 0
        else { return }
        // Whoever stays was sent on: the caller, or the one who was called.
        guard own == calls[call].main || own == calls[call].talker else { return }
        append(CallTransfer(kind: .blind, from: legs[other].party, to: last.target), in: call)
        if !calls[call].snapshot.transfers.isEmpty {
            calls[call].openTransfer = calls[call].snapshot.transfers.count - 1
        }
        change(call)
    }

    /// Who takes a call up in the middle may learn only at its end who talked.
    private mutating func noteLate(_ call: Int, _ own: Int, _ event: ESLEvent) {
        guard !calls[call].isFromStart, !calls[call].snapshot.isEnded, calls[call].snapshot.answeredBy == nil,
            own == calls[call].main, let name = event.text(.otherLegName)
        else { return }
        let other = make("", name, gateway: nil, user: nil, profile: nil)
        guard !other.isLoopback else { return }
        calls[call].snapshot.answeredBy = other.party
        calls[call].snapshot.lastParty = other.party
        calls[call].snapshot.isWaiting = false
        change(call)
    }

    /// `epoch:uuid:bl_xfer:1002/default/XML`, one or an `ARRAY::a|:b` of them.
    static func history(_ event: ESLEvent) -> [(kind: String, target: String)] {
        // A call is transferred a few times; a longer history is read no further.
        guard var text = event.text(.transferHistory, longest: 8_192) else { return [] }
        if text.hasPrefix("ARRAY::") { text.removeFirst(7) }
        return text.split(separator: "|:").prefix(64).map { entry in
            let parts = entry.split(separator: ":", maxSplits: 3, omittingEmptySubsequences: false)
            guard parts.count == 4 else { return ("", "") }
            return (String(parts[2]), String(parts[3].prefix { $0 != "/" }))
        }
    }

    mutating func hold(_ event: ESLEvent, isHeld: Bool) {
        guard let place = leg(event), !legs[place].isGone else { return }
        let call = legs[place].call
        guard calls[call].snapshot.answeredBy != nil, calls[call].snapshot.isOnHold != isHeld else { return }
        calls[call].snapshot.isOnHold = isHeld
        if isHeld { calls[call].snapshot.holds += 1 }
        change(call)
    }

    mutating func record(_ event: ESLEvent) {
        guard let place = leg(event), let path = event.text(.recordPath, longest: 4_096) else { return }
        let call = legs[place].call
        guard calls[call].snapshot.recording != path else { return }
        calls[call].snapshot.recording = path
        change(call)
    }

    /// Variables named `calldesk_…` that the dialplan set, such as the topic a menu found out.
    mutating func keepHanded(_ event: ESLEvent) {
        guard !event.handed.isEmpty, let id = event.text(.uniqueID, longest: 128), let place = legIndex[id] else {
            return
        }
        let call = legs[place].call
        for (name, value) in event.handed {
            guard let key = event.text(name, longest: 40)?.lowercased(), let text = event.text(value, longest: 800)
            else { continue }
            let known = calls[call].snapshot.variables[key]
            guard known != nil || calls[call].snapshot.variables.count < Self.mostVariables else { continue }
            let short = String(text.prefix(200))
            if known == short { continue }
            calls[call].snapshot.variables[key] = short
            change(call)
        }
    }
}
