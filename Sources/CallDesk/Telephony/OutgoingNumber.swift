import DeskCore

/// A number the desk may call, as the PBX has to dial it: decided here alone, for every button and every program.
struct OutgoingNumber: Sendable, Equatable {
    let e164: String
    /// Digits only, with the prefix the trunk wants.
    let dialled: String

    enum Refusal: Error, Equatable {
        /// No number one can call from anywhere: withheld, short, or nonsense.
        case noNumber
        /// Not in the line's allow-list.
        case notAllowed
    }

    /// - Parameters:
    ///   - text: as a person or a program wrote it.
    ///   - region: how numbers without a country code are read, and which numbers need none.
    ///   - line: the PBX line, with its allow-list and prefix.
    /// - Throws: `Refusal`.
    init(_ text: String, region: Region, line: Settings.PBX) throws(Refusal) {
        guard let number = PhoneNumber.parse(text, region: region)?.e164 else { throw .noNumber }
        let allowed = line.dialAllow.isEmpty ? [Self.countryCode(region)] : line.dialAllow
        guard allowed.contains(where: number.hasPrefix) else { throw .notAllowed }
        e164 = number
        let code = Self.countryCode(region)
        let national = number.hasPrefix(code) ? String(number.dropFirst(code.count)) : "00" + number.dropFirst()
        dialled = line.dialPrefix + national
    }

    /// `+55` or `+351`: without a list, calls stay in the country.
    static func countryCode(_ region: Region) -> String {
        switch region.country {
        case .brazil: "+55"
        case .portugal: "+351"
        }
    }
}
