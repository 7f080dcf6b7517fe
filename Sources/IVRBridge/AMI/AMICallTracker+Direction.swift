/// Which way a call goes.
extension AMICallTracker {
    /// Sets the direction from who calls and what was dialled.
    mutating func direct(_ call: Int) {
        let direction: CallDirection
        if calls[call].isService || calls[call].isSignIn {
            direction = .internal
        } else if calls[call].farParty != nil {
            direction = .outbound
        } else if !calls[call].isCallerInside, !calls[call].isOriginated {
            direction = .inbound
        } else if let isToOutside = calls[call].isToOutside {
            direction = isToOutside ? .outbound : .internal
        } else {
            // A phone's own call shows where it goes when somebody is dialled; what is never dialled is an application.
            let isPublic = calls[call].snapshot.dialled.map(AMIHouseSigns.isPublicNumber) ?? false
            let isRefused = calls[call].snapshot.isEnded && calls[call].main >= 0 && !channels[calls[call].main].isUp
            direction = isPublic && (calls[call].isOriginated || isRefused) ? .outbound : .internal
        }
        guard calls[call].snapshot.direction != direction else { return }
        calls[call].snapshot.direction = direction
        change(call)
    }

    /// Judges by all that its first events show whether a caller's channel is a phone of the house.
    mutating func judgeCaller(_ place: Int, number: AMIText?, context: AMIText?, exten: AMIText?, state: AMIText?) {
        let call = channels[place].call
        var signs: AMIHouseSigns?
        if isHouseForCertain(place) == nil {
            var judged = AMIHouseSigns(party: channels[place].party, number: number, context: context)
            if !calls[call].isOriginated, let exten { judged.note(dialledByItself: exten, began: state) }
            signs = judged
        }
        let verdict = judge(place, signs)
        calls[call].isCallerInside = verdict.isHouse
        calls[call].isCallerSure = verdict.isSure
        direct(call)
    }

    /// Notes whether the first phone that the caller's side dialled is outside; what is not certain of the caller may
    /// become so.
    mutating func noteDialled(
        _ target: Int,
        number: AMIText?,
        context: AMIText?,
        dialString: AMIText?,
        in call: Int
    ) {
        let verdict = judgeDialled(target, number: number, context: context, dialString: dialString)
        guard calls[call].isToOutside == nil else { return }
        calls[call].isToOutside = !verdict.isHouse
        if verdict.isHouse {
            if verdict.isSure {
                houseReached(call)
                extensionReached(target, call)
            }
            if let number { colleagueReached(target, showing: number, call) }
        } else if let dialString, let dialled = calls[call].snapshot.dialled,
            let number = AMIHouseSigns.number(in: dialString, party: channels[target].party),
            AMIHouseSigns.isSameNumber(number.string, dialled)
        {
            // What it asked for is what was dialled outside: only a phone of the house does that.
            learnCaller(isInside: true, call)
        }
        direct(call)
    }

    /// A phone or queue of the house is rung for a call: who asked for it by a public number came from outside.
    mutating func houseReached(_ call: Int) {
        guard let dialled = calls[call].snapshot.dialled, AMIHouseSigns.isPublicNumber(dialled) else { return }
        learnCaller(isInside: false, call)
    }

    /// A phone of the house is rung by its own name: a caller whose device is named as that one is a phone as well.
    private mutating func extensionReached(_ target: Int, _ call: Int) {
        guard !calls[call].isCallerSure, calls[call].main >= 0, let dialled = calls[call].snapshot.dialled,
            AMIHouseSigns.areExtensions(channels[calls[call].main].party, channels[target].party, dialled: dialled)
        else { return }
        learnCaller(isInside: true, call)
    }

    /// A phone of the house is rung that shows the very number its caller shows: the company's, which nobody outside has.
    ///
    /// Phones with people's names say nothing else of what they are. A number of the public network that was dialled comes
    /// from outside all the same: a branch that calls another by it shows the company's number too.
    private mutating func colleagueReached(_ target: Int, showing number: AMIText, _ call: Int) {
        guard !calls[call].isCallerSure, let sent = calls[call].snapshot.numberRaw, AMIHouseSigns.isPublicNumber(sent),
            number == sent, let dialled = calls[call].snapshot.dialled, !AMIHouseSigns.isPublicNumber(dialled)
        else { return }
        learnCaller(isInside: true, call)
        learn(channels[target].party, isHouse: true)
    }

    mutating func learnCaller(isInside: Bool, _ call: Int) {
        guard !calls[call].isCallerSure, !calls[call].isOriginated, calls[call].main >= 0 else { return }
        calls[call].isCallerInside = isInside
        calls[call].isCallerSure = true
        learn(channels[calls[call].main].party, isHouse: isInside)
        direct(call)
    }

    /// Whether a channel that is dialled is a phone of the house.
    mutating func judgeDialled(
        _ place: Int,
        number: AMIText?,
        context: AMIText?,
        dialString: AMIText?
    ) -> (isHouse: Bool, isSure: Bool) {
        guard isHouseForCertain(place) == nil else { return judge(place, nil) }
        // What is dialled may show the number that was dialled instead of its own.
        let own = number.flatMap { dialString == nil || AMIHouseSigns.digits($0) <= 6 ? $0 : nil }
        var signs = AMIHouseSigns(party: channels[place].party, number: own, context: context)
        if let dialString { signs.note(dialString: dialString, party: channels[place].party) }
        return judge(place, signs)
    }

    /// What is known of a channel without looking at signs.
    private mutating func isHouseForCertain(_ place: Int) -> Bool? {
        if channels[place].isLocal { return true }
        let party = channels[place].party
        // A phone that belongs to somebody comes before all.
        if isMapped(party) { return true }
        if !trunks.isEmpty { return !trunks.contains { party.hasPrefix($0) } }
        return devices[party]
    }

    private mutating func judge(_ place: Int, _ signs: AMIHouseSigns?) -> (isHouse: Bool, isSure: Bool) {
        if let known = isHouseForCertain(place) { return (known, true) }
        guard let signs else { return (false, false) }
        if signs.isSure {
            learn(channels[place].party, isHouse: signs.isHouse)
        } else if doubtful.count < Self.mostDoubtful {
            doubtful.insert(channels[place].party)
        }
        return (signs.isHouse, signs.isSure)
    }

    private mutating func learn(_ party: String, isHouse: Bool) {
        if devices.count < Self.mostDevices { devices[party] = isHouse }
        if !doubtful.isEmpty { doubtful.remove(party) }
    }

    /// Somebody only listens in: that is no call of anybody's.
    mutating func spyStart(_ fields: inout AMIFields) {
        guard let id = fields.known("SpyerUniqueid"), let place = channelIndex[id.string] else { return }
        let call = channels[place].call
        guard calls[call].main == place, calls[call].snapshot.answeredBy == nil else { return }
        calls[call].isService = true
        direct(call)
    }
}
