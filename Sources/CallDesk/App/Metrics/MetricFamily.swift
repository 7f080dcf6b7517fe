import CoreMetrics
import Synchronization

/// One name's figures by the values of its labels.
///
/// Keep the figure at hand where it is used often: finding it takes a lock.
final class MetricFamily<Metric: Sendable>: Sendable {
    /// More combinations than lines × events × states of a large site; whatever comes after is counted as `other`.
    static var most: Int { 1000 }

    private let labels: [String]
    private let make: @Sendable ([(String, String)]) -> Metric
    private let values = Mutex<[[String]: Metric]>([:])

    init(labels: [String], make: @escaping @Sendable ([(String, String)]) -> Metric) {
        self.labels = labels
        self.make = make
        // A figure without labels is there from the start.
        if labels.isEmpty { values.withLock { $0[[]] = make([]) } }
    }

    /// The figure for these label values, in the order of the family's labels.
    func callAsFunction(_ labelValues: String...) -> Metric {
        values.withLock { values in
            if let known = values[labelValues] { return known }
            var key = Array(labelValues.prefix(labels.count))
            while key.count < labels.count { key.append("") }
            if values.count >= Self.most { key = labels.map { _ in "other" } }
            if let known = values[key] { return known }
            let metric = make(Array(zip(labels, key)))
            values[key] = metric
            return metric
        }
    }
}
