import GRDBSQLite

/// Makes many writes durable with one commit: a savepoint each inside one transaction, one fsync for all.
///
/// SAFETY: used on the writer's queue only, one batch at a time.
final class SQLiteCommitter: @unchecked Sendable {
    private let statements: SQLiteStatements
    private let place: String
    private let onCommit: @Sendable (Int, Duration) -> Void
    private let clock = ContinuousClock()
    /// Changes of searchable words since they were last moved into the full-text tables; at the start, what the last
    /// run of the service may have left is looked for once.
    private var searchChanges = SQLiteSearchMerge.due
    private var isMerging = false

    init(statements: SQLiteStatements, place: String, onCommit: @escaping @Sendable (Int, Duration) -> Void) {
        self.statements = statements
        self.place = place
        self.onCommit = onCommit
    }

    /// Runs the writes in their order, commits those that worked, and answers every one.
    func commit(_ batch: ArraySlice<any QueuedWrite>) {
        let start = clock.now
        do throws(StoreError) {
            try begin()
        } catch {
            // Who has waited for another's lock in vain has waited too.
            onCommit(batch.count, clock.now - start)
            for write in batch { write.settle(error) }
            return
        }
        var done: [any QueuedWrite] = []
        var afterCommit: [@Sendable () -> Void] = []
        var refused: [(any QueuedWrite, StoreError)] = []
        done.reserveCapacity(batch.count)
        for (position, write) in zip(batch.indices, batch) {
            do throws(StoreError) {
                if let error = try attempt(write, alone: batch.count == 1, &afterCommit) {
                    refused.append((write, error))
                } else {
                    done.append(write)
                }
            } catch {
                // SQLite gave up the whole transaction (no room, no disk): that is this write's fate. The others have
                // done nothing wrong, and nothing of them is left: each runs again in a transaction of its own.
                giveUp()
                onCommit(1, clock.now - start)
                write.settle(error)
                for (write, error) in refused { write.settle(error) }
                for other in done { commit([other]) }
                for other in batch[(position + 1)...] { commit([other]) }
                return
            }
        }
        let failure = end(keeping: !done.isEmpty)
        onCommit(batch.count, clock.now - start)
        if failure == nil { for action in afterCommit { action() } }
        for write in done { write.settle(failure) }
        for (write, error) in refused { write.settle(error) }
        mergeSearch()
    }

    /// Moves changed words on, all of them: an import leaves thousands at once, and what waits is only looked through as
    /// far as `SQLiteSearch.mostRecent`.
    private func mergeSearch() {
        guard !isMerging else { return }
        isMerging = true
        defer { isMerging = false }
        while searchChanges >= SQLiteSearchMerge.due {
            searchChanges = 0
            commit([SQLiteSearchMerge()])
        }
    }

    private func begin() throws(StoreError) {
        // Left over only when an earlier ROLLBACK itself failed.
        giveUp()
        try run("BEGIN IMMEDIATE")
    }

    /// Runs one write; returns its error when it alone failed, throws when the transaction is gone.
    private func attempt(
        _ write: any QueuedWrite,
        alone: Bool,
        _ afterCommit: inout [@Sendable () -> Void]
    ) throws(StoreError) -> StoreError? {
        // In a transaction of its own the write needs no savepoint: it fails or commits with it.
        if !alone { try run("SAVEPOINT one_write") }
        let session = SQLiteSession(statements: statements, place: place, mayWrite: true)
        let error = write.run(in: session)
        searchChanges += session.searchChanges
        guard isInTransaction else {
            throw session.failure ?? error ?? .statement("a closure ended its own transaction")
        }
        if error == nil { afterCommit += session.afterCommit }
        if alone {
            if error != nil { giveUp() }
            return error
        }
        if error != nil { try run("ROLLBACK TO one_write") }
        try run("RELEASE one_write")
        return error
    }

    /// Commits, or rolls back when there is nothing to keep; nil when it worked.
    private func end(keeping: Bool) -> StoreError? {
        guard keeping else {
            giveUp()
            return nil
        }
        do throws(StoreError) {
            try run("COMMIT")
            return nil
        } catch {
            giveUp()
            return error
        }
    }

    private var isInTransaction: Bool { statements.isInTransaction }

    private func giveUp() {
        if isInTransaction { try? run("ROLLBACK") }
    }

    private func run(_ sql: String) throws(StoreError) { try statements.run(sql, place: place) }
}
