/// A telephone number as it was meant, whatever was dialled before it and however it was written.
public struct PhoneNumber: Sendable, Hashable {
    public enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
        case mobile
        case fixed
        case tollFree = "toll_free"
        /// Shared cost, local rate, premium: one number for no place.
        case nonGeographic = "non_geographic"
        case short
        case unknown
    }

    /// `+5511987654321`; nil for what cannot be called from everywhere (0800, 4004, 190, a number without area code).
    public let e164: String?
    /// What is stored and compared: E.164, else the digits as dialled within the country.
    public let lookup: String
    /// `lookup` first, then the same Brazilian mobile number with or without its ninth digit.
    public let lookupVariants: [String]
    public let kind: Kind
    /// As people of the region write it: `(11) 98765-4321`, `912 345 678`, `+1 212-555-1234`.
    public let display: String
    /// Two letters, when it is known.
    public let country: String?
    /// Brazil's two digits.
    public let areaCode: String?
    /// Whether the text had eight digits and the ninth was put before them.
    public let addedNinthDigit: Bool

    /// Whether a text message can reach it: a mobile number, but not the eight digits of trunked radio.
    public var canReceiveSMS: Bool {
        kind == .mobile && e164 != nil && !(country == "BR" && e164?.utf8.count != 14)
    }

    /// Whether it can be registered for a customer: callable, or a service number of the country.
    public var isComplete: Bool { e164 != nil || kind == .tollFree || kind == .nonGeographic }

    /// For lists: the last four digits, `(11) •••••-4321`.
    public var masked: String {
        let text = Self.masked(display)
        // The area code identifies nobody and helps to recognise the number.
        return areaCode.map { text.replacing("(••)", with: "(\($0))") } ?? text
    }

    /// A number as it is written, with all but its last four digits hidden.
    public static func masked(_ display: String) -> String {
        var shown = 4
        var hidden = ""
        for character in display.reversed() {
            let isHidden = character.isNumber && shown <= 0
            if character.isNumber { shown -= 1 }
            hidden.append(isHidden ? "•" : character)
        }
        return String(hidden.reversed())
    }

    /// Reads a number as a PBX shows it, a person writes it or a file holds it; nil when it can be none.
    ///
    /// `raw` may be any text: what is longer than a number can be is refused unread. A text without a country code
    /// follows the numbering plan of `region`.
    public static func parse(_ raw: String, region: Region) -> PhoneNumber? {
        guard raw.utf8.count <= DialledText.longest else { return nil }
        return PhoneCache.shared.value(for: .init(raw: raw, region: region)) {
            guard let dialled = DialledText(raw), !isWithheld(raw) else { return nil }
            return PhoneReading.read(dialled, region: region)
        }
    }

    /// The caller's number in E.164 where it can be one: what the PBX bridge takes as its `normalise`.
    public static func callerE164(_ raw: String, region: Region) -> String? {
        parse(raw, region: region)?.e164
    }

    /// A stored number as people of the region write it; text that is no number comes back as it is.
    public static func display(_ stored: String, region: Region) -> String {
        parse(stored, region: region)?.display ?? stored
    }

    /// Whether a caller id says that there is no number: withheld, unknown to the network, or empty.
    public static func isWithheld(_ raw: String?) -> Bool {
        guard let raw else { return true }
        guard raw.utf8.count <= DialledText.longest else { return false }
        let text = TextFolding.fold(raw.replacing("\"", with: "")).prefix { $0 != "@" }
        if text.isEmpty || text.utf8.allSatisfy({ $0 == UInt8(ascii: "0") }) { return true }
        return withheldNames.contains(String(text.drop { $0 == "<" || $0 == "(" }.prefix { $0 != ">" && $0 != ")" }))
    }

    /// What networks, Asterisk and trunks write, without accents and in lower case.
    private static let withheldNames: Set<String> = [
        "anonimo", "anonymous", "asreceived", "blocked", "bloqueado", "caller id unavailable", "confidencial",
        "desconhecido", "id unavailable", "indisponivel", "nao identificado", "no number", "not available", "null",
        "numero privado", "oculto", "out of area", "privado", "private", "private number", "restricted", "restrito",
        "sem identificacao", "sip:anonymous", "unavailable", "unknown", "unknown number", "withheld",
    ]
}
