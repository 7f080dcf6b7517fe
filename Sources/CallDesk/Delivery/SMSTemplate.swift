import Codecs
import DeskCore

/// What a gateway's description can fill in, written `{{name}}`.
enum SMSField: String, Sendable, CaseIterable {
    /// E.164 with its plus sign.
    case to
    /// E.164 without the plus sign.
    case toDigits = "to_digits"
    case text
    case from
    case user
    case password
    /// The notice's number, for the gateway's own records.
    case id
    /// `gsm7` or `ucs2`.
    case encoding
    /// The GSM data coding: 0 for the 7-bit alphabet, 2 for UCS-2.
    case coding
    case segments
    /// `text` or `unicode`, as Vonage calls the alphabets.
    case textType = "text_type"
    /// Where delivery reports go; empty without a report secret.
    case reportURL = "report_url"
    /// The notice with its proof, for gateways that report to one address for all; empty without a report secret.
    case reportKey = "report_key"
}

/// A piece of a request with fields in it; values are escaped for the place they land in.
struct SMSTemplate: Sendable, Equatable {
    /// Where a value lands, and so what could break out of it.
    enum Place: Sendable {
        /// A path segment, query value or form value.
        case url
        /// Inside a JSON string's quotes.
        case json
        case header
        case plain

        func escape(_ value: String) -> String {
            switch self {
            case .url: PercentEncoding.encode(value)
            case .json: Self.json(value)
            case .header: value.filter { !$0.isNewline && $0 != "\0" }
            case .plain: value
            }
        }

        private static func json(_ value: String) -> String {
            var writer = JSONWriter()
            writer.string(value)
            return String(decoding: writer.bytes.dropFirst().dropLast(), as: UTF8.self)
        }
    }

    /// A field that does not exist, or a tag without its end.
    struct Fault: Error, Sendable, Equatable, CustomStringConvertible {
        var tag: String

        var description: String {
            let known = SMSField.allCases.map { "{{\($0.rawValue)}}" }.joined(separator: ", ")
            return "“{{\(tag)}}” is no field of an SMS; there are \(known)"
        }
    }

    private enum Piece: Sendable, Equatable {
        case literal(String)
        case field(SMSField)
    }

    private let pieces: [Piece]

    init(_ source: String) throws(Fault) {
        var pieces: [Piece] = []
        var rest = source[...]
        while let open = rest.firstRange(of: "{{") {
            if open.lowerBound > rest.startIndex { pieces.append(.literal(String(rest[..<open.lowerBound]))) }
            guard let close = rest[open.upperBound...].firstRange(of: "}}") else {
                throw Fault(tag: String(rest[open.upperBound...].prefix(40)))
            }
            let name = rest[open.upperBound..<close.lowerBound].filter { !$0.isWhitespace }
            guard let field = SMSField(rawValue: name) else { throw Fault(tag: String(name.prefix(40))) }
            pieces.append(.field(field))
            rest = rest[close.upperBound...]
        }
        if !rest.isEmpty { pieces.append(.literal(String(rest))) }
        self.pieces = pieces
    }

    /// A single field.
    init(_ field: SMSField) { pieces = [.field(field)] }
    /// Text without fields.
    init(literal: String) { pieces = [.literal(literal)] }

    func filled(_ values: [SMSField: String], for place: Place) -> String {
        var text = ""
        for piece in pieces {
            switch piece {
            case .literal(let literal): text += literal
            case .field(let field): text += place.escape(values[field] ?? "")
            }
        }
        return text
    }
}
