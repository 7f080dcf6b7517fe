/// The checks an answer goes through, handed in: each gives the canonical value, or nil when the text is not one.
///
/// The interview stays free of numbering plans and tables; the desk's Text room supplies them.
public struct FieldChecks: Sendable {
    /// 11 digits.
    public var cpf: @Sendable (String) -> String?
    /// 14 positions, letters in upper case.
    public var cnpj: @Sendable (String) -> String?
    /// 9 digits.
    public var nif: @Sendable (String) -> String?
    /// E.164.
    public var phone: @Sendable (String) -> String?
    /// Lower case, with a domain.
    public var email: @Sendable (String) -> String?
    /// Whether an address belongs to a department instead of a person (E6).
    public var isDepartmental: @Sendable (String) -> Bool
    /// An E.164 number as people of the region write it.
    public var displayPhone: @Sendable (String) -> String

    public init(
        cpf: @escaping @Sendable (String) -> String?,
        cnpj: @escaping @Sendable (String) -> String?,
        nif: @escaping @Sendable (String) -> String?,
        phone: @escaping @Sendable (String) -> String?,
        email: @escaping @Sendable (String) -> String? = { EmailShape.canonical($0) },
        isDepartmental: @escaping @Sendable (String) -> Bool,
        displayPhone: @escaping @Sendable (String) -> String
    ) {
        self.cpf = cpf
        self.cnpj = cnpj
        self.nif = nif
        self.phone = phone
        self.email = email
        self.isDepartmental = isDepartmental
        self.displayPhone = displayPhone
    }
}

/// The shape every e-mail address must have, before anyone asks whether it exists.
public enum EmailShape {
    /// `text` in lower case when it can be an address (RFC 5321 lengths, one “@”, a dotted domain), else nil.
    public static func canonical(_ text: String) -> String? {
        let address = String(text.drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed()).lowercased()
        guard address.utf8.count <= 254 else { return nil }
        let halves = address.split(separator: "@", omittingEmptySubsequences: false)
        guard halves.count == 2, let local = halves.first, let domain = halves.last else { return nil }
        guard (1...64).contains(local.utf8.count), !local.hasPrefix("."), !local.hasSuffix("."), !local.contains("..")
        else { return nil }
        guard local.utf8.allSatisfy({ isAtom($0) || $0 == UInt8(ascii: ".") }) else { return nil }
        let labels = domain.split(separator: ".", omittingEmptySubsequences: false)
        guard labels.count >= 2, labels.allSatisfy(isLabel), let last = labels.last, last.utf8.count >= 2,
            !last.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
        else { return nil }
        return address
    }

    private static func isAtom(_ byte: UInt8) -> Bool {
        isAlphanumeric(byte) || "!#$%&'*+-/=?^_`{|}~".utf8.contains(byte)
    }

    private static func isLabel(_ label: Substring) -> Bool {
        (1...63).contains(label.utf8.count) && !label.hasPrefix("-") && !label.hasSuffix("-")
            && label.utf8.allSatisfy { isAlphanumeric($0) || $0 == UInt8(ascii: "-") }
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
        default: false
        }
    }
}
