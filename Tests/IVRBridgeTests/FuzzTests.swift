import Foundation
import TestSupport
import Testing

@testable import IVRBridge

@Suite("Mutants of what a PBX sends", .timeLimit(.minutes(60)))
struct FuzzTests {
    @Test("neither stream stops its reader, and where it is cut changes nothing", arguments: ["ami", "freeswitch"])
    func lines(kind: String) throws {
        let names =
            kind == "ami"
            ? [
                "ami/16-a-direct.min.txt", "ami/22-c-queue.min.txt", "ami/22-f-attended.min.txt",
                "ami/16-j-forged.min.txt",
            ]
            : [
                "freeswitch/b-busy.min.txt", "freeswitch/c-queue.min.txt", "freeswitch/f-attended.min.txt",
                "freeswitch/j-utf8.min.txt", "freeswitch/a-direct.evjson.txt",
            ]
        var mutator = Mutator(try names.map { Array(try Fixtures.bytes($0).prefix(24 * 1024)) })
        for _ in 0..<Mutator.rounds / 3 {
            let bytes = mutator.next()
            let cut = mutator.cut(bytes)
            let whole = Self.calls([bytes])
            #expect(Self.calls([Array(bytes[..<cut]), Array(bytes[cut...])]) == whole, "cut at \(cut)")
        }
    }

    @Test("no kept request stops its reader or the mask, wherever it is cut", arguments: HookKind.allCases)
    func kept(kind: HookKind) {
        let sample = HookSample(kind: kind, number: "+5531987654321", phone: "1001", key: "a-1")
        let requests = sample.requests(url: "https://desk.test/h?a=b", secret: "s", from: 1_000_000)
        var mutator = Mutator([requests.flatMap { KeptRequest.bytes(of: $0, kind: kind, line: "loja") }])
        let line = Replay.Line(name: "loja", kind: .hook(kind), trunks: [], extensions: [])
        func told(_ pieces: [[UInt8]]) -> (calls: [ReplayedCall], skipped: [Int]) {
            var replay = Replay(telling: .everything, of: line) { $0.count > 3 ? "+55\($0.filter(\.isNumber))" : nil }
            for piece in pieces { replay.feed(piece) }
            return (replay.finish(at: .max / 2), replay.skipped)
        }
        for _ in 0..<Mutator.rounds {
            let bytes = mutator.next()
            let cut = mutator.cut(bytes)
            let (whole, parts) = (told([bytes]), told([Array(bytes[..<cut]), Array(bytes[cut...])]))
            #expect(whole.calls == parts.calls && whole.skipped == parts.skipped, "cut at \(cut)")
            var mask = StreamMask()
            #expect(mask.mask(bytes).count == bytes.count)
        }
    }

    private static func calls(_ pieces: [[UInt8]]) -> [String] {
        var replay = Replay { $0.count > 3 ? "+55\($0.filter(\.isNumber))" : nil }
        for piece in pieces { replay.feed(piece) }
        return replay.finish().map { $0.json() }
    }

    @Test("no dialogue of the menu stops its reader, and where it is cut changes nothing")
    func menu() throws {
        var mutator = Mutator(
            try ["agi/16-g-agi.raw", "agi/22-g-agi.raw", "agi/16-menu.txt", "agi/22-menu.txt"].map(Fixtures.bytes)
        )
        for _ in 0..<Mutator.rounds * 4 {
            let bytes = mutator.next()
            let cut = mutator.cut(bytes)
            let whole = Self.events([bytes])
            #expect(Self.events([Array(bytes[..<cut]), Array(bytes[cut...])]) == whole, "cut at \(cut)")
        }
    }

    /// What was read, and whether the rest was refused.
    private static func events(_ pieces: [[UInt8]]) -> Reading {
        var decoder = AGIDecoder()
        var reading = Reading()
        do {
            for piece in pieces { try decoder.feed(piece) { reading.events.append($0) } }
        } catch {
            reading.isRefused = true
        }
        return reading
    }

    private struct Reading: Equatable {
        var events: [AGIEvent] = []
        var isRefused = false
    }

    @Test("no report of a webhook stops its reader, nor the call it makes", arguments: HookKind.allCases)
    func hooks(kind: HookKind) throws {
        let sample = HookSample(kind: kind, number: "+5531987654321", phone: "1001", key: "a-1")
        var corpus = sample.requests(url: "https://desk.test/h", secret: "s", from: 1_000_000).map(\.body)
        if kind == .freeswitch {
            corpus += try ["json-encode-true-busy", "xml-encode-textxml-no100-busy", "xml-encode-true-answered"].map {
                let bytes = try Fixtures.bytes("freeswitch/cdr/\($0).http")
                let head = Array("\r\n\r\n".utf8)
                let end = bytes.indices.dropLast(4).first { bytes[$0..<$0 + 4].elementsEqual(head) }
                return Array(bytes[(try #require(end) + 4)...])
            }
        }
        var mutator = Mutator(corpus)
        var tracker = HookCallTracker { $0.count > 7 ? "+\($0.filter(\.isNumber))" : nil }
        var taken = 0
        for round in 0..<Mutator.rounds {
            let now = Int64(round + 1) * 1_000_000
            let request = HookRequest(url: "https://desk.test/h?a=b", body: mutator.next(), arrivedAt: now)
            // What is signed is read without the signature, which no mutant would get past.
            let event = try? HookDecoder(kind: kind).readUnsigned(request)
            if let event {
                taken += 1
                _ = tracker.receive(event, at: now)
                _ = HookDecoder(kind: kind).answer(to: event, .callerID("+5531987654321"), url: request.url)
            }
            if kind == .freeswitch { _ = SwitchDirectory.answer(request, name: "José <&>", isBlocked: false) }
        }
        // Many mutants still say something: the rest of the way is walked too.
        #expect(taken > 0)
        #expect(tracker.count <= Mutator.rounds)
    }
}
