import CoreMetrics
import Testing

@testable import CallDesk

@Suite("Metrics")
struct MetricsTests {
    @Test("families are written as Prometheus reads them")
    func text() {
        let registry = MetricsRegistry()
        let calls = registry.counter("calls_total", "Calls.", labels: ["outcome"])
        calls("answered").increment()
        calls("answered").increment(by: 2)
        calls("a\"b\\c\nd").increment()
        registry.gauge("streams", "Streams.")().set(2.5)
        registry.gauge("age", "Age.") { 7 }
        let seconds = registry.histogram("seconds", "Time.", bounds: [0.1, 1])()
        for value in [0.05, 0.1, 0.5, 3] { seconds.record(value) }
        #expect(
            registry.text() == #"""
                # HELP calls_total Calls.
                # TYPE calls_total counter
                calls_total{outcome="a\"b\\c\nd"} 1
                calls_total{outcome="answered"} 3
                # HELP streams Streams.
                # TYPE streams gauge
                streams 2.5
                # HELP age Age.
                # TYPE age gauge
                age 7
                # HELP seconds Time.
                # TYPE seconds histogram
                seconds_bucket{le="0.1"} 2
                seconds_bucket{le="1"} 3
                seconds_bucket{le="+Inf"} 4
                seconds_sum 3.65
                seconds_count 4

                """#
        )
    }

    @Test("the agreed names are there from the start")
    func names() {
        let registry = MetricsRegistry()
        _ = DeskMetrics(registry)
        let text = registry.text()
        for name in [
            "calldesk_pbx_events_total", "calldesk_pbx_connected", "calldesk_pbx_bytes_total", "calldesk_calls_total",
            "calldesk_pop_seconds", "calldesk_agi_sessions", "calldesk_tickets_total", "calldesk_write_batch_size",
            "calldesk_commit_seconds", "calldesk_notices_total", "calldesk_notice_age_seconds", "calldesk_live_streams",
            "calldesk_notices_in_hand",
        ] { #expect(text.contains("# TYPE \(name) "), "\(name)") }
    }

    @Test("a family does not grow without end, and wrong labels do no harm")
    func bounded() {
        let registry = MetricsRegistry()
        let family = registry.counter("x_total", "X.", labels: ["line", "event"])
        for number in 0..<3000 { family("l", "e\(number)").increment() }
        family("only-one").increment()
        family("one", "two", "three").increment()
        let lines = registry.text().split(separator: "\n")
        #expect(lines.count == 2 + MetricFamily<Counter>.most + 1)
        #expect(lines.contains("x_total{line=\"other\",event=\"other\"} 2002"))
    }

    @Test("what a library counts through the façade is shown too, bounded, under a name Prometheus takes")
    func others() {
        let registry = MetricsRegistry()
        Counter(label: "http.client-requests", dimensions: [("host.name", "a")], factory: registry).increment(by: 3)
        Timer(label: "2.wait", factory: registry).recordNanoseconds(2_000_000)
        // The same name is the same figure; another kind of it counts by itself.
        Counter(label: "http.client-requests", dimensions: [("host.name", "a")], factory: registry).increment()
        Meter(label: "http.client-requests", factory: registry).set(7)
        for number in 0..<1000 { Counter(label: "n\(number)", factory: registry).increment() }
        let lines = registry.text().split(separator: "\n")
        #expect(lines.contains("http_client_requests{host_name=\"a\"} 4"))
        #expect(lines.contains("_2_wait_sum 0.002") && lines.contains("_2_wait_count 1"))
        #expect(lines.count { $0.hasPrefix("# TYPE") } == 500)
    }

    @Test("counting from many tasks loses nothing")
    func concurrent() async {
        let registry = MetricsRegistry()
        let counter = registry.counter("n_total", "N.")()
        let gauge = registry.gauge("g", "G.")()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    for _ in 0..<1000 {
                        counter.increment()
                        gauge.increment()
                    }
                }
            }
        }
        #expect(registry.text().contains("\nn_total 8000\n"))
        #expect(registry.text().contains("\ng 8000\n"))
    }
}
