/// The number under which a customer is known to the tax office, of whichever kind the region has.
public struct Document: Sendable, Hashable, Codable {
    public enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
        case cpf
        case cnpj
        case nif

        /// The name people call it by; the same in every language.
        public var title: String { rawValue.uppercased() }
    }

    public let kind: Kind
    /// Digits, and letters in upper case, without separators; stored and compared.
    public let canonical: String

    /// Reads the text as a document of `region`: CPF or CNPJ in Brazil (the length decides), NIF in Portugal.
    public init?(_ text: String, region: Region) {
        switch region.country {
        case .brazil:
            if let cpf = CPF(text) {
                self.init(cpf)
            } else if let cnpj = CNPJ(text) {
                self.init(cnpj)
            } else {
                return nil
            }
        case .portugal:
            guard let nif = NIF(text) else { return nil }
            self.init(nif)
        }
    }

    /// The document that `text` is when the zeros in front that a spreadsheet takes off are put back.
    ///
    /// Nil when none are missing, or the check digits do not fit with them either. At the most `most` are: two where the
    /// answer is taken, since a shorter number is more likely short for another reason; more where it is only proposed.
    public static func completingZeros(_ text: String, region: Region, most: Int = 2) -> Document? {
        guard region.country == .brazil, let digits = DocumentText.positions(of: text),
            digits.count >= 3, digits.allSatisfy(DocumentText.isDigit), Document(text, region: region) == nil
        else { return nil }
        return [11, 14].lazy.compactMap { whole -> Document? in
            let missing = whole - digits.count
            guard missing >= 1, missing <= most else { return nil }
            return Document(String(repeating: "0", count: missing) + DocumentText.string(digits), region: region)
        }.first
    }

    /// Reads the text as a document of `kind`.
    public init?(_ text: String, kind: Kind) {
        switch kind {
        case .cpf:
            guard let cpf = CPF(text) else { return nil }
            self.init(cpf)
        case .cnpj:
            guard let cnpj = CNPJ(text) else { return nil }
            self.init(cnpj)
        case .nif:
            guard let nif = NIF(text) else { return nil }
            self.init(nif)
        }
    }

    public init(_ cpf: CPF) {
        kind = .cpf
        canonical = cpf.canonical
    }

    public init(_ cnpj: CNPJ) {
        kind = .cnpj
        canonical = cnpj.canonical
    }

    public init(_ nif: NIF) {
        kind = .nif
        canonical = nif.canonical
    }

    /// Reads one back; the check digits are checked again.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        let kind = try container.decode(Kind.self, forKey: .kind)
        guard let read = Document(try container.decode(String.self, forKey: .canonical), kind: kind) else {
            throw DecodingError.dataCorruptedError(
                forKey: .canonical,
                in: container,
                debugDescription: "no valid \(kind.title)"
            )
        }
        self = read
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(kind, forKey: .kind)
        try container.encode(canonical, forKey: .canonical)
    }

    private enum Key: String, CodingKey {
        case kind
        case canonical
    }

    /// As people write it.
    public var formatted: String {
        switch kind {
        case .cpf: CPF(canonical)?.formatted ?? canonical
        case .cnpj: CNPJ(canonical)?.formatted ?? canonical
        case .nif: NIF(canonical)?.formatted ?? canonical
        }
    }

    /// For lists and messages: enough to tell two apart, not enough to use.
    public var masked: String {
        switch kind {
        case .cpf: CPF(canonical)?.masked ?? "***"
        case .cnpj: CNPJ(canonical)?.masked ?? "***"
        case .nif: NIF(canonical)?.masked ?? "***"
        }
    }
}
