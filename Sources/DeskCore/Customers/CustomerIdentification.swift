/// Finding the customer a technician asks for, whatever was typed: document, e-mail, phone, protocol, contract or name.
extension CustomerDirectory {
    /// Facts for every reading of the query, for `CandidateRanking.rank`.
    public func evidence(_ query: CustomerQuery) async throws(StoreError) -> [Evidence] {
        try await read { session throws(StoreError) in try evidence(query, in: session) }
    }

    public func evidence(_ query: CustomerQuery, in session: any SQLSession) throws(StoreError) -> [Evidence] {
        var gathering = EvidenceGathering(directory: self)
        for reading in query.readings.prefix(8) {
            for match in try matches(reading, in: session) {
                try gathering.add(match.customerID, match.contactID, match.reason, in: session)
            }
        }
        return gathering.evidence
    }

    /// The customers found, ranked.
    public func candidates(_ query: CustomerQuery) async throws(StoreError) -> [Candidate] {
        CandidateRanking.rank(try await evidence(query))
    }

    private struct Match {
        var customerID: Int64
        var contactID: Int64?
        var reason: CandidateReason
    }

    private func matches(
        _ reading: CustomerQuery.Reading,
        in session: any SQLSession
    ) throws(StoreError) -> [Match] {
        switch reading {
        case .document(let text):
            guard let document = Document.Kind.allCases.lazy.compactMap({ Document(text, kind: $0) }).first,
                let customer = try find(document: document, in: session)
            else { return [] }
            return [Match(customerID: customer.id, reason: .document)]
        case .email(let text):
            guard let email = EmailAddress(text), let contact = try contact(email: email, in: session) else {
                return []
            }
            return [Match(customerID: contact.customerID, contactID: contact.id, reason: .email)]
        case .phone(let text):
            guard let number = PhoneNumber.parse(text, region: region) else { return [] }
            let confirmed = try registered(number, in: session)
            return try (confirmed + registered(number, isConfirmed: false, in: session)).map { phone in
                guard phone.isConfirmed else {
                    return Match(customerID: phone.customerID, contactID: phone.contactID, reason: .claimedPhone)
                }
                let reason: CandidateReason =
                    phone.lookup != number.lookup
                    ? .phoneWithoutNinthDigit : phone.contactID == nil ? .customerPhone : .contactPhone
                return Match(customerID: phone.customerID, contactID: phone.contactID, reason: reason)
            }
        case .protocolNumber(let digits):
            let row = try session.row(
                "SELECT customer_id, contact_id FROM attendance WHERE protocol = $1 AND customer_id IS NOT NULL",
                [.text(digits)]
            )
            guard let row, let customerID = row.integer(0) else { return [] }
            return [Match(customerID: customerID, contactID: row.integer(1), reason: .protocolNumber)]
        case .contract(let number):
            guard let customer = try find(contractNumber: number, in: session) else { return [] }
            return [Match(customerID: customer.id, reason: .contract)]
        case .name(let folded):
            return try named(folded, in: session)
        }
    }

    /// Customers by name, and as the contact where it is the contact's name that fits.
    private func named(_ folded: String, in session: any SQLSession) throws(StoreError) -> [Match] {
        var matches: [Match] = []
        let asked = Self.searchable(folded)
        for customer in try search(folded, limit: InterviewLimits.candidates, in: session) {
            let isOwnName = Self.matches(Self.searchable(customer.name), asked)
            let people =
                isOwnName
                ? []
                : try contacts(of: customer.id, in: session).filter {
                    $0.isActive && Self.matches(Self.searchable($0.name), asked)
                }
            if people.isEmpty { matches.append(Match(customerID: customer.id, reason: .name)) }
            matches += people.prefix(5).map { Match(customerID: customer.id, contactID: $0.id, reason: .name) }
        }
        return matches
    }

    /// Whether what a caller said proves that they are the customer: a document, a contract, a protocol number.
    ///
    /// A name, a telephone and an address are known to others too.
    public func verifies(_ query: CustomerQuery, customerID: Int64) async throws(StoreError) -> Bool {
        try await read { session throws(StoreError) in
            for reading in query.readings.prefix(8) {
                if case .name = reading { continue }
                let found = try matches(reading, in: session)
                if found.contains(where: { $0.customerID == customerID && $0.reason.provesIdentity }) { return true }
            }
            return false
        }
    }
}
