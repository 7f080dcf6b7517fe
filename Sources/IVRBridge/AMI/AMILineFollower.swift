/// The bytes of one line in, changed calls out: decoder and tracker together, without a copy of any event.
public struct AMILineFollower: Sendable {
    private var decoder = AMIFrameDecoder()
    private var sink: Sink

    /// - Parameters:
    ///   - line: the line's name, for its calls.
    ///   - trunks: what channels that lead outside begin with; empty: it is told from the calls.
    ///   - normalise: a number in E.164, nil for what can be none.
    public init(line: String, trunks: [String] = [], normalise: @escaping @Sendable (String) -> String?) {
        sink = Sink(tracker: AMICallTracker(line: line, trunks: trunks, normalise: normalise))
    }

    /// Takes bytes as they were read, however they are cut.
    ///
    /// `now`: the service's clock (microseconds since 1970), by which the PBX's is judged; nil for a recording.
    public mutating func feed(_ bytes: some Sequence<UInt8>, now: Int64? = nil) {
        sink.tracker.now = now
        decoder.feed(bytes, into: &sink)
    }

    /// The phones that belong to somebody: they are the house's, whatever else they look like.
    public mutating func know(extensions: Set<PhoneName.Place>) {
        if sink.tracker.extensions != extensions { sink.tracker.extensions = extensions }
    }

    /// The PBX tells that it has started since the connection before: what it had then is gone by its own doing.
    public mutating func noteRestart() { sink.tracker.noteRestart() }

    /// When the PBX started last (microseconds since 1970), nil while it has not said so.
    var pbxStartedAt: Int64? { sink.tracker.silence.startedAt }

    /// What its queues have counted, for a comparison; nil when they began anew.
    mutating func compareQueues() -> [QueueCount]? { sink.tracker.queues.compared() }

    /// What its queues have counted, where that is another than when this was asked last.
    mutating func takeQueues() -> [QueueCount]? { sink.tracker.queues.takeChanges() }

    /// The version the PBX greeted with, nil before it did or when it named none.
    public var version: AMIVersion? { sink.version }

    /// What its events carry besides what they tell.
    var marks: AMIEventMarks { sink.marks }

    /// Devices of which it cannot be told whether they lead outside.
    public var doubtful: [String] { sink.tracker.doubtful.sorted() }

    /// Takes the time the PBX tells when asked.
    public mutating func judge(clock told: Int64, now: Int64) {
        let isOff = abs(told - now) > AMICallTracker.mostClockError
        sink.tracker.clockError = isOff ? told - now : nil
    }

    /// What an administrator should know of a line that works.
    public var warnings: [String] {
        var warnings: [String] = []
        if let clockError {
            let amount = Self.amount(abs(clockError) / 1_000_000)
            warnings.append(
                "the PBX's clock is \(amount) \(clockError < 0 ? "behind" : "ahead"); calls are dated by this machine's. "
                    + "Let chrony or systemd-timesyncd set it"
            )
        }
        if sink.tracker.queues.isDeaf {
            warnings.append(
                "calls end in its queues and it does not say so; add 'agent' to read in manager.conf. Until then nothing is "
                    + "said of queues where the line was not heard"
            )
        }
        let doubtful = doubtful
        if !doubtful.isEmpty {
            let names = doubtful.prefix(Self.mostNamed).joined(separator: ", ")
            warnings.append(
                "it cannot be told whether \(names) \(doubtful.count == 1 ? "leads" : "lead") outside; name the channels "
                    + "that do under 'trunks' of the line, and give each technician their extension"
            )
        }
        return warnings
    }

    /// Enough to look at; the rest is of the same kind.
    private static let mostNamed = 5

    private static func amount(_ seconds: Int64) -> String {
        switch seconds {
        case ..<7_200: "\(seconds / 60) minutes"
        case ..<172_800: "\(seconds / 3_600) hours"
        case ..<63_072_000: "\(seconds / 86_400) days"
        default: "\(seconds / 31_536_000) years"
        }
    }

    /// By how much the PBX's clock was off (microseconds, ahead is positive) when last noticed, nil while it is right.
    public var clockError: Int64? { sink.tracker.clockError }

    /// A new connection: what is left of the last one's bytes is dropped, its calls are kept until compared.
    public mutating func beginConnection() {
        decoder = AMIFrameDecoder()
        sink.tracker.noteSilence()
        sink.tracker.beginConnection()
        sink.answers.removeAll()
        sink.marks = AMIEventMarks()
        sink.version = nil
    }

    /// The calls that changed since the last time, whole and as they are now, in order of start.
    public mutating func takeChanges() -> [CallSnapshot] { sink.tracker.takeChanges().map(\.call) }

    /// The same with each call's place in the order of starts.
    mutating func takeOrderedChanges() -> [(ordinal: Int, call: CallSnapshot)] { sink.tracker.takeChanges() }

    /// Responses, and the events that end a list or answer an action, since the last time.
    mutating func takeAnswers() -> [AMIPacket] {
        guard !sink.answers.isEmpty else { return [] }
        defer { sink.answers.removeAll(keepingCapacity: true) }
        return sink.answers
    }

    /// What was faulty since the last time.
    public mutating func takeFaults() -> [AMIFrameError] {
        guard !sink.faults.isEmpty else { return [] }
        defer { sink.faults.removeAll(keepingCapacity: true) }
        return sink.faults
    }

    /// How many events of each name came since the last time.
    mutating func takeCounts(_ body: (_ event: String, _ count: Int) -> Void) { sink.counter.take(body) }

    /// Whether items of lists are wanted; looking for them costs every event a search.
    var collectsLists: Bool {
        get { sink.collectsLists }
        set { sink.collectsLists = newValue }
    }

    /// Events taken since the beginning.
    public var events: Int { sink.counter.total }
    /// The keys of the calls that are not over.
    public var liveKeys: Set<String> { sink.tracker.liveKeys }
    /// A call that is not over, as it is now.
    func call(_ key: String) -> CallSnapshot? { sink.tracker.live(key) }
    /// What the PBX has called the phone of an extension last, nil where it was not seen.
    func party(of bare: String) -> String? { sink.tracker.phones[bare] }
    /// The greeting of the PBX.
    public var banner: String? { decoder.banner }
}

/// Gives events to the tracker and keeps what the session waits for.
private struct Sink: AMIFrameSink, Sendable {
    /// Answers come one for each action of ours; a PBX that floods us with them is cut short.
    static let mostAnswers = 20_000
    /// One read holds few faults; a stream of nothing but garbage need not be told in full.
    static let mostFaults = 1_000

    var tracker: AMICallTracker
    var answers: [AMIPacket] = []
    var faults: [AMIFrameError] = []
    var counter = EventCounter()
    var collectsLists = false
    var marks = AMIEventMarks()

    /// What the greeting says.
    var version: AMIVersion? { didSet { isTooOld = version?.trouble != nil } }
    /// A PBX that is too old is not followed at all, as its events would be misread.
    var isTooOld = false

    mutating func begin(banner: String) {
        version = AMIVersion(greeting: banner)
        tracker.beginConnection()
    }

    mutating func take(_ packet: inout AMIFields) {
        let isFirst = packet.name(at: 0) == "Event"
        guard let place = isFirst ? 0 : packet.index(of: "Event", from: 0) else {
            keep(packet)
            return
        }
        let event = packet.text(at: place)
        counter.count(UnsafeBufferPointer(start: event.start, count: event.count))
        if event.count == 10, event == "Newchannel" { look(packet) }
        if !isTooOld { tracker.receive(&packet) }
        if Self.isAnswer(event) {
            keep(packet)
        } else if collectsLists, packet.index(of: "ActionID", from: 0) != nil {
            keep(packet)
        }
    }

    /// A channel's first event carries all that the PBX is set up to add; items of lists never do.
    private mutating func look(_ packet: AMIFields) {
        marks.hasTimes = packet.index(of: "Timestamp", from: 0) != nil
        var place = 0
        var shows = false
        while !shows, let index = packet.index(of: "ChanVariable", from: place) {
            shows = packet.text(at: index).hasPrefix("CALLERID(pres)")
            place = index + 1
        }
        marks.showsPresentation = shows
    }

    mutating func fault(_ error: AMIFrameError) {
        if faults.count < Self.mostFaults { faults.append(error) }
    }

    private mutating func keep(_ packet: AMIFields) {
        if answers.count < Self.mostAnswers { answers.append(packet.packet) }
    }

    private static func isAnswer(_ event: AMIText) -> Bool {
        switch event.count {
        case 9: event == "UserEvent"
        case 11: event == "FullyBooted"
        case 19: event == "QueueStatusComplete"
        case 24: event == "CoreShowChannelsComplete"
        default: false
        }
    }
}
