/// One line of a CSV file, which quoted line breaks may stretch over several.
struct CSVRecord: Sendable, Hashable {
    /// Where it begins, counted from 1.
    var line: Int
    /// Where it ends; the same line, but for quoted line breaks.
    var lastLine: Int
    var fields: [String]

    init(line: Int, through lastLine: Int? = nil, fields: [String]) {
        self.line = line
        self.lastLine = lastLine ?? line
        self.fields = fields
    }

    /// Whether it holds nothing at all: an empty line, or separators alone.
    var isEmpty: Bool { fields.allSatisfy(\.isEmpty) }
}

/// What makes a line of a CSV file unreadable.
struct CSVFault: Error, Sendable, Hashable {
    enum Reason: String, Sendable, Hashable {
        /// A quoted field that never ends, or a line longer than any real one.
        case recordTooLong = "record_too_long"
        case tooManyFields = "too_many_fields"
        /// Something between a closing quote and the next separator.
        case textAfterQuote = "text_after_quote"
        /// The quotation mark opened on the line has no end that belongs to it.
        case openQuote = "open_quote"
        /// The line follows an open quotation mark and has not the header's columns: text of a field more likely than a row.
        case withinOpenQuote = "within_open_quote"
    }

    var line: Int
    /// The last line that is lost with it.
    var lastLine: Int
    var reason: Reason

    init(line: Int, through lastLine: Int? = nil, reason: Reason) {
        self.line = line
        self.lastLine = lastLine ?? line
        self.reason = reason
    }
}

/// Reads CSV (RFC 4180) from pieces of any size, as spreadsheets write it: `;`, `,` or tab between fields or what a first
/// line `sep=` says; lines that end in LF, CR LF or CR; UTF-8, UTF-16 or Windows-1252; `="0123"` for text.
///
/// Our own rather than a library's: refusals need the line a record begins on even behind quoted line breaks, and the
/// file is read in pieces with bounded memory, neither of which the readers at hand do.
///
/// One open quotation mark costs its own line only: when a quoted field turns out not to end where it should, the line it
/// began on is a fault, and what it swallowed is read again line by line. A record that is no valid UTF-8 is taken for
/// Windows-1252, what spreadsheets write in Brazil and Portugal otherwise; real accents in it never happen to be UTF-8.
struct CSVReader {
    /// A record with every field at its longest has some 6 kB.
    static let longestRecord = 65_536
    /// Our columns several times over.
    static let mostFields = 200
    /// Bytes read a second time in one file: a real file has a few open quotes of a few kB each, and one made of nothing
    /// but open quotes must not be read over and over.
    static let mostReread = 64 << 20

    private static let lineFeed = UInt8(ascii: "\n")
    private static let carriageReturn = UInt8(ascii: "\r")
    private static let quote = UInt8(ascii: "\"")

    private var transcoder = CSVTranscoder()
    private var separator: UInt8?
    /// Fields of the header line.
    private var columns: Int?
    private var line = 1
    private var startLine = 1
    /// The bytes of the record so far, fields unquoted, and where each field ends.
    private var bytes: [UInt8] = []
    private var ends: [Int] = []
    private var state = State.fieldStart
    /// Whether a line feed that comes next belongs to a carriage return before it.
    private var skipsLineFeed = false
    /// What of the record stands on its second line and after it, as in the file; nil while it is on one line.
    private var spread: Spread?
    /// The last line that is read a second time.
    private var rereadThrough = 0
    private var reread = 0
    /// What is to be read again.
    private var again: [UInt8]?
    /// Bytes held back until the header line is there.
    private var head: [UInt8] = []
    private var done: [Result<CSVRecord, CSVFault>] = []

    private enum State: Equatable {
        case fieldStart
        /// After `=` at the start of a field: `="0123"` is how spreadsheets keep zeros in front.
        case equals
        case plain
        case quoted
        case quoteInQuoted
        /// The record is refused; what is left of its line is passed over.
        case broken(CSVFault.Reason)
    }

    private struct Spread {
        /// Whether the first line break was a carriage return, which a line feed may follow.
        var beginsAfterReturn: Bool
        /// Separators before the quotation mark that the lines are in.
        var column: Int
        var raw: [UInt8] = []
    }

    init() {}

    /// Reads a piece and gives every record it completes; one that cannot be read is a fault, and reading goes on after it.
    mutating func feed(_ piece: some Sequence<UInt8>) -> [Result<CSVRecord, CSVFault>] {
        take(transcoder.feed(piece))
        return taken()
    }

    /// Says that no more pieces follow, and gives the last record if the file ends without a line break.
    mutating func finish() -> [Result<CSVRecord, CSVFault>] {
        take(transcoder.finish())
        if separator == nil { readHead() }
        while state == .quoted, spread != nil {
            // Each round refuses at least one line and reads the others again.
            fail(.openQuote)
            guard let rest = again else { break }
            again = nil
            readAll(rest)
        }
        if state == .quoted { state = .broken(.openQuote) }
        if state != .fieldStart || !bytes.isEmpty || !ends.isEmpty {
            endRecord()
            if let rest = again {
                again = nil
                readAll(rest)
                return taken() + finish()
            }
        }
        return taken()
    }

    private mutating func taken() -> [Result<CSVRecord, CSVFault>] {
        defer { done = [] }
        return done
    }

    private mutating func take(_ text: [UInt8]) {
        guard separator == nil else {
            readAll(text)
            return
        }
        head += text
        // The header line decides; an endless one is decided by what fits a record.
        if head.contains(where: Self.isLineBreak) || head.count > Self.longestRecord { readHead() }
    }

    private mutating func readHead() {
        var first = head.prefix { !Self.isLineBreak($0) }
        if let told = Self.toldSeparator(first) {
            var rest = head[first.endIndex...]
            skipsLineFeed = rest.first == Self.carriageReturn
            rest = rest.dropFirst()
            line += 1
            startLine = line
            separator = told
            head = Array(rest)
            first = []
        }
        let all = head
        head = []
        if separator == nil { separator = Self.separator(of: first) }
        readAll(all)
    }

    /// What `sep=;` says; it is for spreadsheets, and no header.
    private static func toldSeparator(_ line: some Collection<UInt8>) -> UInt8? {
        let bare = line.filter { $0 != quote }
        guard let told = bare.dropFirst(4).first, bare.dropFirst(4).allSatisfy({ $0 == told }),
            String(decoding: bare.prefix(4), as: UTF8.self).lowercased() == "sep="
        else { return nil }
        return told
    }

    /// The most frequent candidate outside quotes; the first of the three when they are equal.
    private static func separator(of header: some Sequence<UInt8>) -> UInt8 {
        var counts: [UInt8: Int] = [:]
        var isQuoted = false
        for byte in header {
            if byte == quote { isQuoted.toggle() }
            if !isQuoted, ";,\t".utf8.contains(byte) { counts[byte, default: 0] += 1 }
        }
        return Array(";,\t".utf8).max { counts[$0, default: 0] < counts[$1, default: 0] } ?? UInt8(ascii: ";")
    }

    private static func isLineBreak(_ byte: UInt8) -> Bool { byte == lineFeed || byte == carriageReturn }

    /// Reads `text`, and whatever of it turns out to need reading again, in the order of the file.
    private mutating func readAll(_ text: [UInt8]) {
        var pending: [(text: [UInt8], next: Int)] = [(text, 0)]
        while var (text, next) = pending.popLast() {
            while next < text.count {
                read(text[next])
                next += 1
                if let earlier = again {
                    again = nil
                    pending.append((text, next))
                    text = earlier
                    next = 0
                }
            }
        }
    }

    private mutating func read(_ byte: UInt8) {
        spread?.raw.append(byte)
        if skipsLineFeed {
            skipsLineFeed = false
            if byte == Self.lineFeed {
                if state == .quoted { append(byte) }
                return
            }
        }
        switch (state, byte) {
        case (.quoted, Self.quote):
            state = .quoteInQuoted
        case (.quoted, _):
            if Self.isLineBreak(byte) { spreadOn(byte) }
            append(byte)
        case (_, Self.lineFeed), (_, Self.carriageReturn):
            skipsLineFeed = byte == Self.carriageReturn
            endRecord()
            // A record that is read again begins where it began.
            if again == nil {
                line += 1
                startLine = line
            }
        case (.broken, _):
            break
        case (.fieldStart, Self.quote), (.equals, Self.quote):
            state = .quoted
        case (.fieldStart, UInt8(ascii: "=")):
            state = .equals
        case (.quoteInQuoted, Self.quote):
            append(byte)
            if state == .quoteInQuoted { state = .quoted }
        case (_, separator):
            endField()
        case (.quoteInQuoted, UInt8(ascii: " ")):
            break
        case (.quoteInQuoted, _):
            fail(.textAfterQuote)
        case (.equals, _):
            append(UInt8(ascii: "="))
            state = .plain
            append(byte)
        default:
            state = .plain
            append(byte)
        }
    }

    private mutating func spreadOn(_ lineBreak: UInt8) {
        line += 1
        skipsLineFeed = lineBreak == Self.carriageReturn
        if spread == nil { spread = Spread(beginsAfterReturn: skipsLineFeed, column: ends.count) }
    }

    private mutating func append(_ byte: UInt8) {
        if bytes.count < Self.longestRecord { bytes.append(byte) } else { fail(.recordTooLong) }
    }

    private mutating func endField() {
        if state == .equals { append(UInt8(ascii: "=")) }
        if ends.count < Self.mostFields {
            ends.append(bytes.count)
            if case .broken = state {} else { state = .fieldStart }
        } else {
            fail(.tooManyFields)
        }
    }

    /// Refuses the record: the rest of its line when it is on one, else its first line, the others to be read again.
    private mutating func fail(_ reason: CSVFault.Reason) {
        state = .broken(reason)
        guard let spread, reread + spread.raw.count <= Self.mostReread else { return }
        reread += spread.raw.count
        done.append(.failure(CSVFault(line: startLine, reason: .openQuote)))
        rereadThrough = max(rereadThrough, line)
        again = spread.raw
        line = startLine + 1
        clear()
        skipsLineFeed = spread.beginsAfterReturn
    }

    private mutating func endRecord() {
        if case .broken = state {} else { endField() }
        if spread != nil, swallowsRows { fail(.openQuote) }
        if again != nil { return }
        if case .broken(let reason) = state {
            done.append(.failure(CSVFault(line: startLine, through: line, reason: reason)))
        } else {
            let record = CSVRecord(line: startLine, through: line, fields: decoded())
            // A line with nothing on it is no record.
            if !(record.fields.count == 1 && record.isEmpty) { take(record) }
        }
        clear()
    }

    private mutating func take(_ record: CSVRecord) {
        guard let columns else {
            columns = record.fields.count
            done.append(.success(record))
            return
        }
        if record.line <= rereadThrough, record.fields.count != columns {
            done.append(
                .failure(CSVFault(line: record.line, through: record.lastLine, reason: .withinOpenQuote))
            )
        } else {
            done.append(.success(record))
        }
    }

    private mutating func clear() {
        bytes.removeAll(keepingCapacity: true)
        ends.removeAll(keepingCapacity: true)
        state = .fieldStart
        spread = nil
        startLine = line
    }

    /// Whether a record over several lines more likely is several rows, the first with an open quotation mark and the last
    /// with a stray one: it has more fields than the header, or each of its lines has the header's fields by itself.
    private var swallowsRows: Bool {
        guard let spread, let columns, let separator else { return false }
        if ends.count > columns { return true }
        var lines = spread.raw.split(omittingEmptySubsequences: true, whereSeparator: Self.isLineBreak)
        guard columns >= 3, let last = lines.popLast() else { return false }
        func isRow(_ line: ArraySlice<UInt8>) -> Bool { line.count { $0 == separator } == columns - 1 }
        // A name on two lines in the first column looks like a row as well, and so does an address with one `;`.
        return isRow(last) && lines.allSatisfy(isRow) && spread.column >= (lines.isEmpty ? 2 : 1)
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
