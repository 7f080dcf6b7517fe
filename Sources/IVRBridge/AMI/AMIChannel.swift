/// One channel of the PBX, as far as following a call needs it.
struct AMIChannel: Sendable {
    var uniqueid: String
    var linkedid: String
    /// The name without its instance: `PJSIP/1001`.
    var party: String
    var isLocal: Bool
    /// The number it first showed.
    var number: String?
    var bridge: String?
    /// The other half of a Local pair.
    var twin: String?
    /// Somebody dialled it: it rang, it did not call.
    var isDialled = false
    var isRinging = false
    var askedToHangUp = false

    /// `PJSIP/1001-0000002a` → `PJSIP/1001`; `Local/1002@phones-00000000;1` → `Local/1002@phones`.
    static func party(of channel: String) -> String {
        var name = Substring(channel)
        if let half = name.lastIndex(of: ";") { name = name[..<half] }
        if let dash = name.lastIndex(of: "-"), dash > name.startIndex {
            let instance = name[name.index(after: dash)...]
            if instance.utf8.count >= 6, instance.utf8.allSatisfy({ Self.isHex($0) }) { name = name[..<dash] }
        }
        return String(name)
    }

    private static func isHex(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"): true
        default: false
        }
    }

    /// A phone of the house shows its own name as its number; a trunk shows somebody else's.
    var isInside: Bool {
        guard let number, let device = party.split(separator: "/").last else { return false }
        return device == number
    }
}
