/// How legs and calls end, and what became of them.
extension ESLCallTracker {
    mutating func hangup(_ event: ESLEvent) {
        guard let place = leg(event) else { return }
        guard !legs[place].isGone else { return }
        let call = legs[place].call
        let cause = event.text(.hangupCause, longest: 128)
        legs[place].disposition = event.text(.sipDisposition, longest: 64)
        let tried = legs[place].isDialled && !legs[place].isAnswered && place != calls[call].main
        settle(place)
        leave(place)
        if tried, !legs[place].isLoopback, let cause { note(cause, isPhone: !legs[place].isTrunk, in: call) }
        if cause == "SYSTEM_SHUTDOWN" { calls[call].isTornDown = true }
        // The network took a leg that talked, whatever it said of who asked for the end.
        if NetworkFailure.isOne(cause), calls[call].snapshot.answeredBy != nil,
            place == calls[call].main || place == calls[call].talker
        {
            calls[call].hasFailed = true
        }
        if place == calls[call].main {
            calls[call].mainCause = event.text(.originateDisposition, longest: 128).flatMap {
                $0 == "SUCCESS" || $0 == "failure" || $0 == "ORIGINATOR_CANCEL" ? nil : $0
            }
            calls[call].mainCause = calls[call].mainCause ?? cause
            calls[call].snapshot.cause = event.integer(.causeCode)
        }
        guard !calls[call].snapshot.isEnded else {
            // The one who hung up may be told of last.
            refine(call)
            return
        }
        if isOver(call) { finish(call, at: event.integer(.timestamp)) }
        change(call)
    }

    mutating func leave(_ place: Int) {
        guard !legs[place].isGone else { return }
        legs[place].isGone = true
        liveLegs -= 1
        let call = legs[place].call
        calls[call].liveLegs -= 1
        let partner = legs[place].partner
        legs[place].partner = -1
        if partner >= 0, legs[partner].partner == place { legs[partner].partner = -1 }
    }

    /// Whether nobody is left for whom this is a call.
    private func isOver(_ call: Int) -> Bool {
        let main = calls[call].main
        if calls[call].liveLegs <= 0 { return true }
        guard main < 0 || legs[main].isGone else { return false }
        // The caller is gone; whom the agents go on talking to is another matter.
        if calls[call].snapshot.direction == .inbound { return true }
        let talker = calls[call].talker
        return talker < 0 || legs[talker].isGone
    }

    private mutating func note(_ cause: String, isPhone: Bool, in call: Int) {
        guard let verdict = Self.verdict(cause, isPhone: isPhone) else { return }
        // One phone that was not taken makes it “no answer”.
        if verdict == .noAnswer || calls[call].verdict == nil || verdict == .busy && calls[call].verdict == .failed {
            calls[call].verdict = verdict
        }
    }

    /// What a cause says of a try to reach somebody; nil when it says nothing.
    static func verdict(_ cause: String, isPhone: Bool) -> CallOutcome? {
        switch cause {
        case "USER_BUSY", "CALL_REJECTED": .busy
        case "NO_ANSWER", "NO_USER_RESPONSE", "ALLOTTED_TIMEOUT", "PROGRESS_TIMEOUT", "RECOVERY_ON_TIMER_EXPIRE":
            .noAnswer
        // A phone that is off answers nobody; a trunk that is down is a fault.
        case "USER_NOT_REGISTERED", "SUBSCRIBER_ABSENT", "DESTINATION_OUT_OF_ORDER", "NORMAL_TEMPORARY_FAILURE":
            isPhone ? .noAnswer : .failed
        case "ORIGINATOR_CANCEL", "LOSE_RACE", "PICKED_OFF", "NORMAL_CLEARING", "SUCCESS": nil
        default: .failed
        }
    }

    mutating func finish(_ call: Int, at time: Int64?) {
        calls[call].snapshot.outcome = outcome(call)
        calls[call].snapshot.endedBy = ender(call)
        let isCut = calls[call].isTornDown || calls[call].hasFailed
        calls[call].snapshot.brokeOff = isCut && calls[call].snapshot.answeredBy != nil ? .seen : nil
        end(call, at: time)
    }

    private mutating func end(_ call: Int, at time: Int64?) {
        calls[call].snapshot.isEnded = true
        calls[call].snapshot.isWaiting = false
        calls[call].snapshot.isOnHold = false
        calls[call].snapshot.ringing = []
        calls[call].snapshot.endedAt = time
        calls[call].openTransfer = nil
        ended.append((call, calls[call].ordinal))
        change(call)
    }

    private mutating func refine(_ call: Int) {
        let ender = ender(call)
        guard calls[call].snapshot.endedBy == .pbx, ender != .pbx else { return }
        calls[call].snapshot.endedBy = ender
        change(call)
    }

    private func ender(_ call: Int) -> CallEnder {
        if calls[call].isTornDown || calls[call].hasFailed { return .pbx }
        let (main, talker) = (calls[call].main, calls[call].talker)
        if main >= 0, legs[main].hungUp { return .caller }
        if calls[call].snapshot.answeredBy != nil {
            if talker >= 0, legs[talker].hungUp { return .agent }
            // Through pairs or after a transfer: any phone that hung up last.
            if calls[call].legs.contains(where: {
                $0 != main && legs[$0].hungUp && legs[$0].isAnswered && $0 == lastPerson(call)
            }) {
                return .agent
            }
        }
        return .pbx
    }

    /// The last leg of the call that talked.
    private func lastPerson(_ call: Int) -> Int? {
        calls[call].legs.last { legs[$0].party == calls[call].snapshot.lastParty && legs[$0].isAnswered }
    }

    private func outcome(_ call: Int) -> CallOutcome {
        let state = calls[call]
        if state.snapshot.answeredBy != nil { return .answered }
        if state.isTornDown { return .failed }
        let main = state.main
        if main >= 0, legs[main].hungUp {
            if state.leftQueue || state.snapshot.isWaiting || state.dialling > 0 { return .abandoned }
            return state.queueGaveUp ? .noAnswer : state.verdict ?? .abandoned
        }
        if state.leftQueue { return .abandoned }
        let isPhone = state.snapshot.direction != .outbound || state.isOriginated && state.isToOutside == nil
        if let cause = state.mainCause, cause != "NORMAL_CLEARING",
            let verdict = Self.verdict(cause, isPhone: isPhone)
        {
            if verdict != .failed { return verdict }
            return state.verdict ?? (state.queueGaveUp ? .noAnswer : .failed)
        }
        // Put out of a queue before its end was told.
        return state.verdict ?? (state.queueGaveUp || state.snapshot.isWaiting ? .noAnswer : .failed)
    }

    /// The switch does not have the call any more.
    mutating func lose(_ call: Int, by ender: CallEnder, at time: Int64?) {
        guard !calls[call].isFree, !calls[call].snapshot.isEnded else { return }
        calls[call].snapshot.outcome = calls[call].snapshot.answeredBy == nil ? .failed : .answered
        calls[call].snapshot.endedBy = ender
        for leg in calls[call].legs {
            legs[leg].isRinging = false
            leave(leg)
        }
        end(call, at: time)
    }

    /// Ends a call that is gone since the line was not heard: the switch took it along where it fell in that time.
    mutating func loseUnheard(_ call: Int, at time: Int64?) {
        guard !calls[call].isFree, !calls[call].snapshot.isEnded else { return }
        let begun = calls[call].snapshot.answeredAt ?? calls[call].snapshot.startedAt
        let broke = begun.flatMap { silence.broke(talkSince: $0) }
        calls[call].snapshot.brokeOff = calls[call].snapshot.answeredBy == nil ? nil : broke
        lose(call, by: broke == nil ? .unknown : .pbx, at: time)
    }

    /// The switch has begun anew: every call of before is lost.
    ///
    /// `time`: of the first event of its new life, by which it had begun where it does not say when.
    mutating func loseAll(at time: Int64?) {
        silence.startedAt = silence.startedAt ?? time
        for call in calls.indices {
            if !calls[call].isFree, !calls[call].snapshot.isEnded {
                calls[call].snapshot.brokeOff =
                    calls[call].snapshot.answeredBy != nil && silence.isFall ? .inferred : nil
            }
            lose(call, by: silence.isFall ? .pbx : .unknown, at: time)
        }
        for place in legs.indices where legs[place].call >= 0 && !legs[place].isGone { leave(place) }
    }
}
