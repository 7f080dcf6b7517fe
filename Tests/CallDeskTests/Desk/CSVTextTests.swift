import Testing

@testable import CallDesk

@Suite("Rows for spreadsheets")
struct CSVTextTests {
    /// Reads one record's fields byte by byte, as RFC 4180 has them and spreadsheets do; nil when there is more than one.
    private static func fields(_ text: String) -> [String]? {
        var fields: [[UInt8]] = [[]]
        var bytes = Array(text.utf8)[...]
        while let byte = bytes.popFirst() {
            let isAtStart = fields[fields.count - 1].isEmpty
            if byte == UInt8(ascii: "\""), isAtStart {
                while let quoted = bytes.popFirst() {
                    if quoted == UInt8(ascii: "\"") {
                        guard bytes.first == quoted else { break }
                        bytes.removeFirst()
                    }
                    fields[fields.count - 1].append(quoted)
                }
            } else if byte == UInt8(ascii: ";") {
                fields.append([])
            } else if byte == 0x0A || byte == 0x0D {
                return nil
            } else {
                fields[fields.count - 1].append(byte)
            }
        }
        return fields.map { String(decoding: $0, as: UTF8.self) }
    }

    @Test(
        "a field is read as it was written, whatever stands behind its quotes and semicolons",
        arguments: ["", "\u{301}", "\u{200D}", "\u{FE0F}", "\u{20DD}", "\u{1F3FD}"]
    )
    func quoting(mark: String) throws {
        let texts = [
            "a\"\(mark);b", "\"\(mark)abc", "a;\(mark)b", "a\"\(mark)\"\(mark)\"", "a\r\n\(mark)b", "a\r\(mark)b",
            "a\n\(mark)b", "\(mark)a", "ação\(mark)", "",
        ]
        let read = try #require(Self.fields(CSVText.line(texts)))
        #expect(read.map { Array($0.utf8) } == texts.map { Array($0.utf8) })
        // A mark at the beginning of a field leaves what parts it from the one before.
        #expect(Self.fields(CSVText.line(["a", "\(mark)b", "\(mark)"]))?.count == 3)
    }

    @Test(
        "what would begin a formula has an apostrophe in front, whatever stands behind its first sign",
        arguments: ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"]
    )
    func formulas(sign: String) throws {
        for mark in ["", "\u{301}", "\u{200D}", "\u{FE0F}"] {
            let text = "\(sign)\(mark)1+1"
            let read = try #require(Self.fields(CSVText.field(text))?.first)
            #expect(Array(read.utf8) == Array("'\(text)".utf8))
        }
    }

    @Test("a telephone number is no formula")
    func numbers() {
        #expect(CSVText.field("+5511987654321") == "+5511987654321")
        #expect(CSVText.field("+") == "'+")
        #expect(CSVText.field("+55\u{301}") == "'+55\u{301}")
        #expect(CSVText.field("+٣") == "'+٣")
        #expect(CSVText.field("João; da") == "\"João; da\"")
        #expect(CSVText.field("João") == "João")
    }
}
