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
    public mutating func feed(_ bytes: some Sequence<UInt8>) { decoder.feed(bytes, into: &sink) }

    /// A new connection: what is left of the last one's bytes is dropped, its calls are kept until compared.
    public mutating func beginConnection() {
        decoder = AMIFrameDecoder()
        sink.tracker.beginConnection()
        sink.answers.removeAll()
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
    var counter = AMIEventCounter()
    var collectsLists = false

    mutating func begin(banner: String) { tracker.beginConnection() }

    mutating func take(_ packet: inout AMIFields) {
        let first = packet.name(at: 0)
        guard first == "Event" || packet.index(of: "Event", from: 0) != nil else {
            keep(packet)
            return
        }
        var header = packet
        guard let event = header.value("Event") else { return }
        counter.count(event)
        tracker.receive(&packet)
        if Self.isAnswer(event) {
            keep(packet)
        } else if collectsLists, packet.index(of: "ActionID", from: 0) != nil {
            keep(packet)
        }
    }

    mutating func fault(_ error: AMIFrameError) {
        if faults.count < Self.mostFaults { faults.append(error) }
    }

    private mutating func keep(_ packet: AMIFields) {
        if answers.count < Self.mostAnswers { answers.append(packet.packet) }
    }

    private static func isAnswer(_ event: AMIText) -> Bool {
        switch event.count {
        case 11: event == "FullyBooted"
        case 19: event == "QueueStatusComplete"
        case 24: event == "CoreShowChannelsComplete"
        default: false
        }
    }
}

/// Counts events by name without making a string of each.
struct AMIEventCounter: Sendable {
    /// Asterisk has some 180 events; user-defined names cannot grow the list.
    private static let mostNames = 250

    private var places: [UInt64: Int] = [:]
    private var names: [String] = ["other"]
    private var counts: [Int] = [0]
    private(set) var total = 0
    /// The last name counted: events come in runs.
    private var lastHash: UInt64 = 0
    private var lastPlace = 0

    mutating func count(_ event: AMIText) {
        total += 1
        let hash = event.hash
        if hash != lastHash {
            lastHash = hash
            lastPlace = place(hash, event)
        }
        counts[lastPlace] += 1
    }

    private mutating func place(_ hash: UInt64, _ event: AMIText) -> Int {
        if let known = places[hash] { return known }
        guard names.count < Self.mostNames, event.count <= 64 else { return 0 }
        names.append(event.string)
        counts.append(0)
        places[hash] = names.count - 1
        return names.count - 1
    }

    /// Hands out the counts and begins anew.
    mutating func take(_ body: (_ event: String, _ count: Int) -> Void) {
        for place in counts.indices where counts[place] > 0 {
            body(names[place], counts[place])
            counts[place] = 0
        }
    }
}
