/// What a customer hired: which sections it may use (B3), and whether its phones get text messages (A3).
public struct Contract: Sendable, Hashable, Identifiable {
    public var id: Int64
    public var customerID: Int64
    /// As printed on it; no two contracts share one.
    public var number: String
    public var title: String
    public var isActive: Bool
    /// Whether the SMS service is part of it.
    public var hasSMS: Bool
    /// Catalogue sections it opens; none means all.
    public var sections: [String]
    /// The customer's products and domains (D4).
    public var products: [String]
    public var startsAt: Moment?
    public var endsAt: Moment?
    public var createdAt: Moment
    /// Counts its changes: a change that names an older one was made of an old copy.
    public var revision: Int64

    static let columns = """
        contract.id, contract.customer_id, contract.number, contract.title, contract.active, contract.sms,
        contract.sections, contract.products, contract.starts_at, contract.ends_at, contract.created_at,
        contract.revision
        """

    init(row: SQLRow) throws(StoreError) {
        id = try row.need(row.integer(0), "contract.id")
        customerID = try row.need(row.integer(1), "contract.customer_id")
        number = try row.need(row.text(2), "contract.number")
        title = row.text(3) ?? ""
        isActive = row.bool(4)
        hasSMS = row.bool(5)
        sections = try StoredList.texts(row.text(6), "contract.sections")
        products = try StoredList.texts(row.text(7), "contract.products")
        startsAt = row.moment(8)
        endsAt = row.moment(9)
        createdAt = try row.need(row.moment(10), "contract.created_at")
        revision = try row.need(row.integer(11), "contract.revision")
    }

    /// Whether it counts at `moment`: active, begun and not over.
    public func isInForce(at moment: Moment) -> Bool {
        isActive && startsAt.map { $0 <= moment } ?? true && endsAt.map { moment < $0 } ?? true
    }
}

/// What a form says about a contract, unchecked.
public struct ContractDraft: Sendable, Hashable {
    public var number: String
    public var title: String
    public var isActive: Bool
    public var hasSMS: Bool
    public var sections: [String]
    public var products: [String]
    public var startsAt: Moment?
    public var endsAt: Moment?

    public init(
        number: String,
        title: String,
        isActive: Bool = true,
        hasSMS: Bool = false,
        sections: [String] = [],
        products: [String] = [],
        startsAt: Moment? = nil,
        endsAt: Moment? = nil
    ) {
        self.number = number
        self.title = title
        self.isActive = isActive
        self.hasSMS = hasSMS
        self.sections = sections
        self.products = products
        self.startsAt = startsAt
        self.endsAt = endsAt
    }

    public init(_ contract: Contract) {
        self.init(
            number: contract.number,
            title: contract.title,
            isActive: contract.isActive,
            hasSMS: contract.hasSMS,
            sections: contract.sections,
            products: contract.products,
            startsAt: contract.startsAt,
            endsAt: contract.endsAt
        )
    }
}
