/// Who calls, and what was dialled.
extension AMICallTracker {
    /// Takes what the caller's own channel shows at first sight.
    mutating func adoptCaller(_ place: Int, _ fields: inout AMIFields, _ names: AMIChannelNames) {
        let call = channels[place].call
        calls[call].main = place
        channels[place].isCallersSide = true
        if channels[place].twin >= 0 { channels[channels[place].twin].isCallersSide = true }
        describeCaller(place, &fields, names)
    }

    /// Reads number, name and dialled extension as they are at the beginning.
    private mutating func describeCaller(_ place: Int, _ fields: inout AMIFields, _ names: AMIChannelNames) {
        let call = channels[place].call
        var header = fields
        let state = header.value(names.state)
        let number = fields.known(names.number)
        let name = fields.known(names.name)
        let context = fields.value(names.context)
        let exten = fields.known(names.exten)
        calls[call].snapshot.numberRaw = number?.string
        calls[call].snapshot.numberShown = calls[call].isOriginated ? nil : calls[call].snapshot.numberRaw
        calls[call].snapshot.callerName = name.map { Self.unescaped($0.string) }
        recogniseCaller(call)
        calls[call].snapshot.callerParty = channels[place].isLocal ? nil : channels[place].party
        if !calls[call].isOriginated, let exten { dialled(exten, in: call) }
        judgeCaller(place, number: number, context: context, exten: exten, state: state)
    }

    /// The number that counts: the first of shown and sent that can be one.
    private mutating func recogniseCaller(_ call: Int) {
        let snapshot = calls[call].snapshot
        calls[call].snapshot.number =
            snapshot.numberShown.flatMap(normalise) ?? snapshot.numberRaw.flatMap(normalise)
        let told = [snapshot.numberShown, snapshot.numberRaw].compactMap(\.self)
        calls[call].snapshot.isWithheld = calls[call].isProhibited || told.allSatisfy(Self.saysAnonymous)
    }

    /// The dialplan gave the caller another number or name.
    mutating func newCallerID(_ fields: inout AMIFields) {
        let shown = fields
        guard let place = channel(&fields, .own), !channels[place].isGone else { return }
        noteShown(shown, place, isOffer: false)
    }

    /// Takes what the dialplan has made of the caller, until the call has been offered to somebody.
    ///
    /// Later changes, as for a second queue or a transfer, are for other phones' displays.
    mutating func noteShown(_ fields: AMIFields, _ place: Int, isOffer: Bool) {
        let call = channels[place].call
        guard calls[call].main == place, !calls[call].isOffered, !calls[call].isOriginated else { return }
        calls[call].isOffered = isOffer
        var fields = fields
        let number = fields.known("CallerIDNum")
        let name = fields.known("CallerIDName")
        if let number, calls[call].snapshot.numberShown.map({ number == $0 }) ?? false {
            // Nearly always: as it was sent.
        } else if number != nil || calls[call].snapshot.numberShown != nil {
            calls[call].snapshot.numberShown = number?.string
            recogniseCaller(call)
            change(call)
        }
        // An emptied name shows nothing better than the one that was sent.
        if let name, !(calls[call].snapshot.callerName.map { name == $0 } ?? false) {
            calls[call].snapshot.callerName = Self.unescaped(name.string)
            change(call)
        }
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
        calls[call].snapshot.startedAt = time(fields)
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

    private static func saysAnonymous(_ number: String) -> Bool {
        ["anonymous", "restricted", "private", "unavailable"].contains(number.lowercased())
    }

    /// With `channelvars = CALLERID(pres)` a number that was asked to be withheld shows itself, later than the first event.
    mutating func notePresentation(_ fields: AMIFields, _ place: Int) {
        let call = channels[place].call
        guard calls[call].main == place, !calls[call].isProhibited else { return }
        var from = 0
        while let index = fields.index(of: "ChanVariable", from: from) {
            if fields.text(at: index).hasPrefix("CALLERID(pres)=prohib") {
                calls[call].isProhibited = true
                calls[call].snapshot.isWithheld = true
                change(call)
            }
            from = index + 1
        }
    }
}
