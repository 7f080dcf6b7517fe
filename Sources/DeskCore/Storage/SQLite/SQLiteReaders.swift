import Dispatch
import GRDB
import Synchronization

/// The connections that read, each for one read at a time; opened when they are first needed.
///
/// A `DatabasePool` reads too, but hands each read from thread to thread twice and asks for the schema's version before it, a
/// statement of its own: a page of twenty reads is twenty times that.
final class SQLiteReaders: Sendable {
    /// Runs on the connection's own queue.
    typealias Work = @Sendable (Result<SQLiteStatements, any Error>) -> Void

    private final class Reader: Sendable {
        let connection: DatabaseQueue
        let statements: SQLiteStatements

        init(_ connection: DatabaseQueue) throws {
            self.connection = connection
            statements = try connection.unsafeRead { db in SQLiteStatements(handle: try db.usableHandle) }
        }
    }

    private struct State {
        /// The one that read last is the last: its pages are the warmest.
        var free: [Reader] = []
        /// Open, or just being opened.
        var count = 0
        var waiting = ReadLine()
        var isClosed = false
        var allFree: CheckedContinuation<Void, Never>?

        /// The next read for a connection that has done one; nil: it is free.
        mutating func next(for reader: Reader) -> Work? {
            if let work = waiting.popFirst() { return work }
            free.append(reader)
            return nil
        }

        /// Whoever waits for all to be free, once they are.
        mutating func takeEnd() -> CheckedContinuation<Void, Never>? {
            guard isClosed, free.count == count else { return nil }
            defer { allFree = nil }
            return allFree
        }
    }

    /// What is asked after `close`.
    private struct Closed: Error, CustomStringConvertible {
        let description = "the service is stopping"
    }

    private enum Turn { case now(Reader), opening, later, refused }

    private let most: Int
    private let open: @Sendable () throws -> DatabaseQueue
    private let state = Mutex(State())

    /// `most`: connections at one time; `open` makes one, and takes as long as the disk does.
    init(most: Int, open: @escaping @Sendable () throws -> DatabaseQueue) {
        self.most = most
        self.open = open
    }

    /// Reads as soon as a connection is free; what waits goes in its order.
    ///
    /// Whoever asks bounds how many wait.
    func read(_ work: @escaping Work) {
        let turn = state.withLock { state -> Turn in
            if state.isClosed { return .refused }
            if let reader = state.free.popLast() { return .now(reader) }
            if state.count < most {
                state.count += 1
                return .opening
            }
            state.waiting.append(work)
            return .later
        }
        switch turn {
        case .now(let reader): run(work, on: reader)
        case .opening: DispatchQueue.global().async { self.open(for: work) }
        case .later: break
        case .refused: work(.failure(Closed()))
        }
    }

    private func run(_ work: @escaping Work, on reader: Reader) {
        reader.connection.asyncUnsafeRead { _ in
            work(.success(reader.statements))
            // What waits meanwhile is read in the same turn of the queue.
            while let next = self.state.withLock({ $0.next(for: reader) }) { next(.success(reader.statements)) }
            self.state.withLock { $0.takeEnd() }?.resume()
        }
    }

    private func open(for work: @escaping Work) {
        do {
            run(work, on: try Reader(try open()))
        } catch {
            // Nobody is left to read what waits when this would have been the only one.
            let (left, end) = state.withLock { state in
                state.count -= 1
                return (state.count == 0 ? state.waiting.takeAll() : [], state.takeEnd())
            }
            work(.failure(error))
            for other in left { other(.failure(error)) }
            end?.resume()
        }
    }

    /// Answers what was taken and closes the connections; what is asked later is refused.
    func close() async {
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            let end = state.withLock { state in
                state.isClosed = true
                state.allFree = continuation
                return state.takeEnd()
            }
            end?.resume()
        }
        let readers = state.withLock { state in
            defer { state.free = [] }
            return state.free
        }
        for reader in readers {
            // Open statements would keep the file from closing.
            reader.statements.forgetAll()
            try? reader.connection.close()
        }
    }
}

/// Reads that wait, in their order.
private struct ReadLine {
    private var works: [SQLiteReaders.Work] = []
    private var first = 0

    mutating func append(_ work: @escaping SQLiteReaders.Work) { works.append(work) }

    mutating func popFirst() -> SQLiteReaders.Work? {
        guard first < works.count else { return nil }
        let work = works[first]
        first += 1
        // Half of it is done with: what is left moves up, each once for one that went.
        if first * 2 >= works.count {
            works.removeFirst(first)
            first = 0
        }
        return work
    }

    mutating func takeAll() -> [SQLiteReaders.Work] {
        defer { (works, first) = ([], 0) }
        return Array(works[first...])
    }
}
