/// Who is there before a customer comes and after they have left: colleagues who wait for calls or talk on.
extension AMICallTracker {
    /// A colleague signs in to wait for calls (`AgentLogin`): the phone is the house's, and the waiting is no customer's.
    mutating func signs(in place: Int) {
        let call = channels[place].call
        guard calls[call].main == place, calls[call].snapshot.answeredBy == nil, !calls[call].isSignIn else { return }
        learnCaller(isInside: true, call)
        guard calls[call].snapshot.direction == .internal else { return }
        calls[call].isSignIn = true
    }

    /// The call in which a channel signed in; nil for one that did not.
    func home(of place: Int) -> Int? {
        guard let home = callIndex[channels[place].uniqueid], calls[home].isSignIn, calls[home].main == place else {
            return nil
        }
        return home
    }

    /// A colleague who signed in waits for the next call.
    mutating func goesHome(_ place: Int) {
        let call = channels[place].call
        guard let home = home(of: place), home != call else { return }
        move(place, to: home)
        channels[place].isCallersSide = true
        // Asterisk keeps naming the channel by a customer who came before it: whom it joins next is none of theirs.
        guard calls[call].snapshot.isEnded, callIndex[channels[place].linkedid] == call else { return }
        hands(channels[place].linkedid, of: call, to: home)
    }

    /// Who signed in, and whoever is rung from there, is part of the call it shares a bridge with; who stays when a
    /// customer has left goes on in a call of their own.
    mutating func gathers(around place: Int) {
        let own = channels[place].call
        let members = bridges[channels[place].bridge] ?? []
        if calls[own].isLeft, members.count > 1 { _ = goesOn(withoutCallerOf: own) }
        // Nearly always all belong to one call.
        guard members.contains(where: { channels[$0].call != own }) else { return }
        let reached = reached(from: place)
        guard reached.contains(where: { calls[channels[$0].call].isSignIn }),
            let call = reached.map({ channels[$0].call }).filter({ !calls[$0].isSignIn && !calls[$0].snapshot.isEnded })
                .max(by: { rank($0) < rank($1) })
        else { return }
        for other in reached where calls[channels[other].call].isSignIn {
            move(other, to: call)
            channels[other].isCallersSide = false
        }
    }

    /// Whoever is rung for a customer is part of their call, whatever Asterisk names it by.
    mutating func rung(_ dest: Int, by source: Int) {
        let own = channels[source].call
        if calls[own].isLeft, source != calls[own].main, !channels[source].isGone {
            _ = goesOn(withoutCallerOf: own)
        } else if channels[dest].call != own, calls[channels[dest].call].isSignIn, !calls[own].snapshot.isEnded {
            let twin = channels[dest].twin
            if twin >= 0, channels[twin].call == channels[dest].call { move(twin, to: own) }
            move(dest, to: own)
        }
    }

    /// Makes a call of who is still there when the customer has left and who begins something else.
    ///
    /// `key`: what names it where none of them does.
    /// - Returns: nil where no name is left for it.
    mutating func goesOn(withoutCallerOf left: Int, key: String? = nil) -> Int? {
        let live = calls[left].channels.filter { !channels[$0].isGone }
        let phone = live.first {
            !channels[$0].isLocal && !channels[$0].isNobody && callIndex[channels[$0].uniqueid] == nil
        }
        guard let name = phone.map({ channels[$0].uniqueid }) ?? key, callIndex[name] == nil,
            let call = call(name), !calls[left].isFree
        else { return nil }
        calls[call].isFromStart = true
        calls[call].hasLived = true
        calls[call].isCallerInside = true
        calls[call].isCallerSure = true
        calls[call].isToOutside = false
        calls[call].snapshot.startedAt = calls[left].snapshot.endedAt
        direct(call)
        for place in live {
            move(place, to: call)
            channels[place].isCallersSide = false
        }
        if let phone {
            calls[call].main = phone
            channels[phone].isCallersSide = true
            calls[call].snapshot.callerParty = channels[phone].party
        }
        for key in calls[left].keys where callIndex[key] == left { hands(key, of: left, to: call) }
        calls[left].isLeft = false
        change(call)
        return call
    }

    /// What is named so from now on belongs to another call.
    private mutating func hands(_ key: String, of old: Int, to new: Int) {
        calls[old].keys.removeAll { $0 == key }
        calls[new].keys.append(key)
        callIndex[key] = new
    }
}
