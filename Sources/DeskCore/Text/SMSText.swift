import Foundation

/// What may be done to a text so that it costs fewer messages.
public struct SMSPolicy: Sendable, Hashable {
    public enum Transliteration: String, Sendable, Hashable, CaseIterable {
        case never
        /// Accents go when that saves at least one part.
        case whenItSaves = "when_it_saves"
        case always
    }

    public var transliteration: Transliteration
    /// Alphabets the gateway can send besides GSM 7-bit and UCS-2; few can, so none unless the settings say so.
    public var shiftTables: Set<SMSEncoding>

    public init(transliteration: Transliteration = .whenItSaves, shiftTables: Set<SMSEncoding> = []) {
        self.transliteration = transliteration
        self.shiftTables = shiftTables
    }

    public static let standard = SMSPolicy()
}

/// A text message as it will be sent.
public struct SMSPlan: Sendable, Hashable {
    public let encoding: SMSEncoding
    /// Septets or UTF-16 code units of the whole text.
    public let units: Int
    /// How many messages the carrier counts.
    public let segments: Int
    /// The text to send.
    public let text: String
    /// Whether `text` lost accents or signs.
    public let transliterated: Bool
    /// `text` cut as a telephone receives it; gateways that cut it themselves do not need this.
    public let parts: [String]

    /// Concatenation numbers its parts with one octet.
    public static let mostSegments = 255

    /// Whether the parts can be numbered at all.
    public var fits: Bool { segments <= Self.mostSegments }
}

/// Counts, cuts and, where it pays, simplifies text messages (rules: 3GPP TS 23.038 and 23.040).
public enum SMSText {
    /// Decides how `text` is sent: the fewest parts, accents kept where they cost nothing.
    ///
    /// Decomposed accents are composed first. An empty text is one part of no units.
    public static func plan(_ text: String, policy: SMSPolicy = .standard) -> SMSPlan {
        let composed = text.precomposedStringWithCanonicalMapping
        let whole = best(composed, policy: policy, transliterated: false)
        guard policy.transliteration != .never, whole.encoding != .gsm7 else { return whole }
        let plain = SMSTransliteration.apply(composed)
        // A text with a sign nothing stands for gains nothing from losing its accents: it stays as it was written.
        guard plain != composed, let (units, parts) = cut(plain, .gsm7) else { return whole }
        guard policy.transliteration == .always || parts.count < whole.segments else { return whole }
        return SMSPlan(
            encoding: .gsm7,
            units: units,
            segments: parts.count,
            text: plain,
            transliterated: true,
            parts: parts
        )
    }

    /// Units and parts of `text` under one encoding; nil when it cannot be written so.
    public static func measure(_ text: String, _ encoding: SMSEncoding) -> (units: Int, segments: Int)? {
        cut(text, encoding).map { ($0.units, $0.parts.count) }
    }

    /// Whether `text` can be written in an encoding at all.
    public static func canBeWritten(_ text: String, in encoding: SMSEncoding) -> Bool {
        text.unicodeScalars.allSatisfy { encoding.cost(of: $0) != nil }
    }

    /// The first encoding of those allowed that needs the fewest parts; plain GSM 7-bit before shift tables before UCS-2.
    private static func best(_ text: String, policy: SMSPolicy, transliterated: Bool) -> SMSPlan {
        var best: SMSPlan?
        for encoding in SMSEncoding.allCases
        where encoding == .gsm7 || encoding == .ucs2 || policy.shiftTables.contains(encoding) {
            guard let (units, parts) = cut(text, encoding) else { continue }
            if let best, best.segments <= parts.count { continue }
            best = SMSPlan(
                encoding: encoding,
                units: units,
                segments: parts.count,
                text: text,
                transliterated: transliterated,
                parts: parts
            )
        }
        // UCS-2 writes everything, so there is always one.
        return best
            ?? SMSPlan(encoding: .ucs2, units: 0, segments: 1, text: text, transliterated: false, parts: [text])
    }

    /// Cuts `text` into parts, never within an escape pair or a surrogate pair.
    private static func cut(_ text: String, _ encoding: SMSEncoding) -> (units: Int, parts: [String])? {
        var units = 0
        var parts: [String] = []
        var part = String.UnicodeScalarView()
        var filled = 0
        for scalar in text.unicodeScalars {
            guard let cost = encoding.cost(of: scalar) else { return nil }
            if filled + cost > encoding.partCapacity {
                parts.append(String(part))
                part = String.UnicodeScalarView()
                filled = 0
            }
            part.append(scalar)
            filled += cost
            units += cost
        }
        if units <= encoding.wholeCapacity { return (units, [text]) }
        parts.append(String(part))
        return (units, parts)
    }
}
