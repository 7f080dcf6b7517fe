/// Who calls, what was dialled, and which way the call goes.
extension AMICallTracker {
    /// Takes what the caller's own channel shows at first sight.
    mutating func adoptCaller(_ place: Int, _ fields: inout AMIFields, _ names: AMIChannelNames) {
        let call = channels[place].call
        calls[call].main = place
        channels[place].isCallersSide = true
        if channels[place].twin >= 0 { channels[channels[place].twin].isCallersSide = true }
        describeCaller(place, &fields, names)
    }

    /// Reads number, name and dialled extension; later events show what the dialplan made of them, so only once.
    private mutating func describeCaller(_ place: Int, _ fields: inout AMIFields, _ names: AMIChannelNames) {
        let call = channels[place].call
        let number = fields.known(names.number)
        let name = fields.known(names.name)
        let context = fields.value(names.context)
        let exten = fields.value(names.exten)
        if let number {
            calls[call].snapshot.numberRaw = number.string
            calls[call].snapshot.number = normalise(number.string)
        }
        calls[call].snapshot.isWithheld = number == nil || number.map(Self.saysAnonymous) == true
        calls[call].snapshot.callerName = name.map { Self.unescaped($0.string) }
        calls[call].snapshot.callerParty = channels[place].isLocal ? nil : channels[place].party
        if !calls[call].isOriginated, let exten { dialled(exten, in: call) }
        let isInside = isHouse(place, number: number, context: context)
        direct(call, callerIsInside: isInside)
    }

    mutating func newChannel(_ fields: inout AMIFields) {
        var again = fields
        if let id = again.known("Uniqueid"), let place = channelIndex[id.string], channels[place].isGone {
            forgetEarlierUse(place, &fields)
        }
        let state = fields
        guard let place = channel(&fields, .own) else { return }
        let call = channels[place].call
        guard calls[call].main == place, !calls[call].isFromStart else { return }
        calls[call].isFromStart = true
        calls[call].snapshot.startedAt = Self.time(fields)
        var header = state
        // A channel that Asterisk makes begins down, one that calls in begins ringing.
        if header.value("ChannelState").map({ $0 == "0" }) == true { calls[call].isOriginated = true }
        var rest = state
        if calls[call].isOriginated { calls[call].snapshot.dialled = nil }
        describeCaller(place, &rest, .own)
        change(call)
    }

    /// `ChannelId` of an Originate is any text, and may be given twice: another channel is another call.
    private mutating func forgetEarlierUse(_ place: Int, _ fields: inout AMIFields) {
        var header = fields
        let call = channels[place].call
        guard let name = header.value("Channel"), name.hash != channels[place].nameHash, calls[call].main == place,
            calls[call].snapshot.isEnded
        else { return }
        if calls[call].isChanged { farewells.append((calls[call].ordinal, calls[call].snapshot)) }
        forget(call)
    }

    /// What was dialled first; `s` and `h` are the dialplan's own words for “nothing”.
    mutating func dialled(_ exten: AMIText, in call: Int) {
        guard calls[call].snapshot.dialled == nil, !exten.isUnknown, !(exten == "s"), !(exten == "h") else { return }
        calls[call].snapshot.dialled = exten.string
        change(call)
    }

    /// PJSIP leaves the escapes of a quoted name in (RFC 3261 §25.1), and Asterisk escapes them once more.
    ///
    /// Only `\"` and `\\` are undone: another backslash may as well be part of a name that the dialplan set.
    static func unescaped(_ name: String) -> String {
        guard name.utf8.contains(UInt8(ascii: "\\")) else { return name }
        return withoutOneEscape(withoutOneEscape(name))
    }

    private static func withoutOneEscape(_ name: String) -> String {
        var text = String.UnicodeScalarView()
        var isEscaped = false
        for scalar in name.unicodeScalars {
            if isEscaped {
                if scalar != "\\", scalar != "\"" { text.append("\\") }
                text.append(scalar)
                isEscaped = false
            } else if scalar == "\\" {
                isEscaped = true
            } else {
                text.append(scalar)
            }
        }
        if isEscaped { text.append("\\") }
        return String(text)
    }

    private static func saysAnonymous(_ number: AMIText) -> Bool {
        switch number.count {
        case 9: number.hasPrefixIgnoringCase("anonymous")
        case 10: number.hasPrefixIgnoringCase("restricted")
        case 7: number.hasPrefixIgnoringCase("private")
        case 11: number.hasPrefixIgnoringCase("unavailable")
        default: false
        }
    }

    /// With `channelvars = CALLERID(pres)` a number that was asked to be withheld shows itself, later than the first event.
    mutating func notePresentation(_ fields: AMIFields, _ place: Int) {
        let call = channels[place].call
        guard calls[call].main == place, !calls[call].snapshot.isWithheld else { return }
        var from = 0
        while let index = fields.index(of: "ChanVariable", from: from) {
            if fields.text(at: index).hasPrefix("CALLERID(pres)=prohib") {
                calls[call].snapshot.isWithheld = true
                change(call)
            }
            from = index + 1
        }
    }

    // MARK: - Which way

    /// Sets the direction from who calls and what was dialled.
    mutating func direct(_ call: Int, callerIsInside: Bool) {
        let direction: CallDirection
        if !callerIsInside, !calls[call].isOriginated {
            direction = .inbound
        } else if let isToOutside = calls[call].isToOutside {
            direction = isToOutside ? .outbound : .internal
        } else if let dialled = calls[call].snapshot.dialled {
            // Nothing was dialled on yet: extensions of a house are short, other people's numbers are not.
            direction = dialled.utf8.count >= 7 ? .outbound : .internal
        } else {
            direction = calls[call].isOriginated ? .outbound : .internal
        }
        guard calls[call].snapshot.direction != direction else { return }
        calls[call].snapshot.direction = direction
        change(call)
    }

    /// Notes whether the first phone that the caller's side dialled is outside.
    mutating func noteDialled(_ target: Int, number: AMIText?, context: AMIText?, in call: Int) {
        let isInside = isHouse(target, number: number, context: context)
        guard calls[call].isToOutside == nil else { return }
        calls[call].isToOutside = !isInside
        if calls[call].snapshot.direction != .inbound { direct(call, callerIsInside: true) }
    }

    /// Whether a channel is a phone of the house; a trunk shows other people's numbers.
    ///
    /// Nothing in the manager interface says so. Told by the administrator, else by the device's name (an extension, or its own number), by what it
    /// showed before, then by the words that dialplans use for contexts; a device that shows foreign numbers is a trunk.
    mutating func isHouse(_ place: Int, number: AMIText?, context: AMIText?) -> Bool {
        let party = channels[place].party
        if channels[place].isLocal { return true }
        if !trunks.isEmpty { return !trunks.contains { party.hasPrefix($0) } }
        if let known = devices[party] { return known }
        let device = party.split(separator: "/", maxSplits: 1).last.map { $0.prefix { $0 != "-" && $0 != "@" } } ?? ""
        let isNumeric = !device.isEmpty && device.utf8.allSatisfy { (0x30...0x39).contains($0) }
        var answer: Bool?
        if isNumeric, device.utf8.count <= 6 || number.map({ $0 == String(device) }) == true {
            answer = true
        } else if let number, number == String(device) {
            answer = true
        } else if let context, let said = Self.isHouse(context: context.string.lowercased()) {
            answer = said
        }
        if let answer {
            if devices.count < Self.mostDevices { devices[party] = answer }
            return answer
        }
        // Its own short number, as endpoints of phones have one.
        return number.map { $0.count <= 4 && $0.integer != nil } ?? false
    }

    private static func isHouse(context: String) -> Bool? {
        let outside = [
            "trunk", "pstn", "external", "outside", "incoming", "inbound", "entrada", "tronco", "operadora", "did",
        ]
        let inside = [
            "internal", "phones", "ramais", "ramal", "interno", "users", "agents", "agentes", "extens", "local",
        ]
        if outside.contains(where: { context.contains($0) }) { return false }
        return inside.contains(where: { context.contains($0) }) ? true : nil
    }
}
