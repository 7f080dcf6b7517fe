import DeskCore
import Hummingbird
import HummingbirdCore
import Synchronization

/// Who has the desk open: by their event streams on this node.
///
/// It answers why a call popped nowhere (“signed out”), and whose claims are stale.
final class Presence: Sendable {
    private struct Seen {
        var streams = 0
        var lastAt: Moment
    }

    /// After this without a stream somebody counts as away: a reload or a lost network takes seconds.
    static let grace = Duration.seconds(60)
    /// Accounts of one desk; a guard only.
    private static let most = 10_000

    private let seen = Mutex<[Int64: Seen]>([:])
    private let startedAt: Moment
    private let clock: DeskClock

    init(clock: DeskClock) {
        self.clock = clock
        startedAt = clock.now
    }

    /// Whether a stream is open, or was until a moment ago.
    ///
    /// Just after the start everybody counts as present: their browsers are coming back.
    func isPresent(_ account: Int64) -> Bool {
        let now = clock.now
        if now.since(startedAt) < Self.grace { return true }
        return seen.withLock { seen in
            guard let record = seen[account] else { return false }
            return record.streams > 0 || now.since(record.lastAt) < Self.grace
        }
    }

    /// Whether a stream is open this very moment.
    func hasStream(_ account: Int64) -> Bool { seen.withLock { ($0[account]?.streams ?? 0) > 0 } }

    /// The same answer, whose writing counts as the account's presence.
    func following(_ response: Response, account: Int64) -> Response {
        var response = response
        let body = response.body
        response.body = ResponseBody { [self] writer in
            enter(account)
            defer { leave(account) }
            try await body.write(writer)
        }
        return response
    }

    private func enter(_ account: Int64) {
        let now = clock.now
        seen.withLock { seen in
            if seen.count >= Self.most { seen = seen.filter { $0.value.streams > 0 } }
            seen[account, default: Seen(lastAt: now)].streams += 1
        }
    }

    private func leave(_ account: Int64) {
        let now = clock.now
        seen.withLock { seen in
            seen[account]?.streams -= 1
            seen[account]?.lastAt = now
        }
    }
}
