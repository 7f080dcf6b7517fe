/// One transaction on one PostgreSQL connection.
///
/// After a statement has failed every later one fails alike: the server has given the transaction up by then.
final class PostgresSession: FallibleSession {
    let engine = DatabaseEngine.postgres
    /// The first failure in this transaction.
    private(set) var fault: PostgresFault?

    var failure: StoreError? { fault?.storeError }

    private let connection: PostgresConnection
    private let leases: SeriesLeases?
    /// Numbers of series taken in this transaction, in their order.
    private var taken: [SeriesLeases.Taken] = []

    /// `leases`: where numbers of series come from; nil in transactions that take none.
    init(connection: PostgresConnection, leases: SeriesLeases?) {
        (self.connection, self.leases) = (connection, leases)
    }

    func next(inSeries name: String) throws(StoreError) -> Int64 {
        if let fault { throw fault.storeError }
        guard let leases else { throw .statement("a number of a series in a transaction that takes none") }
        do throws(PostgresFault) {
            let number = try leases.next(name, timeline: connection.timeline)
            taken.append(number)
            return number.value
        } catch {
            fault = error
            throw error.storeError
        }
    }

    /// Gives the numbers back for the next write; nothing of the transaction may have lasted.
    func giveBack() { giveBack(from: 0) }

    /// Leaves the numbers where they are used, whatever becomes of the transaction.
    func keepNumbers() { taken = [] }

    private func giveBack(from first: Int) {
        leases?.giveBack(taken[first...])
        taken.removeSubrange(first...)
    }

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
        let before = taken.count
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
        giveBack(from: before)
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
