import Foundation
import Synchronization

/// The desk's calendars and promises as they are now: those kept in the browser, else those of the settings.
public final class ServiceShelf: Sendable {
    private struct State {
        var rules: ServiceRules
        var book: ServiceBook
    }

    private let state: Mutex<State>
    private let timeZone: TimeZone

    /// `rules` and `book`: those of the settings.
    public init(_ rules: ServiceRules, _ book: ServiceBook, timeZone: TimeZone) {
        state = Mutex(State(rules: rules, book: book))
        self.timeZone = timeZone
    }

    public var book: ServiceBook { state.withLock(\.book) }
    public var rules: (rules: ServiceRules, revision: Int64) { state.withLock { ($0.rules, $0.book.revision) } }

    /// Kept rules looked back at: promises and steps are kept with them, far oftener than hours change.
    private static let mostSaves = 2_000

    /// Takes up what was kept since, here or by another node.
    public func reload(from database: any Database, at now: Moment) async throws(StoreError) {
        let known = state.withLock { $0 }
        let rows = try await database.read { session in
            try session.rows(
                """
                SELECT id, rules, saved_at FROM service_rules WHERE id > $1
                ORDER BY id DESC LIMIT \(Self.mostSaves)
                """,
                [.integer(known.book.revision)]
            )
        }
        guard let newest = rows.first else { return }
        guard let id = newest.integer(0), let rules = StoredList.decode(ServiceRules.self, newest.text(1)),
            let last = try? rules.book(in: timeZone, at: now)
        else { throw .corrupt(what: "service_rules.rules") }
        var book = known.book
        for row in rows.dropFirst().reversed() {
            // What cannot be read any more held once; nothing can be reckoned by it.
            guard let saved = row.moment(2),
                let older = try? StoredList.decode(ServiceRules.self, row.text(1))?.book(in: timeZone, at: saved)
            else { continue }
            book = older.following(book, from: saved)
        }
        put(rules, last.following(book, from: newest.moment(2) ?? now), id)
    }

    /// Keeps changed rules: they hold from now on, and open tickets are reckoned anew by them.
    ///
    /// `revision`: that of the rules they were made of; nil for whoever means to write over whatever there is.
    ///
    /// - Throws: `ServiceRulesRefusal`, as `StoreError.refused`.
    public func save(
        _ rules: ServiceRules,
        revision: Int64?,
        by accountID: Int64,
        at now: Moment,
        in database: any Database
    ) async throws(StoreError) {
        let book: ServiceBook
        do throws(ServiceRulesFault) {
            book = try rules.book(in: timeZone, at: now)
            try rules.checkPromises(of: book)
        } catch { throw .refused(ServiceRulesRefusal.fault(error)) }
        let text = StoredList.encode(rules)
        try await reload(from: database, at: now)
        let id = try await database.write { session -> Int64 in
            // Two at once: the second sees that there is a first.
            let newest = try session.row("SELECT MAX(id) FROM service_rules")?.integer(0) ?? 0
            guard revision ?? newest == newest else { throw ServiceRulesRefusal.stale }
            let row = try session.row(
                """
                INSERT INTO service_rules (rules, saved_by, saved_at, adopted_to, follows) VALUES ($1, $2, $3, 0, $4)
                RETURNING id
                """,
                [.text(text), .integer(accountID), .moment(now), .integer(newest)]
            )
            guard let id = row?.integer(0) else { throw StoreError.corrupt(what: "service_rules") }
            return id
        }
        put(rules, book.following(self.book, from: now), id)
    }

    private func put(_ rules: ServiceRules, _ book: ServiceBook, _ revision: Int64) {
        state.withLock { state in
            guard revision > state.book.revision else { return }
            state = State(rules: rules, book: book)
            state.book.revision = revision
        }
    }
}

/// Why rules were not kept.
public enum ServiceRulesRefusal: Error, Equatable, CustomStringConvertible {
    case fault(ServiceRulesFault)
    /// Somebody changed them since they were read.
    case stale

    public var description: String {
        switch self {
        case .fault(let fault): fault.description
        case .stale: "somebody changed the rules since; load them again"
        }
    }
}
