import Synchronization

/// A figure that can write itself under a name and labels.
protocol MetricValue: AnyObject, Sendable {
    /// Writes itself; `labels` is `line="matriz",event="Hangup"`, or nothing.
    func write(_ name: String, _ labels: String, to text: inout String)
}

/// One name with its labelled values.
///
/// Keep the value at hand where it is used often: finding it takes a lock.
final class MetricFamily<Metric: MetricValue>: Sendable {
    /// More combinations than lines × events × states of a large site; whatever comes after is counted as `other`.
    static var most: Int { 1000 }

    private let name: String
    private let labels: [String]
    private let make: @Sendable () -> Metric
    private let values = Mutex<[[String]: Metric]>([:])

    init(name: String, labels: [String], make: @escaping @Sendable () -> Metric) {
        self.name = name
        self.labels = labels
        self.make = make
        if labels.isEmpty { values.withLock { $0[[]] = make() } }
    }

    /// The figure for these label values, in the order of the family's labels.
    func callAsFunction(_ labelValues: String...) -> Metric {
        values.withLock { values in
            if let known = values[labelValues] { return known }
            var key = Array(labelValues.prefix(labels.count))
            while key.count < labels.count { key.append("") }
            if values.count >= Self.most { key = labels.map { _ in "other" } }
            if let known = values[key] { return known }
            let metric = make()
            values[key] = metric
            return metric
        }
    }

    func write(to text: inout String) {
        let all = values.withLock { $0 }.sorted { $0.key.lexicographicallyPrecedes($1.key) }
        for (key, metric) in all {
            let pairs = zip(labels, key).map { "\($0)=\"\(MetricText.escaped($1))\"" }
            metric.write(name, pairs.joined(separator: ","), to: &text)
        }
    }
}

/// How names, labels and numbers are written in Prometheus' text format.
enum MetricText {
    static func line(_ name: String, _ labels: String, _ value: String) -> String {
        labels.isEmpty ? "\(name) \(value)\n" : "\(name){\(labels)} \(value)\n"
    }

    static func escaped(_ value: String) -> String {
        var text = ""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\\": text += "\\\\"
            case "\"": text += "\\\""
            case "\n": text += "\\n"
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text
    }

    static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value > 0 ? "+Inf" : "-Inf" }
        if let whole = Int64(exactly: value) { return String(whole) }
        return String(value)
    }
}
