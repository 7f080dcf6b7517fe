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

    /// Its files that are shipped filled in from the settings; nil for a kind without a dialplan of its own.
    public var dialplan: PBXDialplan? {
        switch self {
        case .asterisk:
            PBXDialplan(
                files: ["extensions-calldesk.conf", "manager-calldesk.conf", "queues-calldesk.conf"],
                isXML: false
            )
        case .freeswitch:
            PBXDialplan(
                files: [
                    "calldesk.xml", "calldesk-menu.xml", "calldesk-outgoing.xml", "event_socket.conf.xml",
                    "xml_cdr.conf.xml",
                ],
                isXML: true
            )
        case .hook: nil
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

/// The files of a kind of PBX that are shipped.
public struct PBXDialplan: Sendable {
    /// In the order they are explained.
    public var files: [String]
    /// Whether they are XML; else a semicolon begins a comment unless escaped.
    public var isXML: Bool

    /// The line that stands above a file where several are printed.
    public func title(_ file: String) -> String { isXML ? "<!-- ==> \(file) -->" : "; ==> \(file)" }

    /// A value as it may stand in them: it ends no line, no comment and no attribute.
    public func escaped(_ value: String) -> String {
        if isXML { return XMLText.escaped(value) }
        // By bytes, as the PBX reads: a semicolon with a combining mark behind it is a semicolon.
        let bytes = value.utf8.flatMap { $0 == UInt8(ascii: "\\") || $0 == UInt8(ascii: ";") ? [0x5C, $0] : [$0] }
        return String(decoding: bytes, as: UTF8.self)
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
