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
                CSVRecord(line: 1, fields: ["a", "b"]), CSVRecord(line: 2, through: 3, fields: ["x;\"y\"", "1\r\n2"]),
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

    // MARK: - As spreadsheets write it

    /// Each line read or told, in the order of the file.
    private func lines(_ text: String) -> [String] {
        read(text.utf8).map { result in
            switch result {
            case .success(let record): "\(record.line) \(record.fields.first ?? "")"
            case .failure(let fault): "\(fault.line) \(fault.reason.rawValue)"
            }
        }
    }

    @Test(
        "an open quote costs its own line, wherever the next quote stands and whatever ends the lines",
        arguments: [
            // Nothing closes it.
            "n;t;o|Ida;1;\"old|A;2;x|B;3;y|C;4;z|",
            "n;t;o|Ida;1;\"old|A;2;x|B;3;y|C;4;z",
            // A later line's own quotes, opening and closing.
            "n;t;o|Ida;1;\"old|A;2;\"x\"|B;3;y|C;4;z|",
            "n;t;o|Ida;1;\"old|A;2;x|B;3;\"y;\"\"z\"\"\"|C;4;z|",
            // A second open quote, refused as well.
            // An inch mark behind a later text.
            "n;t;o|Ida;1;\"old|A;2;x|B;3;tela de 17\"|C;4;z|",
            // Empty quotes.
            "n;t;o|Ida;1;\"old|A;2;\"\"|B;3;y|C;4;z|",
        ],
        ["\n", "\r\n", "\r"]
    )
    func openQuote(text: String, lineBreak: String) {
        let told = lines(text.replacing("|", with: lineBreak))
        #expect(told == ["1 n", "2 open_quote", "3 A", "4 B", "5 C"])
    }

    @Test("two open quotes cost their two lines")
    func twoOpenQuotes() {
        #expect(
            lines("n;t;o\nIda;1;\"old\nA;2;x\nB;3;\"y\nC;4;z\n")
                == ["1 n", "2 open_quote", "3 A", "4 open_quote", "5 C"]
        )
    }

    @Test("text of a field is no row because the quote before it is open")
    func openQuoteBeforeProse() {
        #expect(
            lines("n;t;o\nIda;1;\"first\nsecond line\nthird\nB;3;y\n") == [
                "1 n", "2 open_quote", "3 within_open_quote", "4 within_open_quote", "5 B",
            ]
        )
    }

    @Test(
        "fields with line breaks stay whole",
        arguments: [
            "n;t;o\nIda;1;\"first; and\nsecond\"\nB;2;x\n", "n;t;o\n\"Ida\nand Co\";1;x\nB;2;x\n",
            "n;t;o\nIda;\"a; b\nc; d\";x\nB;2;x\n", "n;o\nIda;\"a; b\nc; d\"\nB;2\n",
        ]
    )
    func wholeFields(text: String) {
        let read = read(text.utf8).compactMap { try? $0.get() }
        #expect(read.map(\.line) == [1, 2, 4])
        #expect(read.map(\.lastLine) == [1, 3, 4])
    }

    @Test("whatever a file holds, each of its lines is in a record or a fault, once and in order")
    func everyLineOnce() {
        var random = SplitMix64(seed: 5)
        let alphabet = Array("\"\";;\n\nab".utf8)
        for _ in 0..<2_000 {
            let body = (0..<60).map { _ in alphabet[Int(random.next() % UInt64(alphabet.count))] }
            let text = Array("n;t;o\n".utf8) + body
            var covered: Set<Int> = []
            var last = 0
            for result in read(text) {
                let range =
                    switch result {
                    case .success(let record): record.line...record.lastLine
                    case .failure(let fault): fault.line...fault.lastLine
                    }
                #expect(range.lowerBound > last)
                last = range.upperBound
                covered.formUnion(range)
            }
            for (index, line) in text.split(separator: 10, omittingEmptySubsequences: false).enumerated()
            where !line.isEmpty && line != Array("\"\"".utf8)[...] {
                #expect(covered.contains(index + 1), "\(String(decoding: text, as: UTF8.self))")
            }
        }
    }

    @Test("a file made of open quotes does not cost a reading of itself for each")
    func manyOpenQuotes() {
        // Each line opens a quote that the others double: without a bound each would be read to the end.
        let text = "n;t\n" + String(repeating: "a;\"\"\"\"\"\"\"b\n", count: 100_000)
        var reader = CSVReader()
        var count = 0
        for start in stride(from: 0, to: text.utf8.count, by: 65_536) {
            count += reader.feed(text.utf8.dropFirst(start).prefix(65_536)).count
        }
        #expect(count + reader.finish().count > 1)
    }

    @Test(
        "a line “sep=” is no header, and says the separator",
        arguments: [
            ("sep=;\r\na;b,c\r\n1;2\r\n", ["a", "b,c"]), ("SEP=,\na;b,c\n", ["a;b", "c"]),
            ("\u{FEFF}sep=|\r\na|b\r\n", ["a", "b"]), ("\"sep=;\"\na;b\n", ["a", "b"]),
            ("sep=\t\ra\tb\r", ["a", "b"]), ("sep=;;;\na;b\n", ["a", "b"]),
        ]
    )
    func toldSeparator(text: String, header: [String]) {
        let first = records(text).first
        #expect(first?.fields == header)
        #expect(first?.line == 2)
    }

    @Test("UTF-16 is read with and without its mark, cut anywhere", arguments: [true, false], [true, false])
    func utf16(isLittle: Bool, isMarked: Bool) {
        let text = (isMarked ? "\u{FEFF}" : "") + "nome\ttel\r\nJoão 😀\t1\r\n"
        let bytes = text.utf16.flatMap { unit in
            let pair = [UInt8(truncatingIfNeeded: unit), UInt8(truncatingIfNeeded: unit >> 8)]
            return isLittle ? pair : pair.reversed()
        }
        for size in [1, 2, 3, 7, 1_000] {
            let read = read(bytes, pieces: size).compactMap { try? $0.get().fields }
            #expect(read == [["nome", "tel"], ["João 😀", "1"]], "\(size)")
        }
        // Cut off in the middle of a letter: told as no letter, not lost in silence.
        #expect(read(bytes.dropLast(3)).count == 2)
    }

    @Test("lines may end in CR alone, also within quotes")
    func carriageReturns() {
        #expect(records("a;b\r1;\"x\ry\"\r3;4\r").map(\.fields) == [["a", "b"], ["1", "x\ry"], ["3", "4"]])
        #expect(records("a;b\r1;2\r3;4").map(\.line) == [1, 2, 3])
    }

    @Test("what a spreadsheet wrote as text is the text", arguments: ["=\"0123\"", "\"=\"\"0123\"\"\"", "0123"])
    func formulas(cell: String) {
        let field = records("a;b\n\(cell);2\n").last?.fields.first
        #expect(field.map(SpreadsheetText.value) == "0123")
    }
}
