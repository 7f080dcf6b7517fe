import Foundation

/// Threads with a connection each that take work from one queue: libpq blocks, and the desk's own threads must not.
///
/// SAFETY: `waiting` and `isClosed` are touched under `condition`'s lock only; each worker is touched by its thread only.
final class PostgresCrew: @unchecked Sendable {
    /// Work waiting at the most; more means that the server has stopped, and callers must know.
    static let longestQueue = 8_192

    typealias Work = @Sendable (PostgresWorker) -> Void

    private let condition = NSCondition()
    private var waiting: [Work] = []
    /// Where the next work stands in `waiting`; moved on instead of removing each from the front.
    private var next = 0
    private var isClosed = false

    init(name: String, size: Int, setup: PostgresConnection.Setup) {
        for number in 1...max(1, size) {
            let thread = Thread { [self] in serve(PostgresWorker(setup: setup)) }
            thread.name = "\(name)-\(number)"
            thread.stackSize = 1 << 20
            thread.start()
        }
    }

    /// Puts work into the queue; false when it is full or closed, and the work will not run then.
    func submit(_ work: @escaping Work) -> Bool {
        condition.lock()
        defer { condition.unlock() }
        guard !isClosed, waiting.count - next < Self.longestQueue else { return false }
        waiting.append(work)
        condition.signal()
        return true
    }

    /// Lets the threads end once the work taken is done.
    func close() {
        condition.lock()
        isClosed = true
        condition.broadcast()
        condition.unlock()
    }

    private func serve(_ worker: PostgresWorker) {
        while let work = take() { work(worker) }
    }

    private func take() -> Work? {
        condition.lock()
        defer { condition.unlock() }
        while next == waiting.count {
            if isClosed { return nil }
            condition.wait()
        }
        let work = waiting[next]
        next += 1
        if next == waiting.count || next == Self.longestQueue {
            waiting.removeFirst(next)
            next = 0
        }
        return work
    }
}
