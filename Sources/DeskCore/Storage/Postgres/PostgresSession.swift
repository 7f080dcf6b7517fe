/// One transaction on one PostgreSQL connection.
///
/// After a statement has failed every later one fails alike: the server has given the transaction up by then.
final class PostgresSession: FallibleSession {
    let engine = DatabaseEngine.postgres
    private(set) var memory = WriteMemory()
    /// The first failure in this transaction.
    private(set) var fault: PostgresFault?

    var failure: StoreError? { fault?.storeError }

    private let connection: PostgresConnection
    /// Statements whose outcome nobody has asked for yet; sent with the next one.
    private var pending: [PostgresStatement] = []
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

    func insert(_ sql: String, _ arguments: [SQLValue]) throws(StoreError) -> Int64? {
        try run(sql + " RETURNING id", arguments, limit: 1).rows.first?.integer(0)
    }

    func later(_ sql: String, _ arguments: [SQLValue]) throws(StoreError) {
        if let fault { throw fault.storeError }
        pending.append(PostgresStatement(sql: sql, arguments: arguments))
        // A closure may well leave a thousand rows behind: what waits stays small.
        if pending.count >= Self.mostPending { try flush() }
    }

    /// Statements that wait at the most: far below what libpq and the server take in without an answer being read.
    private static let mostPending = 16

    /// Sends what waits; without it nothing may be committed, undone or begun anew.
    func flush() throws(StoreError) {
        guard !pending.isEmpty else { return }
        try send(limit: 0)
    }

    /// Runs one of several writes in this transaction so that its failure takes nothing of the others with it.
    ///
    /// `number`: its place among them, by which it alone can be undone.
    ///
    /// - Returns: its error; nil when it worked.
    /// - Throws: what ends the transaction for all.
    func apart(_ number: Int, _ work: () -> StoreError?) throws(StoreError) -> StoreError? {
        let before = taken.count
        memory = WriteMemory()
        // It goes with the first statement, and need not go at all while there is none.
        let savepoint = PostgresStatement(sql: "SAVEPOINT write_\(number)")
        pending = [savepoint]
        var error = work()
        if pending.first == savepoint, error != nil || pending.count == 1 {
            // The server has heard of nothing yet.
            pending = []
            if error != nil { giveBack(from: before) }
            return error
        }
        if error == nil {
            do throws(StoreError) {
                try flush()
            } catch let late {
                error = late
            }
        }
        pending = []
        guard connection.isInTransaction else {
            fault = .refused(.statement("a closure ended its own transaction"))
            throw fault?.storeError ?? .conflict
        }
        guard let error else { return nil }
        if let fault {
            guard case .refused = fault else { throw fault.storeError }
            self.fault = nil
        }
        // Fails when the savepoint was never reached; then each write has a transaction of its own.
        try control("ROLLBACK TO write_\(number); RELEASE write_\(number)")
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
        pending.append(PostgresStatement(sql: sql, arguments: arguments))
        return try send(limit: limit)
    }

    /// Sends all that waits in one exchange and returns what came of the last.
    @discardableResult
    private func send(limit: Int) throws(StoreError) -> (rows: [SQLRow], touched: Int) {
        if let fault { throw fault.storeError }
        let statements = pending
        pending = []
        do throws(PostgresFault) {
            return try connection.run(statements, limit: limit)
        } catch {
            fault = error
            throw error.storeError
        }
    }
}
