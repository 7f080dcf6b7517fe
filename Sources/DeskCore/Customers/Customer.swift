/// A person or company the desk works for.
public struct Customer: Sendable, Hashable, Identifiable {
    public enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
        case person
        case company
    }

    public var id: Int64
    public var kind: Kind
    public var name: String
    public var document: Document?
    public var address: String?
    public var notes: String?
    /// How the record came to be: `desk`, `portal`, `import`, `api`.
    public var origin: String
    public var createdAt: Moment
    public var updatedAt: Moment
    /// The record that took this one's place, when two were the same.
    public var mergedInto: Int64?
    /// When its data was erased, at the customer's request.
    public var erasedAt: Moment?
    /// Counts its changes: a change that names an older one was made of an old copy.
    public var revision: Int64

    static let columns = """
        customer.id, customer.kind, customer.name, customer.document, customer.document_kind, customer.address,
        customer.notes, customer.origin, customer.created_at, customer.updated_at, customer.merged_into,
        customer.revision, customer.erased_at
        """

    init(row: SQLRow) throws(StoreError) {
        id = try row.need(row.integer(0), "customer.id")
        kind = try row.need(row.text(1).flatMap(Kind.init), "customer.kind")
        name = try row.need(row.text(2), "customer.name")
        if let canonical = row.text(3), let kind = row.text(4).flatMap(Document.Kind.init) {
            document = Document(canonical, kind: kind)
        }
        address = row.text(5)
        notes = row.text(6)
        origin = row.text(7) ?? ""
        createdAt = try row.need(row.moment(8), "customer.created_at")
        updatedAt = try row.need(row.moment(9), "customer.updated_at")
        mergedInto = row.integer(10)
        revision = try row.need(row.integer(11), "customer.revision")
        erasedAt = row.moment(12)
    }
}

/// What a form says about a customer, unchecked; nil leaves a field empty.
public struct CustomerDraft: Sendable, Hashable {
    public var kind: Customer.Kind
    public var name: String
    public var document: String?
    public var address: String?
    public var notes: String?
    public var origin: String

    public init(
        kind: Customer.Kind,
        name: String,
        document: String? = nil,
        address: String? = nil,
        notes: String? = nil,
        origin: String = "desk"
    ) {
        self.kind = kind
        self.name = name
        self.document = document
        self.address = address
        self.notes = notes
        self.origin = origin
    }

    public init(_ customer: Customer) {
        self.init(
            kind: customer.kind,
            name: customer.name,
            document: customer.document?.canonical,
            address: customer.address,
            notes: customer.notes,
            origin: customer.origin
        )
    }
}
