import DeskCore
import Foundation
import Logging
import Synchronization

/// Looks all the time whether the database takes writes, and tells the screens when it stops and when it works again.
final class DatabaseWatch: Sendable {
    /// Between looks.
    private static let every = Duration.seconds(2)
    /// A database that has not answered for so long is told as gone, though the look may still be waiting.
    static let patience = Duration.seconds(3)

    private struct State {
        /// Since when the present look has been waiting.
        var asking: ContinuousClock.Instant?
        var error: StoreError?
    }

    private let database: any Database
    private let hub: LiveHub
    private let logger: Logger
    private let state = Mutex(State())

    init(database: any Database, hub: LiveHub, logger: Logger) {
        self.database = database
        self.hub = hub
        self.logger = logger
    }

    /// What is wrong now, and what to do; nil while all is well.
    ///
    /// Never waits.
    var trouble: (what: String, remedy: String)? {
        let (asking, found) = state.withLock { ($0.asking, $0.error) }
        if let error = found ?? database.health.refusal {
            return (
                "\(error)", "see docs/operations.md, “The database does not answer”; the service recovers by itself"
            )
        }
        guard let asking, ContinuousClock.now - asking > Self.patience else { return nil }
        return (
            "\(database.engine.rawValue) does not answer",
            "see docs/operations.md, “The database does not answer”; the service recovers by itself"
        )
    }

    /// Looks and tells until the task is cancelled.
    func run() async {
        await withDiscardingTaskGroup { group in
            group.addTask { await self.look() }
            group.addTask { await self.tell() }
        }
    }

    private func look() async {
        while !Task.isCancelled {
            state.withLock { $0.asking = .now }
            do throws(StoreError) {
                try await database.check()
                state.withLock { $0 = State() }
            } catch {
                state.withLock { $0 = State(asking: nil, error: error) }
            }
            try? await Task.sleep(for: Self.every)
        }
    }

    private func tell() async {
        var wasWell = true
        while !Task.isCancelled {
            let trouble = trouble
            if (trouble == nil) != wasWell {
                wasWell = trouble == nil
                if let trouble {
                    logger.error("the database does not answer", metadata: ["trouble": "\(trouble.what)"])
                } else {
                    logger.notice("the database answers again")
                }
                // Each node says for itself how it reaches the database.
                let change = LiveChange.database(isWell: wasWell, message: trouble?.what)
                hub.publish(change, to: .everyone, isLocal: true)
                // What changed meanwhile was told to nobody.
                if wasWell { hub.resync(isLocal: true) }
            }
            try? await Task.sleep(for: .milliseconds(500))
        }
    }
}
