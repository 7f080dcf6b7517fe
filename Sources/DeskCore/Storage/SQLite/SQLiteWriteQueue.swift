import GRDB
import Synchronization

/// The writes that wait for the one writer; whatever waits when it is free goes into its next transaction.
///
/// No timer takes part: a write that finds the writer idle commits at once, and the busier the desk is, the more
/// writes share one fsync.
final class SQLiteWriteQueue: Sendable {
    /// Writes waiting at the most: some seconds of work; more means that the disk has stopped, and callers must know.
    static let longestQueue = 8_192
    /// Writes in one transaction at the most, so that the first of them does not wait for a long tail.
    static let largestBatch = 256

    private struct State {
        var waiting: [any QueuedWrite] = []
        var isDraining = false
        var isClosed = false
    }

    private let state = Mutex(State())
    private let writer: any DatabaseWriter
    private let committer: SQLiteCommitter
    private let place: String

    init(writer: any DatabaseWriter, committer: SQLiteCommitter, place: String) {
        self.writer = writer
        self.committer = committer
        self.place = place
    }

    /// Puts a write into the queue, or says why not; a write that was taken is always answered.
    func submit(_ write: any QueuedWrite) throws(StoreError) {
        let refusal = state.withLock { state -> StoreError? in
            if state.isClosed { return .unavailable(what: place, remedy: "the service is stopping") }
            if state.waiting.count >= Self.longestQueue {
                return .unavailable(what: place, remedy: "too many writes are waiting for the disk; try again shortly")
            }
            state.waiting.append(write)
            if !state.isDraining {
                state.isDraining = true
                // Inside the lock, so that closing cannot slip in between.
                writer.asyncWriteWithoutTransaction { _ in self.drain() }
            }
            return nil
        }
        if let refusal { throw refusal }
    }

    /// Writes that no transaction has taken up yet.
    var waitingCount: Int { state.withLock { $0.waiting.count } }

    /// Takes no further writes; those taken are still answered.
    func close() {
        state.withLock { $0.isClosed = true }
    }

    private func drain() {
        while true {
            let taken = state.withLock { state -> [any QueuedWrite] in
                let taken = state.waiting
                state.waiting = []
                if taken.isEmpty { state.isDraining = false }
                return taken
            }
            if taken.isEmpty { return }
            var start = 0
            while start < taken.count {
                let end = min(start + Self.largestBatch, taken.count)
                committer.commit(taken[start..<end])
                start = end
            }
        }
    }
}
