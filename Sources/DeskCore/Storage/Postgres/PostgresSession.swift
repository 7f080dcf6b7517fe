/// One transaction on one PostgreSQL connection.
///
/// After a statement has failed every later one fails alike: the server has given the transaction up by then.
final class PostgresSession: FallibleSession {
    let engine = DatabaseEngine.postgres
    /// The first failure in this transaction.
    private(set) var fault: PostgresFault?

    var failure: StoreError? { fault?.storeError }

    private let connection: PostgresConnection

    init(connection: PostgresConnection) { self.connection = connection }

    @discardableResult
    func execute(_ sql: String, _ arguments: [SQLValue]) throws(StoreError) -> Int {
        try run(sql, arguments, limit: 0).touched
    }

    func rows(_ sql: String, _ arguments: [SQLValue], limit: Int) throws(StoreError) -> [SQLRow] {
        try run(sql, arguments, limit: limit).rows
    }

    /// Runs one of several writes in this transaction so that its failure takes nothing of the others with it.
    ///
    /// - Returns: its error; nil when it worked.
    /// - Throws: what ends the transaction for all.
    func apart(_ work: () -> StoreError?) throws(StoreError) -> StoreError? {
        try control("SAVEPOINT one_write")
        let error = work()
        guard connection.isInTransaction else {
            fault = .refused(.statement("a closure ended its own transaction"))
            throw fault?.storeError ?? .conflict
        }
        guard let error else { return nil }
        if let fault {
            guard case .refused = fault else { throw fault.storeError }
            self.fault = nil
        }
        try control("ROLLBACK TO one_write; RELEASE one_write")
        return error
    }

    private func control(_ script: String) throws(StoreError) {
        do throws(PostgresFault) {
            try connection.script(script)
        } catch {
            fault = error
            throw error.storeError
        }
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
