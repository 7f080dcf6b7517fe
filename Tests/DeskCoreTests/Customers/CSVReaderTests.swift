import TestSupport
import Testing

@testable import DeskCore

@Suite("CSV")
struct CSVReaderTests {
    private func read(_ bytes: some Sequence<UInt8>, pieces: Int = .max) -> [Result<CSVRecord, CSVFault>] {
        var reader = CSVReader()
        var records: [Result<CSVRecord, CSVFault>] = []
        var rest = Array(bytes)[...]
        while !rest.isEmpty {
            records += reader.feed(rest.prefix(pieces))
            rest = rest.dropFirst(pieces)
        }
        return records + reader.finish()
    }

    private func records(_ text: String) -> [CSVRecord] { read(text.utf8).compactMap { try? $0.get() } }
    private func faults(_ text: String) -> [CSVFault] {
        read(text.utf8).compactMap { if case .failure(let fault) = $0 { fault } else { nil } }
    }

    @Test(
        "quotes, doubled quotes, separators and line breaks within fields are read, with the line each record begins on"
    )
    func quoting() {
        let read = records("a;b\r\n\"x;\"\"y\"\"\";\"1\r\n2\"\n\n;\"\"\nlast;1")
        #expect(
            read == [
                CSVRecord(line: 1, fields: ["a", "b"]), CSVRecord(line: 2, fields: ["x;\"y\"", "1\r\n2"]),
                CSVRecord(line: 5, fields: ["", ""]), CSVRecord(line: 6, fields: ["last", "1"]),
            ]
        )
    }

    @Test("the header decides between semicolon, comma and tab, quotes apart", arguments: [";", ",", "\t"])
    func separators(separator: String) {
        let read = records(["\"a;,b;,\"", "c", "d"].joined(separator: separator) + "\n1\(separator)2\(separator)3\n")
        #expect(read.last?.fields == ["1", "2", "3"])
    }

    @Test("a byte order mark is no part of the header; bytes that are not UTF-8 are Windows-1252")
    func encodings() {
        let marked: [UInt8] = [0xEF, 0xBB, 0xBF] + Array("é;b\n".utf8)
        #expect(read(marked) == [.success(CSVRecord(line: 1, fields: ["é", "b"]))])
        let windows: [UInt8] = [0x41, 0x3B, 0xE7, 0xE3, 0x6F, 0x96, 0x80, 0x0A]
        #expect(read(windows) == [.success(CSVRecord(line: 1, fields: ["A", "ção–€"]))])
    }

    @Test("a line that cannot be read is named and passed over, the next one is read")
    func faults() {
        #expect(faults("a;b\n\"x\"y;1\n2;3\n") == [CSVFault(line: 2, reason: .textAfterQuote)])
        #expect(records("a;b\n\"x\"y;1\n2;3\n").map(\.line) == [1, 3])
        #expect(faults("a;b\n1;2\n\"open;3\n4;5") == [CSVFault(line: 3, reason: .openQuote)])
        let wide = String(repeating: ";", count: 500)
        #expect(faults("a;b\n\(wide)\n1;2") == [CSVFault(line: 2, reason: .tooManyFields)])
        let long = String(repeating: "x", count: 100_000)
        #expect(faults("a;b\n\(long)\n1;2") == [CSVFault(line: 2, reason: .recordTooLong)])
        #expect(records("a;b\n\(long)\n1;2").map(\.line) == [1, 3])
    }

    @Test("a quote that never ends gives up after one record's length and goes on at the next line")
    func runaway() {
        let lines = (0..<4_000).map { "name \($0);some text on it\n" }.joined()
        let read = read(("a;b\n\"" + lines).utf8)
        let kept = read.compactMap { try? $0.get().line }
        #expect(kept.count > 1_000)
        // Everything after the swallowed piece is there, to the last line.
        #expect(kept.last == 4_001)
        #expect(zip(kept.dropFirst(), kept.dropFirst(2)).allSatisfy { $0 + 1 == $1 })
    }

    @Test("pieces of any size give the same records")
    func pieces() {
        let text = "\u{FEFF}a;b;c\r\n\"x\"\"\";é;\"1\n2\"\r\n\"bad\"x;1\n\n4;5;6"
        let whole = read(text.utf8)
        for size in 1..<text.utf8.count { #expect(read(text.utf8, pieces: size) == whole, "\(size)") }
    }

    @Test("nothing, a single line and random bytes end well")
    func odd() {
        #expect(read([UInt8]()).isEmpty)
        #expect(records("nome").map(\.fields) == [["nome"]])
        #expect(records("\n\n\r\n").isEmpty)
        var random = SplitMix64(seed: 11)
        let alphabet = Array("\";,\n\r a".utf8) + [0xC3, 0xA9, 0xFF, 0x00]
        for _ in 0..<300 {
            let bytes = (0..<200).map { _ in alphabet[Int(random.next() % UInt64(alphabet.count))] }
            #expect(read(bytes) == read(bytes, pieces: 7))
        }
    }
}
