/// One transaction on one PostgreSQL connection.
///
/// After a statement has failed every later one fails alike: the server has given the transaction up by then.
final class PostgresSession: SQLSession {
    let engine = DatabaseEngine.postgres
    /// The first failure in this transaction.
    private(set) var fault: PostgresFault?

    private let connection: PostgresConnection

    init(connection: PostgresConnection) { self.connection = connection }

    @discardableResult
    func execute(_ sql: String, _ arguments: [SQLValue]) throws(StoreError) -> Int {
        try run(sql, arguments, limit: 0).touched
    }

    func rows(_ sql: String, _ arguments: [SQLValue], limit: Int) throws(StoreError) -> [SQLRow] {
        try run(sql, arguments, limit: limit).rows
    }

    private func run(
        _ sql: String,
        _ arguments: [SQLValue],
        limit: Int
    ) throws(StoreError) -> (rows: [SQLRow], touched: Int) {
        if let fault { throw fault.storeError }
        do throws(PostgresFault) {
            return try connection.run(sql, arguments, limit: limit)
        } catch {
            fault = error
            throw error.storeError
        }
    }
}
