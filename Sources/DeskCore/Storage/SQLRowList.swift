/// A statement about many things at once, which takes them as the rows of a `VALUES` list.
///
/// It comes in two lengths, so that two prepared statements do for every number of things: shorter lists are filled up with
/// rows of NULL, which match nothing.
struct SQLRowList: Sendable {
    /// Rows in one statement at the most.
    static let longest = 32

    private let columns: Int
    private let one: String
    private let many: String

    /// - Parameters:
    ///   - types: of the columns; PostgreSQL has to be told what a lone placeholder is.
    ///   - sql: the statement around the list, whose own first placeholder has the number it is given.
    init(_ types: [String], _ sql: (_ list: String, _ next: Int) -> String) {
        columns = types.count
        func made(_ length: Int) -> String {
            let rows = (0..<length).map { row in
                let values = types.enumerated().map { "CAST($\(row * types.count + $0.offset + 1) AS \($0.element))" }
                return "(\(values.joined(separator: ", ")))"
            }
            return sql("VALUES \(rows.joined(separator: ", "))", length * types.count + 1)
        }
        (one, many) = (made(1), made(Self.longest))
    }

    /// Runs the statement as often as `things` need it.
    ///
    /// - Parameters:
    ///   - things: what the statement is about.
    ///   - others: for the statement's own placeholders.
    ///   - session: the transaction to run it in.
    ///   - values: a thing's row.
    /// - Returns: the rows of all runs.
    /// - Throws: `StoreError`.
    func rows<Thing>(
        _ things: [Thing],
        _ others: [SQLValue] = [],
        in session: any SQLSession,
        _ values: (Thing) -> [SQLValue]
    ) throws(StoreError) -> [SQLRow] {
        var found: [SQLRow] = []
        var rest = things[...]
        while !rest.isEmpty {
            let part = rest.prefix(Self.longest)
            rest = rest.dropFirst(part.count)
            var arguments = part.flatMap(values)
            if part.count > 1 {
                arguments += Array(repeating: .null, count: (Self.longest - part.count) * columns)
            }
            found += try session.rows(part.count == 1 ? one : many, arguments + others)
        }
        return found
    }
}
