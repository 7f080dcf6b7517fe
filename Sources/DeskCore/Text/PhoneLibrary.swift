import CPhoneNumber

/// What libphonenumber says about one number.
struct PhoneLibrary {
    let e164: String
    let international: String
    let national: String
    let country: String?
    let kind: PhoneNumber.Kind
    let isValid: Bool

    /// Asks the library; nil when it can read no number.
    static func read(_ text: String, region: String) -> PhoneLibrary? {
        var number = cpn_number()
        let bytes = Array(text.utf8)
        let isRead = bytes.withUnsafeBytes { buffer in
            cpn_read(buffer.baseAddress?.assumingMemoryBound(to: CChar.self), buffer.count, region, &number)
        }
        guard isRead else { return nil }
        let home = string(number.region)
        return PhoneLibrary(
            e164: string(number.e164),
            international: string(number.international),
            national: string(number.national),
            // “001” stands for services of no country (+800…).
            country: home.utf8.count == 2 && home != "ZZ" ? home : nil,
            kind: kind(number.kind),
            isValid: number.is_valid
        )
    }

    private static func kind(_ code: Int32) -> PhoneNumber.Kind {
        switch UInt32(bitPattern: code) {
        case CPN_KIND_FIXED.rawValue: .fixed
        // Where the digits do not tell, as in North America, a message is worth trying.
        case CPN_KIND_MOBILE.rawValue, CPN_KIND_FIXED_OR_MOBILE.rawValue: .mobile
        case CPN_KIND_TOLL_FREE.rawValue: .tollFree
        case CPN_KIND_NON_GEOGRAPHIC.rawValue: .nonGeographic
        default: .unknown
        }
    }

    /// The text of a NUL-terminated field of the shim.
    private static func string<Field>(_ field: Field) -> String {
        withUnsafeBytes(of: field) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
}
