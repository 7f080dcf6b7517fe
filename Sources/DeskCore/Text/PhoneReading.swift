/// From dialled digits to a number: the country's own rules first, then libphonenumber's judgement.
enum PhoneReading {
    static func read(_ dialled: DialledText, region: Region) -> PhoneNumber? {
        if dialled.hasPlus { return international(dialled.digits, region: region) ?? undefined(dialled.digits) }
        switch region.country {
        case .brazil: return brazilian(BrazilNumbering.read(dialled.digits, areaCode: region.areaCode), dialled, region)
        case .portugal: return portuguese(PortugalNumbering.read(dialled.digits), dialled, region)
        }
    }

    /// Digits that are no number known to anybody, an extension for one: kept to be shown and searched.
    private static func undefined(_ digits: String) -> PhoneNumber {
        national(digits, kind: .unknown, display: digits, country: nil)
    }

    private static func national(
        _ digits: String,
        kind: PhoneNumber.Kind,
        display: String,
        country: String?
    ) -> PhoneNumber {
        PhoneNumber(
            e164: nil,
            lookup: digits,
            lookupVariants: [digits],
            kind: kind,
            display: display,
            country: country,
            areaCode: nil,
            addedNinthDigit: false
        )
    }

    // MARK: - Brazil

    private static func brazilian(_ reading: BrazilNumbering.Reading, _ dialled: DialledText, _ region: Region)
        -> PhoneNumber?
    {
        switch reading {
        case .subscriber(let areaCode, let number, let addedNinth):
            subscriber(areaCode: areaCode, number: number, addedNinth: addedNinth, region: region)
        case .local(let digits):
            national(
                digits,
                kind: digits.first.map { "6"..."9" ~= $0 } == true ? .mobile : .fixed,
                display: "\(digits.dropLast(4))-\(digits.suffix(4))",
                country: "BR"
            )
        case .service(let digits, let isFree):
            national(
                digits,
                kind: isFree ? .tollFree : .nonGeographic,
                display: BrazilNumbering.displayService(digits),
                country: "BR"
            )
        case .localRate(let digits):
            national(
                digits,
                kind: .nonGeographic,
                display: "\(digits.prefix(4))-\(digits.suffix(4))",
                country: "BR"
            )
        case .short(let digits):
            national(digits, kind: .short, display: digits, country: "BR")
        case .international(let readings):
            firstValid(readings, region: region) ?? undefined(dialled.digits)
        case .none:
            undefined(dialled.digits)
        }
    }

    private static func subscriber(areaCode: String, number: String, addedNinth: Bool, region: Region) -> PhoneNumber {
        let e164 = "+55\(areaCode)\(number)"
        var variants = [e164]
        let isMobile = number.first.map { "6"..."9" ~= $0 } ?? false
        if number.utf8.count == 9, let second = number.dropFirst().first, "6"..."9" ~= second {
            variants.append("+55\(areaCode)\(number.dropFirst())")
        } else if number.utf8.count == 8, isMobile {
            variants.append("+55\(areaCode)9\(number)")
        }
        let local = BrazilNumbering.display(areaCode: areaCode, number: number)
        return PhoneNumber(
            e164: e164,
            lookup: e164,
            lookupVariants: variants,
            kind: isMobile ? .mobile : .fixed,
            display: region.country == .brazil ? local : "+55 \(areaCode) \(number.dropLast(4))-\(number.suffix(4))",
            country: "BR",
            areaCode: areaCode,
            addedNinthDigit: addedNinth
        )
    }

    // MARK: - Portugal

    private static func portuguese(_ reading: PortugalNumbering.Reading, _ dialled: DialledText, _ region: Region)
        -> PhoneNumber?
    {
        switch reading {
        case .subscriber(let digits):
            international("351\(digits)", region: region) ?? undefined(dialled.digits)
        case .service(let digits, let isFree):
            national(
                digits,
                kind: isFree ? .tollFree : .nonGeographic,
                display: PortugalNumbering.display(digits),
                country: "PT"
            )
        case .short(let digits):
            national(digits, kind: .short, display: digits, country: "PT")
        case .international(let readings):
            firstValid(readings, region: region) ?? undefined(dialled.digits)
        case .none:
            undefined(dialled.digits)
        }
    }

    // MARK: - Everywhere

    private static func firstValid(_ readings: [String], region: Region) -> PhoneNumber? {
        for digits in readings {
            if let number = international(digits, region: region) { return number }
        }
        return nil
    }

    /// People write +55 (0)31 and +55 0800: a zero too many is left out, but never to complete a number without its ninth
    /// digit, as +55 01 987654321 would.
    private static func afterCountryCode(_ digits: Substring) -> BrazilNumbering.Reading {
        guard digits.hasPrefix("0") else { return BrazilNumbering.readNational(digits) }
        let reading = BrazilNumbering.readNational(digits.dropFirst())
        if case .subscriber(_, _, addedNinth: true) = reading { return .none }
        return reading
    }

    /// The number with this country code and subscriber, when libphonenumber holds it valid.
    ///
    /// Brazil's plan is decided here, because the library knows neither the ninth digit's history nor 4004 as a number
    /// that is none outside; the other countries' plans are the library's.
    private static func international(_ digits: String, region: Region) -> PhoneNumber? {
        if digits.hasPrefix("55") {
            let reading = afterCountryCode(digits.dropFirst(2))
            let number = DialledText("+\(digits)").flatMap { brazilian(reading, $0, region) }
            return reading == .none ? nil : number
        }
        if digits.hasPrefix("351"), case .service = PortugalNumbering.readNational(digits.dropFirst(3)) {
            return DialledText("+\(digits)").flatMap {
                portuguese(PortugalNumbering.readNational(digits.dropFirst(3)), $0, region)
            }
        }
        guard let read = PhoneLibrary.read("+\(digits)", region: region.country.rawValue), read.isValid else {
            return nil
        }
        let isHome = read.country == region.country.rawValue
        return PhoneNumber(
            e164: read.e164,
            lookup: read.e164,
            lookupVariants: [read.e164],
            kind: read.kind,
            display: isHome ? read.national : read.international,
            country: read.country,
            areaCode: nil,
            addedNinthDigit: false
        )
    }
}
