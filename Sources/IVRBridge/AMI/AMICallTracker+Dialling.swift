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
        let call = channels[dest].call
        if dest == calls[call].main {
            // The near end of a call made with Originate: the caller's own phone rings.
            calls[call].isOriginated = true
            beginDialling(dest, in: call)
            direct(call, callerIsInside: true)
            return
        }
        if let source {
            channels[dest].dialledBy = source
            if channels[source].isCallersSide, source != calls[call].main {
                var header = target
                leadsToCaller(dest, number: header.known("DestCallerIDNum"), in: call)
                return
            }
        }
        if calls[call].dialling == 0, !calls[call].snapshot.isWaiting { calls[call].attempt = .init() }
        if source == calls[call].main { continues(call) }
        beginDialling(dest, in: call)
        if calls[call].isOriginated, source == calls[call].main { takeDialled(exten, fields, in: call) }
        guard !channels[dest].isLocal, !channels[dest].isNobody else { return }
        var header = target
        let number = header.known("DestCallerIDNum")
        noteDialled(dest, number: number, context: header.value("DestContext"), in: call)
        // A phone that refuses at once has been offered the call as well.
        offer(channels[dest].party, in: call)
        aimTransfer(at: dest, in: call)
    }

    /// The phone behind a call that Originate made through a Local channel is the caller's own.
    private mutating func leadsToCaller(_ dest: Int, number: AMIText?, in call: Int) {
        channels[dest].isCallersSide = true
        if channels[dest].twin >= 0 { channels[channels[dest].twin].isCallersSide = true }
        guard !channels[dest].isLocal else { return }
        calls[call].snapshot.callerParty = channels[dest].party
        if calls[call].snapshot.numberRaw == nil, let number {
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
        guard !calls[call].snapshot.offered.contains(party), calls[call].snapshot.offered.count < Self.mostOffered
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
        let time = Self.time(fields)
        if let source = channel(&fields, .own) { notePresentation(fields, source) }
        guard let dest = channel(&fields, .dest), !channels[dest].hasDialEnded else { return }
        // Losers of a ring-all are told twice; the first word counts.
        channels[dest].hasDialEnded = true
        stopsRinging(dest)
        let call = channels[dest].call
        let wasDialled = stopsDialling(dest)
        guard let status = fields.value("DialStatus") else { return }
        if status == "ANSWER" {
            channels[dest].isUp = true
            if !channels[dest].isCallersSide { personAnswered(dest, at: time) }
        } else if wasDialled || !calls[call].isFromStart {
            calls[call].attempt.note(status, isPhone: !isTrunk(dest))
        }
    }

    private func isTrunk(_ place: Int) -> Bool { devices[channels[place].party] == false }

    @discardableResult
    mutating func stopsDialling(_ place: Int) -> Bool {
        guard channels[place].isDialling else { return false }
        channels[place].isDialling = false
        calls[channels[place].call].dialling -= 1
        return true
    }

    /// A person's phone took the call: the first that does is who answered.
    mutating func personAnswered(_ place: Int, at time: Int64?) {
        let channel = channels[place]
        let call = channel.call
        guard !channel.isLocal, !channel.isNobody, !channel.isCallersSide, place != calls[call].main else { return }
        offer(channel.party, in: call)
        if calls[call].snapshot.answeredBy == nil {
            calls[call].snapshot.answeredBy = channel.party
            calls[call].snapshot.answeredAt = time
            calls[call].snapshot.lastParty = channel.party
            calls[call].snapshot.isWaiting = false
            change(call)
        }
        if let open = calls[call].openTransfer, !channel.hasTransferred {
            calls[call].snapshot.transfers[open].to = channel.party
            calls[call].openTransfer = nil
            change(call)
        }
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
        direct(call, callerIsInside: true)
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
        let time = Self.time(fields)
        guard let taker = channel(&fields, .own), let id = fields.known("TargetUniqueid"),
            let target = channelIndex[id.string]
        else { return }
        let call = channels[target].call
        if channels[taker].call != call, rank(channels[taker].call) < rank(call) {
            absorb(channels[taker].call, into: call)
        }
        if channels[taker].call == call { personAnswered(taker, at: time) }
    }

    // MARK: - Queues

    mutating func queueJoin(_ fields: inout AMIFields) {
        guard let place = channel(&fields, .own), !channels[place].isGone else { return }
        notePresentation(fields, place)
        let call = channels[place].call
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
        // A stream that begins in the middle may not have the `DialEnd` before.
        if calls[call].snapshot.answeredBy == nil, let dest = channel(&fields, .dest) {
            personAnswered(dest, at: Self.time(fields))
        }
    }

    mutating func agentComplete(_ fields: inout AMIFields) {
        guard let place = channel(&fields, .own) else { return }
        let call = channels[place].call
        if calls[call].snapshot.queue == nil, let queue = fields.known("Queue") {
            calls[call].snapshot.queue = queue.string
            change(call)
        }
        if let dest = channel(&fields, .dest), calls[call].snapshot.answeredBy == nil { personAnswered(dest, at: nil) }
        guard calls[call].hungUpBy == nil, !channels[place].isGone, let reason = fields.value("Reason") else { return }
        if reason == "agent" {
            calls[call].hungUpBy = .agent
        } else if reason == "caller" {
            calls[call].hungUpBy = .caller
        }
    }
}
