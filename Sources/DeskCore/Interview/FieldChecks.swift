/// The checks an answer goes through, handed in: each gives the canonical value, or nil when the text is not one.
///
/// `region` is the desk's: how addresses are made up and what money is there follow from it, not from the reader's language.
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
    /// What a text is as a protocol number of the desk.
    public var protocolNumber: @Sendable (String) -> ProtocolFormat.Reading
    /// An E.164 number as people of the region write it.
    public var displayPhone: @Sendable (String) -> String
    /// A postal code's digits without marks: eight of a Brazilian CEP, seven of a Portuguese code, as the region has them.
    public var postalCode: @Sendable (String) -> String?

    public var region: Region

    public init(
        cpf: @escaping @Sendable (String) -> String?,
        cnpj: @escaping @Sendable (String) -> String?,
        nif: @escaping @Sendable (String) -> String?,
        phone: @escaping @Sendable (String) -> String?,
        email: @escaping @Sendable (String) -> String? = { WrittenAddress($0)?.address.canonical },
        isDepartmental: @escaping @Sendable (String) -> Bool,
        protocolNumber: @escaping @Sendable (String) -> ProtocolFormat.Reading = { ProtocolFormat.standard.read($0) },
        displayPhone: @escaping @Sendable (String) -> String,
        postalCode: (@Sendable (String) -> String?)? = nil,
        region: Region = .brazil
    ) {
        self.region = region
        self.cpf = cpf
        self.cnpj = cnpj
        self.nif = nif
        self.phone = phone
        self.email = email
        self.isDepartmental = isDepartmental
        self.protocolNumber = protocolNumber
        self.displayPhone = displayPhone
        self.postalCode = postalCode ?? { AddressReader.postalCode($0, digits: 8) }
    }
}
