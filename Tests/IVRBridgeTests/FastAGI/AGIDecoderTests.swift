import Foundation
import Testing

@testable import IVRBridge

@Suite("What a PBX sends by AGI")
struct AGIDecoderTests {
    static func recorded(_ version: Int) throws -> [UInt8] {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Fixtures/agi")
        return [UInt8](try Data(contentsOf: folder.appending(path: "\(version)-g-agi.raw")))
    }

    static func events(_ pieces: [[UInt8]]) throws -> [AGIEvent] {
        var decoder = AGIDecoder()
        var events: [AGIEvent] = []
        for piece in pieces { try decoder.feed(piece) { events.append($0) } }
        return events
    }

    private static func replies(_ text: String) throws -> [AGIEvent] {
        Array(try events([Array("agi_network: yes\n\n\(text)".utf8)]).dropFirst())
    }

    private static func success(_ result: String, _ data: String? = nil, endpos: Int? = nil) -> AGIEvent {
        .reply(.success(result: result, data: data, endpos: endpos))
    }

    @Test("a recorded dialogue of Asterisk is read answer by answer", arguments: [16, 22])
    func dialogue(version: Int) throws {
        let events = try Self.events([Self.recorded(version)])
        guard case .environment(let environment)? = events.first else {
            Issue.record("no environment")
            return
        }
        #expect(environment.request == ScriptRequest("menu?lang=pt"))
        #expect(environment.request.path == "menu")
        #expect(environment.request.query == ["lang": "pt"])
        #expect(environment.callerNumber == "11987654321")
        #expect(environment.callerName == "Maria Silva")
        #expect(environment.dialled == "6000")
        #expect(environment.argument(2) == "dois, três")
        #expect(environment["accountcode"] == "")
        let answers = events.dropFirst().map { event in
            if case .reply(let reply) = event { reply } else { AGIReply.deadChannel }
        }
        #expect(
            answers.map(\.code) == [200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200]
                + [200, 520, 510, 200, 200]
        )
        #expect(answers[3] == .success(result: "1", data: "Maria Silva", endpos: nil))
        #expect(answers[5] == .success(result: "1234", data: nil, endpos: nil))
        #expect(answers[7] == .success(result: "", data: "timeout", endpos: nil))
        #expect(answers[11] == .success(result: "1", data: "José \"Zé\" Conceição", endpos: nil))
        if case .usage(let lines) = answers[16] {
            #expect(lines.count == 2)
            #expect(lines.first == "Invalid command syntax.  Proper usage follows:")
        } else {
            Issue.record("no usage")
        }
    }

    @Test("every split point gives the same events", arguments: [16, 22])
    func everySplit(version: Int) throws {
        let bytes = try Self.recorded(version)
        let whole = try Self.events([bytes])
        for split in bytes.indices {
            #expect(try Self.events([Array(bytes[..<split]), Array(bytes[split...])]) == whole, "split at \(split)")
        }
        #expect(try Self.events(bytes.map { [$0] }) == whole)
    }

    @Test("a hang-up is heard before, after and glued to an answer")
    func hangUps() throws {
        #expect(try Self.replies("HANGUP\n200 result=-1\n") == [.hangUp, Self.success("-1")])
        #expect(try Self.replies("200 result=1 (x)\nHANGUP\n") == [Self.success("1", "x"), .hangUp])
        #expect(try Self.replies("HANGUP200 result=0\n") == [.hangUp, Self.success("0")])
        #expect(try Self.replies("200 result=0HANGUP\n") == [Self.success("0"), .hangUp])
        #expect(
            try Self.replies("520-Usage\nHANGUP\nmore\n520 End of proper usage.\n")
                == [.hangUp, .reply(.usage(["Usage", "more"]))]
        )
    }

    @Test("interim answers are waited through; all others are told with their code")
    func codes() throws {
        #expect(
            try Self.replies("100 Trying\n200 result=0\r\n510 Invalid or unknown command\n")
                == [Self.success("0"), .reply(.unknownCommand)]
        )
        #expect(try Self.replies("511 Command Not Permitted on a dead channel\n") == [.reply(.deadChannel)])
        #expect(
            try Self.replies("520 Invalid command syntax.  Proper usage not available.\n200 result=1\n")
                == [.reply(.usage(["Invalid command syntax.  Proper usage not available."])), Self.success("1")]
        )
        #expect(try Self.replies("503 Busy\n") == [.reply(.other(code: 503, text: "Busy"))])
    }

    @Test("values keep their parentheses, and what follows them is not part of them")
    func values() throws {
        #expect(try Self.replies("200 result=1 (José (o Zé))\n") == [Self.success("1", "José (o Zé)")])
        #expect(try Self.replies("200 result=1 (a) b)\n") == [Self.success("1", "a) b")])
        #expect(try Self.replies("200 result=51 endpos=8640\n") == [Self.success("51", endpos: 8640)])
        #expect(try Self.replies("200 result=35 (dtmf) endpos=160\n") == [Self.success("35", "dtmf", endpos: 160)])
        #expect(try Self.replies("200 result=1 ()\n") == [Self.success("1", "")])
    }

    @Test("a name with line breaks neither changes what came before nor forges an answer")
    func forged() throws {
        let environment = """
            agi_network: yes
            agi_uniqueid: 1.7
            agi_callerid: 11987654321
            agi_calleridname: Zé
            agi_uniqueid: 6.6
            agi_extension: 900

            200 result=0
            agi_callingpres: 0

            """
        let events = try Self.events([Array(environment.utf8)])
        guard case .environment(let read)? = events.first else {
            Issue.record("no environment")
            return
        }
        #expect(read.uniqueid == "1.7")
        // What looks like an answer comes before any command: nobody waits for it, as the wire's tests show.
        #expect(events.count == 2)
    }

    @Test("bytes that are not UTF-8 are repaired, never lost with their line")
    func latin1() throws {
        let bytes = Array("agi_calleridname: Jos".utf8) + [0xE9, 0x0A, 0x0A]
        guard case .environment(let environment)? = try Self.events([bytes]).first else {
            Issue.record("no environment")
            return
        }
        #expect(environment.callerName == "Jos\u{FFFD}")
    }

    @Test("endless lines, endless environments, endless usages and HTTP are faults within bounds")
    func bounded() throws {
        var decoder = AGIDecoder()
        #expect(throws: AGIFrameError.lineTooLong) {
            for _ in 0..<10_000 { try decoder.feed([UInt8](repeating: 0x61, count: 100)) { _ in } }
        }
        #expect(decoder.bytesHeld == 0)
        #expect(throws: AGIFrameError.tooManyVariables) {
            _ = try Self.events([Array((0..<10_000).map { "agi_arg_\($0): x\n" }.joined().utf8)])
        }
        #expect(throws: AGIFrameError.noEnvironment) { _ = try Self.events([Array("GET / HTTP/1.1\r\n".utf8)]) }
        #expect(throws: AGIFrameError.noEnvironment) { _ = try Self.events([Array("\n".utf8)]) }
        #expect(throws: AGIFrameError.tooManyLines) {
            _ = try Self.replies("520-Usage\n" + String(repeating: "line\n", count: 10_000))
        }
        #expect(throws: AGIFrameError.unexpectedLines) {
            _ = try Self.replies(String(repeating: "garbage\n", count: 10_000))
        }
    }

    @Test("random bytes never trap and never hold more than a line")
    func random() {
        var random = AGIPieces(seed: 20_261_121)
        for _ in 0..<500 {
            var decoder = AGIDecoder()
            do {
                for _ in 0..<20 {
                    try decoder.feed(random.piece(upTo: 400)) { _ in }
                    #expect(decoder.bytesHeld <= 2 * AGIDecoder.longestLine)
                }
            } catch {
                #expect(decoder.bytesHeld <= AGIDecoder.longestLine)
            }
        }
    }

    @Test(
        "a script's name and arguments are read from any address",
        arguments: [
            ("menu?lang=pt", "menu", ["lang": "pt"]),
            ("/ivr/?line=matriz&x=%41+b&x=2", "ivr", ["line": "matriz", "x": "A b"]),
            ("", "", [:]),
            ("?a", "", ["a": ""]),
            ("survey?%zz=1&=2&b=%C3%A9", "survey", ["%zz": "1", "b": "é"]),
            ("../../etc/passwd", "../../etc/passwd", [:]),
        ] as [(String, String, [String: String])]
    )
    func requests(script: String, path: String, query: [String: String]) {
        let request = ScriptRequest(script)
        #expect(request.path == path)
        #expect(request.query == query)
    }

    @Test("without a script variable the address itself says which")
    func address() {
        let environment = AGIEnvironment(["request": "agi://127.0.0.1:4573/ivr?line=matriz"])
        #expect(environment.request == ScriptRequest("ivr?line=matriz"))
        #expect(AGIEnvironment(["request": "agi://127.0.0.1"]).request.path == "")
    }

    @Test(
        "withheld and unknown callers have no number",
        arguments: [
            (["callerid": "unknown"], true), (["callerid": "anonymous"], true), (["callerid": ""], true),
            (["callerid": "11987654321"], false),
        ] as [([String: String], Bool)]
    )
    func unknown(variables: [String: String], isNil: Bool) {
        #expect((AGIEnvironment(variables).callerNumber == nil) == isNil)
        #expect(AGIEnvironment(["callingpres": "35", "callerid": "119"]).isWithheld)
        #expect(!AGIEnvironment(["callingpres": "3", "callerid": "119"]).isWithheld)
    }
}

/// Pieces of bytes that look like AGI often enough.
struct AGIPieces {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state >> 33
    }

    mutating func piece(upTo most: Int) -> [UInt8] {
        let words = ["agi_", "HANGUP", "200 result=", "520-", "520 ", "\n", "\n\n", "(", ")", ": ", "-1"]
        var bytes: [UInt8] = []
        while bytes.count < Int(next() % UInt64(most)) {
            if next() % 3 == 0 {
                bytes.append(UInt8(truncatingIfNeeded: next()))
            } else {
                bytes.append(contentsOf: words[Int(next() % UInt64(words.count))].utf8)
            }
        }
        return bytes
    }
}
