import Foundation
import TestSupport
import Testing

@testable import IVRBridge

@Suite("Any split, repetition and damage of the stream")
struct StreamTests {
    private func packets(_ pieces: [[UInt8]]) -> (packets: [AMIPacket], faults: [AMIFrameError]) {
        var decoder = AMIFrameDecoder()
        var packets: [AMIPacket] = []
        var faults: [AMIFrameError] = []
        for piece in pieces { decoder.feed(piece, packet: { packets.append($0) }, fault: { faults.append($0) }) }
        return (packets, faults)
    }

    @Test(
        "byte by byte gives the same packets as the whole",
        arguments: ["22-f-attended", "16-c-queue-local.min", "22-g-agi"]
    )
    func byteByByte(name: String) throws {
        let bytes = try Recorded.bytes(name)
        let whole = packets([bytes])
        #expect(packets(bytes.map { [$0] }).packets == whole.packets)
        #expect(whole.faults.isEmpty)
    }

    @Test("every split point of a call gives the same packets", arguments: ["22-b-busy.min"])
    func everySplit(name: String) throws {
        let bytes = try Recorded.bytes(name)
        let whole = packets([bytes]).packets
        for split in bytes.indices {
            #expect(packets([Array(bytes[..<split]), Array(bytes[split...])]).packets == whole, "split at \(split)")
        }
    }

    @Test("LF alone ends lines as CR LF does, and names of headers in any case are found")
    func lineEnds() throws {
        let bytes = try Recorded.bytes("22-a-direct.min").filter { $0 != 0x0D }
        #expect(packets([bytes]).packets == packets([try Recorded.bytes("22-a-direct.min")]).packets)
        let packet = AMIPacket(headers: [
            .init(name: "UniqueID", value: "1.2"), .init(name: "Variable", value: "a=1"),
            .init(name: "variable", value: "b=2"),
        ])
        #expect(packet["uniqueid"] == "1.2")
        #expect(packet.all("VARIABLE") == ["a=1", "b=2"])
    }

    @Test("an endless line, an endless packet and 10,000 headers are faults, bounded, and the next packet is read")
    func endless() {
        let good = Array("Event: Hangup\r\nUniqueid: 1.1\r\n\r\n".utf8)
        let line = Array(("X: " + String(repeating: "a", count: 5_000_000) + "\r\n\r\n").utf8)
        let headers = Array((0..<10_000).map { "Header\($0): x\r\n" }.joined().utf8) + Array("\r\n".utf8)
        for bad in [line, headers] {
            let read = packets([bad, good])
            #expect(read.faults.count == 1)
            #expect(read.packets.map(\.event) == ["Hangup"])
        }
    }

    @Test("garbage is told with its place, and what follows is read")
    func garbage() {
        let stream = "Asterisk Call Manager/11.0.0\r\nEvent: A\r\n\r\nno header here\r\n\r\nEvent: B\r\n\r\n"
        let read = packets([Array(stream.utf8)])
        #expect(read.packets.map(\.event) == ["A", "B"])
        #expect(read.faults == [.noHeader(offset: 42)])
    }

    @Test("repeated and doubled events change nothing", arguments: Recorded.streams)
    func repeated(name: String) throws {
        let bytes = try Recorded.bytes(name)
        let once = packets([bytes]).packets
        func calls(_ packets: [AMIPacket]) -> [String] {
            var tracker = AMICallTracker(line: "x", normalise: Recorded.normalise)
            for packet in packets { _ = tracker.receive(packet) }
            return tracker.all.filter { $0.callerParty != nil }.map { ReplayedCall(call: $0).json() }
        }
        // Hangup ends a channel; told twice it is about one that is gone.
        let doubled = once.flatMap { packet in
            ["Hold", "BlindTransfer", "AttendedTransfer"].contains(packet.event) ? [packet] : [packet, packet]
        }
        #expect(calls(doubled) == calls(once), "\(name)")
    }

    @Test("mutated streams neither stop the tracker nor let it grow", arguments: 0..<60 as Range<UInt64>)
    func mutated(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let name = Recorded.streams[Int(random.next() % UInt64(Recorded.streams.count))]
        var bytes = try Recorded.bytes(name)
        for _ in 0..<200 {
            let place = Int(random.next() % UInt64(bytes.count))
            switch random.next() % 4 {
            case 0: bytes[place] = UInt8(truncatingIfNeeded: random.next())
            case 1: bytes.remove(at: place)
            case 2: bytes.insert(contentsOf: [0x0D, 0x0A], at: place)
            default: bytes.swapAt(place, Int(random.next() % UInt64(bytes.count)))
            }
        }
        var replay = Replay(normalise: Recorded.normalise)
        replay.feed(bytes)
        let calls = replay.finish()
        #expect(calls.count < 2_000, "seed \(seed), \(name)")
        for call in calls {
            #expect((try? JSONSerialization.jsonObject(with: Data(call.json().utf8))) != nil, "seed \(seed), \(name)")
        }
    }

    @Test("a value with a line break is refused, not stripped; over-long lines and messages too")
    func encoding() throws {
        for value in ["a\r\nAction: Logoff", "a\nb", "a\rb", "a\0b"] {
            #expect(throws: AMIActionError.self) { try AMIAction("Originate", [("Channel", value)]).encoded(id: "1") }
        }
        #expect(throws: AMIActionError.lineTooLong(header: "Channel")) {
            try AMIAction("Originate", [("Channel", String(repeating: "x", count: 1_023))]).encoded(id: "1")
        }
        #expect(throws: AMIActionError.tooManyHeaders) {
            try AMIAction("Originate", (0..<200).map { ("Variable", "v\($0)=1") }).encoded(id: "1")
        }
        let bytes = try AMIAction("Ping").encoded(id: "7")
        #expect(String(decoding: bytes, as: UTF8.self) == "Action: Ping\r\nActionID: 7\r\n\r\n")
    }
}
