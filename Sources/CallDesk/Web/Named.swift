/// One column of a change: named by the body, with a value or emptied, or left as it is.
struct Named<Value: Sendable>: Sendable {
    private let isNamed: Bool
    private let value: Value?

    /// `isWhole`: the body says the whole record: what it does not name becomes empty.
    init(_ body: FieldReader, _ name: String, isWhole: Bool = false, read: (String) -> Value?) {
        isNamed = isWhole || body.names(name)
        value = read(name)
    }

    func put(into column: inout Value?) {
        if isNamed { column = value }
    }

    /// A list's emptiness is no item.
    func put<Item>(into column: inout [Item]) where Value == [Item] {
        if isNamed { column = value ?? [] }
    }
}
