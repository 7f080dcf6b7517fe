import Foundation
import Synchronization

/// Tells a server that says nothing to anybody from one that takes its time over one question.
///
/// A machine that was stopped, or whose disk hangs, still takes connections and then says nothing: each question would
/// wait for as long as the longest may. So a question that waits longer than usual, while nobody else hears from the
/// server either, asks once more on a connection of its own, for all of them. Answered, the wait goes on. Not answered,
/// every question under way is given up and new ones are refused at once, until that one connection hears something.
final class ServerPulse: Sendable {
    /// Nothing the desk asks for all day takes a tenth of this; what does is looked after and not cut.
    private static let quiet = Duration.milliseconds(1500)
    /// Seconds a fresh connection may take, which is made in milliseconds; libpq takes no less.
    private static let connectTimeout = 2
    private static let answerTime = Duration.seconds(2)
    /// A failure sooner than this is the server's or the network's word, not silence: it restarts, or refuses.
    private static let soonest = Duration.milliseconds(900)
    /// Between looks while it lasts.
    private static let turn = 0.5

    private struct State {
        var isSilent = false
        var isLooking = false
        var isClosed = false
        /// When anybody heard from the server last.
        var heard = ContinuousClock.now
    }

    private let state = Mutex(State())
    private let url: String

    init(url: String) { self.url = url }

    /// Whether the server says nothing to anybody.
    var isSilent: Bool { state.withLock { $0.isSilent } }

    /// The server said something to somebody.
    func heard() {
        state.withLock { state in
            state.heard = .now
            state.isSilent = false
        }
    }

    /// Somebody has waited for the server's word since `start`: looks after it when that is long.
    func waiting(since start: ContinuousClock.Instant) {
        let now = ContinuousClock.now
        guard now - start >= Self.quiet else { return }
        look { now - $0.heard >= Self.quiet }
    }

    /// A connection could not be made within `time`.
    func unreached(after time: Duration) {
        guard time >= Self.soonest else { return }
        look { state in
            state.isSilent = true
            return true
        }
    }

    /// Nobody asks any more.
    func close() { state.withLock { $0.isClosed = true } }

    /// One look at a time, on a thread of its own, as libpq blocks.
    private func look(_ isDue: (inout State) -> Bool) {
        let starts = state.withLock { state in
            guard !state.isLooking, !state.isClosed, isDue(&state) else { return false }
            state.isLooking = true
            return true
        }
        guard starts else { return }
        let thread = Thread { [self] in
            while turn() { Thread.sleep(forTimeInterval: Self.turn) }
        }
        thread.name = "calldesk-pg-pulse"
        thread.stackSize = 1 << 20
        thread.start()
    }

    /// Whether the server is still silent.
    private func turn() -> Bool {
        let isSilent = probe()
        return state.withLock { state in
            state.isSilent = isSilent
            if !isSilent { state.heard = .now }
            state.isLooking = isSilent && !state.isClosed
            return state.isLooking
        }
    }

    private func probe() -> Bool {
        var setup = PostgresConnection.Setup(url: url, pulse: nil)
        setup.connectTimeout = Self.connectTimeout
        setup.statementTimeout = Self.answerTime
        setup.answerGrace = .zero
        let start = ContinuousClock.now
        do throws(PostgresFault) {
            _ = try PostgresConnection(setup).run("SELECT 1", [], limit: 1)
            return false
        } catch .lost {
            return ContinuousClock.now - start >= Self.soonest
        } catch {
            // A refusal is a word too.
            return false
        }
    }
}
