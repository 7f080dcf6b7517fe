import Foundation

/// Where a line's PBX is and how to sign in.
public struct AMILine: Sendable {
    public var name: String
    public var host: String
    public var port: Int
    public var user: String
    public var secret: String
    public var usesTLS: Bool
    /// A certificate authority of one's own instead of the system's.
    public var authority: String?
    /// What channels that lead outside are called or begin with, as `PJSIP/operadora`; empty: it is told from the calls.
    public var trunks: [String]
    /// What is dialled before numbers outside.
    public var dialPrefix: String

    public init(
        name: String,
        host: String,
        port: Int,
        user: String,
        secret: String,
        usesTLS: Bool = false,
        authority: String? = nil,
        trunks: [String] = [],
        dialPrefix: String = ""
    ) {
        self.name = name
        self.host = host
        self.port = port
        self.user = user
        self.secret = secret
        self.usesTLS = usesTLS
        self.authority = authority
        self.trunks = trunks
        self.dialPrefix = dialPrefix
    }
}

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

    public init(isConnected: Bool = false, trouble: String? = nil, events: Int = 0, bytes: Int = 0) {
        self.isConnected = isConnected
        self.trouble = trouble
        self.events = events
        self.bytes = bytes
    }
}

/// What a line tells; every closure returns at once, so that the PBX is never kept waiting.
public struct LineSinks: Sendable {
    public var signal: @Sendable (CallSignal) -> Void
    /// After each (re)connection: every call the PBX still has.
    public var resynchronised: @Sendable (_ line: String, _ keys: Set<String>) -> Void
    public var status: @Sendable (_ line: String, LineStatus) -> Void
    public var counted: @Sendable (_ line: String, _ event: String) -> Void
    /// Bytes of one read.
    public var read: @Sendable (_ line: String, _ bytes: Int) -> Void

    public init(
        signal: @escaping @Sendable (CallSignal) -> Void,
        resynchronised: @escaping @Sendable (_ line: String, _ keys: Set<String>) -> Void = { _, _ in },
        status: @escaping @Sendable (_ line: String, LineStatus) -> Void = { _, _ in },
        counted: @escaping @Sendable (_ line: String, _ event: String) -> Void = { _, _ in },
        read: @escaping @Sendable (_ line: String, _ bytes: Int) -> Void = { _, _ in }
    ) {
        self.signal = signal
        self.resynchronised = resynchronised
        self.status = status
        self.counted = counted
        self.read = read
    }
}

/// The times a line keeps, and the chance in its pauses.
public struct LinePace: Sendable {
    /// Silence is normal for a PBX, so it is asked; Asterisk itself never asks.
    public var ping = Duration.seconds(15)
    /// How long login, ping or action may go unanswered.
    public var answer = Duration.seconds(10)
    public var firstPause = Duration.milliseconds(100)
    public var longestPause = Duration.seconds(30)
    /// After a refused login: the PBX logs each try, and tools that watch its log lock out who tries too often.
    public var refusedPause = Duration.seconds(5)
    /// A connection that lasted this long was a good one: the next break begins with a short pause again.
    public var healthy = Duration.seconds(60)
    /// How often the PBX is asked for its channels, so that a call whose end was lost does not stay for ever.
    public var comparison = Duration.seconds(300)
    /// How soon it is asked again while it is starting and cannot say yet.
    public var startingUp = Duration.seconds(1)
    /// How often the above are looked at.
    public var tick = Duration.milliseconds(250)
    /// The service's clock, microseconds since 1970.
    public var now: @Sendable () -> Int64 = { Int64(Date.now.timeIntervalSince1970 * 1_000_000) }
    /// A share of a pause: with full jitter many desks do not come back in step.
    public var jitter: @Sendable () -> Double = { Double.random(in: 0...1) }

    public init() {}
}
