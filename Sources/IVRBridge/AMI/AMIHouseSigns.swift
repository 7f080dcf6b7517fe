/// What speaks for a channel being a phone of the house and what for a way outside, weighed together.
///
/// Nothing in the manager interface says which of the two a channel is, and each sign alone misleads somewhere: a trunk
/// is named by its account number, a gateway like an extension, a phone shows the company's number. Positive is a phone.
struct AMIHouseSigns {
    /// From here on a single doubtful sign against it changes nothing.
    private static let sure = 4

    private(set) var weight = 0

    var isHouse: Bool { weight > 0 }
    var isSure: Bool { abs(weight) >= Self.sure }

    /// - Parameters:
    ///   - party: the channel's name without its instance.
    ///   - number: what it shows as its number, nil when unknown.
    ///   - context: where in the dialplan it begins.
    init(party: String, number: AMIText?, context: AMIText?) {
        let (technology, device) = Self.parts(party)
        note(technology: technology)
        let isExtension = !device.isEmpty && device.utf8.count <= 6 && device.utf8.allSatisfy(Self.isDigit)
        // On analog and ISDN lines the device is a socket's number, nobody's extension.
        if isExtension, !Self.numbersSockets(technology) { weight += 2 }
        if let number, number == String(device), !device.isEmpty {
            weight += 4
        } else if let number {
            let digits = Self.digits(number)
            if digits >= 7 { weight -= 2 } else if digits > 0, digits == number.count { weight += 2 }
        }
        if let context, let said = Self.isHouse(context: context.string) { weight += said ? 4 : -4 }
        if Self.words(String(device)).contains(where: { Self.trunkWords.contains($0) }) { weight -= 2 }
    }

    /// What the channel itself dialled: nobody outside can dial a feature code, and no phone dials nothing.
    mutating func note(dialledByItself exten: AMIText, began state: AMIText?) {
        if exten.hasPrefix("*") || exten.hasPrefix("#") {
            weight += 4
        } else if exten == "s", let state, state == "4" {
            weight -= 3
        }
    }

    /// How it was dialled: a number beside the device's name is one to be reached through it, the name alone a phone's.
    mutating func note(dialString: AMIText, party: String) {
        guard let number = Self.number(in: dialString, party: party) else {
            weight += 2
            return
        }
        let (_, device) = Self.parts(party)
        if !(number == String(device)) { weight -= 4 }
    }

    // MARK: - Devices

    /// `PJSIP/1001` → `PJSIP`, `1001`; `SIP/filial@host` → `SIP`, `filial`.
    private static func parts(_ party: String) -> (technology: Substring, device: Substring) {
        guard let slash = party.firstIndex(of: "/") else { return (party[...], "") }
        return (party[..<slash], party[party.index(after: slash)...].prefix { $0 != "@" })
    }

    /// Whether two devices are extensions of one plan, `PJSIP/1010` and `PJSIP/1011`, and the second is what was dialled.
    static func areExtensions(_ caller: String, _ called: String, dialled: String) -> Bool {
        let (one, two) = (parts(caller), parts(called))
        return two.device == dialled && one.technology == two.technology
            && one.device.utf8.count == two.device.utf8.count && one.device.utf8.allSatisfy(isDigit)
            && two.device.utf8.allSatisfy(isDigit) && two.device.utf8.count <= 6 && !numbersSockets(one.technology)
    }

    private mutating func note(technology: Substring) {
        switch technology {
        // Modems with a SIM card.
        case "Dongle", "Quectel", "Datacard", "Mobile": weight -= 8
        // Drivers of desk phones and of the machine's own sound card.
        case "SCCP", "Skinny", "MGCP", "USTM", "Console", "ALSA", "Phone": weight += 8
        case "Khomp": weight -= 1
        default: break
        }
    }

    private static func numbersSockets(_ technology: Substring) -> Bool {
        ["DAHDI", "Zap", "Khomp", "mISDN", "CAPI", "vpb"].contains(technology)
    }

    // MARK: - Numbers

    /// The number in a dial string: `number@trunk`, `trunk/number`, with or without the technology before it.
    static func number(in text: AMIText, party: String) -> AMIText? {
        var text = text
        if let slash = text.firstIndex(of: UInt8(ascii: "/")), slash < party.utf8.count,
            text.keeping(slash).string == party.prefix(slash)
        {
            text = text.dropping(slash + 1)
        }
        var number: AMIText?
        if let slash = text.firstIndex(of: UInt8(ascii: "/")) {
            // A contact (`1001/sip:1001@10.0.0.5`) is an address, no number.
            var rest = text.dropping(slash + 1)
            if let at = rest.firstIndex(of: UInt8(ascii: "@")) { rest = rest.keeping(at) }
            if let end = rest.firstIndex(of: UInt8(ascii: "/")) { rest = rest.keeping(end) }
            number = rest
        } else if let at = text.firstIndex(of: UInt8(ascii: "@")) {
            number = text.keeping(at)
        }
        guard let number, digits(number) > 0,
            number.allSatisfy({ isDigit($0) || $0 == 0x2B || $0 == 0x2A || $0 == 0x23 })
        else { return nil }
        return number
    }

    /// How many digits a text has.
    static func digits(_ text: AMIText) -> Int {
        var count = 0
        for index in 0..<text.count where isDigit(text.start[index]) { count += 1 }
        return count
    }

    /// Whether a text is a number such as the public network has: digits only, and more than extensions have.
    static func isPublicNumber(_ text: String) -> Bool {
        let digits = text.utf8.first == UInt8(ascii: "+") ? text.utf8.dropFirst() : text.utf8[...]
        return digits.count >= 7 && digits.allSatisfy(isDigit)
    }

    /// Whether two numbers are one but for what is put before them to get a line.
    static func isSameNumber(_ one: String, _ two: String) -> Bool {
        let (one, two) = (one.utf8.filter(isDigit), two.utf8.filter(isDigit))
        // Seven digits tell subscribers apart; services such as 190 have three.
        let length = min(7, one.count, two.count)
        return length >= 3 && one.suffix(length) == two.suffix(length)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    // MARK: - Contexts

    /// Words dialplans name contexts by; short ones must stand alone, as `did` does in `from-did-direct`.
    private static let outside = [
        "trunk", "pstn", "external", "outside", "incoming", "inbound", "entrada", "tronco", "operadora", "gateway",
        "externo", "externa", "zaptel", "dahdi", "carrier", "provider",
    ]
    private static let outsideWords: Set<String> = ["did", "ddr", "gsm", "fxo", "e1", "pri", "isdn", "rdis"]
    private static let inside = [
        "internal", "phones", "telefone", "ramais", "ramal", "interno", "interna", "users", "usuarios", "agents",
        "agentes", "extens", "local",
    ]
    private static let trunkWords: Set<String> = [
        "trunk", "tronco", "gateway", "gw", "pstn", "operadora", "carrier", "provider", "gsm", "fxo", "e1",
    ]

    private static func isHouse(context: String) -> Bool? {
        let context = context.lowercased()
        if outside.contains(where: { context.contains($0) }) { return false }
        if words(context).contains(where: { outsideWords.contains($0) }) { return false }
        return inside.contains(where: { context.contains($0) }) ? true : nil
    }

    private static func words(_ text: String) -> [String] {
        text.lowercased().split { !$0.isLetter && !$0.isNumber }.map(String.init)
    }
}
