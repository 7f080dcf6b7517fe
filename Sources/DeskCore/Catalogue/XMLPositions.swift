/// A place in a file: line and column from 1, the column counted in characters.
public struct SourcePosition: Sendable, Hashable, Comparable {
    public var line: Int
    public var column: Int

    public init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }

    public static func < (left: SourcePosition, right: SourcePosition) -> Bool {
        (left.line, left.column) < (right.line, right.column)
    }
}

/// Where every element and attribute of a file stands; libxml2's tree keeps lines only.
///
/// A scanner for markup that libxml2 also reads: it never judges well-formedness, it stops where it is lost. It runs
/// first, so that documents too deep, too large or with a DOCTYPE are refused before libxml2 spends anything on them.
struct XMLPositions {
    struct Attribute {
        var name: SourcePosition
        var value: SourcePosition
        /// Bytes of the value between the quotes.
        var bytes: Range<Int>
    }

    struct Element {
        var start: SourcePosition
        var attributes: [String: Attribute] = [:]
    }

    /// In document order.
    private(set) var elements: [Element] = []
    /// What has to be refused at once.
    private(set) var refusal: (problem: CatalogueFault.Problem, at: SourcePosition)?

    private let bytes: [UInt8]
    private var at = 0
    private var position = SourcePosition(line: 1, column: 1)
    private var depth = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        while at < bytes.count, refusal == nil {
            if bytes[at] == UInt8(ascii: "<") {
                guard markup() else { return }
            } else {
                step()
            }
        }
    }

    /// The place of the `offset`th character of an attribute's value as the reader sees it: `&lt;` is one character.
    func place(ofCharacter offset: Int, in attribute: Attribute) -> SourcePosition {
        var place = attribute.value
        var index = attribute.bytes.lowerBound
        var left = offset
        while left > 0, index < attribute.bytes.upperBound {
            let isReference = bytes[index] == UInt8(ascii: "&")
            repeat {
                if bytes[index] == UInt8(ascii: "\n") {
                    place.line += 1
                    place.column = 1
                } else if bytes[index] & 0xC0 != 0x80 {
                    place.column += 1
                }
                index += 1
            } while index < attribute.bytes.upperBound
                && (isReference ? bytes[index - 1] != UInt8(ascii: ";") : bytes[index] & 0xC0 == 0x80)
            left -= 1
        }
        return place
    }

    private mutating func step(_ count: Int = 1) {
        for _ in 0..<count where at < bytes.count {
            if bytes[at] == UInt8(ascii: "\n") {
                position.line += 1
                position.column = 1
            } else if bytes[at] & 0xC0 != 0x80 {
                position.column += 1
            }
            at += 1
        }
    }

    private func starts(with text: StaticString) -> Bool {
        let count = text.utf8CodeUnitCount
        guard at + count <= bytes.count else { return false }
        return text.withUTF8Buffer { $0.elementsEqual(bytes[at..<at + count]) }
    }

    /// Steps behind the next `text`; false when there is none.
    private mutating func skip(past text: StaticString) -> Bool {
        while at < bytes.count {
            if starts(with: text) {
                step(text.utf8CodeUnitCount)
                return true
            }
            step()
        }
        return false
    }

    private mutating func markup() -> Bool {
        if starts(with: "<!--") {
            step(4)
            return skip(past: "-->")
        }
        if starts(with: "<![CDATA[") { return skip(past: "]]>") }
        if starts(with: "<?") { return skip(past: "?>") }
        if starts(with: "<!") {
            refusal = (.doctype, position)
            return false
        }
        if starts(with: "</") {
            depth -= 1
            return skip(past: ">")
        }
        return startTag()
    }

    private mutating func startTag() -> Bool {
        var element = Element(start: position)
        step()
        while at < bytes.count, !Self.endsName(bytes[at]) { step() }
        while at < bytes.count {
            let byte = bytes[at]
            if Self.isSpace(byte) {
                step()
            } else if byte == UInt8(ascii: ">") {
                step()
                depth += 1
                return take(element)
            } else if byte == UInt8(ascii: "/") {
                step(2)
                return take(element)
            } else {
                guard attribute(of: &element) else { return false }
            }
        }
        return false
    }

    private mutating func take(_ element: Element) -> Bool {
        elements.append(element)
        if depth > CatalogueLimits.depth { refusal = (.tooDeep(CatalogueLimits.depth), element.start) }
        if elements.count > CatalogueLimits.elements {
            refusal = (.tooManyElements(CatalogueLimits.elements), element.start)
        }
        return refusal == nil
    }

    private mutating func attribute(of element: inout Element) -> Bool {
        let start = position
        let nameStart = at
        while at < bytes.count, !Self.endsName(bytes[at]) { step() }
        let name = String(decoding: bytes[nameStart..<at], as: UTF8.self)
        while at < bytes.count, Self.isSpace(bytes[at]) { step() }
        guard at < bytes.count, bytes[at] == UInt8(ascii: "="), !name.isEmpty else { return false }
        step()
        while at < bytes.count, Self.isSpace(bytes[at]) { step() }
        guard at < bytes.count, bytes[at] == UInt8(ascii: "\"") || bytes[at] == UInt8(ascii: "'") else { return false }
        let quote = bytes[at]
        step()
        let valueStart = at
        let valuePosition = position
        while at < bytes.count, bytes[at] != quote { step() }
        guard at < bytes.count else { return false }
        element.attributes[name] = Attribute(name: start, value: valuePosition, bytes: valueStart..<at)
        step()
        if element.attributes.count > CatalogueLimits.attributes {
            refusal = (.tooManyAttributes(CatalogueLimits.attributes), start)
            return false
        }
        return true
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
    }

    private static func endsName(_ byte: UInt8) -> Bool {
        isSpace(byte) || byte == UInt8(ascii: "=") || byte == UInt8(ascii: ">") || byte == UInt8(ascii: "/")
    }
}
