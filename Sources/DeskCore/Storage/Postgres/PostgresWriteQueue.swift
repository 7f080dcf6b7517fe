import Synchronization

/// The writes that wait for a connection; whatever waits when one is free shares its transaction, as on SQLite.
///
/// One fsync and one set of conflicts for all.
final class PostgresWriteQueue: Sendable {
    /// Writes in one transaction at the most: more would make it long, and meet other nodes' more often.
    static let largestBatch = 32

    private struct Waiting: Sendable {
        var write: any QueuedWrite
        var deadline: ContinuousClock.Instant
    }

    private struct State {
        var waiting: [Waiting] = []
        var isClosed = false
    }

    private let state = Mutex(State())
    private let crew: PostgresCrew
    private let leases: SeriesLeases
    private let onCommit: @Sendable (Int, Duration) -> Void
    private let clock = ContinuousClock()

    init(crew: PostgresCrew, leases: SeriesLeases, onCommit: @escaping @Sendable (Int, Duration) -> Void) {
        (self.crew, self.leases) = (crew, leases)
        self.onCommit = onCommit
    }

    /// Takes a write, which is then always answered; false when too many wait or the desk is closing.
    func submit(_ write: any QueuedWrite, until deadline: ContinuousClock.Instant) -> Bool {
        state.withLock { state in
            guard !state.isClosed, state.waiting.count < PostgresCrew.longestQueue else { return false }
            // One call of the crew a write: there are never fewer than batches, and the rest find nothing to do.
            guard crew.submit({ worker in self.commitNext(on: worker) }) else { return false }
            state.waiting.append(Waiting(write: write, deadline: deadline))
            return true
        }
    }

    /// Writes that no transaction has taken up yet.
    var waitingCount: Int { state.withLock { $0.waiting.count } }

    /// Takes no further writes; those taken are still answered.
    func close() {
        state.withLock { state in
            state.isClosed = true
            crew.close()
        }
    }

    private func commitNext(on worker: PostgresWorker) {
        let batch = state.withLock { state in
            let batch = Array(state.waiting.prefix(Self.largestBatch))
            state.waiting.removeFirst(batch.count)
            return batch
        }
        guard let first = batch.first else { return }
        let start = clock.now
        // While the server is away, nobody waits for longer than the one who has waited longest.
        let outcome = worker.run(transaction(batch.map(\.write)), until: first.deadline)
        switch outcome {
        case .success(let refusals):
            onCommit(batch.count, clock.now - start)
            for (waiting, refusal) in zip(batch, refusals) { waiting.write.settle(refusal) }
        case .failure(let error) where batch.count == 1 || error.isTransient && error.isOfTheServer:
            // What nobody answers takes longest: without it, an outage would look like a quiet hour.
            if error.isOfTheServer { onCommit(batch.count, clock.now - start) }
            for waiting in batch { waiting.write.settle(error) }
        case .failure:
            // One of them spoiled the transaction for all: each has one of its own now.
            for waiting in batch {
                let start = clock.now
                let alone = worker.run(transaction([waiting.write]), until: waiting.deadline)
                if alone.failure?.isOfTheServer ?? true { onCommit(1, clock.now - start) }
                if case .failure(let error) = alone { waiting.write.settle(error) } else { waiting.write.settle(nil) }
            }
        }
    }

    /// All writes in one transaction; its value is each one's own refusal, or nil.
    private func transaction(_ batch: [any QueuedWrite]) -> PostgresTransaction<[StoreError?]> {
        PostgresTransaction(mode: .write, leases: leases) { session in
            guard let session = session as? PostgresSession else { throw StoreError.statement("a foreign session") }
            guard batch.count > 1 else {
                if let error = batch.first?.run(in: session) { throw error }
                return [nil]
            }
            return try batch.enumerated().map { number, write in
                try session.apart(number) { write.run(in: session) }
            }
        }
    }
}

extension StoreError {
    /// Whether it says something about the server, not about one write.
    fileprivate var isOfTheServer: Bool {
        if case .unavailable = self { true } else { false }
    }
}
