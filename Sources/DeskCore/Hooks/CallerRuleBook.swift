import Codecs
import Foundation
import Synchronization

/// The rules for callers as they are stored: one row, read into memory, so that a call never waits for the database.
public final class CallerRuleBook: Sendable {
    /// The rules cannot be read or are not right.
    public enum Fault: Error, Sendable, Equatable {
        /// The places that are wrong, such as `blocks[2].value`.
        case wrong([String])
    }

    private let database: any Database
    private let clock: DeskClock
    private let kept = Mutex(CallerRules())

    public init(database: any Database, clock: DeskClock) {
        self.database = database
        self.clock = clock
    }

    /// The rules as of the last reading.
    public var current: CallerRules { kept.withLock { $0 } }

    /// Reads them anew: another node may have changed them.
    ///
    /// - Throws: `StoreError`; the last ones hold meanwhile.
    public func reload() async throws(StoreError) {
        let text = try await database.read { session in
            try session.row("SELECT rules FROM caller_rules WHERE id = 1")?.text(0)
        }
        guard let text else { return kept.withLock { $0 = CallerRules() } }
        guard let rules = try? JSONCoding.value(CallerRules.self, from: text) else {
            throw .corrupt(what: "caller_rules")
        }
        kept.withLock { $0 = rules }
    }

    /// Replaces them all, and notes who did.
    ///
    /// - Throws: `Fault`, `StoreError`.
    public func replace(with rules: CallerRules, by actor: AuditActor) async throws {
        let faults = rules.faults
        guard faults.isEmpty else { throw Fault.wrong(faults) }
        let text = try JSONCoding.text(rules)
        let now = clock.now
        try await database.write { session in
            try session.execute(
                """
                INSERT INTO caller_rules (id, rules, changed_at) VALUES (1, $1, $2)
                ON CONFLICT (id) DO UPDATE SET rules = excluded.rules, changed_at = excluded.changed_at
                """,
                [.text(text), .moment(now)]
            )
            try AuditTrail.record(
                "callers.rules",
                subject: "callers",
                by: actor,
                detail:
                    "blocks \(rules.blocks.count), incoming \(rules.incoming.count), outgoing \(rules.outgoing.count)",
                at: now,
                in: session
            )
        }
        kept.withLock { $0 = rules }
    }
}
