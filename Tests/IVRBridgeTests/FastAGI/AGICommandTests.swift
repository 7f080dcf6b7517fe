import Testing

@testable import IVRBridge

@Suite("Commands for a call")
struct AGICommandTests {
    /// How Asterisk takes a line apart (res_agi.c, parse_args).
    private static func words(_ line: [UInt8]) -> [[UInt8]] {
        var words: [[UInt8]] = []
        var (quoted, escaped, blank) = (false, false, true)
        for byte in line {
            switch byte {
            case UInt8(ascii: "\"") where !escaped:
                quoted.toggle()
                if quoted, blank {
                    words.append([])
                    blank = false
                }
            case UInt8(ascii: " ") where !quoted && !escaped, UInt8(ascii: "\t") where !quoted && !escaped:
                blank = true
            case UInt8(ascii: "\\") where !escaped: escaped = true
            default:
                if blank {
                    words.append([])
                    blank = false
                }
                words[words.count - 1].append(byte)
                escaped = false
            }
        }
        return words
    }

    private static func line(_ command: AGICommand) throws -> String {
        String(decoding: try command.encoded(), as: UTF8.self)
    }

    @Test("each command is written as Asterisk's usage has it")
    func wording() throws {
        #expect(try Self.line(.answer) == "ANSWER\n")
        #expect(
            try Self.line(.streamFile("calldesk/pt-BR/digit-1", escape: "09#"))
                == "STREAM FILE \"calldesk/pt-BR/digit-1\" \"09#\" 0\n"
        )
        #expect(try Self.line(.waitForDigit(.milliseconds(2500))) == "WAIT FOR DIGIT 2500\n")
        #expect(try Self.line(.getData("beep", timeout: .seconds(8), most: 4)) == "GET DATA \"beep\" 8000 4\n")
        #expect(try Self.line(.getVariable("CHANNEL(linkedid)")) == "GET VARIABLE \"CHANNEL(linkedid)\"\n")
        #expect(
            try Self.line(.setVariable("NAME", "José \"Zé\" \\")) == "SET VARIABLE \"NAME\" \"José \\\"Zé\\\" \\\\\"\n"
        )
        #expect(try Self.line(.exec("UserEvent", "CallDesk,Code:1")) == "EXEC \"UserEvent\" \"CallDesk,Code:1\"\n")
        #expect(
            try Self.line(.recordFile("m", format: "wav", escape: "#", longest: .seconds(60), silence: .seconds(4)))
                == "RECORD FILE \"m\" \"wav\" \"#\" 60000 \"BEEP\" \"s=4\"\n"
        )
    }

    @Test("a value with a line break or NUL is refused, not shortened", arguments: ["a\nHANGUP", "a\rb", "a\0b"])
    func lineBreaks(value: String) {
        #expect(throws: PhoneCallError.lineBreak(command: "SET VARIABLE")) {
            _ = try AGICommand.setVariable("X", value).encoded()
        }
    }

    @Test("a command longer than Asterisk's line is refused")
    func tooLong() {
        #expect(throws: PhoneCallError.commandTooLong(command: "SET VARIABLE")) {
            _ = try AGICommand.setVariable("X", String(repeating: "é", count: 1_100)).encoded()
        }
    }

    @Test("whatever the value, Asterisk reads exactly it and nothing more")
    func roundTrip() throws {
        var random = AGIPieces(seed: 7)
        let letters = ["\"", "\\", " ", "\t", "a", "é", "${X}", "(", ",", "'", "#", "\u{1F600}", "HANGUP"]
        for _ in 0..<2_000 {
            let value = (0..<Int(random.next() % 12)).map { _ in letters[Int(random.next() % UInt64(letters.count))] }
                .joined()
            let bytes = try AGICommand.setVariable("V", value).encoded()
            #expect(bytes.filter { $0 == 0x0A }.count == 1)
            let words = Self.words(bytes.dropLast())
            #expect(words.map { String(decoding: $0, as: UTF8.self) } == ["SET", "VARIABLE", "V", value])
        }
    }

    @Test(
        "addresses are allowed by themselves and by network",
        arguments: [
            ("127.0.0.1", true), ("10.1.2.3", true), ("10.2.0.1", false), ("::ffff:10.1.9.9", true),
            ("fd00::1234", true), ("fe80::1", false), ("", false), ("nonsense", false), ("192.0.2.10", true),
            ("192.0.2.11", false),
        ]
    )
    func allowList(address: String, isAllowed: Bool) throws {
        let list = try MenuAllowList(["127.0.0.1", "10.1.0.0/16", "192.0.2.10", "fd00::/8"])
        #expect(list.allows(address) == isAllowed)
        #expect(!list.allows(nil))
        #expect(MenuAllowList.loopback.allows("::1"))
    }

    @Test(
        "an entry that is no address is named",
        arguments: ["pbx.example", "1.2.3", "1.2.3.4/33", "::1::", "1.2.3.4/x"]
    )
    func noAddress(entry: String) {
        #expect(throws: MenuAllowListError(entry: entry)) { _ = try MenuAllowList(["127.0.0.1", entry]) }
    }
}
