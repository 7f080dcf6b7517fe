import Codecs
import Crypto

/// A new customer with the person who calls and the number they call from, registered in one go.
public struct CustomerRegistration: Sendable, Hashable {
    public var customer: CustomerDraft
    /// The person who speaks for the customer; a private customer's own name is taken when it is nil.
    public var contact: ContactDraft?
    public var phones: [String]
    /// Whether somebody says all this of themselves on the portal: the phones are the contact's then, and not confirmed.
    public var isTheirOwnWord = false
    /// Registering twice with the same key registers once; nil for forms that guard themselves.
    public var key: String?

    public init(
        customer: CustomerDraft,
        contact: ContactDraft? = nil,
        phones: [String] = [],
        isTheirOwnWord: Bool = false,
        key: String? = nil
    ) {
        self.customer = customer
        self.contact = contact
        self.phones = phones
        self.isTheirOwnWord = isTheirOwnWord
        self.key = key
    }
}

/// What a registration made, or had made before.
public struct RegisteredCustomer: Sendable {
    public var customer: Customer
    public var contact: Contact?
    public var phones: [Phone]
    /// Whether it was made now, and not by an earlier registration with the same key.
    public var isNew = true
    /// Whether the earlier registration asked for the same.
    public var isSame = true
}

extension CustomerRegistration {
    /// What is asked for, short enough to be kept beside the key.
    public var digest: String {
        let parts: [String?] =
            [
                customer.kind.rawValue, customer.name, customer.document, customer.address, customer.notes,
                customer.origin,
                contact?.name, contact?.email, contact?.role, contact?.language?.rawValue,
            ] + phones
        // Nil and empty are two things, and no two texts run into one another.
        let text = parts.map { $0.map { "\($0.utf8.count):\($0)" } ?? "-" }.joined(separator: ",")
        return Hexadecimal.text(SHA256.hash(data: Array(text.utf8)))
    }
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
        if let made = try made(registration, in: session) { return made }
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
            let owner = registration.isTheirOwnWord ? contact?.id : nil
            let isConfirmed = !registration.isTheirOwnWord
            phones.append(
                try insert(number, customer.id, owner, nil, isConfirmed: isConfirmed, by: actor, in: session)
            )
        }
        try keep(registration, customer.id, in: session)
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

    private func wish(_ registration: CustomerRegistration) -> RepeatedWish? {
        registration.key.map { RepeatedWish(scope: "customer-registration", key: $0, digest: registration.digest) }
    }

    private func made(
        _ registration: CustomerRegistration,
        in session: any SQLSession
    ) throws(CustomerError) -> RegisteredCustomer? {
        try Self.storing { () throws(StoreError) in
            guard let made = try wish(registration)?.made(in: session), let customer = try find(made.id, in: session)
            else { return nil }
            return RegisteredCustomer(
                customer: customer,
                contact: try contacts(of: made.id, in: session).first,
                phones: try phones(of: made.id, in: session),
                isNew: false,
                isSame: made.isSame
            )
        }
    }

    private func keep(
        _ registration: CustomerRegistration,
        _ customerID: Int64,
        in session: any SQLSession
    ) throws(CustomerError) {
        let now = clock.now
        try Self.storing { () throws(StoreError) -> Void in
            try wish(registration)?.note(customerID, at: now, in: session)
        }
    }
}
