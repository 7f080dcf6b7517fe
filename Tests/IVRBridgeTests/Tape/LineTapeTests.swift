import Foundation
import NIOCore
import Synchronization
import TestSupport
import Testing

@testable import IVRBridge

@Suite("What a line brought is kept in a ring of files")
struct LineTapeTests {
    private static func folder() -> TapeFolder {
        TapeFolder(URL.temporaryDirectory.appending(path: "tape-\(UUID().uuidString)"))
    }

    private static func writer(_ folder: TapeFolder, limit: Int = 1 << 20, days: Int = 7) -> TapeWriter {
        TapeWriter(folder: folder, limit: limit, life: .seconds(days * 86_400))
    }

    private static func all(_ folder: TapeFolder, from: Int64 = .min, to: Int64 = .max) throws
        -> (entries: [TapeEntry], found: TapeFolder.Found)
    {
        var entries: [TapeEntry] = []
        let found = try folder.read(from: from, to: to) { entry in
            entries.append(entry)
            return true
        }
        return (entries, found)
    }

    /// Microseconds of a day in November 2026.
    private static let noon: Int64 = 1_795_608_000_000_000

    private static func some(_ count: Int, of length: Int = 40) -> [TapeEntry] {
        (0..<count).map { place -> TapeEntry in
            let at = noon + Int64(place) * 1_000_000
            if place % 10 == 0 { return TapeEntry(.began, at: at) }
            return TapeEntry(.bytes, at: at, bytes: Array(repeating: UInt8(place & 255), count: length))
        }
    }

    @Test("what is written is read again, in order, between any two moments, whoever may read the files")
    func roundTrip() throws {
        let folder = Self.folder()
        defer { try? FileManager.default.removeItem(at: folder.url) }
        let entries = Self.some(100)
        var writer = Self.writer(folder)
        for start in stride(from: 0, to: 100, by: 7) {
            #expect(writer.write(Array(entries[start..<min(start + 7, 100)]), at: entries[start].at) == nil)
        }
        #expect(try Self.all(folder).entries == entries)
        #expect(try Self.all(folder).found == .init(entries: 100, hasGaps: false))
        let middle = try Self.all(folder, from: entries[20].at, to: entries[29].at)
        #expect(middle.entries == Array(entries[20...29]))
        #expect(try Self.all(folder, from: Self.noon + 200_000_000).entries.isEmpty)
        for segment in try folder.segments() {
            let attributes = try FileManager.default.attributesOfItem(atPath: segment.url.path)
            #expect(attributes[.posixPermissions] as? Int == 0o600)
        }
        let attributes = try FileManager.default.attributesOfItem(atPath: folder.url.path)
        #expect(attributes[.posixPermissions] as? Int == 0o700)
    }

    @Test("without a folder nothing was kept; one that cannot be read is a fault")
    func absence() throws {
        let folder = Self.folder()
        #expect(try Self.all(folder).entries.isEmpty)
        // A line that brings nothing makes nothing.
        var idle = Self.writer(folder)
        #expect(idle.write([], at: Self.noon) == nil)
        #expect(!FileManager.default.fileExists(atPath: folder.url.path))
        try Data().write(to: folder.url)
        defer { try? FileManager.default.removeItem(at: folder.url) }
        #expect(throws: (any Error).self) { try Self.all(folder) }
        var writer = Self.writer(folder)
        #expect(writer.write(Self.some(3), at: Self.noon)?.contains(folder.url.path) == true)
    }

    @Test("the oldest make room: never more than the limit, never less than three quarters of it once it was full")
    func ring() throws {
        let folder = Self.folder()
        defer { try? FileManager.default.removeItem(at: folder.url) }
        let limit = 64 << 10
        var writer = Self.writer(folder, limit: limit)
        var total = 0
        for (place, entry) in Self.some(2_000, of: 300).enumerated() {
            #expect(writer.write([entry], at: entry.at) == nil)
            total += entry.encoded.count
            let kept = try folder.segments().reduce(0) { $0 + $1.size }
            #expect(kept <= limit, "after \(place)")
            if total > limit { #expect(kept >= limit * 3 / 4, "after \(place)") }
        }
        let kept = try Self.all(folder).entries
        #expect(kept == Array(Self.some(2_000, of: 300).suffix(kept.count)))
    }

    @Test("what is older than its term is let go of, on a quiet line too")
    func term() throws {
        let folder = Self.folder()
        defer { try? FileManager.default.removeItem(at: folder.url) }
        let now = Int64(Date.now.timeIntervalSince1970 * 1_000_000)
        var writer = Self.writer(folder, days: 2)
        #expect(writer.write([TapeEntry(.bytes, at: now, bytes: [1])], at: now) == nil)
        #expect(writer.write([], at: now + 47 * 3_600 * 1_000_000) == nil)
        #expect(try Self.all(folder).entries.count == 1)
        #expect(writer.write([], at: now + 49 * 3_600 * 1_000_000) == nil)
        #expect(try Self.all(folder).entries.isEmpty)
        let later = now + 49 * 3_600 * 1_000_000
        #expect(writer.write([TapeEntry(.bytes, at: later, bytes: [2])], at: later) == nil)
        #expect(try Self.all(folder).entries.map(\.bytes) == [[2]])
    }

    @Test("an end that was cut off at any byte costs what was not whole, and nothing of what came after")
    func cutOff() throws {
        let folder = Self.folder()
        defer { try? FileManager.default.removeItem(at: folder.url) }
        let entries = Self.some(4)
        var before = Self.writer(folder)
        #expect(before.write(entries, at: Self.noon) == nil)
        let file = try #require(try folder.segments().first).url
        let whole = try Data(contentsOf: file)
        let later = TapeEntry(.bytes, at: Self.noon + 60_000_000, bytes: [9])
        var after = Self.writer(folder)
        #expect(after.write([later], at: later.at) == nil)
        let lengths = entries.map(\.encoded.count)
        for cut in 0...whole.count {
            try whole.prefix(cut).write(to: file)
            var left = cut
            let kept = lengths.prefix { length in
                defer { left -= length }
                return left >= length
            }.count
            let read = try Self.all(folder)
            #expect(read.entries == Array(entries.prefix(kept)) + [later], "\(cut)")
            #expect(read.found.hasGaps == (kept < 4 && lengths.prefix(kept).reduce(0, +) != cut), "\(cut)")
        }
    }

    @Test("any byte that is damaged is noticed: what is told was written so")
    func damage() throws {
        let folder = Self.folder()
        defer { try? FileManager.default.removeItem(at: folder.url) }
        let entries = Self.some(4)
        var writer = Self.writer(folder)
        #expect(writer.write(entries, at: Self.noon) == nil)
        let file = try #require(try folder.segments().first).url
        let whole = try Data(contentsOf: file)
        for place in 0..<whole.count {
            var damaged = whole
            damaged[place] ^= 0x41
            try damaged.write(to: file)
            let read = try Self.all(folder)
            #expect(read.entries == Array(entries.prefix(read.entries.count)), "\(place)")
            #expect(read.entries.count < 4, "\(place)")
        }
    }

    @Test("a line faster than the disk is never held up: what is left out is marked once")
    func overflow() async throws {
        let folder = Self.folder()
        defer { try? FileManager.default.removeItem(at: folder.url) }
        let clock = Mutex(Self.noon)
        let tape = LineTape(folder: folder.url, limit: 64 << 20, life: .seconds(86_400)) {
            clock.withLock { now in
                now += 1
                return now
            }
        }
        tape.noteBeginning()
        let read = ByteBuffer(repeating: 7, count: 1 << 16)
        for _ in 0..<(LineTape.mostWaiting >> 16) + 5 { tape.note(read) }
        // Cancelled at once, it still writes what waits.
        let task = Task { await tape.run() }
        task.cancel()
        await task.value
        let kept = try Self.all(folder)
        #expect(kept.entries.map(\.kind).filter { $0 == .gap }.count == 1)
        #expect(kept.entries.first?.kind == .began)
        #expect(kept.entries.filter { $0.kind == .bytes }.count == LineTape.mostWaiting >> 16)
        #expect(kept.found.hasGaps)
    }

    @Test("a recording that went through a tape tells the same calls, one call's story with it", arguments: [1, 2, 3])
    func replays(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        for name in Recorded.streams.filter({ _ in random.next() % 20 == 0 }) {
            let folder = Self.folder()
            defer { try? FileManager.default.removeItem(at: folder.url) }
            let bytes = try Recorded.bytes(name)
            var writer = Self.writer(folder, limit: 16 << 20)
            var place = 0
            var at = Self.noon
            #expect(writer.write([TapeEntry(.began, at: at)], at: at) == nil)
            while place < bytes.count {
                let end = min(bytes.count, place + Int(random.next() % 5_000) + 1)
                at += 1_000
                #expect(writer.write([TapeEntry(.bytes, at: at, bytes: Array(bytes[place..<end]))], at: at) == nil)
                place = end
            }
            var plain = Replay(normalise: Recorded.normalise)
            plain.feed(bytes)
            let calls = plain.finish()
            for call in calls.prefix(3) {
                let line = Replay.Line(name: "matriz", kind: .asterisk, trunks: [], extensions: [])
                var replay = Replay(telling: .calls([call.call.key]), of: line, normalise: Recorded.normalise)
                try folder.read(from: .min, to: .max) { entry in
                    switch entry.kind {
                    case .began: replay.beginConnection()
                    case .bytes: replay.feed(entry.bytes)
                    case .gap: break
                    }
                    return true
                }
                let told = replay.finish()
                #expect(told.map(\.call) == [call.call], "\(name)")
                #expect(told.first?.steps.isEmpty == false, "\(name)")
            }
        }
    }

    @Test("two nodes that write into one folder are both read, whichever began first")
    func twoNodes() throws {
        let folder = Self.folder()
        defer { try? FileManager.default.removeItem(at: folder.url) }
        var (one, two) = (Self.writer(folder), Self.writer(folder))
        func entry(_ minute: Int64, _ byte: UInt8) -> TapeEntry {
            TapeEntry(.bytes, at: Self.noon + minute * 60_000_000, bytes: [byte])
        }
        for (minute, byte) in [(Int64(0), UInt8(1)), (1, 2), (2, 1), (3, 2)] {
            let entries = [entry(minute, byte)]
            #expect((byte == 1 ? one.write(entries, at: Self.noon) : two.write(entries, at: Self.noon)) == nil)
        }
        let late = try Self.all(folder, from: Self.noon + 90_000_000)
        #expect(Set(late.entries.map(\.bytes)) == [[1], [2]] && late.found == .init(entries: 2, hasGaps: false))
    }

    @Test("what is longer than an entry is kept in parts, all of it or none")
    func long() async throws {
        let folder = Self.folder()
        defer { try? FileManager.default.removeItem(at: folder.url) }
        let tape = LineTape(folder: folder.url, limit: 64 << 20, life: .seconds(86_400), now: { Self.noon })
        let bytes = (0..<(TapeEntry.longest * 2 + 3)).map { UInt8(truncatingIfNeeded: $0) }
        tape.note(bytes)
        tape.note([UInt8](repeating: 0, count: LineTape.mostWaiting))
        let writing = Task { await tape.run() }
        writing.cancel()
        await writing.value
        let (entries, found) = try Self.all(folder)
        #expect(entries.flatMap(\.bytes) == bytes && found.hasGaps)
        #expect(entries.filter { $0.kind == .gap }.count == 1)
    }

    @Test("what comes little by little goes into one file until that is full")
    func oneFile() async throws {
        let folder = Self.folder()
        defer { try? FileManager.default.removeItem(at: folder.url) }
        let (written, teller) = AsyncStream.makeStream(of: Void.self)
        let tape = LineTape(folder: folder.url, limit: 64 << 20, life: .seconds(86_400), now: { Self.noon }) { _ in
            teller.yield()
        }
        let writing = Task { await tape.run() }
        var turns = written.makeAsyncIterator()
        for place in 1...3 {
            tape.note([UInt8(place)])
            while try Self.all(folder).entries.count < place { await turns.next() }
        }
        #expect(try folder.segments().count == 1)
        writing.cancel()
        await writing.value
    }

    @Test("more files than are ever needed are let go of, the oldest first")
    func mostFiles() throws {
        let folder = Self.folder()
        defer { try? FileManager.default.removeItem(at: folder.url) }
        try FileManager.default.createDirectory(at: folder.url, withIntermediateDirectories: true)
        for place in 0..<(TapeFolder.mostSegments + 2) {
            let name = String(Self.noon + Int64(place)) + "-x" + TapeFolder.suffix
            #expect(FileManager.default.createFile(atPath: folder.url.appending(path: name).path, contents: nil))
        }
        try folder.shed(to: 1 << 20, before: .distantPast)
        let kept = try folder.segments()
        #expect(kept.count == TapeFolder.mostSegments && kept.first?.begins == Self.noon + 2)
    }
}
