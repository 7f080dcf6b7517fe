import Mustache

/// A part's values as the template engine takes them: read from the types once, not at every tag.
///
/// A part tells its members by encoding itself, which the compiler writes; asking a mirror for them takes several times as
/// long.
final class PageMembers: MustacheParent {
    /// Makes a kept part's HTML.
    typealias Keeper = (any KeptPart) -> ShownText

    /// By name: texts, numbers, truths, `PageMembers` of parts, arrays of these, and `NothingToShow`.
    fileprivate(set) var values: [String: Any] = [:]
    /// The template of a kept part, where nobody makes its HTML.
    private(set) var template: String?
    fileprivate let way: Way

    /// How values are shown.
    fileprivate struct Way {
        var keeper: Keeper?
        /// Given, every text and number is shown as a mark of its place.
        var marks: TextMark.Count?

        func text(_ text: String) -> Any {
            text.isEmpty ? NothingToShow() : ShownText(renderText: marks?.mark() ?? text)
        }

        func number(_ number: Any) -> Any { marks.map { ShownText(renderText: $0.mark()) } ?? number }

        /// Nil where nobody makes its HTML.
        func html(_ part: any KeptPart) -> ShownText? {
            guard let shown = keeper?(part) else { return nil }
            guard let marks, !shown.renderText.isEmpty else { return shown }
            return ShownText(renderText: marks.mark())
        }
    }

    init(keeper: Keeper? = nil, marks: TextMark.Count? = nil) { way = Way(keeper: keeper, marks: marks) }

    fileprivate init(_ way: Way) { self.way = way }

    /// The members of `part` by name, and of the parts in it; without a keeper, kept parts are parts as all are.
    convenience init(_ part: any PagePart, keeper: Keeper? = nil) {
        self.init(part, Way(keeper: keeper))
    }

    fileprivate convenience init(_ part: any PagePart, _ way: Way) {
        self.init(way)
        template = (part as? any KeptPart).map { type(of: $0).template }
        take(part)
    }

    /// Adds the members of `part`, which count before what is there by the same name.
    func take(_ part: any PagePart) {
        let place = MemberPlace(way)
        place.found = self
        // The places below throw nothing, and neither does what the compiler writes.
        do { try part.encode(to: place) } catch { assertionFailure("\(error)") }
    }

    /// Puts a part's members below a name.
    func take(_ part: any PagePart, below name: String) { values[name] = PageMembers(part, way) }

    func child(named name: String) -> Any? { values[name] }
}

/// A text, or a kept part's HTML, as the engine takes it at once: of a plain one it asks first whether it is anything else.
struct ShownText: MustacheCustomRenderable {
    let renderText: String
    var isNull: Bool { false }
}

/// Renders as nothing, and is nothing to a section.
struct NothingToShow: MustacheCustomRenderable {
    var renderText: String { "" }
    var isNull: Bool { true }
}

/// Where one value goes while a part encodes itself.
private final class MemberPlace: Encoder {
    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }
    var found: Any = NothingToShow()
    private var items: [Any]?
    let way: PageMembers.Way

    init(_ way: PageMembers.Way) { self.way = way }

    /// As the engine takes a value: an empty text is nothing.
    static func shown<Value: Encodable>(_ value: Value, _ way: PageMembers.Way) throws -> Any {
        if let text = value as? String { return way.text(text) }
        if Value.self == WordTree.self { return value }
        if let part = value as? any KeptPart { return way.html(part) ?? PageMembers(part) }
        let place = MemberPlace(way)
        try value.encode(to: place)
        return place.items ?? place.found
    }

    func add(_ value: Any) { items?.append(value) }

    func add(_ value: some Encodable) throws { items?.append(try Self.shown(value, way)) }

    var count: Int { items?.count ?? 0 }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        let members = found as? PageMembers ?? PageMembers(way)
        found = members
        return KeyedEncodingContainer(MemberWriter<Key>(members: members))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer {
        items = []
        return ItemWriter(place: self)
    }

    func singleValueContainer() -> any SingleValueEncodingContainer { ValueWriter(place: self) }
}

/// Takes a part's members one after the other.
private struct MemberWriter<Key: CodingKey>: KeyedEncodingContainerProtocol {
    var codingPath: [any CodingKey] { [] }
    let members: PageMembers

    private func put(_ value: Any?, _ key: Key) { members.values[key.stringValue] = value ?? NothingToShow() }

    func encodeNil(forKey key: Key) { put(nil, key) }
    func encode(_ value: Bool, forKey key: Key) { put(value, key) }
    func encode(_ value: String, forKey key: Key) { put(members.way.text(value), key) }
    func encode(_ value: Double, forKey key: Key) { put(members.way.number(value), key) }
    func encode(_ value: Float, forKey key: Key) { put(members.way.number(value), key) }
    func encode(_ value: Int, forKey key: Key) { put(members.way.number(value), key) }
    func encode(_ value: Int8, forKey key: Key) { put(members.way.number(value), key) }
    func encode(_ value: Int16, forKey key: Key) { put(members.way.number(value), key) }
    func encode(_ value: Int32, forKey key: Key) { put(members.way.number(value), key) }
    func encode(_ value: Int64, forKey key: Key) { put(members.way.number(value), key) }
    func encode(_ value: UInt, forKey key: Key) { put(members.way.number(value), key) }
    func encode(_ value: UInt8, forKey key: Key) { put(members.way.number(value), key) }
    func encode(_ value: UInt16, forKey key: Key) { put(members.way.number(value), key) }
    func encode(_ value: UInt32, forKey key: Key) { put(members.way.number(value), key) }
    func encode(_ value: UInt64, forKey key: Key) { put(members.way.number(value), key) }
    func encode(_ value: some Encodable, forKey key: Key) throws {
        put(try MemberPlace.shown(value, members.way), key)
    }

    // What is not there hides an outer member of its name.
    func encodeIfPresent(_ value: Bool?, forKey key: Key) { put(value, key) }
    func encodeIfPresent(_ value: String?, forKey key: Key) { put(value.map(members.way.text), key) }
    func encodeIfPresent(_ value: Double?, forKey key: Key) { put(value.map(members.way.number), key) }
    func encodeIfPresent(_ value: Float?, forKey key: Key) { put(value.map(members.way.number), key) }
    func encodeIfPresent(_ value: Int?, forKey key: Key) { put(value.map(members.way.number), key) }
    func encodeIfPresent(_ value: Int8?, forKey key: Key) { put(value.map(members.way.number), key) }
    func encodeIfPresent(_ value: Int16?, forKey key: Key) { put(value.map(members.way.number), key) }
    func encodeIfPresent(_ value: Int32?, forKey key: Key) { put(value.map(members.way.number), key) }
    func encodeIfPresent(_ value: Int64?, forKey key: Key) { put(value.map(members.way.number), key) }
    func encodeIfPresent(_ value: UInt?, forKey key: Key) { put(value.map(members.way.number), key) }
    func encodeIfPresent(_ value: UInt8?, forKey key: Key) { put(value.map(members.way.number), key) }
    func encodeIfPresent(_ value: UInt16?, forKey key: Key) { put(value.map(members.way.number), key) }
    func encodeIfPresent(_ value: UInt32?, forKey key: Key) { put(value.map(members.way.number), key) }
    func encodeIfPresent(_ value: UInt64?, forKey key: Key) { put(value.map(members.way.number), key) }
    func encodeIfPresent(_ value: (some Encodable)?, forKey key: Key) throws {
        guard let value else { return put(nil, key) }
        put(try MemberPlace.shown(value, members.way), key)
    }

    func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type,
        forKey key: Key
    ) -> KeyedEncodingContainer<Nested> {
        let below = PageMembers(members.way)
        put(below, key)
        return KeyedEncodingContainer(MemberWriter<Nested>(members: below))
    }

    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
        MemberPlace(.init()).unkeyedContainer()
    }
    func superEncoder() -> any Encoder { MemberPlace(.init()) }
    func superEncoder(forKey key: Key) -> any Encoder { MemberPlace(.init()) }
}

/// Takes the parts of a list.
private struct ItemWriter: UnkeyedEncodingContainer {
    var codingPath: [any CodingKey] { [] }
    var count: Int { place.count }
    let place: MemberPlace

    func encodeNil() { place.add(NothingToShow()) }
    func encode(_ value: some Encodable) throws { try place.add(value) }

    func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) -> KeyedEncodingContainer<Nested> {
        let below = PageMembers(place.way)
        place.add(below)
        return KeyedEncodingContainer(MemberWriter<Nested>(members: below))
    }

    func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { MemberPlace(.init()).unkeyedContainer() }
    func superEncoder() -> any Encoder { MemberPlace(.init()) }
}

/// Takes a value that is no part and no list.
private struct ValueWriter: SingleValueEncodingContainer {
    var codingPath: [any CodingKey] { [] }
    let place: MemberPlace

    func encodeNil() { place.found = NothingToShow() }
    func encode(_ value: Bool) { place.found = value }
    func encode(_ value: String) { place.found = place.way.text(value) }
    func encode(_ value: some Encodable) { place.found = place.way.number(value) }
}
