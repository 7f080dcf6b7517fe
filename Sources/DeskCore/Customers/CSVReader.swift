/// One line of a CSV file, which quoted line breaks may stretch over several.
struct CSVRecord: Sendable, Hashable {
    /// Where it begins, counted from 1.
    var line: Int
    var fields: [String]

    /// Whether it holds nothing at all: an empty line, or separators alone.
    var isEmpty: Bool { fields.allSatisfy(\.isEmpty) }
}

/// What makes a CSV file unreadable from a line on.
struct CSVFault: Error, Sendable, Hashable {
    enum Reason: String, Sendable, Hashable {
        /// A quoted field that never ends, or a line longer than any real one.
        case recordTooLong = "record_too_long"
        case tooManyFields = "too_many_fields"
        /// Something between a closing quote and the next separator.
        case textAfterQuote = "text_after_quote"
        /// The file ends within a quoted field.
        case openQuote = "open_quote"
    }

    var line: Int
    var reason: Reason
}

/// Reads CSV (RFC 4180) from pieces of any size, with `;`, `,` or tab between fields, in UTF-8 or Windows-1252.
///
/// Our own rather than a library's: refusals need the line a record begins on even behind quoted line breaks, and the
/// file is read in pieces with bounded memory, neither of which the readers at hand do.
///
/// The separator is the one of the three that the header line has most of. A record that is no valid UTF-8 is taken for
/// Windows-1252, what spreadsheets write in Brazil and Portugal otherwise; real accents in it never happen to be UTF-8.
struct CSVReader {
    /// A record with every field at its longest has some 6 kB.
    static let longestRecord = 65_536
    /// Our columns several times over.
    static let mostFields = 200

    private var separator: UInt8?
    private var line = 1
    private var startLine = 1
    /// The bytes of the record so far, fields unquoted, and where each field ends.
    private var bytes: [UInt8] = []
    private var ends: [Int] = []
    private var state = State.fieldStart
    /// Bytes held back until the byte order mark and the header line are known.
    private var head: [UInt8] = []
    private var done: [Result<CSVRecord, CSVFault>] = []

    private enum State: Equatable {
        case fieldStart
        case plain
        case quoted
        case quoteInQuoted
        /// The record is refused; what is left of its line is passed over.
        case broken(CSVFault.Reason)
    }

    init() {}

    /// Reads a piece and gives every record it completes; one that cannot be read is a fault, and reading goes on after it.
    mutating func feed(_ piece: some Sequence<UInt8>) -> [Result<CSVRecord, CSVFault>] {
        if separator == nil {
            head.append(contentsOf: piece)
            // The header line decides; an endless one is decided by what fits a record.
            if head.contains(UInt8(ascii: "\n")) || head.count > Self.longestRecord { readHead() }
        } else {
            for byte in piece { read(byte) }
        }
        return taken()
    }

    /// Says that no more pieces follow, and gives the last record if the file ends without a line break.
    mutating func finish() -> [Result<CSVRecord, CSVFault>] {
        if separator == nil { readHead() }
        if state == .quoted { state = .broken(.openQuote) }
        if state != .fieldStart || !bytes.isEmpty || !ends.isEmpty { endRecord() }
        return taken()
    }

    private mutating func taken() -> [Result<CSVRecord, CSVFault>] {
        defer { done = [] }
        return done
    }

    private mutating func readHead() {
        var rest = head[...]
        head = []
        if rest.starts(with: [0xEF, 0xBB, 0xBF]) { rest = rest.dropFirst(3) }
        separator = Self.separator(of: rest.prefix { $0 != UInt8(ascii: "\n") })
        for byte in rest { read(byte) }
    }

    /// The most frequent candidate outside quotes; the first of the three when they are equal.
    private static func separator(of header: some Sequence<UInt8>) -> UInt8 {
        var counts: [UInt8: Int] = [:]
        var isQuoted = false
        for byte in header {
            if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
            if !isQuoted, ";,\t".utf8.contains(byte) { counts[byte, default: 0] += 1 }
        }
        return Array(";,\t".utf8).max { counts[$0, default: 0] < counts[$1, default: 0] } ?? UInt8(ascii: ";")
    }

    private mutating func read(_ byte: UInt8) {
        switch (state, byte) {
        case (.quoted, UInt8(ascii: "\"")):
            state = .quoteInQuoted
        case (.quoted, _):
            if byte == UInt8(ascii: "\n") { line += 1 }
            append(byte)
        case (_, UInt8(ascii: "\n")):
            line += 1
            endRecord()
        case (.broken, _):
            break
        case (.fieldStart, UInt8(ascii: "\"")):
            state = .quoted
        case (.quoteInQuoted, UInt8(ascii: "\"")):
            append(byte)
            if state == .quoteInQuoted { state = .quoted }
        case (_, separator):
            endField()
        case (.quoteInQuoted, UInt8(ascii: "\r")), (.quoteInQuoted, UInt8(ascii: " ")):
            break
        case (.quoteInQuoted, _):
            state = .broken(.textAfterQuote)
        default:
            state = .plain
            append(byte)
        }
    }

    private mutating func append(_ byte: UInt8) {
        if bytes.count < Self.longestRecord { bytes.append(byte) } else { state = .broken(.recordTooLong) }
    }

    private mutating func endField() {
        if ends.count < Self.mostFields {
            ends.append(bytes.count)
            state = .fieldStart
        } else {
            state = .broken(.tooManyFields)
        }
    }

    private mutating func endRecord() {
        // CR LF is one line break.
        if state == .plain, bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
        if case .broken = state {} else { endField() }
        if case .broken(let reason) = state {
            done.append(.failure(CSVFault(line: startLine, reason: reason)))
        } else {
            let record = CSVRecord(line: startLine, fields: decoded())
            // A line with nothing on it is no record.
            if !(record.fields.count == 1 && record.isEmpty) { done.append(.success(record)) }
        }
        bytes.removeAll(keepingCapacity: true)
        ends.removeAll(keepingCapacity: true)
        state = .fieldStart
        startLine = line
    }

    private func decoded() -> [String] {
        let isUTF8 = String(validating: bytes, as: UTF8.self) != nil
        var start = 0
        return ends.map { end in
            defer { start = end }
            let field = bytes[start..<end]
            return isUTF8 ? String(decoding: field, as: UTF8.self) : Windows1252.string(field)
        }
    }
}

/// The single-byte encoding of older spreadsheets.
enum Windows1252 {
    static func string(_ bytes: ArraySlice<UInt8>) -> String {
        var scalars = String.UnicodeScalarView()
        for byte in bytes {
            let value = (0x80...0x9F).contains(byte) ? upper[Int(byte) - 0x80] : UInt32(byte)
            scalars.append(Unicode.Scalar(value) ?? "\u{FFFD}")
        }
        return String(scalars)
    }

    /// Where it differs from Latin-1; the five codes without a character stand for U+FFFD.
    private static let upper: [UInt32] = [
        0x20AC, 0xFFFD, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0xFFFD,
        0x017D, 0xFFFD, 0xFFFD, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A,
        0x0153, 0xFFFD, 0x017E, 0x0178,
    ]
}
