import Foundation
import TestSupport
import Testing

@testable import IVRBridge

@Suite("The menu over a FreeSWITCH's outbound socket")
struct MenuTongueTests {
    /// A dialogue as it was recorded: what the server said, and what the switch did.
    private static let dialogue: (said: [String], heard: [UInt8]) = {
        let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Fixtures/freeswitch/socket/full-sync.dialogue")
        let bytes = (try? [UInt8](Data(contentsOf: file))) ?? []
        var said: [String] = []
        var heard: [UInt8] = []
        var place = 0
        while place < bytes.count, let end = bytes[place...].firstIndex(of: 0x0A) {
            let words = String(decoding: bytes[place..<end], as: UTF8.self).split(separator: " ")
            guard words.count == 3, let length = Int(words[2]), end + 1 + length <= bytes.count else { break }
            let body = bytes[end + 1..<end + 1 + length]
            if words[0] == ">>>" { said.append(String(decoding: body, as: UTF8.self)) } else { heard += body }
            place = end + 1 + length
            if place < bytes.count, bytes[place] == 0x0A { place += 1 }
        }
        return (said, heard)
    }()

    private static func words(_ bytes: [UInt8], cut: Int) throws -> [String] {
        var tongue = ESLMenuTongue()
        var words: [String] = []
        for start in stride(from: 0, to: bytes.count, by: cut) {
            try bytes[start..<min(bytes.count, start + cut)].withUnsafeBytes { piece in
                try tongue.feed(piece) { word in
                    switch word {
                    case .start(let channel):
                        let caller = channel.caller
                        words.append(
                            "\(channel.uniqueID) \(caller.number ?? "-") \(caller.name ?? "-") \(caller.dialled ?? "-")"
                        )
                    case .reply(let reply): words.append(reply.text.split(separator: "\n").first.map(String.init) ?? "")
                    case .hangUp: words.append("hang-up")
                    }
                }
            }
        }
        return words
    }

    @Test("a recorded dialogue is read the same at every cut: the channel, an answer for each command, the end")
    func recorded() throws {
        let (said, heard) = Self.dialogue
        try #require(said.count == 10)
        let words = try Self.words(heard, cut: heard.count)
        #expect(words.first == "313262e6-57e4-42ce-bed2-d84be6397ac6 11987654321 José Conceição 6101")
        // One for each command after `connect`, then the farewell; events in between are nobody's.
        #expect(words.count == said.count + 1)
        #expect(words[1...3] == ["+OK Events Enabled", "+OK", "+OK"])
        #expect(words[4].hasPrefix("UP 0 years"))
        #expect(words.suffix(3) == ["12", "+OK bye", "hang-up"])
        for cut in [1, 2, 3, 7, 61, 1_000, 4_096] { #expect(try Self.words(heard, cut: cut) == words, "\(cut)") }
    }

    @Test("commands are written as the recorded ones, and nothing in a value ends its line or names a variable")
    func commands() throws {
        let said = Self.dialogue.said
        #expect(said.contains(String(decoding: try ESLMenuCommand.answer.encoded(), as: UTF8.self)))
        #expect(said.contains(String(decoding: try ESLMenuCommand.variable("protocolo").encoded(), as: UTF8.self)))
        #expect(said.contains(String(decoding: ESLMenuTongue.greeting, as: UTF8.self)))
        for bad in ["a\nb", "a\r\nb", "a\0b"] {
            #expect(throws: PhoneCallError.lineBreak(command: "set")) { try ESLMenuCommand.set("x", bad).encoded() }
        }
        #expect(throws: PhoneCallError.commandTooLong(command: "set")) {
            try ESLMenuCommand.set("x", String(repeating: "a", count: 3_000)).encoded()
        }
        let set = String(decoding: try ESLMenuCommand.set("NAME", "Ana ${api(shutdown)} $x").encoded(), as: UTF8.self)
        #expect(set.contains("execute-app-arg: NAME=Ana {api(shutdown)} x\n"))
    }

    @Test("who is no FreeSWITCH, or tells no channel, is refused; a channel's own words are bounded")
    func foreign() throws {
        for text in [
            "GET / HTTP/1.1\r\nHost: a\r\n\r\n", "agi_network: yes\nagi_channel: x\n\n", "\u{0}\u{1}\u{2}\u{3}",
        ] {
            #expect(throws: PhoneCallError.self) { try Self.words(Array(text.utf8), cut: 5) }
        }
        #expect(throws: PhoneCallError.self) {
            try Self.words(Array("Content-Type: command/reply\nReply-Text: +OK\n\n".utf8), cut: 100)
        }
        let long = String(repeating: "9", count: 5_000)
        let told = try Self.words(
            Array("Unique-ID: a\nCaller-Caller-ID-Number: \(long)\nContent-Type: command/reply\n\n".utf8),
            cut: 900
        )
        #expect(told.first?.utf8.count ?? .max < 1_100)
    }

    @Test(
        "withheld and unknown callers have no number",
        arguments: [
            ("Caller-Caller-ID-Number: anonymous\n", nil, true),
            ("Caller-Caller-ID-Number: 11987654321\nCaller-Privacy-Hide-Number: true\n", "11987654321", true),
            ("Caller-Caller-ID-Number: \n", nil, false), ("", nil, false),
            ("Caller-Caller-ID-Number: 2125\n", "2125", false),
        ] as [(String, String?, Bool)]
    )
    func callers(head: String, number: String?, isWithheld: Bool) throws {
        let channel = try #require(ESLChannelData(Array("Unique-ID: a\n\(head)".utf8)[...]))
        #expect(channel.caller.number == number && channel.caller.isWithheld == isWithheld)
        #expect(channel.request.path == "ivr")
    }
}
