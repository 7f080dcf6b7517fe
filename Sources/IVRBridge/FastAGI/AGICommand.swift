/// A command for a call, and how long the PBX may take over it.
public struct AGICommand: Sendable, Equatable {
    /// Asterisk 16 reads a line of 2,048 bytes, later ones more; what is longer is cut there.
    public static let longestLine = 2_000
    /// What a command may take besides playing and listening: the PBX's own work and the way there and back.
    static let margin = Duration.seconds(10)
    /// The longest sound anybody plays to a caller in one piece.
    static let longestSound = Duration.seconds(300)

    /// Words that stand as they are: `STREAM FILE`.
    public let name: String
    public let arguments: [Argument]
    /// Until when an answer must have come.
    public let patience: Duration
    /// Whether it does something to the caller's ear or waits for their keys: pointless after a hang-up.
    public let needsCaller: Bool

    /// An argument as Asterisk takes it.
    public enum Argument: Sendable, Equatable {
        /// Quoted, so that blanks and anything else are part of it.
        case text(String)
        case number(Int)
    }

    public init(
        _ name: String,
        _ arguments: [Argument] = [],
        patience: Duration = .zero,
        needsCaller: Bool = false
    ) {
        self.name = name
        self.arguments = arguments
        self.patience = patience + Self.margin
        self.needsCaller = needsCaller
    }

    /// The bytes to send, line end included.
    ///
    /// - Throws: `PhoneCallError`; a value that cannot be sent as it is is not sent.
    public func encoded() throws(PhoneCallError) -> [UInt8] {
        var bytes: [UInt8] = []
        // Nearly every command of a menu fits.
        bytes.reserveCapacity(128)
        bytes.append(contentsOf: name.utf8)
        for argument in arguments {
            bytes.append(UInt8(ascii: " "))
            switch argument {
            case .number(let number): bytes.append(contentsOf: String(number).utf8)
            case .text(let text): try Self.quote(text, name, into: &bytes)
            }
        }
        guard bytes.count < Self.longestLine else { throw .commandTooLong(command: name) }
        bytes.append(0x0A)
        return bytes
    }

    /// Asterisk ends a quoted word at a bare quote and takes the byte after a backslash as it is (res_agi.c, parse_args).
    private static func quote(_ text: String, _ name: String, into bytes: inout [UInt8]) throws(PhoneCallError) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case 0x0A, 0x0D, 0x00: throw .lineBreak(command: name)
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                bytes.append(UInt8(ascii: "\\"))
                bytes.append(byte)
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}

// MARK: - The commands a telephone menu needs

extension AGICommand {
    public static var answer: AGICommand { AGICommand("ANSWER", patience: .seconds(30)) }
    public static var hangUp: AGICommand { AGICommand("HANGUP") }
    public static var noop: AGICommand { AGICommand("NOOP") }
    /// 6 is a channel that is up; the others are in Asterisk's own usage text.
    public static var channelStatus: AGICommand { AGICommand("CHANNEL STATUS") }

    /// A line on the PBX's console.
    public static func verbose(_ text: String, level: Int = 1) -> AGICommand {
        AGICommand("VERBOSE", [.text(text), .number(level)])
    }

    /// A variable or a function without its `${…}`: `CHANNEL(linkedid)`.
    public static func getVariable(_ name: String) -> AGICommand { AGICommand("GET VARIABLE", [.text(name)]) }
    /// An expression with its `${…}`.
    public static func getFullVariable(_ expression: String) -> AGICommand {
        AGICommand("GET FULL VARIABLE", [.text(expression)])
    }
    public static func setVariable(_ name: String, _ value: String) -> AGICommand {
        AGICommand("SET VARIABLE", [.text(name), .text(value)])
    }

    /// Plays a sound (without its suffix) until its end or one of the keys.
    public static func streamFile(_ file: String, escape keys: String = "", offset: Int = 0) -> AGICommand {
        AGICommand(
            "STREAM FILE",
            [.text(file), .text(keys), .number(offset)],
            patience: longestSound,
            needsCaller: true
        )
    }
    /// Plays a sound and waits a while for one of the keys.
    public static func getOption(_ file: String, escape keys: String, timeout: Duration) -> AGICommand {
        AGICommand(
            "GET OPTION",
            [.text(file), .text(keys), .number(milliseconds(timeout))],
            patience: longestSound + timeout,
            needsCaller: true
        )
    }
    /// Plays a sound and collects keys until `#`, the most, or a pause of `timeout`.
    public static func getData(_ file: String, timeout: Duration, most: Int) -> AGICommand {
        AGICommand(
            "GET DATA",
            [.text(file), .number(milliseconds(timeout)), .number(most)],
            patience: longestSound + timeout * max(1, most),
            needsCaller: true
        )
    }
    public static func waitForDigit(_ timeout: Duration) -> AGICommand {
        AGICommand("WAIT FOR DIGIT", [.number(milliseconds(timeout))], patience: timeout, needsCaller: true)
    }

    /// Speaks digits from the PBX's own sounds.
    public static func sayDigits(_ digits: String, escape keys: String = "") -> AGICommand {
        AGICommand("SAY DIGITS", [.text(digits), .text(keys)], patience: longestSound, needsCaller: true)
    }
    public static func sayNumber(_ number: Int, escape keys: String = "") -> AGICommand {
        AGICommand("SAY NUMBER", [.number(number), .text(keys)], patience: longestSound, needsCaller: true)
    }
    /// Keeps what the caller says in a file until one of the keys, the longest time, or so much silence.
    public static func recordFile(
        _ file: String,
        format: String,
        escape keys: String,
        longest: Duration,
        silence: Duration
    ) -> AGICommand {
        AGICommand(
            "RECORD FILE",
            [
                .text(file), .text(format), .text(keys), .number(milliseconds(longest)), .text("BEEP"),
                .text("s=\(silence.components.seconds)"),
            ],
            patience: longest,
            needsCaller: true
        )
    }
    /// Music while something outside is awaited.
    public static func setMusic(_ isOn: Bool, class name: String = "default") -> AGICommand {
        AGICommand("SET MUSIC", [.text(isOn ? "on" : "off"), .text(name)], needsCaller: true)
    }

    /// An application with its options as one argument, as the dialplan would write them.
    public static func exec(_ application: String, _ options: String = "", patience: Duration = .zero) -> AGICommand {
        AGICommand("EXEC", [.text(application), .text(options)], patience: patience)
    }
    public static func setContext(_ context: String) -> AGICommand { AGICommand("SET CONTEXT", [.text(context)]) }
    public static func setExtension(_ exten: String) -> AGICommand { AGICommand("SET EXTENSION", [.text(exten)]) }
    public static func setPriority(_ priority: Int) -> AGICommand { AGICommand("SET PRIORITY", [.number(priority)]) }

    private static func milliseconds(_ duration: Duration) -> Int {
        let (seconds, attoseconds) = duration.components
        return Int(clamping: seconds * 1_000 + attoseconds / 1_000_000_000_000_000)
    }
}
