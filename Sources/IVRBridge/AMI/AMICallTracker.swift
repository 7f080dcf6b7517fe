/// Turns the packets of one line into calls: pure, bounded, and the same whatever is repeated or begins in mid-stream.
///
/// A call is everything that shares a Linkedid; the caller's channel is the one whose Uniqueid is the Linkedid. Who
/// talks is read from bridges (through Local pairs), who answered from `DialEnd`, never from causes. Channel names come
/// again after each restart of the PBX and are never a key.
public struct AMICallTracker: Sendable {
    /// More channels than one Asterisk carries; beyond it the oldest calls are let go.
    static let mostChannels = 60_000
    /// More calls than one Asterisk carries; beyond it the oldest are let go.
    static let mostCalls = 20_000
    /// One call rings many phones, again and again in a queue; beyond this its oldest finished channels are forgotten.
    static let mostChannelsOfCall = 256
    /// Finished calls kept so that late and repeated events find them; Asterisk's come within a second.
    static let mostEnded = 1_000
    /// Parties listed, transfers listed, variables kept for one call: more tell nobody anything.
    static let mostOffered = 100
    static let mostTransfers = 50
    static let mostVariables = 32
    /// Devices of which it is remembered whether they are phones of the house; a house has fewer.
    static let mostDevices = 10_000
    /// Clocks that are set by the network differ by milliseconds, and a busy reader is seconds late, never a minute.
    static let mostClockError: Int64 = 60_000_000
    /// Devices of which it could not be told; an administrator reads a few of them.
    static let mostDoubtful = 20

    let line: String
    let normalise: @Sendable (String) -> String?

    var channels: [AMIChannel] = []
    var freeChannels: [Int] = []
    var channelIndex: [String: Int] = [:]
    var calls: [AMICall] = []
    var freeCalls: [Int] = []
    var callIndex: [String: Int] = [:]
    /// Channels in each bridge.
    var bridges: [UInt64: [Int]] = [:]
    /// Halves of Local pairs whose other half was not seen yet, by name.
    var localHalves: [String: Int] = [:]
    /// Devices that showed whether they are phones of the house.
    var devices: [String: Bool] = [:]
    /// What the phone of each bare extension was called last: `1001` is `SIP/1001`.
    var phones: [String: String] = [:]
    /// Devices of which it cannot be told whether they are.
    var doubtful: Set<String> = []
    /// Calls that changed since they were last asked for.
    var changed: [Int] = []
    /// Calls that ended, oldest first, with the ordinal they had.
    var ended: [(call: Int, ordinal: Int)] = []
    /// Calls that were let go for want of room, as they were last.
    var farewells: [(ordinal: Int, call: CallSnapshot)] = []
    var nextOrdinal = 0
    var nextEntry = 0

    /// Counts listings of channels: a channel missing from two of them, or from the first of a connection, is gone.
    var listing = 0
    var isFirstListing = false
    /// The PBX is known to have started since the last connection.
    var hasRestarted = false
    /// How long the PBX said it was up, in seconds.
    var uptime: Int64?
    /// No machine runs for a century.
    static let longestUptime: Int64 = 100 * 366 * 86_400
    /// What the line's queues have counted.
    var queues = AMIQueueTally()
    /// The time before this connection.
    var silence = LineSilence()

    /// The service's clock, microseconds since 1970; nil while a recording is read.
    var now: Int64?
    /// By how much the PBX's clock was off when that was last noticed.
    var clockError: Int64?

    /// What channels that lead outside begin with, where the administrator said so.
    let trunks: [String]
    /// Phones that belong to somebody: whatever else they look like, they are the house's.
    var extensions: Set<PhoneName.Place> = [] {
        didSet {
            mapped = [:]
            doubtful = doubtful.filter { !isMapped($0) }
        }
    }
    /// Parties that were looked up among them, as channels come with few names again and again.
    private var mapped: [String: Bool] = [:]

    public init(
        line: String,
        trunks: [String] = [],
        normalise: @escaping @Sendable (String) -> String?
    ) {
        self.line = line
        self.trunks = trunks
        self.normalise = normalise
    }

    /// Whether a party is a phone that belongs to somebody.
    mutating func isMapped(_ party: String) -> Bool {
        guard !extensions.isEmpty else { return false }
        if let known = mapped[party] { return known }
        let isMapped = PhoneName(party).places(line: line).contains { extensions.contains($0) }
        if mapped.count < Self.mostDevices { mapped[party] = isMapped }
        return isMapped
    }

    /// Takes a packet and returns the calls it changed, as they are now.
    public mutating func receive(_ packet: AMIPacket) -> [CallSnapshot] {
        packet.withFields { fields in receive(&fields) }
        return takeChanges().map(\.call)
    }

    /// The calls that changed since the last time, as they are now, in order of start.
    mutating func takeChanges() -> [(ordinal: Int, call: CallSnapshot)] {
        guard !changed.isEmpty else { return [] }
        var result = farewells
        farewells.removeAll()
        result.reserveCapacity(result.count + changed.count)
        for index in changed where calls[index].isChanged && !calls[index].isFree {
            calls[index].isChanged = false
            result.append((calls[index].ordinal, calls[index].snapshot))
        }
        changed.removeAll(keepingCapacity: true)
        forgetOldEnded()
        if result.count > 1 { result.sort { $0.ordinal < $1.ordinal } }
        return result
    }

    /// Takes an event; what it changed waits in `takeChanges`.
    mutating func receive(_ fields: inout AMIFields) {
        guard let name = fields.value("Event"), let event = AMIEvent(name) else { return }
        switch event {
        case .newChannel: newChannel(&fields)
        case .newState: newState(&fields)
        case .localBridge: localBridge(&fields)
        case .rename: rename(&fields)
        case .newCallerID: newCallerID(&fields)
        case .spyStart: spyStart(&fields)
        case .conferenceJoin: conferenceJoin(&fields)
        case .conferenceLeave: bridgeLeave(&fields)
        case .dialBegin: dialBegin(&fields)
        case .dialState: dialState(&fields)
        case .dialEnd: dialEnd(&fields)
        case .originateResponse: originateResponse(&fields)
        case .pickup: pickup(&fields)
        case .queueJoin: queueJoin(&fields)
        case .queueLeave: queueLeave(&fields, gaveUp: false)
        case .queueAbandon:
            queues.abandoned(fields)
            queueLeave(&fields, gaveUp: true)
        case .agentConnect: agentConnect(&fields)
        case .agentComplete:
            queues.answered(fields)
            agentComplete(&fields)
        case .bridgeEnter: bridgeEnter(&fields)
        case .bridgeLeave: bridgeLeave(&fields)
        case .hold: hold(&fields, isHeld: true)
        case .unhold: hold(&fields, isHeld: false)
        case .blindTransfer: blindTransfer(&fields)
        case .attendedTransfer: attendedTransfer(&fields)
        case .hangupRequest: hangupRequest(&fields)
        case .softHangupRequest: softHangupRequest(&fields)
        case .hangup: hangup(&fields)
        case .shutdown: loseAll(at: time(fields))
        case .variableSet: variableSet(&fields)
        case .callDetail: callDetail(&fields)
        case .newExtension: newExtension(&fields)
        case .agiStart: agiStart(&fields)
        case .userEvent: userEvent(&fields)
        case .channelShown: channelShown(&fields)
        case .channelsShown: channelsShown(at: time(fields))
        case .queueEntry: queueEntry(&fields)
        case .queueShown: queues.listed(fields)
        case .fullyBooted: fullyBooted(&fields)
        }
    }

    /// Every call that is still known, in order of start.
    public var all: [CallSnapshot] {
        calls.filter { !$0.isFree }.sorted { $0.ordinal < $1.ordinal }.map(\.snapshot)
    }

    /// The keys of the calls that are not over.
    public var liveKeys: Set<String> {
        Set(calls.lazy.filter { !$0.isFree && !$0.snapshot.isEnded }.map(\.snapshot.key))
    }

    /// A call that is not over, as it is now.
    func live(_ key: String) -> CallSnapshot? {
        guard let place = callIndex[key], !calls[place].isFree, !calls[place].snapshot.isEnded else { return nil }
        let call = calls[place].snapshot
        return call.key == key || call.absorbed.contains(key) ? call : nil
    }

    /// Calls and channels held, for tests of the bounds.
    var held: (calls: Int, channels: Int) { (calls.count - freeCalls.count, channels.count - freeChannels.count) }

    /// Notes that a call's snapshot is another now.
    @inline(__always)
    mutating func change(_ call: Int) {
        guard !calls[call].isChanged else { return }
        calls[call].isChanged = true
        changed.append(call)
    }

    // MARK: - Values

    /// When an event happened, microseconds since 1970; nil without `timestampevents`.
    ///
    /// A clock that is far off tells nothing but that it is: what it says is replaced by when the event was read.
    mutating func time(_ fields: AMIFields) -> Int64? {
        guard let told = Self.timestamp(fields), let now else { return Self.timestamp(fields) }
        guard abs(told - now) > Self.mostClockError else {
            clockError = nil
            return told
        }
        clockError = told - now
        return now
    }

    /// `Timestamp: epoch.micro`, which stands early in an event or not at all.
    private static func timestamp(_ fields: AMIFields) -> Int64? {
        guard let text = fields.early("Timestamp", within: 6), let dot = text.firstIndex(of: UInt8(ascii: ".")),
            let seconds = text.keeping(dot).integer, (0...99_999_999_999).contains(seconds)
        else { return nil }
        let digits = text.dropping(dot + 1).keeping(6)
        guard var fraction = digits.integer, fraction >= 0 else { return nil }
        for _ in digits.count..<6 { fraction *= 10 }
        return seconds * 1_000_000 + fraction
    }
}
