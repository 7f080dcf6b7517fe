/// Who a caller may be, from what the desk knows about the number.
///
/// Only registered phones and people identified by a technician on a past call from the number count; numbers that merely
/// turn up in texts say nothing. A number somebody gave on the portal as theirs, without a code, names them only where
/// nothing speaks for anybody else: anybody can give anybody's.
extension CustomerDirectory {
    /// Past calls older than this say little about who calls today.
    static let memory = Duration.seconds(90 * 86_400)
    /// Of the calls from a number the last ones say who calls: a company's switchboard calls all day.
    static let lastCalls = 50

    /// Facts about a caller's number, as the PBX shows it or in E.164, for `CandidateRanking.rank`.
    ///
    /// None for a withheld number or an extension.
    public func callerEvidence(_ raw: String) async throws(StoreError) -> [Evidence] {
        guard let number = PhoneNumber.parse(raw, region: region), number.isComplete else { return [] }
        return try await read { session throws(StoreError) in try callerEvidence(number, in: session) }
    }

    public func callerEvidence(_ number: PhoneNumber, in session: any SQLSession) throws(StoreError) -> [Evidence] {
        var gathering = EvidenceGathering(directory: self)
        for phone in try registered(number, in: session) {
            let reason = try reason(for: phone, number, in: session)
            try gathering.add(phone.customerID, phone.contactID, reason, in: session)
        }
        let registered = gathering.customers
        for past in try identifiedCalls(number, in: session) {
            // A customer whose registered phone this is needs no contact taken from the history.
            let contactID = registered.contains(past.customerID) ? nil : past.contactID
            let days = DeskTime(timeZone: timeZone, language: .en).days(from: past.at, to: clock.now)
            try gathering.add(past.customerID, contactID, .called(daysAgo: max(0, days)), in: session)
        }
        if gathering.customers.isEmpty {
            for phone in try self.registered(number, isConfirmed: false, in: session) {
                try gathering.add(phone.customerID, phone.contactID, .claimedPhone, in: session)
            }
        }
        if try awaitsCallBack(number, in: session) {
            for customerID in gathering.customers {
                try gathering.add(customerID, nil, .callBack, in: session)
            }
        }
        try gathering.addOpenTickets()
        return gathering.evidence
    }

    /// The caller's candidates, ranked.
    public func candidates(_ raw: String) async throws(StoreError) -> [Candidate] {
        CandidateRanking.rank(try await callerEvidence(raw))
    }

    /// The candidates of several callers, by their numbers; none of one that is unknown.
    public func candidates(of numbers: Set<String>) async throws(StoreError) -> [String: [Candidate]] {
        let region = region
        return try await read { session throws(StoreError) in
            var found: [String: [Candidate]] = [:]
            for raw in numbers {
                guard let number = PhoneNumber.parse(raw, region: region), number.isComplete else { continue }
                found[raw] = CandidateRanking.rank(try callerEvidence(number, in: session))
            }
            return found
        }
    }

    /// Phones registered under the number or its ninth-digit variant; with `isConfirmed` false those that are only said to be
    /// somebody's.
    func registered(
        _ number: PhoneNumber,
        isConfirmed: Bool = true,
        in session: any SQLSession
    ) throws(StoreError) -> [Phone] {
        var phones: [Phone] = []
        for row in try session.rows(
            """
            SELECT \(Phone.columns) FROM phone JOIN customer ON customer.id = phone.customer_id
            WHERE phone.lookup IN ($1, $2) AND phone.confirmed = $3 AND customer.merged_into IS NULL ORDER BY phone.id
            """,
            [.text(number.lookup), .text(number.lookupVariants.last ?? number.lookup), .bool(isConfirmed)],
            limit: InterviewLimits.candidates
        ) {
            phones.append(try Phone(row: row))
        }
        return phones
    }

    private func reason(
        for phone: Phone,
        _ number: PhoneNumber,
        in session: any SQLSession
    ) throws(StoreError) -> CandidateReason {
        if phone.lookup != number.lookup || number.addedNinthDigit { return .phoneWithoutNinthDigit }
        if phone.contactID != nil { return .contactPhone }
        let row = try session.row(
            """
            SELECT customer.kind, (SELECT COUNT(*) FROM contact WHERE contact.customer_id = customer.id AND active = 1)
            FROM customer WHERE customer.id = $1
            """,
            [.integer(phone.customerID)]
        )
        let isShared = row?.text(0) == Customer.Kind.company.rawValue && (row?.integer(1) ?? 0) > 1
        return isShared ? .companyLine : .customerPhone
    }

    private struct PastCall {
        var customerID: Int64
        var contactID: Int64?
        var at: Moment
    }

    /// The last call of each customer that was identified when this number called.
    private func identifiedCalls(_ number: PhoneNumber, in session: any SQLSession) throws(StoreError) -> [PastCall] {
        let since = clock.now.adding(.zero - Self.memory)
        func last(_ number: String) -> String {
            """
            SELECT id, started_at FROM (
                SELECT id, started_at FROM call WHERE number = \(number) AND started_at > $3
                ORDER BY started_at DESC LIMIT \(Self.lastCalls)
            ) AS calls
            """
        }
        let other = number.lookupVariants.last { $0 != number.lookup }
        return try session.rows(
            """
            SELECT attendance.customer_id, attendance.contact_id, MAX(past.started_at) AS latest
            FROM (\(last("$1")) UNION ALL \(last("$2"))) AS past
                JOIN attendance ON attendance.call_id = past.id
                JOIN customer ON customer.id = attendance.customer_id
            WHERE customer.merged_into IS NULL
            GROUP BY attendance.customer_id, attendance.contact_id
            ORDER BY latest DESC
            """,
            [.text(number.lookup), .text(other), .moment(since)],
            limit: InterviewLimits.candidates
        ).compactMap { row in
            guard let customerID = row.integer(0), let at = row.moment(2) else { return nil }
            return PastCall(customerID: customerID, contactID: row.integer(1), at: at)
        }
    }

    /// Whether a call from this number was missed and nobody has called back.
    private func awaitsCallBack(_ number: PhoneNumber, in session: any SQLSession) throws(StoreError) -> Bool {
        try session.row(
            """
            SELECT 1 FROM call WHERE number IN ($1, $2) AND \(MissedCall.unreturned) AND started_at > $3
            """,
            [
                .text(number.lookup), .text(number.lookupVariants.last ?? number.lookup),
                .moment(clock.now.adding(.zero - Self.memory)),
            ]
        ) != nil
    }
}

/// Evidence being put together: each customer's card is read once.
struct EvidenceGathering {
    let directory: CustomerDirectory
    private(set) var evidence: [Evidence] = []
    /// In the order they turned up.
    private(set) var customers: [Int64] = []
    private var cards: [Int64: CustomerCard] = [:]

    init(directory: CustomerDirectory) { self.directory = directory }

    mutating func add(
        _ customerID: Int64,
        _ contactID: Int64?,
        _ reason: CandidateReason,
        in session: any SQLSession
    ) throws(StoreError) {
        if cards[customerID] == nil {
            guard customers.count < InterviewLimits.candidates else { return }
            guard let card = try directory.card(customerID, in: session) else { return }
            cards[customerID] = card
            customers.append(customerID)
        }
        guard let card = cards[customerID] else { return }
        evidence.append(Evidence(Candidate(card, contactID: contactID, region: directory.region), reason))
    }

    mutating func addOpenTickets() throws(StoreError) {
        for customerID in customers {
            guard let card = cards[customerID], card.openTickets > 0 else { continue }
            let candidate = Candidate(card, contactID: nil, region: directory.region)
            evidence.append(Evidence(candidate, .openTickets(card.openTickets)))
        }
    }
}
