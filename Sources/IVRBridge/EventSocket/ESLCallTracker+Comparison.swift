/// Comparing what is known with what the switch lists: no ghost call, no lost call.
extension ESLCallTracker {
    /// A connection begins: what was known before is only believed when it is seen again.
    mutating func beginConnection() {
        listing += 1
        isFirstListing = true
    }

    /// Takes `show channels as json` and `show calls as json`; false where the first is no listing.
    ///
    /// Events and listings do not come in one order, so within a connection a leg has to be missing twice; after a
    /// connection was lost the first listing decides, as no event of the time between will ever come.
    mutating func compare(channels: [UInt8], calls: [UInt8]) -> Bool {
        guard let rows = ESLListing.rows(channels) else { return false }
        for row in rows { show(row) }
        for row in ESLListing.rows(calls) ?? [] {
            guard let one = row["uuid"].flatMap({ legIndex[$0] }), let two = row["b_uuid"].flatMap({ legIndex[$0] })
            else {
                continue
            }
            pair(one, two)
        }
        let oldest = isFirstListing ? listing : listing - 1
        for place in legs.indices where legs[place].call >= 0 && !legs[place].isGone && legs[place].seen < oldest {
            let call = legs[place].call
            leave(place)
            if isFirstListing, place == self.calls[call].main || self.calls[call].liveLegs <= 0 {
                // What ended unseen may have ended as any talk does, unless the switch is known to have begun anew.
                loseUnheard(call, at: nil)
            } else if self.calls[call].liveLegs <= 0 {
                lose(call, by: .unknown, at: nil)
            }
        }
        listing += 1
        isFirstListing = false
        return true
    }

    /// One channel of a listing.
    private mutating func show(_ row: [String: String]) {
        guard let id = row["uuid"], !id.isEmpty, id.utf8.count <= 128 else { return }
        if let known = legIndex[id] {
            if !legs[known].isGone { legs[known].seen = listing }
            return
        }
        guard legs.count - freeLegs.count < Self.mostLegs else { return }
        var leg = make(id, row["name"] ?? "", gateway: nil, user: nil, profile: nil)
        leg.isDialled = row["direction"] == "outbound"
        leg.isAnswered = row["callstate"] == "ACTIVE" || row["callstate"] == "HELD"
        let other = row["call_uuid"].flatMap { $0 == id ? nil : legIndex[$0] }
        // A queue's leg is not told whose it is before it is answered: its own events say.
        if leg.isDialled, !leg.isAnswered, other == nil { return }
        let place = keep(leg)
        if let other, legs[other].call >= 0 {
            legs[place].dialledFor = leg.isDialled ? other : -1
            join(place, to: legs[other].call)
        } else {
            guard let call = newCall(id, place) else {
                free(leg: place)
                return
            }
            join(place, to: call)
            begin(call, row)
        }
        legIndex[id] = place
        let call = legs[place].call
        if leg.isDialled, place != calls[call].main {
            if calls[call].isToOutside == nil { calls[call].isToOutside = leg.isTrunk }
            if calls[call].isOriginated, calls[call].snapshot.dialled == nil {
                calls[call].snapshot.dialled = row["dest"]
            }
            setDirection(call)
            if row["callstate"] == "RINGING", !leg.isLoopback {
                legs[place].isRinging = true
                calls[call].dialling += 1
                offer(leg.party, in: call)
                refreshRinging(call)
            }
        }
        change(call)
    }

    /// What a listing tells of a call that was not seen to begin.
    private mutating func begin(_ call: Int, _ row: [String: String]) {
        let main = calls[call].main
        calls[call].isOriginated = legs[main].isDialled && !legs[main].isLoopback
        calls[call].snapshot.callerParty = legs[main].isLoopback ? nil : legs[main].party
        let number = (row["initial_cid_num"] ?? row["cid_num"]).flatMap { $0.isEmpty ? nil : $0 }
        calls[call].snapshot.isWithheld = number == nil || number?.lowercased() == "anonymous"
        calls[call].snapshot.numberRaw = number
        if !calls[call].snapshot.isWithheld { calls[call].snapshot.number = number.flatMap(normalise) }
        if let name = row["initial_cid_name"] ?? row["cid_name"], name != number, !name.isEmpty {
            calls[call].snapshot.callerName = String(name.prefix(Self.longestName))
        }
        if !calls[call].isOriginated {
            calls[call].snapshot.dialled = (row["initial_dest"] ?? row["dest"]).flatMap { $0.isEmpty ? nil : $0 }
        }
        if let epoch = row["created_epoch"].flatMap({ Int64($0) }), (0...99_999_999_999).contains(epoch) {
            calls[call].snapshot.startedAt = epoch * 1_000_000
        }
        if row["application"] == "callcenter" || row["application"] == "fifo", let data = row["application_data"] {
            let name = data.prefix { $0 != " " }
            if !name.isEmpty { calls[call].snapshot.queue = String(name) }
            calls[call].snapshot.isWaiting = true
        }
        setDirection(call)
    }

    /// Two legs that talk, as a listing says.
    private mutating func pair(_ one: Int, _ two: Int) {
        guard one != two, !legs[one].isGone, !legs[two].isGone, legs[one].partner != two else { return }
        let call = legs[one].call == legs[two].call ? legs[one].call : merge(legs[one].call, legs[two].call)
        legs[one].partner = two
        legs[two].partner = one
        let main = calls[call].main
        guard main >= 0, !legs[main].isGone else { return }
        let talker = person(behind: main)
        guard talker >= 0, talker != calls[call].talker else { return }
        calls[call].talker = talker
        calls[call].snapshot.isWaiting = false
        calls[call].snapshot.answeredBy = calls[call].snapshot.answeredBy ?? legs[talker].party
        calls[call].snapshot.lastParty = legs[talker].party
        change(call)
    }
}

/// A listing of the switch: rows of strings.
enum ESLListing {
    /// One switch has fewer channels.
    static let mostRows = 60_000

    /// The rows; nil for what is no listing, such as a refusal.
    ///
    /// One without rows has no `rows` at all.
    static func rows(_ bytes: [UInt8]) -> [[String: String]]? {
        bytes.withUnsafeBufferPointer { bytes in
            var scanner = ESLJSONScanner(bytes)
            guard scanner.beginObject() else { return nil }
            var result: [[String: String]] = []
            var hasCount = false
            while let name = scanner.nextName() {
                if bytes[name].elementsEqual("rows".utf8), scanner.beginArray() {
                    while result.count < mostRows, scanner.nextElement(), scanner.beginObject() {
                        var row: [String: String] = [:]
                        while let (key, value) = scanner.nextMember() {
                            guard let value else { continue }
                            let name = ESLText.jsonDecoded(UnsafeBufferPointer(rebasing: bytes[key]), longest: 64)
                            row[name] = ESLText.jsonDecoded(UnsafeBufferPointer(rebasing: bytes[value]), longest: 1_024)
                        }
                        guard scanner.endObject() else { return nil }
                        result.append(row)
                    }
                    return result
                }
                if bytes[name].elementsEqual("row_count".utf8) { hasCount = true }
                guard scanner.skipValue() else { return nil }
            }
            return hasCount ? result : nil
        }
    }
}
