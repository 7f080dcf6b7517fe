/// Comparing what is known with what the PBX lists: no ghost call, no lost call.
extension AMICallTracker {
    /// A connection begins: what was known before is only believed when it is seen again.
    public mutating func beginConnection() {
        listing += 1
        isFirstListing = true
        hasRestarted = false
        queues.beginConnection()
        // The counters of Local pairs begin anew when the PBX does.
        localHalves = [:]
    }

    /// The PBX has started since the connection before.
    mutating func noteRestart() {
        hasRestarted = isFirstListing
        queues.noteRestart()
    }

    /// The line was not heard since the last bytes of the connection before.
    mutating func noteSilence() { silence = LineSilence(since: now) }

    /// How a talk ended that is gone since the PBX began anew.
    private var fall: CallBreak? { silence.isFall ? .inferred : nil }

    /// One channel of a listing (`CoreShowChannels`).
    ///
    /// Who was dialled by whom is not in it; a phone in the same bridge as the caller's channel talks to the caller.
    mutating func channelShown(_ fields: inout AMIFields) {
        let whole = fields
        guard let place = channel(&fields, .own), !channels[place].isGone else { return }
        let call = channels[place].call
        var header = whole
        let state = header.value("ChannelState")
        let application = header.value("Application")
        let data = header.value("ApplicationData")
        if place == calls[call].main, calls[call].snapshot.queue == nil, let application, application == "Queue",
            let data
        {
            // `suporte,tT,,,60`
            let name = data.keeping(data.firstIndex(of: UInt8(ascii: ",")) ?? data.count)
            if !name.isUnknown { calls[call].snapshot.queue = name.string }
        }
        if let application, application == "AGI" { noteAGI(call) }
        if let application, application == "AgentLogin" { signs(in: place) }
        if let state, state == "5", !channels[place].isUp { ringsInListing(place, in: call) }
        if let bridge = header.known("BridgeId") { enter(place, bridge.hash, at: nil) }
        change(call)
    }

    private mutating func ringsInListing(_ place: Int, in call: Int) {
        guard !channels[place].isLocal, !channels[place].isNobody, place != calls[call].main else { return }
        channels[place].isRinging = true
        if !channels[place].isDialling {
            channels[place].isDialling = true
            calls[call].dialling += 1
        }
        offer(channels[place].party, in: call)
        refreshRinging(call)
    }

    /// Who waits in a queue (`QueueStatus`).
    mutating func queueEntry(_ fields: inout AMIFields) {
        guard let queue = fields.known("Queue"), let id = fields.known("Uniqueid"), let place = channelIndex[id.string],
            !channels[place].isGone
        else { return }
        let call = channels[place].call
        calls[call].snapshot.queue = queue.string
        calls[call].snapshot.isWaiting = calls[call].snapshot.answeredBy == nil || partner(of: call) == nil
        change(call)
    }

    /// A listing is complete: what it does not have and nothing else has told of since is gone.
    ///
    /// Events of the PBX and its listing do not come in one order, so within a connection a channel has to be missing
    /// twice; after a connection was lost the first listing decides, as no event of the time between will ever come. Who
    /// ended such a call is only known when it was the PBX, by starting anew.
    mutating func channelsShown(at time: Int64?) {
        let oldest = isFirstListing ? listing : listing - 1
        for place in channels.indices
        where !channels[place].isFree && !channels[place].isGone && channels[place].seen < oldest {
            let call = channels[place].call
            leave(place)
            if let home = home(of: place), home != call { lost(home, at: time) }
            lost(call, at: time)
        }
        listing += 1
        isFirstListing = false
        hasRestarted = false
    }

    /// Ends a call of which the listing left nobody for whom it is one: what ended unseen may have ended as any talk does.
    private mutating func lost(_ call: Int, at time: Int64?) {
        guard isOver(call) else { return }
        lose(
            call,
            by: hasRestarted && silence.isFall ? .pbx : .unknown,
            broke: hasRestarted ? fall : nil,
            leaving: true,
            at: time
        )
    }

    /// After a restart the PBX counts its seconds anew, and nothing of before exists.
    mutating func fullyBooted(_ fields: inout AMIFields) {
        guard let told = fields.value("Uptime")?.integer, (0...Self.longestUptime).contains(told) else { return }
        defer { uptime = told }
        silence.startedAt = now.map { $0 - told * 1_000_000 }
        guard let uptime, told < uptime, isFirstListing else { return }
        for call in calls.indices
        where !calls[call].isFree && !calls[call].snapshot.isEnded
            && calls[call].channels.allSatisfy({ channels[$0].isGone || channels[$0].seen < listing })
        {
            lose(call, by: silence.isFall ? .pbx : .unknown, broke: fall, at: time(fields))
        }
    }
}
