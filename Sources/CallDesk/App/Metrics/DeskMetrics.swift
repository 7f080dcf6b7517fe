import CoreMetrics

/// The service's figures by the names monitoring relies on (docs/operations.md); hand the ones needed to each part.
struct DeskMetrics: Sendable {
    // {line, event}
    let pbxEvents: MetricFamily<Counter>
    /// {line}: 1 while logged in.
    let pbxConnected: MetricFamily<Meter>
    // {line}
    let pbxBytes: MetricFamily<Counter>
    // {outcome}
    let calls: MetricFamily<Counter>
    /// From bytes read off the PBX to bytes written to the browser.
    let popSeconds: Recorder
    /// Calls the database refused by themselves, and how many of them still wait.
    let callsSetAside: Counter
    let callsAside: Meter
    let agiSessions: Meter
    /// Times a caller did not hear a sound of the menu, as the PBX has none by that name.
    let agiMissingSounds: Counter
    // {channel}
    let tickets: MetricFamily<Counter>
    let writeBatchSize: Recorder
    let commitSeconds: Recorder
    // {channel, state}
    let notices: MetricFamily<Counter>
    /// {channel}: age of the oldest that waits.
    let noticeAge: MetricFamily<Meter>
    /// {channel, hand}: where the notices are that this node has in hand.
    let noticeHands: MetricFamily<Meter>
    let liveStreams: Meter
    // {outcome}
    let mailsIn: MetricFamily<Counter>

    init(_ registry: MetricsRegistry) {
        pbxEvents = registry.counter(
            "calldesk_pbx_events_total",
            "Events read from the PBX.",
            labels: ["line", "event"]
        )
        pbxConnected = registry.gauge("calldesk_pbx_connected", "1 while the PBX line is logged in.", labels: ["line"])
        pbxBytes = registry.counter("calldesk_pbx_bytes_total", "Bytes read from the PBX.", labels: ["line"])
        calls = registry.counter("calldesk_calls_total", "Calls that ended, by what they came to.", labels: ["outcome"])
        callsSetAside = registry.counter(
            "calldesk_calls_set_aside_total",
            "Times the database refused a call by itself; it is kept and tried again, the others go on."
        )()
        callsAside = registry.gauge("calldesk_calls_set_aside", "Calls that wait to be recorded after a refusal.")()
        popSeconds = registry.histogram(
            "calldesk_pop_seconds",
            "From bytes read from the PBX to bytes written to the browser.",
            bounds: [0.0005, 0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5]
        )()
        agiSessions = registry.gauge("calldesk_agi_sessions", "Callers in the voice menu now.")()
        agiMissingSounds = registry.counter(
            "calldesk_agi_missing_sounds_total",
            "Sounds of the menu that the PBX did not find when they were to be played."
        )()
        tickets = registry.counter("calldesk_tickets_total", "Tickets opened, by channel.", labels: ["channel"])
        writeBatchSize = registry.histogram(
            "calldesk_write_batch_size",
            "Writes that shared one commit.",
            bounds: [1, 2, 4, 8, 16, 32, 64, 128, 256]
        )()
        commitSeconds = registry.histogram(
            "calldesk_commit_seconds",
            "Time of one durable commit, or until it was refused.",
            // Up to what a write waits for a database that is away: the alarm stands at a second.
            bounds: [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.25, 1, 2.5, 5, 10, 30]
        )()
        notices = registry.counter(
            "calldesk_notices_total",
            "E-mails and SMS settled, by channel and state.",
            labels: ["channel", "state"]
        )
        noticeAge = registry.gauge(
            "calldesk_notice_age_seconds",
            "Age of the oldest notice that waits.",
            labels: ["channel"]
        )
        noticeHands = registry.gauge(
            "calldesk_notices_in_hand",
            "Notices claimed and waiting for a connection, with the peer, and waiting to be written down as settled.",
            labels: ["channel", "hand"]
        )
        mailsIn = registry.counter(
            "calldesk_mails_in_total",
            "E-mails read, by what came of them.",
            labels: ["outcome"]
        )
        liveStreams = registry.gauge("calldesk_live_streams", "Open event streams.")()
    }
}

/// What the HTTP server counts about itself.
struct HTTPMetrics: Sendable {
    private let classes: [Counter]
    private let seconds: Recorder

    init(_ registry: MetricsRegistry) {
        let family = registry.counter(
            "calldesk_http_requests_total",
            "HTTP requests by status class.",
            labels: ["status"]
        )
        classes = (1...5).map { family("\($0)xx") }
        seconds = registry.histogram(
            "calldesk_http_seconds",
            "Time to the head of an HTTP answer.",
            bounds: [0.0005, 0.001, 0.002, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5]
        )()
    }

    func record(status: Int, time: Duration) {
        classes[min(max(status / 100, 1), 5) - 1].increment()
        seconds.record(time)
    }
}
