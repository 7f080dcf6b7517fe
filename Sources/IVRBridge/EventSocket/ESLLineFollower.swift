/// The bytes of one connection in, changed calls out: decoder and tracker together, without a copy of any event.
struct ESLLineFollower: Sendable {
    private var decoder = ESLFrameDecoder()
    private var sink: ESLSink

    /// - Parameters:
    ///   - line: the line's name, for its calls.
    ///   - trunks: what legs that lead outside begin with; empty: it is told from the calls.
    ///   - normalise: a number in E.164, nil for what can be none.
    init(line: String, trunks: [String] = [], normalise: @escaping @Sendable (String) -> String?) {
        sink = ESLSink(tracker: ESLCallTracker(line: line, trunks: trunks, normalise: normalise))
    }

    /// When the line was heard last (microseconds since 1970), nil while a recording is read.
    private var heardAt: Int64?

    /// `now`: the service's clock (microseconds since 1970); nil for a recording.
    mutating func feed(_ bytes: some Sequence<UInt8>, now: Int64? = nil) {
        heardAt = now
        decoder.feed(bytes, into: &sink)
    }

    /// The switch says how long it has been up: since when, microseconds since 1970.
    mutating func noteStart(at time: Int64) { sink.tracker.silence.startedAt = time }

    /// The switch says which life of it this is, and not how long it has been up: another one began at `now` at the latest.
    mutating func noteCore(_ life: String, at now: Int64) { sink.tracker.noteCore(life, at: now) }

    /// When the switch started, nil while it has not said so.
    var pbxStartedAt: Int64? { sink.tracker.silence.startedAt }

    /// A new connection: what is left of the last one's bytes is dropped, its calls are kept until compared.
    mutating func beginConnection() {
        sink.tracker.silence = LineSilence(since: heardAt)
        decoder = ESLFrameDecoder()
        sink.tracker.beginConnection()
        sink.replies.removeAll()
        sink.beat = nil
    }

    /// The calls that changed since the last time, whole and as they are now, in order of start.
    mutating func takeChanges() -> [(ordinal: Int, call: CallSnapshot)] { sink.tracker.takeChanges() }

    mutating func takeReplies() -> [ESLReply] {
        defer { sink.replies.removeAll() }
        return sink.replies
    }

    mutating func takeFaults() -> [ESLFrameError] {
        defer { sink.faults.removeAll() }
        return sink.faults
    }

    /// How many events of each name came since the last time.
    mutating func takeCounts(_ body: (_ event: String, _ count: Int) -> Void) { sink.counter.take(body) }

    /// How many sessions the switch said it has, where that is not what is known here; told once.
    mutating func takeDisagreement() -> Int? {
        defer { sink.beat = nil }
        return sink.beat
    }

    /// Compares with what the switch lists; false where the listing cannot be read.
    mutating func compare(channels: [UInt8], calls: [UInt8]) -> Bool {
        sink.tracker.compare(channels: channels, calls: calls)
    }

    /// What is known of the calls, for tests of the bounds.
    var tracker: ESLCallTracker { sink.tracker }
    var events: Int { sink.counter.total }
    var liveKeys: Set<String> { sink.tracker.liveKeys }
    func live(_ key: String) -> (call: CallSnapshot, other: String?)? { sink.tracker.live(key) }
}

/// Gives events to the tracker and keeps what the session waits for.
private struct ESLSink: ESLFrameSink, Sendable {
    /// One reply comes for each command of ours; a switch that floods us with them is cut short.
    static let mostReplies = 10_000
    static let mostFaults = 1_000

    var tracker: ESLCallTracker
    var replies: [ESLReply] = []
    var faults: [ESLFrameError] = []
    var counter = EventCounter()
    var beat: Int?

    mutating func wants(_ name: UnsafeBufferPointer<UInt8>) -> Bool {
        guard ESLCallTracker.wants(name) else {
            counter.count(name)
            return false
        }
        return true
    }

    mutating func take(_ event: ESLEvent) {
        if let name = event.raw(.eventName) { counter.count(name) }
        tracker.receive(event)
        guard event.has(.eventName, "HEARTBEAT"), let sessions = event.integer(.sessionCount) else { return }
        beat = sessions == tracker.liveLegs ? nil : Int(sessions)
    }

    mutating func take(_ reply: ESLReply) {
        if replies.count < Self.mostReplies { replies.append(reply) }
    }

    mutating func fault(_ error: ESLFrameError) {
        if faults.count < Self.mostFaults { faults.append(error) }
    }
}
