import Synchronization

/// The numbers of series this node may give out: leased from the database in blocks, outside the writes that use them.
///
/// A counter row that every ticket of every node counted up would stay locked until each commit, and all nodes would take
/// turns. Here it is locked for the moment a block is leased. What is left of a block when the node ends is never given:
/// a gap. An idle node leases one number at a time and so leaves none; one that needs more soon doubles its block.
final class SeriesLeases: Sendable {
    /// A number given out, for giving it back.
    struct Taken: Sendable {
        var series: String
        var value: Int64
        fileprivate var timeline: String?
    }

    /// Numbers leased at once at the most: some milliseconds' worth on the busiest node, so that a lease is no cost, and a
    /// gap of no more when it ends.
    static let largestBlock: Int64 = 64
    /// A block that lasted for less was too small.
    private static let shortLife = Duration.seconds(1)
    /// Series at once: two kinds, this year's and, around its turn, the last one's; more is a clock gone astray.
    private static let mostSeries = 16

    private struct Block {
        /// In falling order, the next one last.
        var left: [Int64]
        var size: Int64
        var timeline: String?
        var leased: ContinuousClock.Instant
    }

    private struct State {
        var connection: PostgresConnection?
        var blocks: [String: Block] = [:]
    }

    private let setup: PostgresConnection.Setup
    private let state = Mutex(State())
    private let now: @Sendable () -> ContinuousClock.Instant

    init(
        setup: PostgresConnection.Setup,
        now: @escaping @Sendable () -> ContinuousClock.Instant = { ContinuousClock.now }
    ) {
        self.now = now
        var setup = setup
        // A lease is one row: whoever waits for longer tries its write again rather than hold up what else it locks.
        setup.statementTimeout = .seconds(5)
        setup.opening.append("SET default_transaction_isolation = 'read committed'")
        self.setup = setup
    }

    /// The next number of a series; blocks while a block is leased.
    ///
    /// `timeline`: the line of history the write's server is on. One that was promoted may never have heard of a lease from
    /// before, and would lease it again: what is left of it is not used.
    func next(_ series: String, timeline: String?) throws(PostgresFault) -> Taken {
        try state.withLock { state throws(PostgresFault) in
            if let known = state.blocks[series], known.timeline != timeline { state.blocks[series] = nil }
            if state.blocks[series]?.left.isEmpty ?? true { try lease(series, timeline, &state) }
            guard let number = state.blocks[series]?.left.popLast() else { throw .refused(.corrupt(what: "counter")) }
            return Taken(series: series, value: number, timeline: timeline)
        }
    }

    /// Takes numbers back that nothing was written with; the next writes get them.
    func giveBack(_ numbers: some Collection<Taken>) {
        guard !numbers.isEmpty else { return }
        state.withLock { state in
            for number in numbers {
                guard let block = state.blocks[number.series], block.timeline == number.timeline else { continue }
                state.blocks[number.series]?.left.append(number.value)
            }
            // A smaller number comes before a greater one, whoever gave it back.
            for series in Set(numbers.map(\.series)) { state.blocks[series]?.left.sort(by: >) }
        }
    }

    private func lease(_ series: String, _ timeline: String?, _ state: inout State) throws(PostgresFault) {
        let now = now()
        var size: Int64 = 1
        if let last = state.blocks[series] {
            size = now - last.leased < Self.shortLife ? min(last.size * 2, Self.largestBlock) : max(1, last.size / 2)
        } else if state.blocks.count >= Self.mostSeries {
            state.blocks = [:]
        }
        let last = try advance(series, by: size, &state)
        state.blocks[series] = Block(
            left: (last - size + 1...last).reversed(),
            size: size,
            timeline: timeline,
            leased: now
        )
    }

    private func advance(_ series: String, by size: Int64, _ state: inout State) throws(PostgresFault) -> Int64 {
        let connection: PostgresConnection
        if let known = state.connection { connection = known } else { connection = try PostgresConnection(setup) }
        // Whatever goes wrong, the next lease begins with a connection known to be whole.
        state.connection = nil
        let row = try connection.run(CounterRow.advance, [.text(series), .integer(size)], limit: 1).rows.first
        guard let last = row?.integer(0), last >= size else { throw .refused(.corrupt(what: "counter")) }
        state.connection = connection
        return last
    }
}
