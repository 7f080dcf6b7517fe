/// The Brazilian numbering plan, as far as it decides what a dialled text means.
///
/// Source: Resolução Anatel 749/2022.
enum BrazilNumbering {
    /// What a national text turned out to be.
    enum Reading: Hashable {
        /// Area code and subscriber; mobile subscribers have nine digits here, whatever was dialled.
        case subscriber(areaCode: String, number: String, addedNinth: Bool)
        /// A subscriber without area code, which nothing in the text or the settings completes.
        case local(String)
        /// 0800, 0300 and their like, in the national form with the leading zero.
        case service(String, isFree: Bool)
        /// 3003-1234, 4004-1234: the same number in every area, without an area code.
        case localRate(String)
        /// 190, 10331, the five or six digits of an SMS service.
        case short(String)
        /// International digits, country code first; several readings are tried in this order.
        case international([String])
        case none
    }

    /// The 67 area codes in use.
    private static let areaCodes: Set<String> = {
        var codes: Set<String> = []
        for (ten, units) in [
            (1, "123456789"), (2, "12478"), (3, "1234578"), (4, "123456789"), (5, "1345"), (6, "123456789"),
            (7, "134579"), (8, "123456789"), (9, "123456789"),
        ] {
            for unit in units { codes.insert("\(ten)\(unit)") }
        }
        return codes
    }()

    static func isAreaCode(_ text: some StringProtocol) -> Bool { areaCodes.contains(String(text)) }

    /// Public utility services; other three-digit texts are extensions of the house.
    private static let utilities: Set<String> = [
        "100", "128", "151", "152", "153", "156", "180", "181", "185", "188", "190", "191", "192", "193", "194", "197",
        "198", "199",
    ]

    /// Prefixes of services without a place: free, shared cost, telemarketing, donations, paid.
    private static let services = ["800", "300", "303", "500", "900"]

    /// Reads digits dialled or shown in Brazil without a plus.
    static func read(_ digits: String, areaCode: String?) -> Reading {
        if digits.hasPrefix("00") { return readInternational(digits.dropFirst(2)) }
        if digits.hasPrefix("0") { return readTrunk(digits.dropFirst()) }
        let count = digits.utf8.count
        // 9090 + number within the area, 90 + carrier + area + number from elsewhere: a collect call.
        if digits.hasPrefix("9090"), count == 12 || count == 13 {
            return readLocal(digits.dropFirst(4), areaCode: areaCode)
        }
        if digits.hasPrefix("90"), count >= 12 {
            let rest = digits.dropFirst(2)
            if case .subscriber = readNational(rest) { return readNational(rest) }
            return readNational(rest.dropFirst(2))
        }
        if digits.hasPrefix("55"), count == 12 || count == 13 {
            let reading = readNational(digits.dropFirst(2))
            if reading != .none { return reading }
        }
        if count == 10 || count == 11 { return readNational(digits[...]) }
        if count >= 12 { return .international([digits]) }
        if isShort(digits) { return .short(digits) }
        return readLocal(digits[...], areaCode: areaCode)
    }

    /// Reads what follows the country code 55, the trunk zero or a carrier: area code and subscriber, or a service.
    static func readNational(_ digits: Substring) -> Reading {
        if let service = readService(digits) { return service }
        let areaCode = digits.prefix(2)
        let number = digits.dropFirst(2)
        guard isAreaCode(areaCode) else { return isLocalRate(digits) ? .localRate(String(digits)) : .none }
        switch (number.utf8.count, number.first) {
        case (9, "9"), (8, "2"), (8, "3"), (8, "4"), (8, "5"), (8, "7"):
            // 7xxx-xxxx: trunked radio kept eight digits.
            return .subscriber(areaCode: String(areaCode), number: String(number), addedNinth: false)
        case (8, "6"), (8, "8"), (8, "9"):
            // Every mobile number has had a ninth digit, a leading 9, since 2016-11-06.
            return .subscriber(areaCode: String(areaCode), number: "9\(number)", addedNinth: true)
        default:
            return .none
        }
    }

    /// After `00`: some trunks show the country code next, a dialled text has the carrier's two digits before it.
    private static func readInternational(_ digits: Substring) -> Reading {
        let readings = [digits, digits.dropFirst(2)].map(String.init).filter { $0.utf8.count >= 8 }
        return readings.isEmpty ? .none : .international(readings)
    }

    private static func readTrunk(_ digits: Substring) -> Reading {
        let count = digits.utf8.count
        if count <= 11 { return readNational(digits) }
        // 0 + carrier + area + number.
        if count <= 13 { return readNational(digits.dropFirst(2)) }
        return .none
    }

    private static func readLocal(_ digits: Substring, areaCode: String?) -> Reading {
        if isLocalRate(digits) { return .localRate(String(digits)) }
        let count = digits.utf8.count
        guard let first = digits.first else { return .none }
        let isNumber = count == 9 ? first == "9" : count == 8 && ("2"..."9").contains(first)
        guard isNumber else { return .none }
        guard let areaCode else { return .local(String(digits)) }
        return readNational("\(areaCode)\(digits)")
    }

    /// Three digits of a service and six or seven more; the leading zero may have been taken off by a trunk.
    private static func readService(_ digits: Substring) -> Reading? {
        let count = digits.utf8.count
        guard count == 9 || count == 10, let prefix = services.first(where: { digits.hasPrefix($0) }) else {
            return nil
        }
        return .service("0\(digits)", isFree: prefix == "800")
    }

    /// 300x-xxxx and 400x-xxxx; 4020 is the one further group in use.
    private static func isLocalRate(_ digits: Substring) -> Bool {
        digits.utf8.count == 8 && (digits.hasPrefix("300") || digits.hasPrefix("400") || digits.hasPrefix("4020"))
    }

    private static func isShort(_ digits: String) -> Bool {
        switch digits.utf8.count {
        case 3: utilities.contains(digits)
        case 5, 6: true
        default: false
        }
    }

    /// As people write a subscriber: `(11) 98765-4321`.
    static func display(areaCode: String, number: String) -> String {
        "(\(areaCode)) \(number.dropLast(4))-\(number.suffix(4))"
    }

    /// As people write a service: `0800 591 2117`.
    static func displayService(_ digits: String) -> String {
        let rest = digits.dropFirst(4)
        return "\(digits.prefix(4)) \(rest.prefix(3)) \(rest.dropFirst(3))"
    }
}
