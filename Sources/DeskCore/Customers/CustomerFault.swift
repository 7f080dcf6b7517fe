/// The field of a customer's forms a fault belongs to.
public enum CustomerField: String, Sendable, Hashable, Codable, CaseIterable {
    case customer
    case kind
    case name
    case document
    case address
    case notes
    case contact
    case contactName = "contact_name"
    case email
    case role
    case language
    case phone
    case label
    case contract
    case contractNumber = "contract_number"
    case contractTitle = "contract_title"
    case contractPeriod = "contract_period"
    case sections
    case products
    /// Why the data is erased.
    case reason
}

/// One thing that is wrong with a customer's data: where and what, never the data itself.
public struct CustomerFault: Error, Sendable, Hashable, Codable {
    public enum Code: String, Sendable, Hashable, Codable, CaseIterable {
        case missing
        case tooLong = "too_long"
        case invalid
        /// The number lacks its area code.
        case incomplete
        /// Zeros in front are missing, as spreadsheets take them off.
        case zerosMissing = "zeros_missing"
        /// A spreadsheet rounded it: `1,12223E+13`.
        case rounded
        /// Another record has it.
        case taken
        /// This record has it already.
        case alreadyThere = "already_there"
        /// E6: the address of a department, not of a person.
        case departmental
        /// More than one where one is asked for.
        case several
        case tooMany = "too_many"
        case notFound = "not_found"
        /// Only an administrator may do this.
        case notAllowed = "not_allowed"
        /// The record was merged into another.
        case merged
        /// Its data was erased.
        case erased
        /// A ticket or a contact of theirs is not over.
        case working
    }

    public var field: CustomerField
    public var code: Code

    public init(_ field: CustomerField, _ code: Code) {
        self.field = field
        self.code = code
    }
}

/// Why a customer's data was not taken.
public enum CustomerError: Error, Sendable {
    /// Everything that is wrong, in the order of the form.
    case refused([CustomerFault])
    /// Somebody changed the record since it was read.
    case stale
    case store(StoreError)

    static func refused(_ field: CustomerField, _ code: CustomerFault.Code) -> CustomerError {
        .refused([CustomerFault(field, code)])
    }

    /// The faults, when the data was at fault.
    public var faults: [CustomerFault] {
        if case .refused(let faults) = self { faults } else { [] }
    }
}

extension CustomerError: CustomStringConvertible {
    /// Fields and codes; no value of a record.
    public var description: String {
        switch self {
        case .refused(let faults):
            "customer refused: " + faults.map { "\($0.field.rawValue) \($0.code.rawValue)" }.joined(separator: ", ")
        case .stale: "the record was changed since it was read; read it again"
        case .store(let error): error.description
        }
    }
}

extension CustomerError {
    /// What a database error means here: our own refusal on its way back, a unique index that a second writer won, or itself.
    init(_ error: StoreError) {
        switch error {
        case .refused(let inner as CustomerError): self = inner
        case .notUnique(let constraint): self = Self.taken(constraint).map { .refused([$0]) } ?? .store(error)
        default: self = .store(error)
        }
    }

    /// What is thrown out of a transaction: the engine must see its own errors, to repeat what it can.
    var passage: any Error {
        if case .store(let error) = self { error } else { self }
    }

    private static func taken(_ constraint: String) -> CustomerFault? {
        if constraint.contains("document") { return CustomerFault(.document, .taken) }
        if constraint.contains("email") { return CustomerFault(.email, .taken) }
        if constraint.contains("phone") { return CustomerFault(.phone, .alreadyThere) }
        if constraint.contains("contract") { return CustomerFault(.contractNumber, .taken) }
        return nil
    }
}
