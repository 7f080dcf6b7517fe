import Foundation

/// One thread's connection, and how long it tries before it tells a caller that the server cannot be had.
final class PostgresWorker {
    /// Runs of one closure that met others, at the most; from the second on it runs alone, and then it gets through.
    private static let mostConflicts = 10
    private static let conflictsBeforeAlone = 1

    private let setup: PostgresConnection.Setup
    private let clock = ContinuousClock()
    private var connection: PostgresConnection?

    init(setup: PostgresConnection.Setup) { self.setup = setup }

    /// Runs a closure until its fate is known, or until `deadline` while the server cannot be reached.
    func run<Value>(
        _ transaction: PostgresTransaction<Value>,
        until deadline: ContinuousClock.Instant
    ) -> Result<Value, StoreError> {
        var conflicts = 0
        var attempts = 0
        while true {
            let open: PostgresConnection
            do throws(StoreError) {
                open = try connected(until: deadline)
            } catch {
                return .failure(error)
            }
            let outcome = transaction.run(on: open, alone: conflicts >= Self.conflictsBeforeAlone)
            if open.isInTransaction { connection = nil }
            switch outcome {
            case .settled(let result): return result
            case .unknown(let value, let id, let timeline):
                connection = nil
                switch fate(of: id, timeline: timeline, until: deadline) {
                case .committed: return .success(value)
                case .aborted: continue
                case .unknown:
                    return .failure(
                        .unavailable(
                            what: open.place,
                            remedy: "it broke off during a commit; look whether the change is there before repeating it"
                        )
                    )
                }
            case .again(let error, let isConflict):
                if isConflict {
                    conflicts += 1
                    if conflicts >= Self.mostConflicts { return .failure(error) }
                } else {
                    connection = nil
                }
                attempts += 1
                guard pause(after: attempts, until: deadline) else { return .failure(error) }
            }
        }
    }

    /// The connection, made anew when it is gone.
    func connected(until deadline: ContinuousClock.Instant) throws(StoreError) -> PostgresConnection {
        if let connection { return connection }
        var attempts = 0
        while true {
            do throws(PostgresFault) {
                let made = try PostgresConnection(setup)
                connection = made
                return made
            } catch .lost(let error) {
                attempts += 1
                guard pause(after: attempts, until: deadline) else { throw error }
            } catch {
                throw error.storeError
            }
        }
    }

    private enum Fate {
        case committed
        case aborted
        case unknown
    }

    /// Asks the server what became of a transaction whose commit was not answered.
    ///
    /// A server that was promoted meanwhile writes another line of history and may have given the number to another
    /// transaction: it is not asked.
    private func fate(of id: String, timeline: String?, until deadline: ContinuousClock.Instant) -> Fate {
        var attempts = 0
        while let timeline, let asked = try? connected(until: deadline) {
            guard asked.timeline == timeline else { return .unknown }
            let answer = try? asked.run("SELECT pg_xact_status(CAST($1 AS xid8))", [.text(id)], limit: 1).rows.first
            switch answer?.text(0) {
            case "committed": return .committed
            case "aborted": return .aborted
            case "in progress": break
            default: connection = nil
            }
            attempts += 1
            guard pause(after: attempts, until: deadline) else { return .unknown }
        }
        return .unknown
    }

    /// Waits a little, longer each time and never in step with others; false when `deadline` would be past.
    private func pause(after attempts: Int, until deadline: ContinuousClock.Instant) -> Bool {
        let longest = min(0.5, 0.002 * Double(1 << min(attempts, 8)))
        let seconds = Double.random(in: 0...longest)
        guard clock.now + .seconds(seconds) < deadline, !setup.haste.isOver, setup.pulse?.isSilent != true else {
            return false
        }
        Thread.sleep(forTimeInterval: seconds)
        return true
    }
}
