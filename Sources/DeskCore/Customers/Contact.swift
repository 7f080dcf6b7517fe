/// A person who speaks for a customer; a private customer is usually their own contact.
public struct Contact: Sendable, Hashable, Identifiable {
    public var id: Int64
    public var customerID: Int64
    public var name: String
    /// Canonical; no two contacts share one.
    public var email: String?
    public var role: String?
    public var language: Language?
    /// False for people who no longer speak for the customer; their past tickets keep them.
    public var isActive: Bool
    public var createdAt: Moment
    /// Counts its changes: a change that names an older one was made of an old copy.
    public var revision: Int64

    static let columns = """
        contact.id, contact.customer_id, contact.name, contact.email, contact.role, contact.language, contact.active,
        contact.created_at, contact.revision
        """

    init(row: SQLRow, from column: Int = 0) throws(StoreError) {
        id = try row.need(row.integer(column), "contact.id")
        customerID = try row.need(row.integer(column + 1), "contact.customer_id")
        name = try row.need(row.text(column + 2), "contact.name")
        email = row.text(column + 3)
        role = row.text(column + 4)
        language = row.text(column + 5).flatMap(Language.init)
        isActive = row.bool(column + 6)
        createdAt = try row.need(row.moment(column + 7), "contact.created_at")
        revision = try row.need(row.integer(column + 8), "contact.revision")
    }
}

/// What a form says about a contact, unchecked.
public struct ContactDraft: Sendable, Hashable {
    public var name: String
    public var email: String?
    public var role: String?
    public var language: Language?
    /// Registers a department's address after all (E6); only an administrator or the console may ask for it.
    public var allowsDepartmental: Bool

    public init(
        name: String,
        email: String? = nil,
        role: String? = nil,
        language: Language? = nil,
        allowsDepartmental: Bool = false
    ) {
        self.name = name
        self.email = email
        self.role = role
        self.language = language
        self.allowsDepartmental = allowsDepartmental
    }

    public init(_ contact: Contact) {
        self.init(name: contact.name, email: contact.email, role: contact.role, language: contact.language)
    }
}
