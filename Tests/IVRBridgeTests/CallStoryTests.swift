import Crypto
import Foundation
import TestSupport
import Testing

@testable import IVRBridge

@Suite("A call told step by step, and given away without its people")
struct CallStoryTests {
    /// Every seventh: all of them take most of a minute, and differ in their calls more than in their bytes.
    private static func some(_ names: [String]) -> [String] {
        names.enumerated().filter { $0.offset % 7 == 0 }.map(\.element)
    }

    private static let key = SymmetricKey(data: Array(repeating: 7, count: 32))

    private static func told(_ bytes: [UInt8], isExplaining: Bool = false) -> [ReplayedCall] {
        var replay = Replay(telling: isExplaining ? .everything : .nothing, normalise: Recorded.normalise)
        replay.feed(bytes)
        return replay.finish()
    }

    @Test("explained, recordings tell the same calls", arguments: some(Recorded.streams))
    func same(name: String) throws {
        let bytes = try Recorded.bytes(name)
        try compare(bytes, name)
    }

    @Test("explained, recordings of a FreeSWITCH tell the same calls", arguments: some(SwitchRecorded.streams))
    func sameOfSwitch(name: String) throws { try compare(try SwitchRecorded.bytes(name), name) }

    private func compare(_ bytes: [UInt8], _ name: String) throws {
        let calls = Self.told(bytes)
        let explained = Self.told(bytes, isExplaining: true)
        #expect(explained.map(\.call) == calls.map(\.call), "\(name)")
        for call in explained {
            // What happened to a call before it became part of this one is told as that call's.
            let changes = call.steps.filter { $0.part == nil }.flatMap(\.changes)
            // Each phone that rang and whoever answered has a step that says so, with the event that did it.
            for party in call.call.offered {
                let own = changes.filter { [.offered(party), .rings(party), .stopsRinging(party)].contains($0) }
                #expect(own.contains { $0 != .stopsRinging(party) }, "\(name): \(party)")
                // It rings anew only after it has stopped.
                for (one, next) in zip(own, own.dropFirst()) { #expect(one != next, "\(name): \(party)") }
            }
            if let party = call.call.answeredBy { #expect(changes.contains(.answered(party)), "\(name)") }
            if call.call.isEnded {
                #expect(changes.contains(.ended(call.call.outcome, call.call.endedBy)), "\(name)")
            }
            #expect(call.steps.map(\.offset) == call.steps.map(\.offset).sorted(), "\(name)")
            #expect(call.steps.allSatisfy { $0.offset < bytes.count && !$0.event.isEmpty }, "\(name)")
        }
    }

    @Test(
        "a call that another became part of is told with what happened to that one before",
        arguments: ["ami/16-f-attended.txt", "ami/22-f-attended.txt", "freeswitch/f-attended.min.txt"]
    )
    func parts(name: String) throws {
        let bytes = try Fixtures.bytes(name)
        let whole = try #require(Self.told(bytes, isExplaining: true).first { !$0.call.absorbed.isEmpty })
        let part = try #require(whole.call.absorbed.first)
        let own = whole.steps.filter { $0.part == part }
        #expect(own.count > 1 && own.first?.changes.first == .began(.internal), "\(name)")
        #expect(whole.steps.contains { $0.part == nil && $0.changes.contains(.absorbed(part)) }, "\(name)")
        // It is no call of its own, and its steps end where it became part of the other.
        #expect(!Self.told(bytes, isExplaining: true).contains { $0.call.key == part })
        let joined = try #require(whole.steps.firstIndex { $0.changes.contains(.absorbed(part)) })
        #expect(whole.steps[joined...].allSatisfy { $0.part == nil })

        // Who asks for the one call by its key is told which became part of it, and asks again for both.
        func asked(_ keys: Set<String>) -> ReplayedCall? {
            var replay = Replay(telling: .calls(keys), normalise: Recorded.normalise)
            replay.feed(bytes)
            return replay.finish().first { $0.call.key == whole.call.key }
        }
        let alone = try #require(asked([whole.call.key]))
        #expect(alone.call == whole.call && alone.steps.allSatisfy { $0.part == nil })
        #expect(asked([whole.call.key, part]) == whole)
    }

    @Test("masked, recordings tell the same calls of other people", arguments: some(Recorded.streams))
    func masked(name: String) throws { try compareMasked(try Recorded.bytes(name), name) }

    @Test("masked, recordings of a FreeSWITCH do too", arguments: some(SwitchRecorded.streams))
    func maskedOfSwitch(name: String) throws { try compareMasked(try SwitchRecorded.bytes(name), name) }

    private func compareMasked(_ bytes: [UInt8], _ name: String) throws {
        var mask = StreamMask(key: Self.key)
        let masked = mask.mask(bytes)
        #expect(masked.count == bytes.count, "\(name)")
        let before = Self.told(bytes).map(\.call)
        let after = Self.told(masked).map(\.call)
        #expect(after.map(Self.withoutPeople) == before.map(Self.withoutPeople), "\(name)")
        for (old, new) in zip(before, after) {
            for path in [\CallSnapshot.number, \.numberRaw, \.numberShown, \.callerName] {
                let (was, is_) = (old[keyPath: path], new[keyPath: path])
                #expect((was == nil) == (is_ == nil), "\(name)")
                #expect(was?.utf8.count == is_?.utf8.count || path == \.callerName, "\(name)")
            }
            // The whole number stands nowhere in what is given away, in whatever form it was told.
            if let raw = old.numberRaw?.filter(\.isNumber), raw.count >= 8 {
                let tail = Array(raw.suffix(8).utf8)
                #expect(!masked.contains(tail), "\(name): \(raw)")
            }
            #expect(old.callerParty == new.callerParty, "\(name)")
        }
    }

    /// What a call is when nothing of its caller is looked at; a number dialled outside is somebody's too.
    private static func withoutPeople(_ call: CallSnapshot) -> CallSnapshot {
        var call = call
        (call.number, call.numberRaw, call.numberShown, call.callerName) = (nil, nil, nil, nil)
        if (call.dialled?.count ?? 0) >= 7 { call.dialled = "outside" }
        if call.dialledNumber != nil { call.dialledNumber = "outside" }
        call.recording = call.recording.map { _ in "file" }
        call.variables = call.variables.mapValues { _ in "" }
        return call
    }

    @Test("the same number becomes the same, two numbers never become one, and an extension stays")
    func numbers() throws {
        var mask = StreamMask(key: Self.key)
        func text(_ lines: String) -> String { String(decoding: mask.mask(Array(lines.utf8)), as: UTF8.self) }
        let pair = text("CallerIDNum: +5531992710322\nCallerIDNum: (31) 99271-0322\nExten: 1001\nExten: 5000\n")
        let lines = pair.split(separator: "\n").map(String.init)
        #expect(lines[2] == "Exten: 1001" && lines[3] == "Exten: 5000")
        let long = lines[0].filter(\.isNumber)
        let short = lines[1].filter(\.isNumber)
        #expect(long.hasSuffix(short) && !pair.contains("92710322") && short.hasPrefix("3199"))
        let many = (0..<2_000).map { "CallerIDNum: 319927\(100_000 + $0)" }.joined(separator: "\n")
        let others = text(many).split(separator: "\n")
        #expect(Set(others).count == 2_000)
    }

    @Test("names go wherever they stand, and what is no name stays")
    func names() {
        var mask = StreamMask(key: Self.key)
        let stream = """
            Event: Newchannel
            Channel: PJSIP/1001-0000002a
            CallerIDName: José Conceição
            Uniqueid: 1795236570.480
            ConnectedLineName: <unknown>
            AppData: CALLERID(name)=José Conceição,31992710322

            {"Caller-Caller-ID-Name":"Jos\\u00e9 Silva","Unique-ID":"30b14d65-e640-4d66-adc6-cf2ba3efe6c0"}
            """
        let masked = String(decoding: mask.mask(Array(stream.utf8)), as: UTF8.self)
        for gone in ["José", "Conceição", "Silva", "92710322"] { #expect(!masked.contains(gone), "\(gone)") }
        for kept in [
            "PJSIP/1001-0000002a", "1795236570.480", "<unknown>", "30b14d65-e640-4d66-adc6-cf2ba3efe6c0",
            "CALLERID(name)=",
        ] { #expect(masked.contains(kept), "\(kept)") }
    }

    @Test(
        "a field of name and number is both",
        arguments: [
            #"CallerID: "José Conceição" <31992710322>"#, #"CallerID: José Conceição <31992710322>"#,
            #"AppData: "José Conceição" <31992710322>"#,
            #"variable_sip_full_from: "José Conceição" <sip:31992710322@x>"#,
            "variable_sip_full_from: %22Jos%C3%A9%20Concei%C3%A7%C3%A3o%22%20%3Csip%3A31992710322%40x%3E",
            #"{"sip_full_from":"\"José Conceição\" <sip:31992710322@x>"}"#,
        ]
    )
    func combined(line: String) {
        var mask = StreamMask(key: Self.key)
        let masked = String(decoding: mask.mask(Array(line.utf8)), as: UTF8.self)
        #expect(masked.utf8.count == line.utf8.count)
        for gone in ["José", "Jos%C3%A9", "Concei", "92710322"] { #expect(!masked.contains(gone), "\(masked)") }
        #expect(masked.contains("<319") || masked.contains("sip:319") || masked.contains("sip%3A319"), "\(masked)")
        // What is no caller's field keeps what stands before a number unquoted.
        let command = "AppData: Playback <1001>"
        #expect(String(decoding: mask.mask(Array(command.utf8)), as: UTF8.self) == command)
    }

    @Test("damaged and cut streams are masked without harm, in the same length")
    func damaged() throws {
        let bytes = try SwitchRecorded.bytes(try #require(SwitchRecorded.streams.first))
        for cut in stride(from: 1, to: min(bytes.count, 6_000), by: 97) {
            var mask = StreamMask(key: Self.key)
            var part = Array(bytes[cut...].prefix(3_000))
            part[part.count / 2] = UInt8(ascii: "\\")
            #expect(mask.mask(part).count == part.count)
        }
    }
}
