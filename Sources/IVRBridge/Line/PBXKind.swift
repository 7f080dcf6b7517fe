import Logging

/// The kinds of PBX there are, as the settings name them.
public enum PBXKind: Sendable, Hashable {
    case asterisk
    case freeswitch
    /// One that reports its calls by webhooks: `hook-cti`, `hook-twilio`, …
    case hook(HookKind)

    /// What it is called in sentences.
    public var title: String {
        switch self {
        case .asterisk: "Asterisk"
        case .freeswitch: "FreeSWITCH"
        case .hook(let kind): kind.title
        }
    }

    /// What speaks for it on the wire, in a word.
    public var interface: String {
        switch self {
        case .asterisk: "AMI"
        case .freeswitch: "Event Socket"
        case .hook: "webhook"
        }
    }

    /// The sender of its webhooks; nil for a PBX that is connected to.
    public var hook: HookKind? { if case .hook(let kind) = self { kind } else { nil } }

    /// The kinds that are connected to.
    public static let connected: [PBXKind] = [.asterisk, .freeswitch]

    /// Where it listens unless it is told otherwise.
    public func port(usesTLS: Bool) -> Int {
        switch self {
        case .asterisk: usesTLS ? 5039 : 5038
        // The switch speaks no TLS there; a tunnel in front of it has the port it is given.
        case .freeswitch: 8021
        // It connects to us.
        case .hook: 0
        }
    }

    /// Makes a line to a PBX of this kind; it does nothing before it is run.
    public func line(
        to address: PBXAddress,
        normalise: @escaping @Sendable (String) -> String?,
        sinks: LineSinks,
        logger: Logger,
        pace: LinePace = LinePace()
    ) -> any PBXLine {
        switch self {
        case .asterisk:
            AMIClient(line: address, normalise: normalise, sinks: sinks, logger: logger, pace: pace)
        case .freeswitch:
            ESLClient(line: address, normalise: normalise, sinks: sinks, logger: logger, pace: pace)
        case .hook(let kind):
            HookLine(line: address, kind: kind, normalise: normalise, sinks: sinks, pace: pace)
        }
    }
}

extension PBXKind: RawRepresentable, CaseIterable {
    private static let prefix = "hook-"

    public init?(rawValue: String) {
        switch rawValue {
        case "asterisk": self = .asterisk
        case "freeswitch": self = .freeswitch
        case _ where rawValue.hasPrefix(Self.prefix):
            guard let kind = HookKind(rawValue: String(rawValue.dropFirst(Self.prefix.count))) else { return nil }
            self = .hook(kind)
        default: return nil
        }
    }

    public var rawValue: String {
        switch self {
        case .asterisk: "asterisk"
        case .freeswitch: "freeswitch"
        case .hook(let kind): Self.prefix + kind.rawValue
        }
    }

    public static var allCases: [PBXKind] { connected + HookKind.allCases.map(PBXKind.hook) }
}
