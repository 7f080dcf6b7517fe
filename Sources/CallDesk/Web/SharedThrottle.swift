import DeskCore
import Synchronization

/// A limit over all nodes: each takes shares of it and makes requests from its share without asking anybody.
///
/// A share is a fiftieth of a minute's requests, kept for a minute at the most, so that the row is visited once for that
/// many requests, or once a minute. As what was given out leaks on, the nodes together may be over the limit by the
/// shares they hold: two in a hundred for each. Until a share is there again refusals are given without a visit too.
final class SharedThrottle: Sendable {
    /// More programs than a desk has, and open browsers; beyond it those that are not used are forgotten.
    private static let most = 10_000
    /// More than one holder's requests can wait for at once, each for a share of one.
    private static let mostVisits = 10_000
    /// How long a share is good for, in milliseconds.
    private static let term: Int64 = 60_000

    private struct Holding {
        /// Of the share, not made yet.
        var requests = 0
        /// Of the whole limit, when the row was last seen.
        var left: Int
        var until = Moment(milliseconds: 0)
        /// No share is there before this.
        var emptyUntil: Moment?
        var visit: Task<Void, Never>?
        /// The database was away: until then this node counts by itself.
        var aloneUntil: Moment?
    }

    private struct Table {
        var holdings: [RateHolder: Holding] = [:]
        /// When those that are not used were last looked for, which takes a walk over all.
        var sweptAt = Moment(milliseconds: 0)
    }

    private enum Outcome {
        case told(AddressThrottle.Room)
        case visiting(Task<Void, Never>)
    }

    private let limit: Int
    private let share: Int
    private let levels: RateLevels
    private let alone: AddressThrottle
    private let clock: DeskClock
    private let table = Mutex(Table())
    /// How long this node counts by itself before it asks again.
    private static let rest = Duration.seconds(1)
    /// A visit takes milliseconds; behind a writer that hangs it would hold up whoever only reads.
    static let patience = Duration.seconds(1)
    private let patience: Duration

    /// `alone`: what counts while the database cannot be asked, or does not answer within `patience`.
    init(
        limit: Int,
        levels: RateLevels,
        alone: AddressThrottle,
        clock: DeskClock,
        patience: Duration = SharedThrottle.patience
    ) {
        self.patience = patience
        self.limit = limit
        share = max(1, limit / 50)
        self.levels = levels
        self.alone = alone
        self.clock = clock
    }

    /// Counts a request.
    func take(_ holder: RateHolder) async -> AddressThrottle.Room {
        // Others may use up the share that was waited for, but each visit serves somebody or refuses everybody.
        for _ in 0..<Self.mostVisits {
            switch attempt(holder) {
            case .told(let room): return room
            case .visiting(let visit):
                guard await !visit.ends(within: patience) else { continue }
                return goAlone(holder)
            }
        }
        return room(0, wait: 1)
    }

    /// The visit goes on; until it ends, or for a moment, this node counts by itself.
    private func goAlone(_ holder: RateHolder) -> AddressThrottle.Room {
        let until = clock.now.adding(Self.rest)
        table.withLock { table in
            guard table.holdings[holder]?.visit != nil else { return }
            table.holdings[holder]?.aloneUntil = until
        }
        return alone.take(holder.bytes)
    }

    private func attempt(_ holder: RateHolder) -> Outcome {
        let now = clock.now
        return table.withLock { table in
            if table.holdings[holder] == nil, table.holdings.count >= Self.most {
                if now.since(table.sweptAt) >= Self.rest || now < table.sweptAt {
                    table.holdings = table.holdings.filter { $0.value.visit != nil || $0.value.until > now }
                    table.sweptAt = now
                }
                // More than can be kept are active: a newcomer is counted by this node, within its own bound.
                guard table.holdings.count < Self.most else { return .told(alone.take(holder.bytes)) }
            }
            var holding = table.holdings[holder] ?? Holding(left: limit)
            defer { table.holdings[holder] = holding }
            if let until = holding.aloneUntil, until > now, until <= now.adding(Self.rest) {
                return .told(alone.take(holder.bytes))
            }
            if holding.requests > 0, holding.until > now {
                holding.requests -= 1
                return .told(room(holding.requests + holding.left, wait: nil))
            }
            // No wait is longer than the minute that empties the bucket: more is left from when the clock stood ahead.
            if let empty = holding.emptyUntil, empty > now, empty <= now.adding(.seconds(60)) {
                let wait = Int((empty.milliseconds - now.milliseconds + 999) / 1_000)
                return .told(room(0, wait: max(1, wait)))
            }
            if let visit = holding.visit { return .visiting(visit) }
            let visit = Task { await self.visit(holder) }
            holding.visit = visit
            return .visiting(visit)
        }
    }

    private func room(_ left: Int, wait: Int?) -> AddressThrottle.Room {
        // A minute brings all of them back.
        let used = limit - left
        return AddressThrottle.Room(limit: limit, left: left, reset: (used * 60 + limit - 1) / limit, wait: wait)
    }

    private func visit(_ holder: RateHolder) async {
        let now = clock.now
        let got: RateLevels.Share
        do throws(StoreError) {
            got = try await levels.take(holder, limit: limit, wanted: share, at: now)
        } catch {
            // The database is away: for a second nobody waits for it, then it is asked again.
            let until = clock.now.adding(Self.rest)
            table.withLock { $0.holdings[holder] = Holding(left: limit, until: until, aloneUntil: until) }
            return
        }
        table.withLock { table in
            var holding = Holding(left: got.left)
            holding.requests = got.requests
            holding.until = Moment(milliseconds: now.milliseconds + Self.term)
            if got.requests == 0 { holding.emptyUntil = Moment(milliseconds: now.milliseconds + max(1, got.wait)) }
            table.holdings[holder] = holding
        }
    }
}
