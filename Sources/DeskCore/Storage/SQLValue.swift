/// A value bound to a statement or read from a row, in the types both engines keep.
public enum SQLValue: Sendable, Hashable {
    case null
    case integer(Int64)
    case real(Double)
    case text(String)
    case blob([UInt8])
}

extension SQLValue: ExpressibleByIntegerLiteral, ExpressibleByStringLiteral, ExpressibleByNilLiteral,
    ExpressibleByBooleanLiteral
{
    public init(integerLiteral value: Int64) { self = .integer(value) }
    public init(stringLiteral value: String) { self = .text(value) }
    public init(nilLiteral: ()) { self = .null }
    public init(booleanLiteral value: Bool) { self = .integer(value ? 1 : 0) }
}

extension SQLValue {
    /// Text, or NULL.
    public static func text(_ value: String?) -> SQLValue { value.map { .text($0) } ?? .null }
    /// An integer, or NULL.
    public static func integer(_ value: Int64?) -> SQLValue { value.map { .integer($0) } ?? .null }
    /// A Swift integer.
    public static func integer(_ value: Int) -> SQLValue { .integer(Int64(value)) }
    /// A truth value as 0 or 1, as both engines keep it here.
    public static func bool(_ value: Bool) -> SQLValue { .integer(value ? 1 : 0) }
    /// A moment as milliseconds since 1970.
    public static func moment(_ value: Moment?) -> SQLValue { value.map { .integer($0.milliseconds) } ?? .null }
}

/// One row of a result: values in the order of the statement's columns.
public struct SQLRow: Sendable, Hashable {
    public let values: [SQLValue]

    public init(values: [SQLValue]) { self.values = values }

    public subscript(index: Int) -> SQLValue {
        values.indices.contains(index) ? values[index] : .null
    }

    /// The integer in column `index`, or nil when it is NULL or something else.
    public func integer(_ index: Int) -> Int64? {
        switch self[index] {
        case .integer(let value): value
        case .real(let value): Int64(exactly: value)
        case .text(let value): Int64(value)
        default: nil
        }
    }

    /// The number in column `index`.
    public func real(_ index: Int) -> Double? {
        switch self[index] {
        case .integer(let value): Double(value)
        case .real(let value): value
        case .text(let value): Double(value)
        default: nil
        }
    }

    /// The text in column `index`.
    public func text(_ index: Int) -> String? {
        if case .text(let value) = self[index] { value } else { nil }
    }

    /// The bytes in column `index`.
    public func blob(_ index: Int) -> [UInt8]? {
        if case .blob(let value) = self[index] { value } else { nil }
    }

    /// The truth value in column `index`; NULL is false.
    public func bool(_ index: Int) -> Bool { (integer(index) ?? 0) != 0 }

    /// The moment in column `index`.
    public func moment(_ index: Int) -> Moment? { integer(index).map { Moment(milliseconds: $0) } }

    /// A column that the schema says is never NULL.
    ///
    /// - Throws: `StoreError.corrupt` when it is.
    public func need<Value>(_ value: Value?, _ what: String) throws(StoreError) -> Value {
        guard let value else { throw StoreError.corrupt(what: what) }
        return value
    }
}
