/// What somebody typed, as conditions on contacts and on their calls: by number in any spelling, by protocol, by who called,
/// by the customer and by what their tickets say.
struct ContactSearch {
    /// Customers and tickets that are looked at: past what a screen shows of them a search is too wide to mean contacts.
    private static let mostHits = 200
    /// Calls that one way of reading gives: some pages of them.
    private static let mostCalls = 1_000
    /// Calls that are looked through for what no index holds, a caller's name as the PBX sent it and an extension: the newest,
    /// so that a search costs the same however many lie behind them.
    private static let window: Int64 = 20_000
    /// How many digits extensions have.
    private static let extensions = 2...6
    /// How many digits of a number's end the index has; fewer tell none.
    private static let tail = 4
    /// The end of a number, as the index `call_number_end` has it.
    static let tailColumn = "substr(number, length(number) - 3)"

    /// The statement's values, those of the conditions behind what was there.
    private(set) var values: [SQLValue]
    /// On rows of `attendance`, each a list that an index finds.
    private var contacts: [String] = []
    /// Calls by themselves, and those of the contacts.
    private var calls: Set<Int64> = []
    private var callsOfContacts: Set<Int64> = []

    init(_ values: [SQLValue]) { self.values = values }

    /// Calls that were asked for; nil where nothing can be one.
    var ofCalls: String? { Self.list("id", calls.union(callsOfContacts)) }

    /// Contacts that were asked for; nil where nothing can be one.
    var ofContacts: String? {
        let all = contacts + [Self.list("call_id", calls)].compactMap(\.self)
        return all.isEmpty ? nil : all.joined(separator: " OR ")
    }

    /// Ids of our own, and no text of anybody's.
    private static func list(_ column: String, _ ids: Set<Int64>) -> String? {
        ids.isEmpty ? nil : "\(column) IN (\(ids.sorted().map(String.init).joined(separator: ", ")))"
    }

    /// Finds what the conditions name, each by an index of its own: joined by OR in one statement, neither engine walks them.
    ///
    /// `before`: only calls older than this one are looked at.
    mutating func look(
        for search: TypedSearch,
        before: Int64? = nil,
        in session: any SQLSession
    ) throws(StoreError) {
        try lookAtContacts(search, before, in: session)
        func find(_ condition: String, _ more: [SQLValue]) throws(StoreError) -> [Int64] {
            try session.rows(
                "SELECT id FROM call WHERE merged_into IS NULL AND id < $1 AND \(condition) ORDER BY id DESC",
                [.integer(before ?? .max)] + more,
                limit: Self.mostCalls
            ).compactMap { $0.integer(0) }
        }
        if !search.phones.isEmpty {
            let places = search.phones.indices.map { "$\($0 + 2)" }.joined(separator: ", ")
            calls.formUnion(try find("number IN (\(places))", search.phones.map(SQLValue.text)))
        }
        let digits = search.bare.filter(\.isASCIIDigit)
        let isNumber = !digits.isEmpty && !search.bare.contains(where: \.isLetter)
        if isNumber, Self.extensions.contains(digits.utf8.count) {
            // A short number is an extension as well: who called from it, and whom it was put through to.
            let isIt = "(number IS NULL AND number_raw = $2 OR caller_party LIKE $3 OR last_party LIKE $3)"
            calls.formUnion(try find("\(Self.newest) AND \(isIt)", [.text(digits), .text("%/\(digits)")]))
        }
        // A number without its area, or its end: four digits tell one.
        if isNumber, digits.utf8.count >= Self.tail {
            let end: [SQLValue] = [.text(String(digits.suffix(Self.tail))), .text("%\(digits)")]
            calls.formUnion(try find("number IS NOT NULL AND \(Self.tailColumn) = $2 AND number LIKE $3", end))
        } else {
            calls.formUnion(try Self.named(search.text, before: before, in: session))
        }
    }

    /// What is found by the contact: its number, its customer, what its tickets say.
    private mutating func lookAtContacts(
        _ search: TypedSearch,
        _ before: Int64?,
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
        if let list = Self.list("customer_id", Set(customers)) { contacts.append(list) }
        if !tickets.isEmpty {
            let numbers = tickets.map(String.init).joined(separator: ", ")
            let opened = try session.rows("SELECT attendance_id FROM ticket WHERE id IN (\(numbers))")
            if let list = Self.list("id", Set(opened.compactMap { $0.integer(0) })) { contacts.append(list) }
        }
        for condition in contacts {
            // Only the numbers are bound; the other lists are ids.
            let isBound = condition.hasPrefix("protocol")
            let places = protocols.indices.map { "$\($0 + 2)" }.joined(separator: ", ")
            let found = try session.rows(
                """
                SELECT call_id FROM attendance WHERE call_id IS NOT NULL AND call_id < $1
                    AND \(isBound ? "protocol IN (\(places))" : condition) ORDER BY call_id DESC
                """,
                [.integer(before ?? .max)] + (isBound ? protocols : []),
                limit: Self.mostCalls
            )
            callsOfContacts.formUnion(found.compactMap { $0.integer(0) })
        }
    }

    private mutating func bind(_ more: [SQLValue]) -> String {
        values += more
        return more.indices.map { "$\(values.count - more.count + 1 + $0)" }.joined(separator: ", ")
    }

    /// The newest calls, those that are looked through.
    private static let newest = "id > (SELECT COALESCE(MAX(id), 0) FROM call) - \(window)"

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
            WHERE merged_into IS NULL AND id < $1 AND \(newest) AND LOWER(caller_name) LIKE $2 ORDER BY id DESC
            """,
            [.integer(before ?? .max), .text("%\(pattern)%")],
            limit: 200
        )
        return rows.compactMap { row in
            TextFolding.fold(row.text(1) ?? "").contains(asked) ? row.integer(0) : nil
        }
    }
}
