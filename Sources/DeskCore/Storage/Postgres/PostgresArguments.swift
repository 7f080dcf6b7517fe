/// The kind a placeholder is declared with, so that the server takes a number for a number wherever it stands.
enum PostgresKind: UInt32, Equatable {
    /// Left to the server: a NULL says nothing about its type.
    case any = 0
    case bytes = 17
    case integer = 20
    case text = 25
    case real = 701

    init(_ value: SQLValue) {
        switch value {
        case .null: self = .any
        case .integer: self = .integer
        case .real: self = .real
        case .text: self = .text
        case .blob: self = .bytes
        }
    }
}

/// A statement with its arguments.
struct PostgresStatement: Equatable {
    var sql: String
    var arguments: [SQLValue] = []
}

/// A statement's arguments laid out for libpq: text, except bytes as they are.
struct PostgresArguments {
    private var storage: [UInt8] = []
    private var starts: [Int?] = []
    private var lengths: [Int32] = []
    private var formats: [Int32] = []

    init(_ values: [SQLValue]) {
        for value in values { append(value) }
    }

    private mutating func append(_ value: SQLValue) {
        switch value {
        case .null: addNull()
        case .integer(let number): add(String(number).utf8, isBinary: false)
        // SQLite keeps NULL for what is no number.
        case .real(let number) where number.isNaN: addNull()
        case .real(let number): add(String(number).utf8, isBinary: false)
        case .text(let text): add(text.storable.utf8, isBinary: false)
        case .blob(let bytes): add(bytes, isBinary: true)
        }
    }

    private mutating func addNull() {
        formats.append(0)
        starts.append(nil)
        lengths.append(0)
    }

    private mutating func add(_ bytes: some Collection<UInt8>, isBinary: Bool) {
        formats.append(isBinary ? 1 : 0)
        starts.append(storage.count)
        lengths.append(Int32(clamping: bytes.count))
        storage.append(contentsOf: bytes)
        storage.append(0)
    }

    /// Hands libpq its three arrays; they live as long as `body` runs.
    func withPointers<Value>(
        _ body: (_ values: [UnsafePointer<CChar>?], _ lengths: [Int32], _ formats: [Int32]) -> Value
    ) -> Value {
        storage.withUnsafeBytes { raw in
            let base = raw.baseAddress?.assumingMemoryBound(to: CChar.self)
            return body(starts.map { start in start.flatMap { start in base.map { $0 + start } } }, lengths, formats)
        }
    }
}
