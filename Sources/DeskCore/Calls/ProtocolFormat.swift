/// How protocol and ticket numbers are written: a pattern from the settings, filled with year, sequence and check digit.
///
/// `{year}` is four digits, `{sequence:N}` the counter with at least N digits, `{check}` a Damm digit over all digits
/// before it, so that one wrong or two swapped digits in a dictated number are noticed. Anything else stands for itself
/// and may be digits, upper-case letters, `-`, `/` or `.`.
public struct ProtocolFormat: Sendable, Equatable {
    enum Piece: Sendable, Equatable {
        case text(String)
        case year
        case sequence(Int)
        case check
    }

    let pieces: [Piece]
    public let pattern: String

    /// Thirteen digits such as 2026000123456: short enough to say, long enough for a hundred million calls a year.
    public static let standard = ProtocolFormat(
        pieces: [.year, .sequence(8), .check],
        pattern: "{year}{sequence:8}{check}"
    )

    /// Five digits such as 10014, growing as tickets do: one more to say than a bare count, and a slip is noticed.
    public static let standardTicket = ProtocolFormat(pieces: [.sequence(4), .check], pattern: "{sequence:4}{check}")

    private init(pieces: [Piece], pattern: String) {
        self.pieces = pieces
        self.pattern = pattern
    }

    /// Reads a pattern from the settings.
    ///
    /// - Throws: `ProtocolFormatError` saying what the pattern lacks.
    public init(_ pattern: String) throws(ProtocolFormatError) {
        // A number has to be told by telephone and typed on a keypad: 40 characters are more than anyone can.
        guard pattern.utf8.count <= 40 else { throw .tooLong }
        var pieces: [Piece] = []
        var rest = Substring(pattern)
        while let first = rest.first {
            if first == "{" {
                guard let end = rest.firstIndex(of: "}") else { throw .unknownPart(String(rest)) }
                let name = rest[rest.index(after: rest.startIndex)..<end]
                pieces.append(try Self.piece(named: name))
                rest = rest[rest.index(after: end)...]
            } else {
                let end = rest.firstIndex(of: "{") ?? rest.endIndex
                let text = String(rest[..<end])
                guard text.utf8.allSatisfy({ Self.allowed.contains($0) }) else { throw .unusableText(text) }
                pieces.append(.text(text))
                rest = rest[end...]
            }
        }
        let sequences = pieces.filter { if case .sequence = $0 { true } else { false } }.count
        guard sequences == 1 else { throw .needsOneSequence }
        let checks = pieces.filter { $0 == .check }.count
        guard checks == 1, pieces.last == .check else { throw .needsCheckAtEnd }
        self.init(pieces: pieces, pattern: pattern)
    }

    private static let allowed = Set("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-/.".utf8)

    private static func piece(named name: Substring) throws(ProtocolFormatError) -> Piece {
        if name == "year" { return .year }
        if name == "check" { return .check }
        if name.hasPrefix("sequence:"), let width = Int(name.dropFirst(9)), (4...12).contains(width) {
            return .sequence(width)
        }
        throw .unknownPart(String(name))
    }

    /// The counter this format draws from: one a year when the year is part of the number.
    func counterName(_ what: String, year: Int) -> String { pieces.contains(.year) ? "\(what)-\(year)" : what }

    /// The number for one place in the sequence.
    public func number(year: Int, sequence: Int64) -> String {
        var result = ""
        for piece in pieces {
            switch piece {
            case .text(let text): result += text
            case .year: result += Self.padded(Int64(year), 4)
            case .sequence(let width): result += Self.padded(sequence, width)
            case .check: result += String(DammCheck.digit(for: result))
            }
        }
        return result
    }

    /// Whether a number, as a person said or typed it, can be one of ours: its check digit fits.
    ///
    /// Spaces, dots and dashes do not count.
    public func accepts(_ text: String) -> Bool {
        let digits = text.filter { $0.isASCII && $0.isNumber }
        guard digits.count >= fewestDigits, digits.count <= 40 else { return false }
        return DammCheck.isValid(digits)
    }

    /// Whether a number has the shape of one of ours, and a digit of it is wrong.
    public func isMistyped(_ text: String) -> Bool {
        let digits = text.filter { $0.isASCII && $0.isNumber }
        guard digits.count >= fewestDigits, digits.count <= 40 else { return false }
        return !DammCheck.isValid(digits)
    }

    /// The digits every number of this format has at least.
    var fewestDigits: Int {
        pieces.reduce(0) { sum, piece in
            switch piece {
            case .text(let text): sum + text.utf8.filter(DocumentText.isDigit).count
            case .year: sum + 4
            case .sequence(let width): sum + width
            case .check: sum + 1
            }
        }
    }

    private static func padded(_ value: Int64, _ width: Int) -> String {
        let digits = String(max(0, value))
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}

/// What is wrong with a protocol number pattern, and what to write instead.
public enum ProtocolFormatError: Error, Equatable, CustomStringConvertible {
    case tooLong
    case unknownPart(String)
    case unusableText(String)
    case needsOneSequence
    case needsCheckAtEnd

    public var description: String {
        switch self {
        case .tooLong: "the pattern has more than 40 characters"
        case .unknownPart(let part): "'\(part)' is no part; use {year}, {sequence:8} and {check}"
        case .unusableText(let text):
            "'\(text)' cannot be said or typed on every phone; use digits, A-Z, '-', '/' or '.'"
        case .needsOneSequence: "{sequence:N} with N from 4 to 12 must stand in the pattern once"
        case .needsCheckAtEnd: "{check} must stand once, at the end"
        }
    }
}
