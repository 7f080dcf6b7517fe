/// What is asked of a FreeSWITCH for one call over its outbound socket.
public struct ESLMenuCommand: MenuCommand, Equatable {
    /// No dialplan of ours needs more, and a forged name no more either.
    static let longest = 2_000
    /// The switch's own work and the way there and back.
    private static let margin = Duration.seconds(10)
    /// The longest sound anybody plays to a caller in one piece.
    private static let longestSound = Duration.seconds(300)

    public let name: String
    public let patience: Duration
    public let needsCaller: Bool
    private let lines: [String]

    private init(_ name: String, _ lines: [String], patience: Duration = .zero, needsCaller: Bool = false) {
        self.name = name
        self.lines = lines
        self.patience = patience + Self.margin
        self.needsCaller = needsCaller
    }

    /// An application of the dialplan; answered when it is over.
    public static func execute(
        _ application: String,
        _ argument: String = "",
        patience: Duration = .zero,
        needsCaller: Bool = false
    ) -> ESLMenuCommand {
        var lines = ["sendmsg", "call-command: execute", "execute-app-name: \(application)"]
        // The switch would put variables of its own in place of `${…}`, whoever wrote it.
        let plain = String(String.UnicodeScalarView(argument.unicodeScalars.filter { $0 != "$" }))
        if !argument.isEmpty { lines.append("execute-app-arg: \(plain)") }
        return ESLMenuCommand(application, lines + ["event-lock: true"], patience: patience, needsCaller: needsCaller)
    }

    public static var answer: ESLMenuCommand { execute("answer") }
    public static func set(_ name: String, _ value: String) -> ESLMenuCommand { execute("set", "\(name)=\(value)") }
    public static func playback(_ file: String) -> ESLMenuCommand {
        execute("playback", file, patience: longestSound, needsCaller: true)
    }

    /// Waits for one key of any kind; the variable is set when there was one.
    ///
    /// Nothing is said before or after; no key ends the collecting but the one that is waited for.
    public static func waitForKey(_ timeout: Duration, into variable: String) -> ESLMenuCommand {
        let (seconds, attoseconds) = timeout.components
        let milliseconds = Int(clamping: seconds * 1_000 + attoseconds / 1_000_000_000_000_000)
        let silence = "silence_stream://10"
        return execute(
            "play_and_get_digits",
            "1 1 1 \(milliseconds) none \(silence) \(silence) \(variable) [0-9*#]",
            patience: timeout,
            needsCaller: true
        )
    }

    /// `cause`: why, in the words of Q.850: `CALL_REJECTED`.
    public static func hangUp(_ cause: String) -> ESLMenuCommand {
        ESLMenuCommand("hangup", ["sendmsg", "call-command: hangup", "hangup-cause: \(cause)"])
    }

    /// A variable of the channel.
    public static func variable(_ name: String) -> ESLMenuCommand { ESLMenuCommand("getvar", ["getvar \(name)"]) }
    /// The dialplan goes on when the connection ends.
    public static var resume: ESLMenuCommand { ESLMenuCommand("resume", ["resume"]) }
    /// A command of the whole switch; needs `full` in the dialplan.
    public static func api(_ command: String) -> ESLMenuCommand { ESLMenuCommand("api", ["api \(command)"]) }

    public func encoded() throws(PhoneCallError) -> [UInt8] {
        for line in lines where line.utf8.contains(where: { $0 == 0x0A || $0 == 0x0D || $0 == 0 }) {
            throw .lineBreak(command: name)
        }
        let bytes = Array((lines.joined(separator: "\n") + "\n\n").utf8)
        guard bytes.count <= Self.longest else { throw .commandTooLong(command: name) }
        return bytes
    }
}

/// A FreeSWITCH's answer to one command.
public struct ESLMenuReply: Sendable, Equatable {
    /// `+OK…`, `-ERR…`, or a value.
    public var text: String

    /// The value asked for; nil when there is none.
    var value: String? { text.isEmpty || text.hasPrefix("-ERR") || text == "_undef_" ? nil : text }
}
