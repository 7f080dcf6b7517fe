import DeskCore

/// A number the desk may call, as the PBX has to dial it: decided here alone, for every button and every program.
struct OutgoingNumber: Sendable, Equatable {
    /// E.164; of a number of the country alone (0800, 4004) its digits.
    let e164: String
    /// Digits only, with the prefix the trunk wants.
    let dialled: String

    enum Refusal: Error, Equatable {
        /// No number one can call from anywhere: withheld, short, or nonsense.
        case noNumber
        /// Not in the line's allow-list.
        case notAllowed
    }

    /// A number of the region that is none outside it, 0800 123 4567 or 4004-1234, may be called when the list has its
    /// beginning; without a list, when it costs nothing.
    ///
    /// - Parameters:
    ///   - text: as a person or a program wrote it.
    ///   - region: how numbers without a country code are read, and which numbers need none.
    ///   - line: the PBX line, with its allow-list and prefix.
    /// - Throws: `Refusal`.
    init(_ text: String, region: Region, line: Settings.PBX) throws(Refusal) {
        guard let read = PhoneNumber.parse(text, region: region), read.isComplete else { throw .noNumber }
        guard let number = read.e164 else {
            let isAllowed =
                line.dialAllow.isEmpty
                ? read.kind == .tollFree : line.dialAllow.contains { read.lookup.hasPrefix($0) }
            guard isAllowed else { throw .notAllowed }
            e164 = read.lookup
            dialled = line.dialPrefix + read.lookup
            return
        }
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
