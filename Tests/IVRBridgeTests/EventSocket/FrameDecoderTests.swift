import Foundation
import TestSupport
import Testing

@testable import IVRBridge

@Suite("Any split, repetition and damage of an event socket's stream")
struct FrameDecoderTests {
    /// Every frame as text: what was read of it, in order.
    private struct Reading: ESLFrameSink {
        var seen: [String] = []
        var faults: [ESLFrameError] = []

        mutating func wants(_ name: UnsafeBufferPointer<UInt8>) -> Bool { true }

        mutating func take(_ event: ESLEvent) {
            let values = ESLField.allCases.map { event.text($0) ?? "-" }
            seen.append(values.joined(separator: "|"))
        }

        mutating func take(_ reply: ESLReply) {
            seen.append("\(reply.kind) \(reply.text) \(String(decoding: reply.body, as: UTF8.self))")
        }

        mutating func fault(_ error: ESLFrameError) { faults.append(error) }
    }

    private func read(_ pieces: [[UInt8]]) -> Reading {
        var decoder = ESLFrameDecoder()
        var reading = Reading()
        for piece in pieces { decoder.feed(piece, into: &reading) }
        return reading
    }

    @Test(
        "byte by byte gives the same frames as the whole",
        arguments: ["c-queue.min", "a-direct.evjson", "b-busy", "o-resync.late"]
    )
    func byteByByte(name: String) throws {
        let bytes = try SwitchRecorded.bytes(name)
        let whole = read([bytes])
        #expect(whole.faults.isEmpty && whole.seen.count > 10)
        #expect(read(bytes.map { [$0] }).seen == whole.seen)
    }

    @Test("every split point of a call gives the same frames", arguments: ["b-nonumber.min"])
    func everySplit(name: String) throws {
        let bytes = try SwitchRecorded.bytes(name)
        let whole = read([bytes]).seen
        for split in bytes.indices {
            #expect(read([Array(bytes[..<split]), Array(bytes[split...])]).seen == whole, "split at \(split)")
        }
    }

    @Test("any cuts give the same calls", arguments: 0..<30 as Range<UInt64>)
    func anyCuts(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let name = SwitchRecorded.streams[Int(random.next() % UInt64(SwitchRecorded.streams.count))]
        let bytes = try SwitchRecorded.bytes(name)
        var replay = Replay(normalise: Recorded.normalise)
        var start = 0
        while start < bytes.count {
            let end = min(bytes.count, start + 1 + Int(random.next() % 6_000))
            replay.feed(bytes[start..<end])
            start = end
        }
        #expect(replay.finish().map(\.call) == (try SwitchRecorded.calls(name)), "seed \(seed): \(name)")
    }

    @Test("lengths count bytes, not characters, and the inner body is not counted twice")
    func bytesFirst() throws {
        let body = "+OK ação\n"
        let event = "Event-Name: BACKGROUND_JOB\nJob-UUID: a%20b\nContent-Length: \(body.utf8.count)\n\n\(body)"
        let stream =
            "Content-Length: \(event.utf8.count)\nContent-Type: text/event-plain\n\n\(event)"
            + "Content-Type: command/reply\nReply-Text: +OK accepted\n\n"
        let reading = read([Array(stream.utf8)])
        #expect(reading.faults.isEmpty)
        #expect(reading.seen.first == "job a b \(body)")
        #expect(reading.seen.last == "command +OK accepted ")
    }

    @Test("CR LF ends lines as LF does")
    func lineEnds() {
        let stream = "Content-Type: command/reply\r\nReply-Text: -ERR invalid\r\n\r\n"
        #expect(read([Array(stream.utf8)]).seen == ["command -ERR invalid "])
    }

    @Test("an endless head, a length without bounds and bytes that are no frame are told with their place, and bounded")
    func endless() {
        let good = "\nContent-Type: command/reply\nReply-Text: +OK\n\n"
        let head = "Content-Type: " + String(repeating: "a", count: 3_000_000) + "\n"
        let long = "Content-Type: text/event-plain\nContent-Length: 2147483648\n\nEvent-Name: X\n"
        let endless = "Content-Length: 99999999999999999999\nContent-Type: text/event-plain\n\n"
        for (bad, kind) in [
            (head, ESLFrameError.Kind.tooLarge), (long, .tooLarge), (endless, .garbage),
            ("Asterisk Call Manager/5\r\n", .garbage),
            ("Content-Length: 10\n\n", .garbage),
        ] {
            let reading = read([Array(bad.utf8), Array(good.utf8)])
            #expect(reading.faults.first?.kind == kind, "\(bad.prefix(40))")
            #expect(reading.faults.first?.offset == 0, "\(bad.prefix(40))")
            #expect(reading.seen.last == "command +OK ", "\(bad.prefix(40))")
        }
    }

    @Test("mutated streams neither stop the tracker nor let it grow", arguments: 0..<60 as Range<UInt64>)
    func mutated(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let name = SwitchRecorded.streams[Int(random.next() % UInt64(SwitchRecorded.streams.count))]
        var bytes = try SwitchRecorded.bytes(name)
        for _ in 0..<200 {
            let place = Int(random.next() % UInt64(bytes.count))
            switch random.next() % 4 {
            case 0: bytes[place] = UInt8(truncatingIfNeeded: random.next())
            case 1: bytes.remove(at: place)
            case 2: bytes.insert(contentsOf: [0x0A, 0x0A], at: place)
            default: bytes.swapAt(place, Int(random.next() % UInt64(bytes.count)))
            }
        }
        var follower = ESLLineFollower(line: "x", normalise: Recorded.normalise)
        follower.feed(bytes)
        #expect(follower.takeChanges().count < 200, "seed \(seed): \(name)")
        #expect(follower.takeFaults().count <= 1_000, "seed \(seed): \(name)")
    }

    @Test("frames told twice change nothing", arguments: SwitchRecorded.streams)
    func repeated(name: String) throws {
        var follower = ESLLineFollower(line: "x", normalise: Recorded.normalise)
        var calls: [Int: CallSnapshot] = [:]
        for frame in try SwitchRecorded.frames(name) {
            follower.feed(frame)
            follower.feed(frame)
            for (ordinal, call) in follower.takeChanges() { calls[ordinal] = call }
        }
        let gone = Set(calls.values.flatMap(\.absorbed))
        let once = calls.sorted { $0.key < $1.key }.map(\.value).filter { !gone.contains($0.key) }
        #expect(once == (try SwitchRecorded.calls(name)), "\(name)")
    }

    @Test("ended calls are forgotten: a day of calls keeps no more than the newest")
    func bounded() {
        var follower = ESLLineFollower(line: "x", normalise: { _ in nil })
        func frame(_ event: String) -> [UInt8] {
            Array("Content-Length: \(event.utf8.count)\nContent-Type: text/event-plain\n\n\(event)".utf8)
        }
        for number in 0..<5_000 {
            for name in ["CHANNEL_CREATE", "CHANNEL_HANGUP_COMPLETE"] {
                follower.feed(
                    frame(
                        "Event-Name: \(name)\nUnique-ID: call-\(number)\nCall-Direction: inbound\n"
                            + "Channel-Name: sofia/external/1@pbx\n\n"
                    )
                )
            }
            _ = follower.takeChanges()
        }
        let tracker = follower.tracker
        #expect(tracker.held.calls <= ESLCallTracker.mostEnded + 1)
        #expect(tracker.held.legs <= ESLCallTracker.mostEnded + 1)
        #expect(follower.liveKeys.isEmpty)
    }
}
