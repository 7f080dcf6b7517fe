/// A contract with whose it is, to be chosen from.
public struct NamedContract: Sendable, Equatable {
    public var number: String
    public var title: String
    public var customer: String
    public var customerID: Int64
    /// What was looked for is its whole number.
    public var isSaid: Bool
}

extension CustomerDirectory {
    /// Contracts by the beginning of their number, or by whose they are; a few, to choose from.
    public func contracts(matching words: String, limit: Int = 20) async throws(StoreError) -> [NamedContract] {
        let line = AnswerText.line(String(words.prefix(200)))
        guard !line.isEmpty else { return [] }
        return try await read { session throws(StoreError) in
            var found: [NamedContract] = []
            func take(_ condition: String, _ values: [SQLValue]) throws(StoreError) {
                for row in try session.rows(
                    """
                    SELECT contract.number, contract.title, customer.name, customer.id FROM contract
                    JOIN customer ON customer.id = contract.customer_id
                    WHERE \(condition) ORDER BY contract.number LIMIT \(min(max(1, limit), 50))
                    """,
                    values
                ) {
                    let number = row.text(0) ?? ""
                    let contract = NamedContract(
                        number: number,
                        title: row.text(1) ?? "",
                        customer: row.text(2) ?? "",
                        customerID: try row.need(row.integer(3), "customer.id"),
                        isSaid: number == line
                    )
                    if !found.contains(contract) { found.append(contract) }
                }
            }
            // Looked through whole: a range of the index would depend on the database's collation, and who chooses is few.
            try take("substr(contract.number, 1, \(line.unicodeScalars.count)) = $1", [.text(line)])
            let customers = try search(line, limit: 20, in: session).map { String($0.id) }
            if !customers.isEmpty { try take("contract.customer_id IN (\(customers.joined(separator: ", ")))", []) }
            return Array(found.prefix(limit))
        }
    }
}
