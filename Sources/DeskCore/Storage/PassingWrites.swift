import Logging
import Synchronization

/// Writes on which no answer depends: signs of life, when a link was last used.
///
/// A database that takes none holds up nobody who only reads. One at a time for each thing. It is waited for a moment, so
/// that what comes next finds it done; one that fails or takes longer is left to itself, and for some seconds none is tried.
final class PassingWrites: Sendable {
    /// A write takes milliseconds; a database behind whose lock it waits longer takes seconds to say so.
    static let patience = Duration.seconds(2)
    /// Between attempts while they fail: the next sign of life does as well.
    static let rest = Duration.seconds(10)
    /// More at once than a node's signs of life in two seconds; what is beyond is noted the next time.
    private static let most = 256
    /// `/ready` and the log say by themselves that the database takes no writes; this says what goes on without.
    private static let saidEvery = Duration.seconds(600)

    private struct State {
        var underWay: Set<String> = []
        var restsUntil: ContinuousClock.Instant?
        var saidAt: ContinuousClock.Instant?
    }

    private let state = Mutex(State())
    private let patience: Duration
    private let logger: Logger?

    init(patience: Duration = PassingWrites.patience, logger: Logger?) {
        self.patience = patience
        self.logger = logger
    }

    /// Tries `write`, of the thing named `name`, unless one of it is under way or they fail just now.
    func attempt(_ name: String, _ write: @escaping @Sendable () async throws(StoreError) -> Void) async {
        let now = ContinuousClock.now
        let isTaken = state.withLock { state in
            if let rest = state.restsUntil, now < rest { return false }
            guard state.underWay.count < Self.most else { return false }
            return state.underWay.insert(name).inserted
        }
        guard isTaken else { return }
        // Whoever asked may go meanwhile: what was begun is still counted.
        let attempt = Task {
            var failure: StoreError?
            do throws(StoreError) { try await write() } catch { failure = error }
            self.state.withLock { _ = $0.underWay.remove(name) }
            if let failure { self.failed("\(failure)") }
        }
        if await !attempt.ends(within: patience), !Task.isCancelled { failed("it does not answer in time") }
    }

    private func failed(_ why: String) {
        let now = ContinuousClock.now
        let isNews = state.withLock { state in
            state.restsUntil = now + Self.rest
            if let said = state.saidAt, now - said < Self.saidEvery { return false }
            state.saidAt = now
            return true
        }
        if isNews {
            logger?.warning("signs of life cannot be written down now; reading goes on", metadata: ["error": "\(why)"])
        }
    }
}

extension Task where Success == Void, Failure == Never {
    /// Waits for its end, but no longer than `patience`, nor than its caller's cancellation; it goes on either way.
    ///
    /// - Returns: whether it has ended.
    package func ends(within patience: Duration) async -> Bool {
        let (news, tell) = AsyncStream.makeStream(of: Bool.self, bufferingPolicy: .bufferingOldest(1))
        Task<Void, Never> {
            await self.value
            tell.yield(true)
        }
        let limit = Task<Void, Never> {
            try? await Task<Never, Never>.sleep(for: patience)
            tell.yield(false)
        }
        defer { limit.cancel() }
        for await hasEnded in news { return hasEnded }
        return false
    }
}
