/// Which of a part's members are there, and their texts: all that a template can tell by.
///
/// To a section a text is there or not, an empty one is not; a truth is one or not; a list has so many. Whatever else a
/// text or a number says makes no difference to what stands around it.
struct PartShape: Sendable, Equatable {
    /// What is there, in the order of the part's members.
    let signs: [UInt8]
    /// Texts and numbers as they are shown, and the HTML of parts within the part.
    let texts: [String]

    /// Of parts whose members one template sees.
    ///
    /// `nested`: makes the HTML of a kept part within them.
    init(of parts: [any PagePart], nested: @escaping (any KeptPart) -> String) {
        let reader = ShapeReader(nested)
        // The places below throw nothing, and neither does what the compiler writes.
        do { for part in parts { try reader.take(whole: part) } } catch { assertionFailure("\(error)") }
        (signs, texts) = (reader.signs, reader.texts)
    }
}

/// What stands in a template for a text whose place is looked for.
enum TextMark {
    /// U+E000, which no template's own text holds, in UTF-8.
    private static let begin: [UInt8] = [0xEE, 0x80, 0x80]

    /// A number between two signs; the `&` behind it tells afterwards whether the template escapes what stands there.
    static func of(_ place: Int) -> String { "\u{E000}\(place)&\u{E000}" }

    /// The first mark of a text: where it stands, which place it names, and whether it was left as it was.
    static func first(
        in text: Substring.UTF8View
    ) -> (start: String.Index, end: String.Index, place: Int, isPlain: Bool)? {
        guard let start = index(of: begin, in: text), let inside = after(start, in: text),
            let close = index(of: begin, in: text[inside...]), let end = after(close, in: text)
        else { return nil }
        let said = text[inside..<close]
        let digits = said.prefix { $0 != UInt8(ascii: "&") }
        guard let place = Int(Substring(digits)) else { return nil }
        return (start, end, place, said.count == digits.count + 1)
    }

    private static func index(of sign: [UInt8], in text: Substring.UTF8View) -> String.Index? {
        var rest = text
        while let found = rest.firstIndex(of: sign[0]) {
            if rest[found...].starts(with: sign) { return found }
            rest = rest[rest.index(after: found)...]
        }
        return nil
    }

    private static func after(_ sign: String.Index, in text: Substring.UTF8View) -> String.Index? {
        text.index(sign, offsetBy: begin.count, limitedBy: text.endIndex)
    }

    /// Counts a part's texts in the order in which they come.
    final class Count {
        private var next = 0

        func mark() -> String {
            defer { next += 1 }
            return TextMark.of(next)
        }
    }
}

/// A part that says its members itself, each in the order in which it is declared, as a list has hundreds of them.
///
/// What the compiler writes for `Encodable` looks up a container's type for each part anew, which was a third of a list of
/// tickets. A test holds the two against each other.
protocol ToldPart: PagePart {
    func tell(_ shape: ShapeReader)
}

/// Writes down a part's shape while it encodes itself.
final class ShapeReader: Encoder {
    private enum Sign {
        static let nothing: UInt8 = 0
        static let text: UInt8 = 1
        static let no: UInt8 = 2
        static let yes: UInt8 = 3
        static let blank: UInt8 = 4
        static let begin: UInt8 = 5
        static let end: UInt8 = 6
    }

    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }
    private(set) var signs: [UInt8] = []
    private(set) var texts: [String] = []
    private let nested: (any KeptPart) -> String

    init(_ nested: @escaping (any KeptPart) -> String) {
        self.nested = nested
        signs.reserveCapacity(96)
        texts.reserveCapacity(32)
    }

    fileprivate func nothing() { signs.append(Sign.nothing) }

    func take(_ text: String?) {
        guard let text else { return nothing() }
        take(text)
    }

    func take(_ text: String) {
        guard !text.isEmpty else { return nothing() }
        signs.append(Sign.text)
        texts.append(text)
    }

    func take(_ truth: Bool) { signs.append(truth ? Sign.yes : Sign.no) }

    func take(_ number: Int64) { take(String(number)) }

    func take(_ part: (some ToldPart)?) {
        guard let part else { return nothing() }
        signs.append(Sign.begin)
        part.tell(self)
        signs.append(Sign.end)
    }

    func take(_ parts: [some ToldPart]) {
        signs.append(Sign.begin)
        for part in parts { take(part) }
        signs.append(Sign.end)
    }

    fileprivate func take<Value: Encodable>(value: Value) throws {
        if let text = value as? String { return take(text) }
        // The language's own, which the shape is kept by.
        if Value.self == WordTree.self { return }
        if let part = value as? any KeptPart {
            let html = nested(part)
            // It is there all the same.
            guard !html.isEmpty else { return signs.append(Sign.blank) }
            return take(html)
        }
        try take(whole: value)
    }

    fileprivate func take(whole value: any Encodable) throws {
        signs.append(Sign.begin)
        if let told = value as? any ToldPart { told.tell(self) } else { try value.encode(to: self) }
        signs.append(Sign.end)
    }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        KeyedEncodingContainer(ShapeMembers<Key>(reader: self))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer { ShapeItems(reader: self) }
    func singleValueContainer() -> any SingleValueEncodingContainer { ShapeValue(reader: self) }
}

private struct ShapeMembers<Key: CodingKey>: KeyedEncodingContainerProtocol {
    var codingPath: [any CodingKey] { [] }
    let reader: ShapeReader

    func encodeNil(forKey key: Key) { reader.nothing() }
    func encode(_ value: Bool, forKey key: Key) { reader.take(value) }
    func encode(_ value: String, forKey key: Key) { reader.take(value) }
    func encode(_ value: Double, forKey key: Key) { reader.take("\(value)") }
    func encode(_ value: Float, forKey key: Key) { reader.take("\(value)") }
    func encode(_ value: Int, forKey key: Key) { reader.take(String(value)) }
    func encode(_ value: Int8, forKey key: Key) { reader.take(String(value)) }
    func encode(_ value: Int16, forKey key: Key) { reader.take(String(value)) }
    func encode(_ value: Int32, forKey key: Key) { reader.take(String(value)) }
    func encode(_ value: Int64, forKey key: Key) { reader.take(String(value)) }
    func encode(_ value: UInt, forKey key: Key) { reader.take(String(value)) }
    func encode(_ value: UInt8, forKey key: Key) { reader.take(String(value)) }
    func encode(_ value: UInt16, forKey key: Key) { reader.take(String(value)) }
    func encode(_ value: UInt32, forKey key: Key) { reader.take(String(value)) }
    func encode(_ value: UInt64, forKey key: Key) { reader.take(String(value)) }
    func encode(_ value: some Encodable, forKey key: Key) throws { try reader.take(value: value) }

    // What is not there is a sign as well; without these the compiler's code would say nothing.
    func encodeIfPresent(_ value: Bool?, forKey key: Key) { put(value) { reader.take($0) } }
    func encodeIfPresent(_ value: String?, forKey key: Key) { put(value) { reader.take($0) } }
    func encodeIfPresent(_ value: Double?, forKey key: Key) { put(value) { reader.take("\($0)") } }
    func encodeIfPresent(_ value: Float?, forKey key: Key) { put(value) { reader.take("\($0)") } }
    func encodeIfPresent(_ value: Int?, forKey key: Key) { number(value) }
    func encodeIfPresent(_ value: Int8?, forKey key: Key) { number(value) }
    func encodeIfPresent(_ value: Int16?, forKey key: Key) { number(value) }
    func encodeIfPresent(_ value: Int32?, forKey key: Key) { number(value) }
    func encodeIfPresent(_ value: Int64?, forKey key: Key) { number(value) }
    func encodeIfPresent(_ value: UInt?, forKey key: Key) { number(value) }
    func encodeIfPresent(_ value: UInt8?, forKey key: Key) { number(value) }
    func encodeIfPresent(_ value: UInt16?, forKey key: Key) { number(value) }
    func encodeIfPresent(_ value: UInt32?, forKey key: Key) { number(value) }
    func encodeIfPresent(_ value: UInt64?, forKey key: Key) { number(value) }
    func encodeIfPresent(_ value: (some Encodable)?, forKey key: Key) throws {
        try put(value) { try reader.take(value: $0) }
    }

    private func put<Value>(_ value: Value?, _ take: (Value) throws -> Void) rethrows {
        guard let value else { return reader.nothing() }
        try take(value)
    }

    private func number(_ value: (some FixedWidthInteger)?) { put(value) { reader.take(String($0)) } }

    func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type,
        forKey key: Key
    ) -> KeyedEncodingContainer<Nested> { reader.container(keyedBy: type) }
    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer { reader.unkeyedContainer() }
    func superEncoder() -> any Encoder { reader }
    func superEncoder(forKey key: Key) -> any Encoder { reader }
}

private struct ShapeItems: UnkeyedEncodingContainer {
    var codingPath: [any CodingKey] { [] }
    // Nobody that a part consists of asks for it.
    var count: Int { 0 }
    let reader: ShapeReader

    func encodeNil() { reader.nothing() }
    func encode(_ value: some Encodable) throws { try reader.take(value: value) }

    func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type
    ) -> KeyedEncodingContainer<Nested> { reader.container(keyedBy: type) }
    func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { reader.unkeyedContainer() }
    func superEncoder() -> any Encoder { reader }
}

/// A value that is no part and no list: a list's number, or what a vocabulary's word is.
private struct ShapeValue: SingleValueEncodingContainer {
    var codingPath: [any CodingKey] { [] }
    let reader: ShapeReader

    func encodeNil() { reader.nothing() }
    func encode(_ value: Bool) { reader.take(value) }
    func encode(_ value: String) { reader.take(value) }
    func encode(_ value: some Encodable) throws {
        if let number = value as? any FixedWidthInteger { return reader.take(String(describing: number)) }
        if let number = value as? any BinaryFloatingPoint { return reader.take(String(describing: number)) }
        try value.encode(to: reader)
    }
}
