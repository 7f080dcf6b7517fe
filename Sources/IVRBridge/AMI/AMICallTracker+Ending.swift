/// How a call ends, and what it was.
extension AMICallTracker {
    /// A phone told the PBX that its owner hung up; what the PBX hangs up itself sends none.
    mutating func hangupRequest(_ fields: inout AMIFields) {
        guard let place = channel(&fields, .own, isEnding: true), !channels[place].isGone else { return }
        let channel = channels[place]
        let call = channel.call
        guard !channel.isLocal, !channel.isNobody, !channel.hasTransferred else { return }
        // What the colleagues of a customer who has left do is no part of that call.
        guard !calls[call].isLeft else { return }
        if let home = home(of: place), home != call { calls[home].hungUpBy = .caller }
        if notesFailure(place, cause: fields.value("Cause")?.integer) { return }
        if place == calls[call].main || channel.isCallersSide {
            // The agent hung up first, the caller in the same moment.
            if calls[call].hungUpBy == .agent, channel.bridge != 0 { return }
            guard calls[call].hungUpBy != .caller else { return }
            // The caller's own phone declined a call made with Originate: nobody was there to leave.
            guard channel.isUp || !calls[call].isOriginated else { return }
            calls[call].hungUpBy = .caller
            if place == calls[call].main { channels[place].hasHungUp = true }
            calls[call].wasGivenUp =
                calls[call].snapshot.isWaiting || calls[call].dialling > 0 || isBeingTaken(call)
            return
        }
        if channel.isUp, calls[call].hungUpBy == nil {
            // A phone that declines or that was only consulted does not end the call.
            let isOnlyEvidence =
                calls[call].main < 0 || !calls[call].isFromStart && channels[calls[call].main].bridge == 0
            let isLeft = calls[call].main >= 0 && channels[calls[call].main].isGone
            if isOnlyEvidence || isLeft || isConnected(place, in: call) {
                calls[call].hungUpBy = .agent
                tellsOfTalk(place, in: call)
            }
        }
        channels[place].hasHungUp = true
    }

    /// Whether the network ends a leg that talks: Asterisk asks for its end as if its owner had hung up.
    private mutating func notesFailure(_ place: Int, cause: Int64?) -> Bool {
        let channel = channels[place]
        let call = channel.call
        // Asterisk 16 asks without a cause, and tells it when the channel is gone.
        let hasAsked = channel.hasHungUp && calls[call].hungUpBy == (place == calls[call].main ? .caller : .agent)
        guard NetworkFailure.isOne(cause), calls[call].hungUpBy == nil || hasAsked,
            calls[call].snapshot.answeredBy != nil
        else { return false }
        // A phone that had the caller before, and is gone while another has them, takes nothing along.
        let isCustomers = place == calls[call].main || place == anchor(of: call)
        guard isCustomers || channel.hasTalked && partner(of: call).map({ $0 == place }) ?? true else { return false }
        calls[call].hungUpBy = nil
        calls[call].hasFailed = true
        return true
    }

    /// Taken up in the middle: a phone that is up and hangs up itself has talked.
    private mutating func tellsOfTalk(_ place: Int, in call: Int) {
        guard !calls[call].isFromStart, calls[call].snapshot.answeredBy == nil, channels[place].isUp else { return }
        // Whoever is seen being dialled is seen being put through as well, and to a caller who is there.
        guard !channels[place].isDialling, !channels[place].hasDialEnded, !channels[place].hasHungUp else { return }
        let main = calls[call].main
        guard main < 0 || channels[main].isUp && !channels[main].isGone else { return }
        personAnswered(place, at: nil)
    }

    /// Whether a phone has lifted for a caller and has not been put through yet.
    private func isBeingTaken(_ call: Int) -> Bool {
        guard calls[call].snapshot.answeredBy == nil else { return false }
        return calls[call].channels.contains { place in
            let channel = channels[place]
            return channel.hasDialEnded && channel.isUp && !channel.isGone && !channel.hasHungUp && !channel.hasTalked
                && isPhone(place, in: call)
        }
    }

    mutating func softHangupRequest(_ fields: inout AMIFields) {
        guard let place = channel(&fields, .own, isEnding: true) else { return }
        channels[place].isSentAway = true
        // AST_SOFTHANGUP_SHUTDOWN (include/asterisk/channel.h): the PBX itself is going.
        if let cause = fields.value("Cause"), cause == "4", !channels[place].isGone {
            calls[channels[place].call].isTornDown = true
        }
    }

    mutating func hangup(_ fields: inout AMIFields) {
        guard let place = channel(&fields, .own, isEnding: true), !channels[place].isGone else { return }
        let call = channels[place].call
        let hungUpAt = time(fields)
        let cause = fields.value("Cause")?.integer
        if !channels[place].isLocal, !channels[place].isNobody, !channels[place].hasTransferred {
            _ = notesFailure(place, cause: cause)
        }
        if place == calls[call].main {
            calls[call].snapshot.cause = cause
            if calls[call].isOriginated, !channels[place].isUp, channels[place].isRinging {
                calls[call].attempt.noAnswer += 1
            }
            change(call)
        }
        tellsOfTalk(place, in: call)
        leave(place)
        endIfOver(call, at: hungUpAt)
        if let home = home(of: place), home != call { endIfOver(home, at: hungUpAt) }
    }

    /// A channel is gone.
    mutating func leave(_ place: Int) {
        let call = channels[place].call
        leaveBridge(place)
        channels[place].isGone = true
        stopsRinging(place)
        stopsDialling(place)
        channels[place].isHeld = false
        refreshHold(call)
        calls[call].liveChannels -= 1
    }

    mutating func endIfOver(_ call: Int, at time: Int64?) {
        guard !calls[call].isFree else { return }
        if calls[call].isLeft {
            corrects(call)
        } else if !calls[call].snapshot.isEnded, isOver(call) {
            let end = conclusion(call)
            calls[call].snapshot.brokeOff = end.broke
            finish(call, end.outcome, by: end.ender, at: time)
        }
    }

    /// Whether nobody is left for whom this is a call.
    func isOver(_ call: Int) -> Bool {
        let main = calls[call].main
        if calls[call].isSignIn, main >= 0 { return channels[main].isGone }
        if calls[call].liveChannels <= 0 { return true }
        // The customer is gone; whom the colleagues go on talking to is another matter.
        guard main >= 0, channels[main].isGone, !channels[main].hasTransferred,
            calls[call].snapshot.direction == .inbound
        else { return false }
        // What the next events tell of how it ended is waited for: they come in the same moment.
        guard calls[call].snapshot.answeredBy != nil else {
            return calls[call].isFromStart && (calls[call].hungUpBy != nil || calls[call].dialling <= 0)
        }
        return calls[call].hungUpBy != .agent
            || !calls[call].channels.contains { channels[$0].hasHungUp && !channels[$0].isGone }
    }

    /// What became of a call, who ended it, and how it broke off if it did.
    private func conclusion(_ call: Int) -> (outcome: CallOutcome, ender: CallEnder, broke: CallBreak?) {
        let wasAnswered = calls[call].snapshot.answeredBy != nil
        if calls[call].isTornDown { return (wasAnswered ? .answered : .failed, .pbx, wasAnswered ? .seen : nil) }
        guard wasAnswered else { return (outcome(call), ender(call), nil) }
        return (.answered, ender(call), calls[call].hasFailed && calls[call].hungUpBy == nil ? .seen : nil)
    }

    /// What is told right after a customer has left may say how that came.
    private mutating func corrects(_ call: Int) {
        let told = calls[call].snapshot
        // Of one that was found gone nobody saw the end.
        guard told.endedBy != .unknown else { return }
        let end = conclusion(call)
        guard told.outcome != end.outcome || told.endedBy != end.ender || told.brokeOff != end.broke else { return }
        calls[call].snapshot.outcome = end.outcome
        calls[call].snapshot.endedBy = end.ender
        calls[call].snapshot.brokeOff = end.broke
        change(call)
    }

    private func ender(_ call: Int) -> CallEnder {
        // Who is rung first by Originate stands where a caller does, and is the other one.
        let isReversed = calls[call].farParty != nil
        return switch calls[call].hungUpBy ?? calls[call].leftFirst {
        case .caller: isReversed ? .agent : .caller
        case .agent: isReversed ? .caller : .agent
        // Only its last events were seen: who asked for the end was told before.
        case nil: calls[call].hasLived ? .pbx : .unknown
        }
    }

    /// What became of a call that no person took.
    private func outcome(_ call: Int) -> CallOutcome {
        let attempt = calls[call].attempt
        if calls[call].hungUpBy == .caller {
            // Given up by queue or phone before the caller left, say from a voice mail box: nobody took it in time.
            return calls[call].wasGivenUp ? .abandoned : attempt.verdict ?? .abandoned
        }
        if let verdict = attempt.verdict { return verdict }
        if attempt.cancelled > 0 { return .abandoned }
        // The telephone menu says why it let the caller go: after hours, or to be called back.
        if let status = calls[call].snapshot.variables["status"], status == "closed" || status == "callback" {
            return .noAnswer
        }
        // Q.850 cause 20, subscriber absent: the phone was off, so Asterisk could not even dial it.
        return calls[call].snapshot.cause == 20 ? .noAnswer : .failed
    }

    private mutating func finish(_ call: Int, _ outcome: CallOutcome, by ender: CallEnder, at time: Int64?) {
        calls[call].snapshot.isEnded = true
        calls[call].snapshot.isWaiting = false
        calls[call].snapshot.isOnHold = false
        calls[call].snapshot.ringing = []
        calls[call].snapshot.outcome = outcome
        calls[call].snapshot.endedBy = ender
        calls[call].snapshot.endedAt = time
        if !calls[call].isFree { direct(call) }
        ended.append((call, calls[call].ordinal))
        change(call)
        guard calls[call].liveChannels > 0 else { return }
        calls[call].isLeft = true
        for place in calls[call].channels where !channels[place].isGone { goesHome(place) }
    }

    /// A call that was thought to be over shows a new channel.
    mutating func revive(_ call: Int) {
        calls[call].isLeft = false
        calls[call].snapshot.isEnded = false
        calls[call].snapshot.outcome = .ongoing
        calls[call].snapshot.endedBy = nil
        calls[call].snapshot.endedAt = nil
        calls[call].snapshot.brokeOff = nil
        change(call)
    }

    /// Ends a call that the PBX no longer has; `broke` where a talk fell with the PBX.
    ///
    /// `leaving`: some of its channels are there still.
    mutating func lose(
        _ call: Int,
        by ender: CallEnder,
        broke: CallBreak? = nil,
        leaving: Bool = false,
        at time: Int64?
    ) {
        guard !calls[call].isFree, !calls[call].snapshot.isEnded else { return }
        if !leaving {
            for place in calls[call].channels where !channels[place].isGone { leave(place) }
            calls[call].liveChannels = 0
        }
        calls[call].snapshot.brokeOff = calls[call].snapshot.answeredBy == nil ? nil : broke
        finish(call, calls[call].snapshot.answeredBy == nil ? .failed : .answered, by: ender, at: time)
    }

    /// Ends every open call: the PBX is going.
    mutating func loseAll(at time: Int64?) {
        for call in calls.indices { lose(call, by: .pbx, broke: .seen, at: time) }
    }
}
