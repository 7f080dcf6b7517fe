/// How a line is doing.
public struct LineStatus: Sendable, Equatable {
    public var isConnected: Bool
    /// What is wrong and what to do, nil while it works.
    public var trouble: String?
    /// What an administrator should know of a line that works: a clock that is off, channels that cannot be told apart.
    public var warnings: [String] = []
    /// Channels of which it cannot be told whether they lead outside.
    public var doubtful: [String] = []
    /// What the PBX is: `Asterisk 16.28.0`; nil until it has said so.
    public var product: String?
    /// Events and bytes taken since the service started.
    public var events: Int
    public var bytes: Int
    /// When the PBX said something last (microseconds since 1970), nil while it has not: nothing before it was missed.
    public var heardAt: Int64?

    public init(isConnected: Bool = false, trouble: String? = nil, events: Int = 0, bytes: Int = 0) {
        self.isConnected = isConnected
        self.trouble = trouble
        self.events = events
        self.bytes = bytes
    }
}

/// What a comparison with the PBX showed.
public struct LineComparison: Sendable, Equatable {
    /// The calls that are there.
    public var keys: Set<String>
    /// When the PBX started last by this machine's clock (microseconds since 1970), nil where it does not say.
    public var pbxStartedAt: Int64?

    /// What its queues have counted when it was heard again, or now when it was all the time; nil where it does not count
    /// or has begun anew.
    public var queues: [QueueCount]?

    public init(keys: Set<String>, pbxStartedAt: Int64? = nil, queues: [QueueCount]? = nil) {
        self.keys = keys
        self.pbxStartedAt = pbxStartedAt
        self.queues = queues
    }
}

/// What a line tells; every closure returns at once, so that the PBX is never kept waiting.
public struct LineSinks: Sendable {
    public var signal: @Sendable (CallSignal) -> Void
    /// After each (re)connection: every call the PBX still has.
    public var resynchronised: @Sendable (_ line: String, _ there: LineComparison) -> Void
    /// What all queues of a line have counted, whenever one has counted on.
    public var queues: @Sendable (_ line: String, [QueueCount]) -> Void
    public var status: @Sendable (_ line: String, LineStatus) -> Void
    public var counted: @Sendable (_ line: String, _ event: String) -> Void
    /// Bytes of one read.
    public var read: @Sendable (_ line: String, _ bytes: Int) -> Void
    /// What keeps the bytes of each line, by its name.
    public var tapes: [String: LineTape]

    public init(
        signal: @escaping @Sendable (CallSignal) -> Void,
        resynchronised: @escaping @Sendable (_ line: String, _ there: LineComparison) -> Void = { _, _ in },
        queues: @escaping @Sendable (_ line: String, [QueueCount]) -> Void = { _, _ in },
        status: @escaping @Sendable (_ line: String, LineStatus) -> Void = { _, _ in },
        counted: @escaping @Sendable (_ line: String, _ event: String) -> Void = { _, _ in },
        read: @escaping @Sendable (_ line: String, _ bytes: Int) -> Void = { _, _ in },
        tapes: [String: LineTape] = [:]
    ) {
        self.signal = signal
        self.resynchronised = resynchronised
        self.queues = queues
        self.status = status
        self.counted = counted
        self.read = read
        self.tapes = tapes
    }
}
