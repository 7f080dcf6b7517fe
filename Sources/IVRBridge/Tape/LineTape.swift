import Foundation
import NIOCore
import NIOPosix
import Synchronization

/// Keeps what a line brought of late, so that a call of yesterday can still be looked at: a ring of files.
///
/// ```swift
/// let tape = LineTape(folder: folder, limit: 64 << 20, life: .seconds(7 * 86_400))
/// tape.note(.bytes, buffer)      // on the reading task; returns at once
/// await tape.run()               // writes, until its task is cancelled
/// ```
/// It is for looking back, so it never holds a line up: what cannot be written is counted and left out, and nothing waits
/// for the disk to say that it has it.
public final class LineTape: Sendable {
    /// What may wait for the disk; a line that brings more in the meantime is faster than any.
    static let mostWaiting = 8 << 20
    /// Between two writes: one for each read would cost more than the reading.
    private static let turn = Duration.milliseconds(200)
    /// How often what is past its term is looked for while nothing comes.
    private static let sweep = Duration.seconds(3_600)

    public let folder: TapeFolder
    private let limit: Int
    private let life: Duration
    private let now: @Sendable () -> Int64
    private let tell: @Sendable (_ trouble: String?) -> Void
    private let waiting = Mutex(Waiting())
    private let wake: AsyncStream<Void>
    private let waker: AsyncStream<Void>.Continuation

    private struct Waiting {
        var entries: [TapeEntry] = []
        var bytes = 0
        var isMissing = false
    }

    /// - Parameters:
    ///   - folder: of this line alone; it is made when something is to be kept.
    ///   - limit: bytes of all files together.
    ///   - life: what is older is let go of.
    ///   - now: microseconds since 1970.
    ///   - tell: hears when the disk cannot take it, and nil when it can again.
    public init(
        folder: URL,
        limit: Int,
        life: Duration,
        now: @escaping @Sendable () -> Int64 = { Int64(Date.now.timeIntervalSince1970 * 1_000_000) },
        tell: @escaping @Sendable (_ trouble: String?) -> Void = { _ in }
    ) {
        self.folder = TapeFolder(folder)
        self.limit = limit
        self.life = life
        self.now = now
        self.tell = tell
        (wake, waker) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// A connection begins: what comes now does not go on from what came before.
    public func noteBeginning() { keep([TapeEntry(.began, at: now())]) }

    /// What one read brought.
    public func note(_ bytes: ByteBuffer) { note(Array(bytes.readableBytesView)) }

    /// What came at once, in as many parts as it takes: all of it is kept, or none.
    public func note(_ bytes: [UInt8]) {
        let moment = now()
        let starts = stride(from: 0, to: max(bytes.count, 1), by: TapeEntry.longest)
        keep(
            starts.map { start in
                let end = min(start + TapeEntry.longest, bytes.count)
                return TapeEntry(.bytes, at: moment, bytes: Array(bytes[start..<end]))
            }
        )
    }

    private func keep(_ entries: [TapeEntry]) {
        let size = entries.reduce(0) { $0 + $1.bytes.count }
        waiting.withLock { waiting in
            guard waiting.bytes + size <= Self.mostWaiting else {
                if !waiting.isMissing { waiting.entries += entries.prefix(1).map { TapeEntry(.gap, at: $0.at) } }
                waiting.isMissing = true
                return
            }
            waiting.isMissing = false
            waiting.entries += entries
            waiting.bytes += size
        }
        waker.yield()
    }

    /// Writes what comes until the task is cancelled, and then what still waits.
    public func run() async {
        await withDiscardingTaskGroup { group in
            group.addTask {
                while !Task.isCancelled {
                    self.waker.yield()
                    try? await Task.sleep(for: Self.sweep)
                }
            }
            var writer = TapeWriter(folder: folder, limit: limit, life: life)
            for await _ in wake {
                writer = await write(with: writer)
                try? await Task.sleep(for: Self.turn)
            }
            // A cancelled task is given no thread to wait on: the rest is written here, once.
            tell(writer.write(takeWaiting(), at: now()))
            group.cancelAll()
        }
    }

    private func takeWaiting() -> [TapeEntry] {
        waiting.withLock { waiting in
            defer { waiting = Waiting() }
            return waiting.entries
        }
    }

    private func write(with writer: TapeWriter) async -> TapeWriter {
        let entries = takeWaiting()
        let moment = now()
        // A disk that hangs holds up this thread and no other.
        let done = try? await NIOThreadPool.singleton.runIfActive { () -> (TapeWriter, String?) in
            var writer = writer
            let trouble = writer.write(entries, at: moment)
            return (writer, trouble)
        }
        guard let (written, trouble) = done else {
            // Cancelled before its turn: written with the rest.
            waiting.withLock { waiting in
                waiting.entries = entries + waiting.entries
                waiting.bytes += entries.reduce(0) { $0 + $1.bytes.count }
            }
            return writer
        }
        tell(trouble)
        return written
    }
}
