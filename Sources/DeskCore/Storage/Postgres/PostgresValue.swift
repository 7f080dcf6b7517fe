import CPostgres

/// Reads a result's fields by the type the server names.
enum PostgresValue {
    /// One row of a result.
    static func row(_ result: OpaquePointer, _ row: Int32) -> SQLRow {
        var values: [SQLValue] = []
        let columns = PQnfields(result)
        values.reserveCapacity(Int(columns))
        for column in 0..<columns { values.append(value(result, row, column)) }
        return SQLRow(values: values)
    }

    private static func value(_ result: OpaquePointer, _ row: Int32, _ column: Int32) -> SQLValue {
        guard PQgetisnull(result, row, column) == 0, let start = PQgetvalue(result, row, column) else { return .null }
        let bytes = UnsafeRawBufferPointer(start: start, count: Int(PQgetlength(result, row, column)))
        return value(bytes, type: PQftype(result, column))
    }

    /// A field in the server's text form; types the desk does not use stay text.
    static func value(_ bytes: UnsafeRawBufferPointer, type: UInt32) -> SQLValue {
        let text = String(decoding: bytes, as: UTF8.self)
        switch type {
        case 16: return .integer(text == "t" ? 1 : 0)
        case 20, 21, 23, 26: return Int64(text).map { .integer($0) } ?? .text(text)
        case 700, 701: return Double(text).map { .real($0) } ?? .text(text)
        // sum() of whole numbers is numeric here, and whole on SQLite.
        case 1700: return Int64(text).map { .integer($0) } ?? Double(text).map { .real($0) } ?? .text(text)
        case 17: return hexadecimal(bytes).map { .blob($0) } ?? .text(text)
        default: return .text(text)
        }
    }

    /// Bytes from `\x0aff`.
    private static func hexadecimal(_ bytes: UnsafeRawBufferPointer) -> [UInt8]? {
        guard bytes.count >= 2, bytes.count.isMultiple(of: 2), bytes.starts(with: Array("\\x".utf8))
        else { return nil }
        var decoded: [UInt8] = []
        decoded.reserveCapacity(bytes.count / 2 - 1)
        for index in stride(from: 2, to: bytes.count, by: 2) {
            guard let high = digit(bytes[index]), let low = digit(bytes[index + 1]) else { return nil }
            decoded.append(high << 4 | low)
        }
        return decoded
    }

    private static func digit(_ character: UInt8) -> UInt8? {
        switch character {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): character - UInt8(ascii: "a") + 10
        default: nil
        }
    }
}
