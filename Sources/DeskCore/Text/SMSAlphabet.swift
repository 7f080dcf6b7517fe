/// The 7-bit alphabets of text messages (3GPP TS 23.038): the default one and Portugal's shift tables.
///
/// The default alphabet has à é ù ì ò Ç Ä Ö Ñ Ü ä ö ñ ü å, but not á â ã ç í ó ô õ ú ê.
enum SMSAlphabet {
    /// How many septets a character takes: 1, 2 with the escape before it, nil when the alphabet lacks it.
    struct Costs: Sendable {
        /// Of the first 256 characters, which nearly all texts are made of; 0 for those the alphabet lacks.
        private let latin: [UInt8]
        private let others: [Unicode.Scalar: UInt8]

        fileprivate init(_ costs: [Unicode.Scalar: UInt8]) {
            var latin = [UInt8](repeating: 0, count: 256)
            for (scalar, cost) in costs where scalar.value < 256 { latin[Int(scalar.value)] = cost }
            self.latin = latin
            others = costs.filter { $0.key.value >= 256 }
        }

        subscript(scalar: Unicode.Scalar) -> Int? {
            let cost = scalar.value < 256 ? latin[Int(scalar.value)] : others[scalar] ?? 0
            return cost == 0 ? nil : Int(cost)
        }
    }

    /// The default alphabet in the order of its codes; 0x1B is the escape and no character.
    private static let basic: [Unicode.Scalar?] =
        Array("@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ".unicodeScalars) + [nil]
        + Array("ÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿".unicodeScalars)
        + Array("abcdefghijklmnopqrstuvwxyzäöñüà".unicodeScalars)

    /// Characters of the default extension table.
    private static let extended = "\u{0C}^{}\\[~]|€"

    /// Portugal's single shift table (A.2.3): these, too, take two septets.
    private static let portugueseSingle = "êç\u{0C}ÔôÁáΦΓ^ΩΠΨΣΘÊ{}\\[~]|ÀÍÓÚÃÕÂ€íóúãõâ"

    /// Portugal's locking shift table (A.3.3), where it differs from the default alphabet.
    private static let portugueseLocking: [Int: Unicode.Scalar] = [
        0x04: "ê", 0x06: "ú", 0x07: "í", 0x08: "ó", 0x09: "ç", 0x0B: "Ô", 0x0C: "ô", 0x0E: "Á", 0x0F: "á", 0x12: "ª",
        0x13: "Ç", 0x14: "À", 0x15: "∞", 0x16: "^", 0x17: "\\", 0x18: "€", 0x19: "Ó", 0x1A: "|", 0x1C: "Â", 0x1D: "â",
        0x1E: "Ê", 0x24: "º", 0x40: "Í", 0x5B: "Ã", 0x5C: "Õ", 0x5D: "Ú", 0x60: "~", 0x7B: "ã", 0x7C: "õ", 0x7D: "`",
    ]

    static let gsm7 = costs(locking: [:], shifted: extended)
    static let single = costs(locking: [:], shifted: portugueseSingle)
    static let locking = costs(locking: portugueseLocking, shifted: extended)
    static let both = costs(locking: portugueseLocking, shifted: portugueseSingle)

    private static func costs(locking: [Int: Unicode.Scalar], shifted: String) -> Costs {
        var costs: [Unicode.Scalar: UInt8] = [:]
        for scalar in shifted.unicodeScalars { costs[scalar] = 2 }
        for (code, scalar) in basic.enumerated() {
            if let here = locking[code] ?? scalar { costs[here] = 1 }
        }
        return Costs(costs)
    }
}

/// How a text message is encoded.
public enum SMSEncoding: String, Sendable, Hashable, Codable, CaseIterable {
    case gsm7
    /// GSM 7-bit with Portugal's single shift table.
    case gsm7PortugueseSingle = "gsm7_pt_single"
    /// GSM 7-bit with Portugal's locking shift table.
    case gsm7PortugueseLocking = "gsm7_pt_locking"
    /// Both tables.
    case gsm7PortugueseBoth = "gsm7_pt_both"
    case ucs2

    /// Units in a message of one part: septets, or UTF-16 code units.
    ///
    /// 140 octets, less the language element of 4 septets' worth (7 when both tables are named).
    public var wholeCapacity: Int {
        switch self {
        case .gsm7: 160
        case .gsm7PortugueseSingle, .gsm7PortugueseLocking: 155
        case .gsm7PortugueseBoth: 152
        case .ucs2: 70
        }
    }

    /// Units in each part of a longer message, whose header also says which part it is.
    public var partCapacity: Int {
        switch self {
        case .gsm7: 153
        case .gsm7PortugueseSingle, .gsm7PortugueseLocking: 149
        case .gsm7PortugueseBoth: 146
        case .ucs2: 67
        }
    }

    /// Units a character takes, nil when it cannot be written.
    func cost(of scalar: Unicode.Scalar) -> Int? {
        switch self {
        case .gsm7: SMSAlphabet.gsm7[scalar]
        case .gsm7PortugueseSingle: SMSAlphabet.single[scalar]
        case .gsm7PortugueseLocking: SMSAlphabet.locking[scalar]
        case .gsm7PortugueseBoth: SMSAlphabet.both[scalar]
        case .ucs2: scalar.value > 0xFFFF ? 2 : 1
        }
    }
}
