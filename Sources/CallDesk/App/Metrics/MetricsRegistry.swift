import Synchronization

/// Every figure the service shows at `/metrics`; made once, handed to whoever counts.
///
/// Counters and gauges are single atomics and histograms a row of them, so that the PBX line's hot path pays some
/// nanoseconds. A label's values come from us (a line, a channel, a state), and each family holds a bounded number of them.
final class MetricsRegistry: Sendable {
    private struct Family: Sendable {
        let name: String
        let help: String
        let kind: String
        let write: @Sendable (inout String) -> Void
    }

    private let families = Mutex<[Family]>([])

    init() {}

    /// A family of counters, one for each combination of labels.
    func counter(_ name: String, _ help: String, labels: [String] = []) -> MetricFamily<MetricCounter> {
        let family = MetricFamily(name: name, labels: labels) { MetricCounter() }
        add(name, help, "counter", family)
        return family
    }

    func gauge(_ name: String, _ help: String, labels: [String] = []) -> MetricFamily<MetricGauge> {
        let family = MetricFamily(name: name, labels: labels) { MetricGauge() }
        add(name, help, "gauge", family)
        return family
    }

    /// A gauge that is read when somebody asks; `read` must be quick.
    func gauge(_ name: String, _ help: String, read: @escaping @Sendable () -> Double) {
        families.withLock {
            $0.append(Family(name: name, help: help, kind: "gauge") { $0 += "\(name) \(MetricText.number(read()))\n" })
        }
    }

    /// A family of histograms; `bounds` are the upper ends of the buckets, rising.
    func histogram(
        _ name: String,
        _ help: String,
        labels: [String] = [],
        bounds: [Double]
    ) -> MetricFamily<MetricHistogram> {
        let family = MetricFamily(name: name, labels: labels) { MetricHistogram(bounds: bounds) }
        add(name, help, "histogram", family)
        return family
    }

    /// The whole as Prometheus text (exposition format 0.0.4).
    func text() -> String {
        var text = ""
        for family in families.withLock({ $0 }) {
            text += "# HELP \(family.name) \(family.help)\n# TYPE \(family.name) \(family.kind)\n"
            family.write(&text)
        }
        return text
    }

    private func add<Metric: MetricValue>(
        _ name: String,
        _ help: String,
        _ kind: String,
        _ family: MetricFamily<Metric>
    ) {
        families.withLock {
            $0.append(Family(name: name, help: help, kind: kind) { family.write(to: &$0) })
        }
    }
}
