/// Everything about one customer at a glance, read on one snapshot: the card beside the call.
public struct CustomerCard: Sendable {
    public var customer: Customer
    public var contacts: [Contact]
    public var phones: [Phone]
    public var contracts: [Contract]
    public var smsService: SMSService
    /// Catalogue sections the contracts in force open; nil means all, none that every contract has ended.
    public var allowedSections: [String]?
    /// The products and domains that the contracts in force name (D4).
    public var products: [String]
    public var openTickets: Int
    public var lastCallAt: Moment?
}

extension CustomerDirectory {
    /// The card of a customer; a merged record gives the card of the one that took its place.
    public func card(_ customerID: Int64) async throws(StoreError) -> CustomerCard? {
        try await read { session throws(StoreError) in try card(customerID, in: session) }
    }

    public func card(_ customerID: Int64, in session: any SQLSession) throws(StoreError) -> CustomerCard? {
        guard let customer = try find(Self.survivor(of: customerID, in: session), in: session) else { return nil }
        let contracts = try contracts(of: customer.id, in: session)
        let phones = try phones(of: customer.id, in: session)
        let now = clock.now
        return CustomerCard(
            customer: customer,
            contacts: try contacts(of: customer.id, in: session),
            phones: phones,
            contracts: contracts,
            smsService: SMSService.of(contracts, phones, region: region, at: now),
            allowedSections: Self.allowedSections(contracts, at: now),
            products: contracts.filter { $0.isInForce(at: now) }.flatMap(\.products),
            openTickets: try openTickets(of: customer.id, in: session),
            lastCallAt: try lastCall(of: customer.id, in: session)
        )
    }

    /// A customer as the interview took them, anew from the record theirs was made part of; nil while it stands.
    ///
    /// What spoke for them goes on speaking for them.
    public func renewed(_ known: Candidate) async throws(StoreError) -> Candidate? {
        try await read { session throws(StoreError) in
            guard try Self.survivor(of: known.customerID, in: session) != known.customerID,
                let card = try card(known.customerID, in: session)
            else { return nil }
            var candidate = Candidate(card, contactID: known.contactID, region: region)
            (candidate.reasons, candidate.score) = (known.reasons, known.score)
            return candidate
        }
    }

    func openTickets(of customerID: Int64, in session: any SQLSession) throws(StoreError) -> Int {
        let row = try session.row(
            "SELECT COUNT(*) FROM ticket WHERE customer_id = $1 AND \(TicketState.openCondition)",
            [.integer(customerID)]
        )
        return Int(clamping: row?.integer(0) ?? 0)
    }

    private func lastCall(of customerID: Int64, in session: any SQLSession) throws(StoreError) -> Moment? {
        try session.row(
            """
            SELECT MAX(started_at) FROM attendance WHERE customer_id = $1 AND call_id IS NOT NULL
            """,
            [.integer(customerID)]
        )?.moment(0)
    }
}

extension Candidate {
    /// The customer as the interview shows it, with the contact the evidence names.
    init(_ card: CustomerCard, contactID: Int64?, region: Region) {
        let active = card.contacts.filter(\.isActive)
        let contact = active.first { $0.id == contactID }
        self.init(
            customerID: card.customer.id,
            contactID: contact?.id,
            name: card.customer.name,
            kind: card.customer.kind == .company ? .company : .person,
            documentMasked: card.customer.document?.masked,
            openTickets: card.openTickets,
            lastCallAt: card.lastCallAt,
            smsState: card.smsService.candidateState,
            email: contact == nil ? active.lazy.compactMap(\.email).first : contact?.email,
            smsPhones: card.phones.filter {
                $0.canReceiveSMS(region: region)
                    && ($0.contactID == nil || contactID == nil || $0.contactID == contactID)
            }.compactMap(\.e164),
            people: active.prefix(InterviewLimits.people).map { Person(id: $0.id, name: $0.name, role: $0.role) },
            allowedSections: card.allowedSections
        )
        products = card.products
    }
}
