/// A new customer with the person who calls and the number they call from, registered in one go.
public struct CustomerRegistration: Sendable, Hashable {
    public var customer: CustomerDraft
    /// The person who speaks for the customer; a private customer's own name is taken when it is nil.
    public var contact: ContactDraft?
    public var phones: [String]
    /// Registering twice with the same key registers once; nil for forms that guard themselves.
    public var key: String?

    public init(customer: CustomerDraft, contact: ContactDraft? = nil, phones: [String] = [], key: String? = nil) {
        self.customer = customer
        self.contact = contact
        self.phones = phones
        self.key = key
    }
}

/// What a registration made, or had made before.
public struct RegisteredCustomer: Sendable {
    public var customer: Customer
    public var contact: Contact?
    public var phones: [Phone]
}

extension CustomerDirectory {
    /// Registers a customer with contact and phones; every fault of the whole form is told at once.
    public func register(
        _ registration: CustomerRegistration,
        by actor: AuditActor
    ) async throws(CustomerError) -> RegisteredCustomer {
        try await write { session throws(CustomerError) in try register(registration, by: actor, in: session) }
    }

    public func register(
        _ registration: CustomerRegistration,
        by actor: AuditActor,
        in session: any SQLSession
    ) throws(CustomerError) -> RegisteredCustomer {
        if let made = try made(registration.key, in: session) { return made }
        var checks = CustomerChecks(region: region)
        let customerDraft = checks.customer(registration.customer)
        let contactDraft = registration.contact.map { checks.contact($0) }
        let numbers = numbers(registration.phones, &checks)
        if let document = customerDraft.document {
            let owner = try Self.storing { () throws(StoreError) in try find(document: document, in: session) }
            if owner != nil { checks.fault(.document, .taken) }
        }
        if let contactDraft { try faultIfTaken(contactDraft, except: nil, by: actor, &checks, in: session) }
        try checks.finish()
        let customer = try insert(customerDraft, by: actor, in: session)
        var contact: Contact?
        if let contactDraft {
            contact = try insert(contactDraft, customerID: customer.id, by: actor, in: session)
        }
        var phones: [Phone] = []
        for number in numbers {
            phones.append(try insert(number, customer.id, nil, nil, by: actor, in: session))
        }
        try keep(registration.key, customer.id, in: session)
        return RegisteredCustomer(customer: customer, contact: contact, phones: phones)
    }

    /// The numbers of a form, each once; a second spelling of the same number is no fault.
    private func numbers(_ raw: [String], _ checks: inout CustomerChecks) -> [PhoneNumber] {
        guard raw.count <= CustomerLimits.phones else {
            checks.fault(.phone, .tooMany)
            return []
        }
        var numbers: [PhoneNumber] = []
        for text in raw {
            guard let number = checks.phone(text) else { continue }
            if !numbers.contains(where: { $0.lookup == number.lookup }) { numbers.append(number) }
        }
        return numbers
    }

    private static let scope = "customer-registration"

    private func made(_ key: String?, in session: any SQLSession) throws(CustomerError) -> RegisteredCustomer? {
        guard let key else { return nil }
        return try Self.storing { () throws(StoreError) in
            let row = try session.row(
                "SELECT response FROM idempotency WHERE scope = $1 AND key = $2",
                [.text(Self.scope), .text(key)]
            )
            guard let id = row?.text(0).flatMap({ Int64($0) }), let customer = try find(id, in: session) else {
                return nil
            }
            return RegisteredCustomer(
                customer: customer,
                contact: try contacts(of: id, in: session).first,
                phones: try phones(of: id, in: session)
            )
        }
    }

    private func keep(_ key: String?, _ customerID: Int64, in session: any SQLSession) throws(CustomerError) {
        guard let key else { return }
        let now = clock.now
        try Self.storing { () throws(StoreError) -> Void in
            try session.execute(
                """
                INSERT INTO idempotency (scope, key, request_hash, status, response, created_at)
                VALUES ($1, $2, '', 201, $3, $4)
                """,
                [.text(Self.scope), .text(key), .text(String(customerID)), .moment(now)]
            )
        }
    }
}
