import CallModel
import Codecs
import DeskCore
import Foundation
import TestSupport
import Testing

@testable import CallDesk
@testable import IVRBridge

/// Every field that a PBX or a webhook's sender fills, each with texts that no index, column or encoding takes as they are:
/// the call is recorded all the same, on both engines, and so is the next one.
@Suite("Hostile texts in every field", .timeLimit(.minutes(10)))
struct HostileTextTests {
    /// Texts as bytes: what a column or an index of either engine would refuse, or a reader choke on.
    static let texts: [[UInt8]] = [
        Array(repeating: UInt8(ascii: "A"), count: 3_000),
        Array(String(repeating: "ção🧯", count: 700).utf8),
        [0x41, 0x00, 0x42, 0x00],
        [0xC3, 0x28, 0xA0, 0xFF, 0xED, 0xA0, 0x80, 0xF0, 0x9F],
        Array(repeating: UInt8(ascii: "7"), count: 100_000),
        Array("'; DROP TABLE call; --\u{202E}\u{200B}\u{FEFF}%00\\u0000".utf8),
        Array("-9223372036854775809".utf8),
    ]

    /// Changes the value of each header in a recorded stream: the first times it stands there, as one of 100 kB in each of a
    /// hundred events says no more.
    private static func streams(_ path: String) throws -> [(field: String, bytes: [UInt8])] {
        let lines = try Fixtures.bytes(path).split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        let fields = lines.map { line -> [UInt8]? in
            guard let end = line.firstIndex(of: UInt8(ascii: ":")), end > line.startIndex else { return nil }
            let name = Array(line[..<end])
            // Where a frame ends is the frame's own: what it says is another test's.
            return ["Content-Length", "Content-Type"].map { Array($0.utf8) }.contains(name) ? nil : name
        }
        var names = Set<[UInt8]>()
        return fields.compactMap { $0 }.filter { names.insert($0).inserted }.enumerated().flatMap { place, name in
            // Two texts for each field, so that all fields meet all texts over the fixtures.
            [place % texts.count, (place + 3) % texts.count].map { choice in
                var rest = 6
                var bytes: [UInt8] = []
                for (line, field) in zip(lines, fields) {
                    if field == name, rest > 0 {
                        rest -= 1
                        bytes += name + Array(": ".utf8) + texts[choice] + (line.last == 13 ? [13, 10] : [10])
                    } else {
                        bytes += line + [10]
                    }
                }
                return (String(decoding: name, as: UTF8.self) + " \(choice)", bytes)
            }
        }
    }

    private static func calls(_ bytes: [UInt8]) -> [CallSnapshot] {
        var replay = Replay { PhoneNumber.callerE164($0, region: .brazil) }
        replay.feed(bytes)
        return replay.finish().map(\.call)
    }

    /// Records calls as the feed does; what would be set aside is a fault of the bounds.
    private static func record(_ calls: [CallSnapshot], _ field: String, _ app: App) async {
        let signals = calls.map { CallSignal(line: "matriz", call: $0).bounded }
        let outcome = await Halving.write(signals) { part throws(StoreError) in try await app.callLog.record(part) }
        #expect(outcome.refused.isEmpty && outcome.error == nil, "\(field): \(outcome.refused.map(\.error))")
    }

    @Test(
        "an event's field stops no recording",
        arguments: [
            "ami/22-i-anonymous.min.txt", "ami/16-b-busy.min.txt", "ami/22-n-recorded.min.txt",
            "freeswitch/b-nonumber.min.txt",
        ],
        TestDatabase.engines
    )
    func events(path: String, engine: DatabaseEngine) async throws {
        try await DeskUnderTest.with(engine) { test in
            for (field, bytes) in try Self.streams(path) {
                await Self.record(Self.calls(bytes), field, test.app)
            }
            // The comparison with what the PBX lists names keys as hostile.
            let keys = Set(Self.texts.map { WireText.key(String(decoding: $0, as: UTF8.self)) })
            _ = try await test.app.callLog.closeLost(line: "matriz", except: keys)
            let plain = Self.calls(try Fixtures.bytes("ami/16-a-direct.min.txt"))
            await Self.record(plain, "plain", test.app)
            let kept = try await test.app.calls.list(before: nil, limit: 100)
            #expect(kept.contains { $0.key == plain.first?.key })
        }
    }

    // MARK: - Webhooks

    /// The parts of a report that its sender fills: between `marks`, one after the other.
    private static func parts(_ body: [UInt8], _ kind: HookKind) -> [Range<Int>] {
        let (open, close): (Set<UInt8>, Set<UInt8>) =
            switch body.first {
            case UInt8(ascii: "{"): ([UInt8(ascii: "\"")], [UInt8(ascii: "\"")])
            case UInt8(ascii: "<"): ([UInt8(ascii: ">")], [UInt8(ascii: "<")])
            default: ([UInt8(ascii: "=")], [UInt8(ascii: "&")])
            }
        var parts: [Range<Int>] = []
        var start: Int?
        for (place, byte) in body.enumerated() {
            if let begun = start, close.contains(byte) {
                if place > begun { parts.append(begun..<place) }
                start = nil
                if open == close { continue }
            }
            if start == nil, open.contains(byte) { start = place + 1 }
        }
        if let begun = start, begun < body.count, !open.contains(UInt8(ascii: "\"")) {
            parts.append(begun..<body.count)
        }
        return parts
    }

    /// The same texts as a form, JSON or XML can carry them, and as it cannot.
    private static func spellings(_ body: [UInt8]) -> [[UInt8]] {
        switch body.first {
        case UInt8(ascii: "{"):
            texts + [#"\u0000"#, #"\ud800"#, #"\udfff\ud800x"#, #"\uD83E\uDDEF"#].map { Array($0.utf8) }
        case UInt8(ascii: "<"):
            texts.map { $0.filter { $0 != UInt8(ascii: "<") } }
                + ["&#0;", "&#xD800;", "&#xFFFF;", "&x;", "%00%ED%A0%80"].map { Array($0.utf8) }
        default:
            texts.map { text in text.flatMap { Array("%\(Hexadecimal.text([$0]))".utf8) } }
                + ["%", "%zz", "%ED%A0%80", "%00"].map { Array($0.utf8) }
        }
    }

    private static func reports(_ kind: HookKind) throws -> [[UInt8]] {
        let sample = HookSample(kind: kind, number: "+5531987654321", phone: "1001", key: "a-1")
        let reports = sample.requests(url: "https://desk.test/h", secret: "s", from: 1_795_000_000_000_000).map(\.body)
        if kind == .yeastar {
            // Its events' documents as they are and not as texts: each of their fields is reached then.
            return reports.map { report in
                let text = String(decoding: report, as: UTF8.self)
                return Array(
                    text.replacing("\"{", with: "{").replacing("}\"", with: "}").replacing("\\\"", with: "\"").utf8
                )
            }
        }
        guard kind == .freeswitch else { return reports }
        return try reports
            + ["json-encode-false-busy-1", "xml-encode-false-busy"].map { name in
                let bytes = try Fixtures.bytes("freeswitch/cdr/\(name).http")
                let head = Array("\r\n\r\n".utf8)
                let end = bytes.indices.dropLast(4).first { bytes[$0..<$0 + 4].elementsEqual(head) }
                return Array(bytes[(try #require(end) + 4)...])
            }
    }

    private static func event(_ kind: HookKind, _ body: [UInt8], at now: Int64) -> HookEvent? {
        let request = HookRequest(url: "https://desk.test/h?a=b", body: body, arrivedAt: now)
        // What is signed is read without the signature: its sender may be hostile and know the secret.
        return try? HookDecoder(kind: kind).readUnsigned(request)
    }

    @Test("a webhook's field stops no recording", arguments: HookKind.allCases, TestDatabase.engines)
    func hooks(kind: HookKind, engine: DatabaseEngine) async throws {
        try await DeskUnderTest.with(engine) { test in
            var now: Int64 = 1_795_000_000_000_000
            var taken = 0
            func tell(_ bodies: [[UInt8]], _ field: String) async {
                var tracker = HookCallTracker { PhoneNumber.callerE164($0, region: .brazil) }
                for body in bodies {
                    now += 1_000_000
                    guard let event = Self.event(kind, body, at: now) else { continue }
                    taken += 1
                    let calls = tracker.receive(event, at: now)
                    await Self.record(calls, field, test.app)
                }
                await Self.record(tracker.sweep(at: now + 100_000_000_000), field, test.app)
            }
            let reports = try Self.reports(kind)
            for (number, report) in reports.enumerated() {
                let spellings = Self.spellings(report)
                for (place, part) in Self.parts(report, kind).enumerated() {
                    // A record has hundreds of fields: each meets one text, the few of a form all.
                    let chosen = report.count > 2_000 ? [spellings[place % spellings.count]] : spellings
                    for text in chosen {
                        var changed = reports
                        changed[number] = Array(report[..<part.lowerBound]) + text + Array(report[part.upperBound...])
                        await tell(kind == .freeswitch ? [changed[number]] : changed, "report \(number), part \(place)")
                    }
                }
            }
            #expect(taken > 0)
            taken = 0
            await tell(reports, "plain")
            #expect(taken > 0)
            #expect(try await test.app.calls.list(before: nil, limit: 5).isEmpty == false)
        }
    }
}
