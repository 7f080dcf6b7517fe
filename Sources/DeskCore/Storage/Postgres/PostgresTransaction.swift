/// How a transaction on PostgreSQL begins.
enum PostgresMode: Sendable {
    case read
    /// Serializable, as on SQLite: what a closure read is still so when it commits, or it runs again.
    case write

    /// Statements that open the transaction in one exchange; a write's return its number.
    ///
    /// Writers share a lock that the ones who have lost once take alone: then nothing is in their way, and the
    /// queue for it is fair. It is taken before the first snapshot, which LOCK TABLE does not take.
    func opening(alone: Bool) -> String {
        switch self {
        case .read: "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
        case .write:
            """
            BEGIN ISOLATION LEVEL SERIALIZABLE;
            LOCK TABLE schema_step IN \(alone ? "EXCLUSIVE" : "ROW SHARE") MODE;
            SELECT CAST(pg_current_xact_id() AS TEXT)
            """
        }
    }
}

/// What became of one run of a closure in one transaction.
enum PostgresOutcome<Value: Sendable>: Sendable {
    case settled(Result<Value, StoreError>)
    /// Nothing of it happened; it may run again.
    case again(StoreError, isConflict: Bool)
    /// The connection broke while the server was committing transaction `id`.
    case unknown(Value, id: String, timeline: String?)
}

/// Runs a closure in one transaction, once.
struct PostgresTransaction<Value: Sendable> {
    let mode: PostgresMode
    /// Where numbers of series come from; nil for what takes none.
    var leases: SeriesLeases?
    let body: @Sendable (any SQLSession) throws -> Value

    func run(on connection: PostgresConnection, alone: Bool) -> PostgresOutcome<Value> {
        let id: String?
        do throws(PostgresFault) {
            id = try connection.script(mode.opening(alone: alone))?.text(0)
        } catch {
            return outcome(error)
        }
        let session = PostgresSession(connection: connection, leases: leases)
        let outcome = finish(session, id, on: connection)
        switch outcome {
        case .settled(.failure), .again: session.giveBack()
        // What may have lasted keeps its numbers.
        case .settled(.success), .unknown: break
        }
        return outcome
    }

    private func finish(
        _ session: PostgresSession,
        _ id: String?,
        on connection: PostgresConnection
    ) -> PostgresOutcome<Value> {
        let value: Value
        do {
            value = try body(session)
            try session.flush()
        } catch {
            if let fault = session.fault { return abandon(connection, fault) }
            return abandon(connection, .refused((error as? StoreError) ?? .refused(error)))
        }
        if let fault = session.fault { return abandon(connection, fault) }
        guard connection.isInTransaction else {
            // It may have committed by itself: the numbers it took are never given again.
            session.keepNumbers()
            return .settled(.failure(.statement("a closure ended its own transaction")))
        }
        return commit(value, id, on: connection)
    }

    /// `id`: should the connection break now, the server can be asked later what became of this number.
    private func commit(_ value: Value, _ id: String?, on connection: PostgresConnection) -> PostgresOutcome<Value> {
        do throws(PostgresFault) {
            try connection.script("COMMIT")
            return .settled(.success(value))
        } catch .lost(let error) {
            // Without a number it was a read, and can run again.
            guard let id else { return .again(error, isConflict: false) }
            return .unknown(value, id: id, timeline: connection.timeline)
        } catch {
            return outcome(error)
        }
    }

    private func abandon(_ connection: PostgresConnection, _ fault: PostgresFault) -> PostgresOutcome<Value> {
        if case .lost = fault { return outcome(fault) }
        _ = try? connection.script("ROLLBACK")
        if case .stalePlans = fault { try? connection.forgetPrepared() }
        return outcome(fault)
    }

    private func outcome(_ fault: PostgresFault) -> PostgresOutcome<Value> {
        switch fault {
        case .refused(let error): .settled(.failure(error))
        case .conflict: .again(.conflict, isConflict: true)
        case .stalePlans: .again(fault.storeError, isConflict: true)
        case .lost(let error): .again(error, isConflict: false)
        case .readOnly(let error):
            // A writer's server was demoted: another connection may find the new primary.
            switch mode {
            case .read: .settled(.failure(.statement("a write in a read")))
            case .write: .again(error, isConflict: false)
            }
        }
    }
}
