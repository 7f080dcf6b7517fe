import CoreMetrics
import Synchronization

/// A figure that can write itself under a name and labels.
protocol MetricValue: AnyObject, Sendable {
    /// Writes itself; `labels` is `line="matriz",event="Hangup"`, or nothing.
    func write(_ name: String, _ labels: String, to text: inout String)
}

/// A number that only grows.
final class MetricCounter: MetricValue, CounterHandler {
    private let value = Atomic<Int64>(0)

    init() {}

    func increment(by amount: Int64) { value.wrappingAdd(amount, ordering: .relaxed) }

    func reset() { value.store(0, ordering: .relaxed) }

    private var count: Int64 { value.load(ordering: .relaxed) }

    func write(_ name: String, _ labels: String, to text: inout String) {
        text += MetricText.line(name, labels, String(count))
    }
}

/// A number that goes up and down.
final class MetricGauge: MetricValue, MeterHandler {
    /// The bits of a Double.
    private let bits = Atomic<UInt64>(0)

    init() {}

    func set(_ value: Int64) { set(Double(value)) }

    func set(_ value: Double) { bits.store(value.bitPattern, ordering: .relaxed) }

    func increment(by amount: Double) { add(amount) }

    func decrement(by amount: Double) { add(-amount) }

    private func add(_ amount: Double) {
        var known = bits.load(ordering: .relaxed)
        while true {
            let wanted = (Double(bitPattern: known) + amount).bitPattern
            let result = bits.weakCompareExchange(expected: known, desired: wanted, ordering: .relaxed)
            if result.exchanged { return }
            known = result.original
        }
    }

    private var value: Double { Double(bitPattern: bits.load(ordering: .relaxed)) }

    func write(_ name: String, _ labels: String, to text: inout String) {
        text += MetricText.line(name, labels, MetricText.number(value))
    }
}

/// How often values fell where: buckets of rising bounds, their count and their sum; of a timer, in seconds.
final class MetricHistogram: MetricValue, RecorderHandler, TimerHandler {
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

    func record(_ value: Int64) { record(Double(value)) }

    func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1_000_000_000) }

    func record(_ value: Double) {
        let place = bounds.firstIndex { value <= $0 } ?? bounds.count
        state.withLock { state in
            state.counts[place] += 1
            state.sum += value
        }
    }

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
