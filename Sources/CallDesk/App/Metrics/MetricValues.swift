import Synchronization

/// A number that only grows.
final class MetricCounter: MetricValue {
    private let value = Atomic<Int64>(0)

    init() {}

    func increment(by amount: Int64 = 1) { value.wrappingAdd(amount, ordering: .relaxed) }

    var count: Int64 { value.load(ordering: .relaxed) }

    func write(_ name: String, _ labels: String, to text: inout String) {
        text += MetricText.line(name, labels, String(count))
    }
}

/// A number that goes up and down.
final class MetricGauge: MetricValue {
    /// The bits of a Double.
    private let bits = Atomic<UInt64>(0)

    init() {}

    func set(_ value: Double) { bits.store(value.bitPattern, ordering: .relaxed) }

    func add(_ amount: Double) {
        var known = bits.load(ordering: .relaxed)
        while true {
            let wanted = (Double(bitPattern: known) + amount).bitPattern
            let result = bits.weakCompareExchange(expected: known, desired: wanted, ordering: .relaxed)
            if result.exchanged { return }
            known = result.original
        }
    }

    var value: Double { Double(bitPattern: bits.load(ordering: .relaxed)) }

    func write(_ name: String, _ labels: String, to text: inout String) {
        text += MetricText.line(name, labels, MetricText.number(value))
    }
}

/// How often values fell where: buckets of rising bounds, their count and their sum.
final class MetricHistogram: MetricValue {
    private struct State {
        /// One more than bounds: the last is everything above.
        var counts: [Int64]
        var sum = 0.0
    }

    private let bounds: [Double]
    private let state: Mutex<State>

    init(bounds: [Double]) {
        self.bounds = bounds
        state = Mutex(State(counts: Array(repeating: 0, count: bounds.count + 1)))
    }

    func observe(_ value: Double) {
        let place = bounds.firstIndex { value <= $0 } ?? bounds.count
        state.withLock { state in
            state.counts[place] += 1
            state.sum += value
        }
    }

    func observe(_ duration: Duration) { observe(duration / .seconds(1)) }

    var count: Int64 { state.withLock { $0.counts.reduce(0, +) } }

    func write(_ name: String, _ labels: String, to text: inout String) {
        let (counts, sum) = state.withLock { ($0.counts, $0.sum) }
        let lead = labels.isEmpty ? "" : labels + ","
        var total: Int64 = 0
        for (index, count) in counts.enumerated() {
            total += count
            let bound = index < bounds.count ? MetricText.number(bounds[index]) : "+Inf"
            text += "\(name)_bucket{\(lead)le=\"\(bound)\"} \(total)\n"
        }
        text += MetricText.line("\(name)_sum", labels, MetricText.number(sum))
        text += MetricText.line("\(name)_count", labels, String(total))
    }
}
