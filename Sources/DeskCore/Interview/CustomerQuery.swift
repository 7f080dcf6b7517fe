/// What the technician typed to find a customer, with everything it can be read as.
public struct CustomerQuery: Sendable, Hashable, Codable {
    /// One way to read the text; the value is canonical.
    public enum Reading: Sendable, Hashable {
        /// CPF, CNPJ or NIF, digits and capital letters only.
        case document(String)
        case email(String)
        /// E.164.
        case phone(String)
        /// A protocol number as it is stored, or the digits of one of another pattern.
        case protocolNumber(String)
        /// Contract number as typed, blanks squeezed.
        case contract(String)
        /// Folded by `TextFolding`.
        case name(String)
    }

    /// Squeezed and bounded, as typed.
    public var text: String
    /// Likeliest first; search them all and join what is found.
    public var readings: [Reading]

    public init(text: String, readings: [Reading]) {
        self.text = text
        self.readings = readings
    }

    /// Everything `text` can be; 11 digits may be a CPF and a mobile number at once, so both are kept.
    public init(_ text: String, checks: FieldChecks) {
        let line = AnswerText.line(text)
        var readings: [Reading] = []
        let digits = line.filter(\.isASCIIDigit)
        let folded = TextFolding.fold(line)
        if line.contains("@") {
            if let email = checks.email(line) { readings.append(.email(email)) }
        } else {
            for document in [checks.cpf(line), checks.cnpj(line), checks.nif(line)].compactMap(\.self)
            where !readings.contains(.document(document)) {
                readings.append(.document(document))
            }
            if let phone = checks.phone(line) { readings.append(.phone(phone)) }
            if case .number(let number) = checks.protocolNumber(line) {
                readings.append(.protocolNumber(number))
            } else if digits.count >= 6, !folded.contains(where: { $0.isLetter }) {
                // A number of an earlier pattern.
                readings.append(.protocolNumber(digits))
            }
            if line.contains(where: \.isASCIIDigit) { readings.append(.contract(line)) }
            if folded.contains(where: { $0.isLetter }) { readings.append(.name(folded)) }
        }
        self.init(text: line, readings: readings)
    }
}

extension CustomerQuery {
    /// The query without the number of the contact it is asked in: the caller has just been told it, so it proves nothing.
    func without(_ attendance: Attendance) -> CustomerQuery {
        CustomerQuery(text: text, readings: readings.filter { $0 != .protocolNumber(attendance.protocolNumber) })
    }
}

extension CustomerQuery.Reading: Codable {
    private enum Key: String, CodingKey { case document, email, phone, protocolNumber = "protocol", contract, name }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        guard let key = container.allKeys.first else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: container.codingPath, debugDescription: "a reading needs its kind")
            )
        }
        let value = try container.decode(String.self, forKey: key)
        switch key {
        case .document: self = .document(value)
        case .email: self = .email(value)
        case .phone: self = .phone(value)
        case .protocolNumber: self = .protocolNumber(value)
        case .contract: self = .contract(value)
        case .name: self = .name(value)
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        switch self {
        case .document(let value): try container.encode(value, forKey: .document)
        case .email(let value): try container.encode(value, forKey: .email)
        case .phone(let value): try container.encode(value, forKey: .phone)
        case .protocolNumber(let value): try container.encode(value, forKey: .protocolNumber)
        case .contract(let value): try container.encode(value, forKey: .contract)
        case .name(let value): try container.encode(value, forKey: .name)
        }
    }
}
