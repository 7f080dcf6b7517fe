/// What a PBX calls its channels, for who is handed such a name elsewhere.
public enum PBXChannel {
    /// The party a channel is, its name without the instance; nil for what is none.
    public static func party(_ channel: String) -> String? {
        var channel = channel
        return channel.withUTF8 { bytes in
            guard let start = bytes.baseAddress, bytes.contains(UInt8(ascii: "/")) else { return nil }
            return AMIChannelName.party(of: AMIText(start: start, count: bytes.count))
        }
    }
}

extension PBXChannel {
    /// A party without the number that an ISDN driver puts into it: calls of before were kept with it.
    public static func withoutNumber(_ party: String) -> String {
        var party = party
        return party.withUTF8 { bytes in
            guard let start = bytes.baseAddress else { return "" }
            return AMIChannelName.withoutNumber(AMIText(start: start, count: bytes.count)).string
        }
    }
}

/// How channel drivers name their channels: `TECHNOLOGY/device-instance`, the instance written as each driver likes.
enum AMIChannelName {
    /// The name without its instance: `PJSIP/1001-0000002a` → `PJSIP/1001`, `IAX2/1010-4711` → `IAX2/1010`,
    /// `Local/1002@phones-00000000;1` → `Local/1002@phones`.
    static func party(of name: AMIText) -> String {
        var name = name
        // A channel that is being redirected or handed on is called so until it has been swapped in.
        if name.hasPrefix("AsyncGoto/") { name = name.dropping(10) }
        if name.hasPrefix("Transfered/") { name = name.dropping(11) }
        // What is left of a channel after a swap, for the moment before it goes: `…<ZOMBIE>`, `…<MASQ>`.
        if name.count > 0, name.start[name.count - 1] == UInt8(ascii: ">"),
            let mark = name.lastIndex(of: UInt8(ascii: "<"))
        {
            name = name.keeping(mark)
        }
        let isHalf = name.lastIndex(of: UInt8(ascii: ";")).map { half in
            name = name.keeping(half)
            return true
        }
        if let dash = name.lastIndex(of: UInt8(ascii: "-")), dash > 0,
            isInstance(name.dropping(dash + 1), of: name, isHalf: isHalf ?? false)
        {
            name = name.keeping(dash)
        }
        name = withoutNumber(name)
        // An ISDN channel without a number: `DAHDI/i1/-3`.
        if name.count > 1, name.start[name.count - 1] == UInt8(ascii: "/") { name = name.keeping(name.count - 1) }
        return name.string
    }

    /// The device of an ISDN channel, whose driver puts who calls or is called into its name.
    ///
    /// Of `DAHDI/i1/11987654321` the span is the device, and the number nobody's but the customer's. What is as short as an
    /// extension is one, of a phone or a PBX behind it.
    static func withoutNumber(_ name: AMIText) -> AMIText {
        let isSpan = name.hasPrefix("DAHDI/i") || name.hasPrefix("Zap/i")
        guard isSpan || name.hasPrefix("CAPI/"), let first = name.firstIndex(of: UInt8(ascii: "/")) else { return name }
        let rest = name.dropping(first + 1)
        guard let second = rest.firstIndex(of: UInt8(ascii: "/")), second > 0 else { return name }
        guard rest.count - second - 1 > longestExtension,
            !isSpan || isDecimal(rest.keeping(second).dropping(1))
        else { return name }
        return name.keeping(first + 1 + second)
    }

    /// As long as an extension gets; numbers of the public network are longer.
    private static let longestExtension = 6

    /// Whether what follows the last dash is the driver's count of its channels, not part of the device's name.
    private static func isInstance(_ text: AMIText, of name: AMIText, isHalf: Bool) -> Bool {
        // Eight hex digits in chan_pjsip, chan_sip, chan_sccp (in capitals) and core_local, which once wrote four.
        if name.hasPrefix("PJSIP/") || name.hasPrefix("SIP/") || name.hasPrefix("SCCP/") {
            return text.count == 8 && isHex(text)
        }
        if name.hasPrefix("Local/") { return (text.count == 8 || isHalf && text.count == 4) && isHex(text) }
        // A decimal call number in chan_iax2, hex or decimal counters in DAHDI, Skinny, MGCP, OOH323, CAPI.
        if name.hasPrefix("IAX2/") { return (1...5).contains(text.count) && isDecimal(text) }
        if isHex(text) {
            if isDecimal(text) { return (1...12).contains(text.count) }
            // Two hex digits and up where a driver counts so; in an unknown one a word such as `cafe` may be a name.
            return name.hasPrefix("DAHDI/") || name.hasPrefix("Zap/") || name.hasPrefix("CAPI/")
                || name.hasPrefix("Motif/") || name.hasPrefix("Mobile/") || text.count >= 8
                || text.count >= 4 && hasDigit(text)
        }
        // `-0x55d0c8a0` (USTM, UnicastRTP), `-u3` (mISDN), `-0.0` (Khomp).
        if text.hasPrefix("0x") { return text.count > 2 && isHex(text.dropping(2)) }
        if text.hasPrefix("u") { return text.count > 1 && isDecimal(text.dropping(1)) }
        guard let dot = text.firstIndex(of: UInt8(ascii: ".")) else { return false }
        return dot > 0 && isDecimal(text.keeping(dot)) && dot + 1 < text.count && isDecimal(text.dropping(dot + 1))
    }

    private static func isHex(_ text: AMIText) -> Bool {
        text.count > 0 && text.allSatisfy { byte in isDigit(byte) || (0x61...0x66).contains(byte | 0x20) }
    }

    private static func isDecimal(_ text: AMIText) -> Bool { text.count > 0 && text.allSatisfy(isDigit) }

    private static func hasDigit(_ text: AMIText) -> Bool { !text.allSatisfy { !isDigit($0) } }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    /// What is none of a phone and none of a Local pair: parts of Asterisk's own machinery, and machines it talks to.
    static func isNobody(_ name: AMIText) -> Bool {
        switch name.count > 0 ? name.start[0] : 0 {
        // Nearly every channel is one of these.
        case UInt8(ascii: "P"): name.hasPrefix("Parked/")
        case UInt8(ascii: "L"): false
        case UInt8(ascii: "S"): name.hasPrefix("Surrogate/") || name.hasPrefix("Snoop/")
        case UInt8(ascii: "D"): name.hasPrefix("DAHDI/pseudo")
        default:
            name.hasPrefix("Announcer/") || name.hasPrefix("Recorder/") || name.hasPrefix("CBAnn/")
                || name.hasPrefix("CBRec/") || name.hasPrefix("ConfBridgeRecorder/") || name.hasPrefix("Message/")
                || name.hasPrefix("Bridge/") || name.hasPrefix("OutgoingSpoolFailed") || name.hasPrefix("Zap/pseudo")
                // Loudspeakers, and programs that listen or speak: nobody's phone.
                || name.hasPrefix("MulticastRTP/") || name.hasPrefix("UnicastRTP/")
                || name.hasPrefix("AudioSocket/") || name.hasPrefix("WebSocket/")
        }
    }
}
