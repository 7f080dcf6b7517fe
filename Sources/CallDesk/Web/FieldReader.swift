import DeskCore

/// Reads the members of a JSON object one by one and notes everything that is wrong with them, to be told at once.
///
/// ```swift
/// let body = try FieldReader(await request.json())
/// let name = body.text("name", maximum: 200, required: true)
/// try body.finish()
/// ```
final class FieldReader {
    /// A body with more faults than this is not read on for more.
    private static let mostFaults = 50

    private let members: [String: JSONValue]
    private let path: String
    private var read: Set<String> = []
    private var children: [FieldReader] = []
    private var faults: [FieldFault] = []

    /// - Throws: `Problem` 422 when the body is no object.
    convenience init(_ value: JSONValue) throws(Problem) {
        guard let members = value.object else { throw .invalid("$", FieldText.expected("object")) }
        self.init(members, path: "")
    }

    private init(_ members: [String: JSONValue], path: String) {
        self.members = members
        self.path = path
    }

    /// The path of a member, for faults.
    func place(_ name: String) -> String { path + name }

    func fault(_ name: String, _ message: LocalizedText) {
        if faults.count < Self.mostFaults { faults.append(FieldFault(place(name), message)) }
    }

    /// Whether a member is there at all; null counts as absent everywhere.
    func has(_ name: String) -> Bool { value(name) != nil }

    /// Whether a member is named, by a value or by null, which empties it.
    func names(_ name: String) -> Bool { members[name] != nil }

    func text(_ name: String, maximum: Int = 10_000, required: Bool = false) -> String? {
        guard let value = need(name, required) else { return nil }
        guard let text = value.string else { return wrong(name, "string") }
        guard text.unicodeScalars.count <= maximum else {
            fault(name, FieldText.longest(maximum))
            return nil
        }
        if required, !text.contains(where: { !$0.isWhitespace }) {
            fault(name, FieldText.missing)
            return nil
        }
        return text
    }

    /// A number as it was written.
    func number(_ name: String) -> String? {
        guard let value = need(name, false) else { return nil }
        guard case .number(let text) = value else { return wrong(name, "number") }
        return text
    }

    func integer(_ name: String, required: Bool = false) -> Int64? {
        guard let value = need(name, required) else { return nil }
        guard let number = value.integer else { return wrong(name, "integer") }
        return number
    }

    /// A whole number of a range.
    func integer(_ name: String, in range: ClosedRange<Int64>) -> Int64? {
        guard let number = integer(name) else { return nil }
        guard range.contains(number) else {
            return wrong(name, "\(range.lowerBound)–\(range.upperBound)")
        }
        return number
    }

    /// Rows' numbers, none when the member is absent.
    func ids(_ name: String, most: Int) -> [Int64] {
        guard let value = need(name, false) else { return [] }
        guard let items = value.array, items.count <= most else {
            fault(name, FieldText.expected("array, 0–\(most)"))
            return []
        }
        let ids = items.compactMap(\.integer).filter { $0 > 0 }
        if ids.count != items.count { fault(name, FieldText.expected("1, 2, 3…")) }
        return ids
    }

    /// A row's number: 1 or more.
    func id(_ name: String, required: Bool = false) -> Int64? {
        guard let number = integer(name, required: required) else { return nil }
        guard number > 0 else { return wrong(name, "1, 2, 3…") }
        return number
    }

    func bool(_ name: String, required: Bool = false) -> Bool? {
        guard let value = need(name, required) else { return nil }
        guard let bool = value.bool else { return wrong(name, "true, false") }
        return bool
    }

    func choice<Value: RawRepresentable & CaseIterable>(
        _ name: String,
        _ type: Value.Type,
        required: Bool = false
    ) -> Value? where Value.RawValue == String {
        guard let value = need(name, required) else { return nil }
        guard let word = value.string, let found = Value(rawValue: word) else {
            fault(name, FieldText.oneOf(Value.allCases.map(\.rawValue)))
            return nil
        }
        return found
    }

    func texts(_ name: String, most: Int, maximum: Int = 200) -> [String]? {
        guard let value = need(name, false) else { return nil }
        guard let items = value.array, items.count <= most else { return wrong(name, "array, 0–\(most)") }
        var texts: [String] = []
        for (index, item) in items.enumerated() {
            guard let text = item.string, text.unicodeScalars.count <= maximum else {
                return wrong("\(name)[\(index)]", "string")
            }
            texts.append(text)
        }
        return texts
    }

    /// A moment in ISO 8601 with an offset or `Z`.
    func time(_ name: String) -> Moment? {
        guard let value = need(name, false) else { return nil }
        guard let text = value.string, let moment = ISOTime.moment(text) else {
            return wrong(name, "2026-11-21T04:23:11Z")
        }
        guard DeskHorizon.days.contains(moment) else {
            fault(name, FieldText.noSuchDay)
            return nil
        }
        return moment
    }

    /// An object inside this one; its faults are told with this one's.
    func object(_ name: String, required: Bool = false) -> FieldReader? {
        guard let value = need(name, required) else { return nil }
        guard let members = value.object else { return wrong(name, "object") }
        let child = FieldReader(members, path: place(name) + ".")
        children.append(child)
        return child
    }

    /// Objects of a list, each read by itself; their faults are told with this one's.
    func objects(_ name: String, most: Int) -> [FieldReader] {
        guard let value = need(name, false) else { return [] }
        guard let items = value.array, items.count <= most else {
            let _: Int? = wrong(name, "array, 0–\(most)")
            return []
        }
        return items.enumerated().compactMap { index, item in
            guard let members = item.object else {
                fault("\(name)[\(index)]", FieldText.expected("object"))
                return nil
            }
            let child = FieldReader(members, path: place("\(name)[\(index)]") + ".")
            children.append(child)
            return child
        }
    }

    /// Lists of short texts in a list.
    func lists(_ name: String, most: Int) -> [[String]] {
        guard let value = need(name, false) else { return [] }
        let lists = value.array?.map { $0.array?.compactMap(\.string).filter { $0.utf8.count <= 200 } }
        guard let lists, lists.count <= most, lists.allSatisfy({ ($0?.count ?? .max) <= 100 }) else {
            let _: Int? = wrong(name, "array of arrays of strings")
            return []
        }
        return lists.compactMap { $0 }
    }

    /// Files by id, name and size, as their uploads were answered.
    func files(_ name: String) -> [FileAnswer]? {
        guard let value = need(name, false) else { return nil }
        guard let items = value.array, items.count <= AttachmentStore.most else {
            return wrong(name, "array, 0–\(AttachmentStore.most)")
        }
        var files: [FileAnswer] = []
        for (index, item) in items.enumerated() {
            guard let members = item.object, let id = members["id"]?.integer, let label = members["name"]?.string,
                let size = members["size"]?.integer
            else { return wrong("\(name)[\(index)]", "{id, name, size}") }
            files.append(FileAnswer(id: id, name: label, size: size))
        }
        return files
    }

    /// Names to values as they are, for members whose names the catalogue decides.
    func open(_ name: String) -> [String: JSONValue]? {
        guard let value = need(name, false) else { return nil }
        guard let members = value.object else { return wrong(name, "object") }
        return members
    }

    /// - Throws: `Problem` 422 with every fault: what was noted, and members nobody asked for.
    func finish() throws(Problem) {
        let all = collect()
        guard all.isEmpty else { throw .invalid(Array(all.prefix(Self.mostFaults))) }
    }

    private func collect() -> [FieldFault] {
        let unknown = members.keys.filter { !read.contains($0) }.sorted().prefix(Self.mostFaults).map {
            // The name comes from outside: enough of it to be found, and nothing that could be a line of a log.
            FieldFault(path + String($0.filter { !$0.isNewline }.prefix(60)), FieldText.unknown)
        }
        return faults + children.flatMap { $0.collect() } + unknown
    }

    private func value(_ name: String) -> JSONValue? {
        guard let value = members[name], value != .null else { return nil }
        return value
    }

    private func need(_ name: String, _ required: Bool) -> JSONValue? {
        read.insert(name)
        guard let value = value(name) else {
            if required { fault(name, FieldText.missing) }
            return nil
        }
        return value
    }

    private func wrong<Value>(_ name: String, _ expected: String) -> Value? {
        fault(name, FieldText.expected(expected))
        return nil
    }
}
