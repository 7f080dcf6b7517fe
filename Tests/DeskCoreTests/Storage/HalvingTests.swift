import CallModel
import DeskCore
import Foundation
import TestSupport
import Testing

@Suite("A poison item never stops the others")
struct HalvingTests {
    /// Takes batches and refuses those with a culprit; `away` makes the database unreachable from that call on.
    private actor Store {
        var kept: [Int] = []
        var calls = 0
        let culprits: Set<Int>
        let away: Int?

        init(culprits: Set<Int>, away: Int? = nil) {
            self.culprits = culprits
            self.away = away
        }

        func write(_ batch: [Int]) throws(StoreError) -> [Int] {
            calls += 1
            if let away, calls >= away { throw .unavailable(what: "it", remedy: "wait") }
            guard culprits.isDisjoint(with: batch) else { throw .statement("54000") }
            kept += batch
            return batch
        }
    }

    @Test("every other item is written, in order, and each culprit is named", arguments: 0..<40 as Range<UInt64>)
    func culprits(seed: UInt64) async {
        var random = SplitMix64(seed: seed)
        let items = Array(0..<Int.random(in: 0...200, using: &random))
        let culprits = Set(items.filter { _ in Int.random(in: 0..<20, using: &random) == 0 })
        let store = Store(culprits: culprits)
        let outcome = await Halving.write(items) { batch throws(StoreError) in try await store.write(batch) }
        #expect(outcome.values == items.filter { !culprits.contains($0) })
        #expect(outcome.refused.map(\.item) == culprits.sorted())
        #expect(outcome.left.isEmpty && outcome.error == nil)
        #expect(await store.kept == outcome.values)
    }

    @Test("one culprit among 200 costs some twenty transactions, not 200")
    func cost() async {
        let store = Store(culprits: [137])
        _ = await Halving.write(Array(0..<3)) { batch throws(StoreError) in try await store.write(batch) }
        #expect(await store.calls <= 2 * 8 + 1)
    }

    @Test("when the database goes away, what was not written is handed back whole", arguments: 1...12)
    func away(call: Int) async {
        let store = Store(culprits: [3, 90], away: call)
        let items = Array(0..<100)
        let outcome = await Halving.write(items) { batch throws(StoreError) in try await store.write(batch) }
        #expect(outcome.error != nil)
        #expect((outcome.values + outcome.refused.map(\.item) + outcome.left).sorted() == items)
        #expect(outcome.left == outcome.left.sorted())
    }
}

@Suite("Texts from the wire")
struct WireTextTests {
    static let hostile: [String] = [
        String(repeating: "a", count: 10_000), String(repeating: "\u{1F9D1}\u{200D}\u{1F4BB}", count: 3_000), "a\0b",
        String(repeating: "\0", count: 4_000), String(repeating: "e\u{301}", count: 4_000), "\r\nInjected: yes", "",
        String(decoding: [0xFF, 0xFE, 0x80, 0x41] as [UInt8], as: UTF8.self),
        "a" + String(repeating: "\u{300}", count: 5_000), String(repeating: "\u{FDFA}", count: 3_000),
    ]

    @Test("are bounded in bytes, free of control characters, and stay what they are when bounded again")
    func bounds() {
        for raw in Self.hostile {
            let line = WireText.line(raw)
            #expect(line.utf8.count <= WireText.longest)
            #expect(line.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F })
            #expect(WireText.line(line) == line)
            let key = WireText.key(raw)
            #expect(key.utf8.count <= WireText.longestKey)
            #expect(WireText.key(key) == key)
        }
    }

    @Test("two long identities that begin alike stay two")
    func apart() {
        let start = String(repeating: "x", count: 4_000)
        #expect(WireText.key(start + "1") != WireText.key(start + "2"))
        #expect(WireText.key("a\0b") != WireText.key("ab"))
        #expect(WireText.key("1763745600.42") == "1763745600.42")
    }

    @Test("a report of the longest and strangest texts is recorded", arguments: TestDatabase.engines)
    func recorded(engine: DatabaseEngine) async throws {
        let database = try await TestDatabase.make(engine)
        let numbers = NumberDesk(format: .standard, timeZone: .gmt)
        let log = CallLog(
            database: database,
            numbers: numbers,
            clock: DeskClock { Moment(milliseconds: 1_795_236_570_000) }
        )
        for (index, raw) in Self.hostile.enumerated() {
            // What no index compresses away.
            var random = SplitMix64(seed: UInt64(index))
            let noise = String(
                (0..<4_000).map { _ in Character(UnicodeScalar(UInt8.random(in: 33...126, using: &random))) }
            )
            for (part, text) in [raw, noise, raw + noise].enumerated() {
                var call = CallSnapshot(key: text + "\(index).\(part)", direction: .inbound)
                call.absorbed = Array(repeating: text, count: 3)
                (call.number, call.numberRaw, call.callerName, call.dialledNumber) = (text, text, text, text)
                (call.dialled, call.callerParty, call.queue, call.recording) = (text, text, text, text)
                call.offered = (0..<3).map { text + "\($0)" }
                call.ringing = call.offered
                (call.answeredBy, call.lastParty) = (text, text)
                call.transfers = (0..<3).map { _ in CallTransfer(kind: .blind, from: text, to: text) }
                call.variables = Dictionary(uniqueKeysWithValues: (0..<3).map { (text + "\($0)", text) })
                var report = CallSignal(line: "L" + text, call: call)
                let first = try await log.record([report])
                #expect(first.count == 1 && first.first?.isNew == true)
                report.isEnded = true
                #expect(try await log.record([report]).first?.call.id == first.first?.call.id)
            }
        }
    }
}
