import Logging

/// The kinds of PBX there are, as the settings name them.
public enum PBXKind: String, Sendable, CaseIterable {
    case asterisk
    case freeswitch

    /// What it is called in sentences.
    public var title: String {
        switch self {
        case .asterisk: "Asterisk"
        case .freeswitch: "FreeSWITCH"
        }
    }

    /// What speaks for it on the wire, in a word.
    public var interface: String {
        switch self {
        case .asterisk: "AMI"
        case .freeswitch: "Event Socket"
        }
    }

    /// Where it listens unless it is told otherwise.
    public func port(usesTLS: Bool) -> Int {
        switch self {
        case .asterisk: usesTLS ? 5039 : 5038
        // The switch speaks no TLS there; a tunnel in front of it has the port it is given.
        case .freeswitch: 8021
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
        }
    }
}
