extension CustomerDirectory {
    /// Customers that have, for every word asked for, a word that begins with it.
    ///
    /// In their name, a contact's name or address, a phone, the document or a contract's number. A protocol number finds
    /// whose contact it was. A name that is what was asked for comes first, then names that begin with it, then the others by name.
    public func search(_ words: String, limit: Int = 20) async throws(StoreError) -> [Customer] {
        try await read { session throws(StoreError) in try search(words, limit: limit, in: session) }
    }

    public func search(_ words: String, limit: Int, in session: any SQLSession) throws(StoreError) -> [Customer] {
        let bounded = min(max(1, limit), CustomerLimits.hits)
        // The index gives the newest first: enough of them that the best-named are among them.
        let search = TypedSearch(words, region: region)
        var ids = try SearchIndex.find(
            kind: .customer,
            search,
            before: nil,
            limit: CustomerLimits.hits * 4,
            in: session
        )
        if let caller = try caller(search, in: session), !ids.contains(caller) { ids.append(caller) }
        let customers = try find(ids, in: session)
        let asked = Self.searchable(search.text)
        let ranked = customers.map { (Self.rank(Self.searchable($0.name), asked), $0) }.sorted {
            ($0.0, $0.1.name, $0.1.id) < ($1.0, $1.1.name, $1.1.id)
        }
        return ranked.prefix(bounded).map(\.1)
    }

    /// Whose contact with the desk a protocol number is.
    private func caller(_ search: TypedSearch, in session: any SQLSession) throws(StoreError) -> Int64? {
        // The shortest protocol has four digits of sequence, one of check and something before them.
        for reading in search.readings where reading.utf8.count >= 6 && !reading.contains(" ") {
            let row = try session.row(
                "SELECT customer_id FROM attendance WHERE protocol = $1",
                [.text(reading.uppercased())]
            )
            if let id = row?.integer(0) { return id }
        }
        return nil
    }

    /// The records of these ids that are not merged, in any order.
    private func find(_ ids: [Int64], in session: any SQLSession) throws(StoreError) -> [Customer] {
        guard let last = ids.last else { return [] }
        // Statements are prepared once and kept: padded to whole pages there are four of them, not two hundred.
        let page = CustomerLimits.hits
        let count = (ids.count + page - 1) / page * page
        let padded = ids + Array(repeating: last, count: count - ids.count)
        let places = padded.indices.map { "$\($0 + 1)" }.joined(separator: ", ")
        return try many(
            "customer.id IN (\(places)) AND customer.merged_into IS NULL",
            padded.map { .integer($0) },
            limit: count,
            in: session
        )
    }

    /// 0 for the very name, 1 for one that begins so, 2 for one that has the words, 3 for a match elsewhere.
    private static func rank(_ name: String, _ asked: String) -> Int {
        if name == asked { return 0 }
        if name.hasPrefix(asked) { return 1 }
        return matches(name, asked) ? 2 : 3
    }

    /// Whether every word of `asked` begins a word of `name`; both folded.
    static func matches(_ name: String, _ asked: String) -> Bool {
        let words = name.split(separator: " ")
        return asked.split(separator: " ").prefix(CustomerLimits.searchWords).allSatisfy { word in
            words.contains { $0.hasPrefix(word) }
        }
    }

    /// Puts a customer's words into the search index, in the transaction that changed them.
    func index(_ customerID: Int64, in session: any SQLSession) throws(StoreError) {
        guard let customer = try find(customerID, in: session), customer.mergedInto == nil, customer.erasedAt == nil
        else {
            try SearchIndex.remove(kind: .customer, id: customerID, in: session)
            return
        }
        var words = [customer.name, customer.document?.canonical ?? ""]
        for contact in try contacts(of: customerID, in: session) where contact.isActive {
            words += [contact.name, contact.email ?? ""]
        }
        words += try phones(of: customerID, in: session).map { PhoneNumber.searchWords($0.lookup) }
        for contract in try contracts(of: customerID, in: session) {
            words.append(contract.number)
            // Read off a paper or out of a spreadsheet, 000456 is 456.
            words += TextFolding.words(contract.number).filter { $0.hasPrefix("0") && $0.allSatisfy(\.isNumber) }
                .map { String($0.drop { $0 == "0" }) }
        }
        try SearchIndex.put(kind: .customer, id: customerID, text: words.joined(separator: " "), in: session)
    }
}
