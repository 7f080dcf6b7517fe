import CoreMetrics
import Synchronization

/// Every figure the service shows at `/metrics`: the backend behind the swift-metrics façade, handed to whoever counts.
///
/// Counters and gauges are single atomics and histograms a row of them, so that the PBX line's hot path pays some
/// nanoseconds. A label's values come from us (a line, a channel, a state), and each family holds a bounded number of them.
final class MetricsRegistry: MetricsFactory, Sendable {
    private enum Kind: String {
        case counter, gauge, histogram
    }

    private struct Family {
        var kind: Kind
        var help: String
        var bounds: [Double] = []
        /// By label values; of one that is read when somebody asks, nothing.
        var values: [[String]: (labels: String, value: any MetricValue)] = [:]
        var read: (@Sendable () -> Double)?
    }

    private struct State {
        var names: [String] = []
        var families: [String: Family] = [:]
    }

    /// Names that nobody announced, such as a library's.
    private static let mostFamilies = 500
    /// Seconds, for a histogram that was not announced.
    private static let usualBounds = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5]

    private let state = Mutex(State())

    init() {}

    // MARK: - Announcing

    /// A family of counters, one for each combination of labels.
    func counter(_ name: String, _ help: String, labels: [String] = []) -> MetricFamily<Counter> {
        announce(name, Family(kind: .counter, help: help))
        return MetricFamily(labels: labels) { Counter(label: name, dimensions: $0, factory: self) }
    }

    func gauge(_ name: String, _ help: String, labels: [String] = []) -> MetricFamily<Meter> {
        announce(name, Family(kind: .gauge, help: help))
        return MetricFamily(labels: labels) { Meter(label: name, dimensions: $0, factory: self) }
    }

    /// A gauge that is read when somebody asks; `read` must be quick.
    func gauge(_ name: String, _ help: String, read: @escaping @Sendable () -> Double) {
        announce(name, Family(kind: .gauge, help: help, read: read))
    }

    /// A family of histograms; `bounds` are the upper ends of the buckets, rising.
    func histogram(
        _ name: String,
        _ help: String,
        labels: [String] = [],
        bounds: [Double]
    ) -> MetricFamily<Recorder> {
        announce(name, Family(kind: .histogram, help: help, bounds: bounds))
        return MetricFamily(labels: labels) { Recorder(label: name, dimensions: $0, factory: self) }
    }

    private func announce(_ name: String, _ family: Family) {
        state.withLock { state in
            if state.families.updateValue(family, forKey: name) == nil { state.names.append(name) }
        }
    }

    // MARK: - What is shown

    /// The whole as Prometheus text (exposition format 0.0.4).
    func text() -> String {
        let (names, families) = state.withLock { ($0.names, $0.families) }
        var text = ""
        for name in names {
            guard let family = families[name] else { continue }
            text += "# HELP \(name) \(family.help)\n# TYPE \(name) \(family.kind.rawValue)\n"
            if let read = family.read { text += MetricText.line(name, "", MetricText.number(read())) }
            for (_, figure) in family.values.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
                figure.value.write(name, figure.labels, to: &text)
            }
        }
        return text
    }

    // MARK: - MetricsFactory

    func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        figure(label, dimensions, .counter) { _ in MetricCounter() }
    }

    func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        figure(label, dimensions, .gauge) { _ in MetricGauge() }
    }

    func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        figure(label, dimensions, .histogram) { MetricHistogram(bounds: $0) }
    }

    func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        figure(label, dimensions, .histogram) { MetricHistogram(bounds: $0) }
    }

    // Figures are the process's: what was counted stays to be read.
    func destroyCounter(_ handler: any CounterHandler) {}
    func destroyMeter(_ handler: any MeterHandler) {}
    func destroyRecorder(_ handler: any RecorderHandler) {}
    func destroyTimer(_ handler: any TimerHandler) {}

    /// The figure of a name and its labels, made when it is first asked for; one of another kind than announced, or one too
    /// many, counts by itself and is not shown.
    private func figure<Figure: MetricValue>(
        _ label: String,
        _ dimensions: [(String, String)],
        _ kind: Kind,
        _ make: ([Double]) -> Figure
    ) -> Figure {
        let (name, key) = (MetricText.name(label), dimensions.map(\.1))
        return state.withLock { state in
            if state.families[name] == nil {
                guard state.names.count < Self.mostFamilies else { return make(Self.usualBounds) }
                state.families[name] = Family(kind: kind, help: label, bounds: Self.usualBounds)
                state.names.append(name)
            }
            guard let family = state.families[name], family.kind == kind else { return make(Self.usualBounds) }
            if let known = family.values[key]?.value as? Figure { return known }
            let figure = make(family.bounds)
            guard family.values.count <= MetricFamily<Figure>.most else { return figure }
            state.families[name]?.values[key] = (MetricText.labels(dimensions), figure)
            return figure
        }
    }
}

extension Recorder {
    /// In seconds.
    func record(_ duration: Duration) { record(duration / .seconds(1)) }
}
