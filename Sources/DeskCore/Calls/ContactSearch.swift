/// What somebody typed, as conditions on contacts and on their calls: by number in any spelling, by protocol, by who called,
/// by the customer and by what their tickets say.
struct ContactSearch {
    /// Customers and tickets that are looked at: past what a screen shows of them a search is too wide to mean contacts.
    private static let mostHits = 200
    /// How many digits extensions have.
    private static let extensions = 2...6

    /// The statement's values, those of the conditions behind what was there.
    private(set) var values: [SQLValue]
    /// On rows of `attendance`.
    private var contacts: [String] = []
    /// On rows of `call`.
    private var calls: [String] = []

    init(_ values: [SQLValue]) { self.values = values }

    /// Calls that were asked for; nil where nothing can be one.
    var ofCalls: String? {
        let own = contacts.isEmpty ? [] : ["id IN (SELECT call_id FROM attendance WHERE \(Self.any(contacts)))"]
        let all = own + calls
        return all.isEmpty ? nil : Self.any(all)
    }

    /// Contacts that were asked for; nil where nothing can be one.
    var ofContacts: String? {
        // Looked at contact by contact, the newest first, so that a page of them ends the search.
        let called =
            calls.isEmpty
            ? [] : ["EXISTS (SELECT 1 FROM call WHERE call.id = attendance.call_id AND (\(Self.any(calls))))"]
        let all = contacts + called
        return all.isEmpty ? nil : Self.any(all)
    }

    /// Finds what the conditions name.
    ///
    /// `before`: only calls older than this one are looked at by name.
    mutating func look(
        for search: TypedSearch,
        before: Int64? = nil,
        in session: any SQLSession
    ) throws(StoreError) {
        let customers = try SearchIndex.find(
            kind: .customer,
            search,
            before: nil,
            limit: Self.mostHits,
            in: session
        )
        let tickets = try SearchIndex.find(kind: .ticket, search, before: nil, limit: Self.mostHits, in: session)
        let protocols = search.readings.filter { !$0.contains(" ") }.map { SQLValue.text($0.uppercased()) }
        if !protocols.isEmpty { contacts.append("protocol IN (\(bind(protocols)))") }
        if !customers.isEmpty { contacts.append("customer_id IN (\(bind(customers.map { .integer($0) })))") }
        if !tickets.isEmpty {
            contacts.append(
                "id IN (SELECT attendance_id FROM ticket WHERE id IN (\(bind(tickets.map { .integer($0) }))))"
            )
        }
        if !search.phones.isEmpty { calls.append("number IN (\(bind(search.phones.map { .text($0) })))") }
        let digits = search.bare.filter(\.isASCIIDigit)
        let isNumber = !digits.isEmpty && !search.bare.contains(where: \.isLetter)
        if isNumber, Self.extensions.contains(digits.utf8.count) {
            // A short number is an extension as well: who called from it, and whom it was put through to.
            let phone = bind([.text("%/\(digits)")])
            calls.append("(number IS NULL AND number_raw = \(bind([.text(digits)])))")
            calls.append("caller_party LIKE \(phone) OR last_party LIKE \(phone)")
        }
        // A number without its area, or its end: four digits tell one.
        if isNumber, digits.utf8.count >= 4 {
            calls.append("number LIKE \(bind([.text("%\(digits)")]))")
        } else {
            let named = try Self.named(search.text, before: before, in: session)
            if !named.isEmpty { calls.append("id IN (\(bind(named.map { .integer($0) })))") }
        }
    }

    private mutating func bind(_ more: [SQLValue]) -> String {
        values += more
        return more.indices.map { "$\(values.count - more.count + 1 + $0)" }.joined(separator: ", ")
    }

    private static func any(_ conditions: [String]) -> String { conditions.joined(separator: " OR ") }

    /// The newest calls whose caller the PBX named so.
    private static func named(_ text: String, before: Int64?, in session: any SQLSession) throws(StoreError) -> [Int64]
    {
        let asked = TextFolding.fold(text)
        guard asked.utf8.count >= 3 else { return [] }
        // Neither engine folds accents: every letter that may have one stands for any, and the hits are looked at again.
        let pattern = String(
            asked.map { $0.isASCII && ($0.isLetter || $0.isNumber) && !"aceinouy".contains($0) ? $0 : "_" }
        )
        let rows = try session.rows(
            """
            SELECT id, caller_name FROM call
            WHERE merged_into IS NULL AND id < $1 AND LOWER(caller_name) LIKE $2 ORDER BY id DESC
            """,
            [.integer(before ?? .max), .text("%\(pattern)%")],
            limit: 200
        )
        return rows.compactMap { row in
            TextFolding.fold(row.text(1) ?? "").contains(asked) ? row.integer(0) : nil
        }
    }
}
