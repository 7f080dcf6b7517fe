/// Which phones ring for a call, who takes it, and how it waits.
extension AMICallTracker {
    mutating func newState(_ fields: inout AMIFields) {
        var header = fields
        let state = header.value("ChannelState")
        guard let place = channel(&fields, .own), !channels[place].isGone, let state else { return }
        if state == "5" {
            rings(place)
        } else if state == "6" {
            channels[place].isUp = true
            stopsRinging(place)
        }
        notePresentation(fields, place)
    }

    mutating func dialBegin(_ fields: inout AMIFields) {
        let exten = fields
        let source = channel(&fields, .own)
        if let source { notePresentation(fields, source) }
        let target = fields
        guard let dest = channel(&fields, .dest), !channels[dest].hasDialEnded, !channels[dest].isGone else { return }
        if let source { rung(dest, by: source) }
        let call = channels[dest].call
        if dest == calls[call].main {
            beginNearEnd(dest, target, in: call)
            return
        }
        if let source {
            channels[dest].dialledBy = source
            if channels[source].isCallersSide, source != calls[call].main {
                leadsToCaller(dest, target, in: call)
                return
            }
            if source == calls[call].main { noteShown(exten, source, isOffer: true) }
        }
        if calls[call].dialling == 0, !calls[call].snapshot.isWaiting { calls[call].attempt = .init() }
        if source == calls[call].main { continues(call) }
        beginDialling(dest, in: call)
        if calls[call].isOriginated, source == calls[call].main { takeDialled(exten, fields, in: call) }
        guard !channels[dest].isLocal, !channels[dest].isNobody else { return }
        let leg = Self.leg(target)
        if calls[call].farParty != nil { number(dest, leg.number) }
        noteDialled(dest, number: leg.number, context: leg.context, dialString: leg.dialString, in: call)
        // A phone that refuses at once has been offered the call as well.
        offer(channels[dest].party, in: call)
        aimTransfer(at: dest, in: call)
    }

    /// What a dialled channel shows.
    private static func leg(_ fields: AMIFields) -> (number: AMIText?, context: AMIText?, dialString: AMIText?) {
        var header = fields
        let number = header.known("DestCallerIDNum")
        let context = header.value("DestContext")
        return (number, context, header.known("DialString"))
    }

    /// The near end of a call made with Originate is rung: the caller's own phone, or first the customer's.
    private mutating func beginNearEnd(_ dest: Int, _ fields: AMIFields, in call: Int) {
        calls[call].isOriginated = true
        beginDialling(dest, in: call)
        let leg = Self.leg(fields)
        if !channels[dest].isLocal { ringsCustomerFirst(dest, leg, in: call) }
        direct(call)
    }

    /// Notes that whom Originate rings first is outside: the call is one to a customer, whoever is dialled after that.
    ///
    /// - Returns: whether it is.
    @discardableResult
    private mutating func ringsCustomerFirst(
        _ dest: Int,
        _ leg: (number: AMIText?, context: AMIText?, dialString: AMIText?),
        in call: Int
    ) -> Bool {
        let verdict = judgeDialled(dest, number: leg.number, context: leg.context, dialString: leg.dialString)
        guard !verdict.isHouse, verdict.isSure, calls[call].farParty == nil else { return calls[call].farParty != nil }
        let party = channels[dest].party
        calls[call].farParty = party
        calls[call].snapshot.callerParty = nil
        calls[call].snapshot.numberRaw = nil
        calls[call].snapshot.number = nil
        calls[call].snapshot.callerName = nil
        calls[call].snapshot.isWithheld = false
        calls[call].snapshot.dialled = nil
        if let number = leg.dialString.flatMap({ AMIHouseSigns.number(in: $0, party: party) }) ?? leg.number {
            dialled(number, in: call)
        }
        offer(party, in: call)
        direct(call)
        change(call)
        return true
    }

    /// Keeps an agent's number: who is put through to a customer that was rung first is who called.
    private mutating func number(_ place: Int, _ number: AMIText?) { channels[place].number = number?.string }

    /// The phone behind a call that Originate made through a Local channel is the caller's own, or the customer's.
    private mutating func leadsToCaller(_ dest: Int, _ fields: AMIFields, in call: Int) {
        channels[dest].isCallersSide = true
        if channels[dest].twin >= 0 { channels[channels[dest].twin].isCallersSide = true }
        guard !channels[dest].isLocal else { return }
        let leg = Self.leg(fields)
        guard !ringsCustomerFirst(dest, leg, in: call) else { return }
        calls[call].snapshot.callerParty = channels[dest].party
        if calls[call].snapshot.numberRaw == nil, let number = leg.number {
            calls[call].snapshot.numberRaw = number.string
            calls[call].snapshot.number = normalise(number.string)
            calls[call].snapshot.isWithheld = false
        }
        change(call)
    }

    private mutating func beginDialling(_ dest: Int, in call: Int) {
        guard !channels[dest].isDialling else { return }
        channels[dest].isDialling = true
        calls[call].dialling += 1
        change(call)
    }

    /// What a click-to-call dials: the extension that the caller's channel goes to, else the string it dials.
    private mutating func takeDialled(_ own: AMIFields, _ fields: AMIFields, in call: Int) {
        var own = own
        if let exten = own.value("Exten") { dialled(exten, in: call) }
        var rest = fields
        guard calls[call].snapshot.dialled == nil, let string = rest.known("DialString") else { return }
        // `number@trunk` with PJSIP, `trunk/number` with older drivers.
        if let at = string.firstIndex(of: UInt8(ascii: "@")) {
            dialled(string.keeping(at), in: call)
        } else if let slash = string.lastIndex(of: UInt8(ascii: "/")) {
            dialled(string.dropping(slash + 1), in: call)
        } else {
            dialled(string, in: call)
        }
    }

    mutating func dialState(_ fields: inout AMIFields) {
        guard let dest = channel(&fields, .dest), let status = fields.value("DialStatus") else { return }
        // Early media (183) rings for the caller's ear as well.
        if status == "RINGING" || status == "PROGRESS" { rings(dest) }
    }

    /// A phone was heard ringing.
    private mutating func rings(_ place: Int) {
        let channel = channels[place]
        guard !channel.isGone, !channel.isUp, !channel.hasDialEnded, !channel.isRinging else { return }
        channels[place].isRinging = true
        guard !channel.isLocal, !channel.isNobody, !channel.isCallersSide, place != calls[channel.call].main else {
            return
        }
        offer(channel.party, in: channel.call)
        refreshRinging(channel.call)
    }

    mutating func stopsRinging(_ place: Int) {
        guard channels[place].isRinging else { return }
        channels[place].isRinging = false
        refreshRinging(channels[place].call)
    }

    /// Notes a phone that was rung, once, in order.
    mutating func offer(_ party: String, in call: Int) {
        guard !calls[call].snapshot.offered.contains(party), calls[call].snapshot.offered.count < Self.mostOffered,
            !calls[call].isLeft
        else {
            return
        }
        calls[call].snapshot.offered.append(party)
        change(call)
    }

    mutating func refreshRinging(_ call: Int) {
        var ringing: [String] = []
        if !calls[call].snapshot.isEnded {
            for place in calls[call].channels where channels[place].isRinging {
                let channel = channels[place]
                if !channel.isLocal, !channel.isNobody, !channel.isCallersSide, !ringing.contains(channel.party) {
                    ringing.append(channel.party)
                }
            }
        }
        guard calls[call].snapshot.ringing != ringing else { return }
        calls[call].snapshot.ringing = ringing
        change(call)
    }

    mutating func dialEnd(_ fields: inout AMIFields) {
        let endedAt = time(fields)
        if let source = channel(&fields, .own) { notePresentation(fields, source) }
        guard let dest = channel(&fields, .dest), !channels[dest].hasDialEnded else { return }
        // Losers of a ring-all are told twice; the first word counts.
        channels[dest].hasDialEnded = true
        stopsRinging(dest)
        let call = channels[dest].call
        let wasDialled = stopsDialling(dest)
        guard let status = fields.value("DialStatus") else { return }
        let hasLifted = channels[dest].isUp && !channels[dest].isLocal
        if status == "ANSWER" {
            channels[dest].isUp = true
            // Lifted, which is no answer yet: a question may be asked first, or nobody be put through.
            if isPhone(dest, in: call) { calls[call].attempt.noAnswer += 1 }
        } else if wasDialled || !calls[call].isFromStart {
            if hasLifted {
                // Whoever lifts and declines, in whatever words the dialplan says so, was there and did not take it.
                calls[call].attempt.noAnswer += 1
            } else {
                calls[call].attempt.note(status, isPhone: !isTrunk(dest))
            }
        }
        endIfOver(call, at: endedAt)
    }

    /// Whether a channel is a phone that was dialled for a call's caller.
    func isPhone(_ place: Int, in call: Int) -> Bool {
        let channel = channels[place]
        return !channel.isLocal && !channel.isNobody && !channel.isCallersSide && place != calls[call].main
    }

    private func isTrunk(_ place: Int) -> Bool { devices[channels[place].party] == false }

    @discardableResult
    mutating func stopsDialling(_ place: Int) -> Bool {
        guard channels[place].isDialling else { return false }
        channels[place].isDialling = false
        calls[channels[place].call].dialling -= 1
        return true
    }

    /// A person's phone talks to the caller: the first that does is who answered.
    mutating func personAnswered(_ place: Int, at time: Int64?) {
        let channel = channels[place]
        let call = channel.call
        guard isPhone(place, in: call) else { return }
        offer(channel.party, in: call)
        if calls[call].snapshot.answeredBy == nil {
            putThrough(place, in: call, at: time)
        }
        if let open = calls[call].openTransfer, !channel.hasTransferred {
            calls[call].snapshot.transfers[open].to = channel.party
            calls[call].openTransfer = nil
            change(call)
        }
    }

    /// A phone and the caller hear each other.
    mutating func putThrough(_ place: Int, in call: Int, at time: Int64?) {
        let channel = channels[place]
        channels[place].hasTalked = true
        if calls[call].snapshot.answeredBy == nil {
            calls[call].snapshot.answeredBy = calls[call].farParty ?? channel.party
            calls[call].snapshot.answeredAt = time
            calls[call].far = place
        }
        calls[call].snapshot.lastParty = calls[call].farParty ?? channel.party
        if calls[call].farParty != nil {
            calls[call].snapshot.callerParty = channel.party
            calls[call].snapshot.numberRaw = channel.number ?? calls[call].snapshot.numberRaw
            calls[call].snapshot.number = calls[call].snapshot.numberRaw.flatMap(normalise)
        }
        calls[call].snapshot.isWaiting = false
        change(call)
    }

    mutating func originateResponse(_ fields: inout AMIFields) {
        var header = fields
        guard let response = header.value("Response"), let exten = header.value("Exten"),
            let reason = header.value("Reason"), let id = header.known("Uniqueid"),
            let place = channelIndex[id.string]
        else { return }
        let call = channels[place].call
        guard calls[call].main == place else { return }
        calls[call].isOriginated = true
        dialled(exten, in: call)
        direct(call)
        guard !(response == "Success"), !channels[place].isUp else { return }
        // The last control frame of the caller's own phone (include/asterisk/frame.h): 3 it rang, 5 it was busy.
        if reason == "3" {
            calls[call].attempt.noAnswer += 1
        } else if reason == "5" {
            calls[call].attempt.busy += 1
        } else {
            calls[call].attempt.failed += 1
        }
    }

    /// Somebody took a call that rang at another's phone.
    mutating func pickup(_ fields: inout AMIFields) {
        let pickedUpAt = time(fields)
        guard let taker = channel(&fields, .own), let id = fields.known("TargetUniqueid"),
            let target = channelIndex[id.string]
        else { return }
        let call = channels[target].call
        if channels[taker].call != call, rank(channels[taker].call) < rank(call) {
            absorb(channels[taker].call, into: call)
        }
        if channels[taker].call == call { personAnswered(taker, at: pickedUpAt) }
    }

    // MARK: - Queues

    mutating func queueJoin(_ fields: inout AMIFields) {
        let start = fields
        guard let place = channel(&fields, .own), !channels[place].isGone else { return }
        notePresentation(fields, place)
        noteShown(start, place, isOffer: true)
        let call = channels[place].call
        if place == calls[call].main { houseReached(call) }
        if let queue = fields.known("Queue") { calls[call].snapshot.queue = queue.string }
        calls[call].snapshot.isWaiting = true
        calls[call].attempt = .init()
        if place == calls[call].main { continues(call) }
        change(call)
    }

    /// A caller left a queue: taken, gone, or given up by the queue, which Asterisk calls abandoned as well.
    mutating func queueLeave(_ fields: inout AMIFields, gaveUp: Bool) {
        guard let place = channel(&fields, .own) else { return }
        let call = channels[place].call
        if calls[call].snapshot.queue == nil, let queue = fields.known("Queue") {
            calls[call].snapshot.queue = queue.string
        }
        if gaveUp, calls[call].hungUpBy == nil { calls[call].attempt.noAnswer += 1 }
        calls[call].snapshot.isWaiting = false
        change(call)
    }

    mutating func agentConnect(_ fields: inout AMIFields) {
        guard let place = channel(&fields, .own) else { return }
        let call = channels[place].call
        if calls[call].snapshot.queue == nil, let queue = fields.known("Queue") {
            calls[call].snapshot.queue = queue.string
        }
        calls[call].snapshot.isWaiting = false
        change(call)
    }

    mutating func agentComplete(_ fields: inout AMIFields) {
        guard let place = channel(&fields, .own) else { return }
        let call = channels[place].call
        if calls[call].snapshot.queue == nil, let queue = fields.known("Queue") {
            calls[call].snapshot.queue = queue.string
            change(call)
        }
        // A stream that begins in the middle may not have seen them talk; the queue says that they did.
        if let dest = channel(&fields, .dest), calls[call].snapshot.answeredBy == nil, !calls[call].isFromStart {
            personAnswered(dest, at: nil)
        }
        guard calls[call].hungUpBy == nil, !channels[place].isGone, let reason = fields.value("Reason") else { return }
        if reason == "agent" {
            calls[call].hungUpBy = .agent
        } else if reason == "caller" {
            calls[call].hungUpBy = .caller
        }
    }
}
