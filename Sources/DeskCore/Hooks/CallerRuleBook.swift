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
        let rules = try await database.read { try Self.stored(in: $0) }
        kept.withLock { $0 = rules }
    }

    private static func stored(in session: any SQLSession) throws(StoreError) -> CallerRules {
        guard let text = try session.row("SELECT rules FROM caller_rules WHERE id = 1")?.text(0) else {
            return CallerRules()
        }
        guard let rules = try? JSONCoding.value(CallerRules.self, from: text) else {
            throw .corrupt(what: "caller_rules")
        }
        return rules
    }

    /// Replaces them all, and notes who did.
    ///
    /// `copy`: the tag of those it was made of; nil for whoever means to write over whatever there is.
    ///
    /// - Throws: `Fault`, `ContentTag.Stale`, `StoreError`.
    public func replace(with rules: CallerRules, of copy: ContentTag? = nil, by actor: AuditActor) async throws {
        let faults = rules.faults
        guard faults.isEmpty else { throw Fault.wrong(faults) }
        let text = try rules.written()
        let now = clock.now
        let isDone = try await database.write { session in
            guard try copy == nil || copy == Self.stored(in: session).tag else { return false }
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
            return true
        }
        guard isDone else { throw ContentTag.Stale() }
        kept.withLock { $0 = rules }
    }
}

extension CallerRules {
    /// As they are stored.
    fileprivate func written() throws -> String {
        try JSONCoding.text(self)
    }

    public var tag: ContentTag { ContentTag(of: [try? written()]) }
}
