/// Why a mail is not read.
public enum UnreadableMail: Error, Equatable, CustomStringConvertible {
    case tooLarge(limit: Int)
    case headerTooLong(limit: Int)
    case tooManyParts(limit: Int)
    case tooDeep(limit: Int)
    /// No header at all: not what a mail server gives out.
    case noMail

    public var description: String {
        switch self {
        case .tooLarge(let limit): "the mail is larger than \(limit / 1_048_576) MiB; look at it in the mailbox"
        case .headerTooLong(let limit): "the mail's header is longer than \(limit) bytes; look at it in the mailbox"
        case .tooManyParts(let limit): "the mail has more than \(limit) parts; look at it in the mailbox"
        case .tooDeep(let limit): "the mail's parts lie more than \(limit) deep; look at it in the mailbox"
        case .noMail: "what the mailbox gives out is no mail; look at it there"
        }
    }
}

/// How much of a mail is taken.
public enum MailLimits {
    /// The largest file as mail writes it, a third longer, and room for text beside it.
    public static let largest = 36 * 1_048_576
    /// Servers refuse longer ones themselves; a hundred relays' lines fit.
    static let header = 256 * 1024
    static let fields = 500
    /// What we read of one field's value.
    static let value = 8 * 1024
    /// Forwarded with pictures, mails have some dozens.
    static let parts = 200
    /// Signed, mixed, related, alternative: four, and lists put a frame or two around.
    static let depth = 12
    /// Of the text that is looked at: an entry takes less, and looking for passwords in it takes at most some seconds.
    static let text = 256 * 1024
    static let recipients = 50
    static let subject = 200
    /// File systems take names of 255 octets.
    static let fileName = 200
}

/// One entity of a mail (RFC 2045): its header's fields, and where its body lies in the mail's bytes.
///
/// The parts are told apart here and not by GMime, which goes as deep as a mail says and builds an object for each part
/// before anybody can count them.
struct MailEntity {
    struct Field {
        /// In lower case.
        var name: String
        /// Unfolded, as text; bytes that are no UTF-8 as Windows reads them.
        var value: String
    }

    var fields: [Field]
    var body: Range<Int>

    subscript(_ name: String) -> String? { fields.first { $0.name == name }?.value }

    func all(_ name: String) -> [String] { fields.filter { $0.name == name }.map(\.value) }

    /// The entity that `range` of a mail holds.
    init(_ bytes: [UInt8], in range: Range<Int>) throws(UnreadableMail) {
        (fields, body) = ([], range)
        var at = range.lowerBound
        var value: [UInt8] = []
        var name: String?
        while at < range.upperBound {
            guard at - range.lowerBound <= MailLimits.header else { throw .headerTooLong(limit: MailLimits.header) }
            let (line, next) = Self.line(bytes, at: at, end: range.upperBound)
            if line.isEmpty {
                at = next
                break
            }
            if let first = bytes[line].first, first == 0x20 || first == 0x09 {
                if value.count < MailLimits.value { value += bytes[line].prefix(MailLimits.value) }
            } else if let colon = bytes[line].firstIndex(of: UInt8(ascii: ":")),
                Self.isName(bytes[line.lowerBound..<colon])
            {
                keep(name, value)
                name = String(decoding: bytes[line.lowerBound..<colon], as: UTF8.self).lowercased()
                    .filter { $0 != " " && $0 != "\t" }
                value = Array(bytes[(colon + 1)..<line.upperBound].prefix(MailLimits.value))
            } else if name == nil, bytes[line].starts(with: "From ".utf8) {
                // The line before a mail in a file of mails.
            } else {
                // No field: the body begins without its blank line.
                break
            }
            at = next
        }
        keep(name, value)
        body = at..<range.upperBound
    }

    private mutating func keep(_ name: String?, _ value: [UInt8]) {
        guard let name, fields.count < MailLimits.fields else { return }
        let text = String(validating: value, as: UTF8.self) ?? WindowsText.read(value)
        fields.append(Field(name: name, value: text.trimmingBlanks))
    }

    private static func isName(_ bytes: ArraySlice<UInt8>) -> Bool {
        (1...76).contains(bytes.count) && bytes.allSatisfy { (0x21...0x7E).contains($0) || $0 == 0x20 || $0 == 0x09 }
            && bytes.first != 0x20
    }

    /// A line without its end, and where the next begins.
    private static func line(_ bytes: [UInt8], at start: Int, end: Int) -> (Range<Int>, next: Int) {
        let feed = bytes[start..<end].firstIndex(of: 0x0A) ?? end
        let stop = feed > start && bytes[feed - 1] == 0x0D ? feed - 1 : feed
        return (start..<stop, min(feed + 1, end))
    }

    /// Where the parts between a boundary's lines lie (RFC 2046 §5.1); of one that never ends, up to the end.
    func parts(of bytes: [UInt8], boundary: String, most: Int) throws(UnreadableMail) -> [Range<Int>] {
        let mark = Array("--\(boundary)".utf8)
        guard (1...200).contains(boundary.utf8.count) else { return [] }
        var found: [Range<Int>] = []
        var begun: Int?
        var at = body.lowerBound
        while at < body.upperBound {
            let (line, next) = Self.line(bytes, at: at, end: body.upperBound)
            if bytes[line].starts(with: mark) {
                let rest = bytes[line].dropFirst(mark.count)
                let isEnd = rest.starts(with: "--".utf8)
                if rest.dropFirst(isEnd ? 2 : 0).allSatisfy({ $0 == 0x20 || $0 == 0x09 }) {
                    if let begun { found.append(begun..<Self.before(at, in: bytes, from: begun)) }
                    begun = isEnd ? nil : next
                    guard found.count <= most else { throw .tooManyParts(limit: MailLimits.parts) }
                    if isEnd { break }
                }
            }
            at = next
        }
        if let begun, begun < body.upperBound { found.append(begun..<body.upperBound) }
        return found
    }

    /// The line end before a boundary belongs to it.
    private static func before(_ boundary: Int, in bytes: [UInt8], from start: Int) -> Int {
        var end = boundary
        if end > start, bytes[end - 1] == 0x0A { end -= 1 }
        if end > start, bytes[end - 1] == 0x0D { end -= 1 }
        return end
    }
}
