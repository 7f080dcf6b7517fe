/// Why bytes are no JSON we read; `offset` counts bytes from the start.
struct JSONFault: Error, Equatable {
    enum Kind: Equatable {
        case syntax, invalidUTF8, tooDeep, tooManyValues
        /// A key twice in one object: which one counts differs between programs, so neither does.
        case duplicateKey(String)
    }

    var kind: Kind
    var offset: Int
}

/// A strict JSON reader (RFC 8259) with bounds: valid UTF-8 only, no key twice, a depth and a number of values.
struct JSONParser {
    private let bytes: [UInt8]
    private var at = 0
    private var values = 0

    static func parse(_ bytes: [UInt8]) throws(JSONFault) -> JSONValue {
        guard String(validating: bytes, as: UTF8.self) != nil else {
            throw JSONFault(kind: .invalidUTF8, offset: 0)
        }
        var parser = JSONParser(bytes: bytes)
        let value = try parser.value(depth: 0)
        parser.skipSpace()
        guard parser.at == bytes.count else { throw parser.fault(.syntax) }
        return value
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    private var byte: UInt8? { at < bytes.count ? bytes[at] : nil }

    private func fault(_ kind: JSONFault.Kind) -> JSONFault { JSONFault(kind: kind, offset: at) }

    private mutating func skipSpace() {
        while let byte, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { at += 1 }
    }

    private mutating func take(_ expected: UInt8) throws(JSONFault) {
        guard byte == expected else { throw fault(.syntax) }
        at += 1
    }

    private mutating func value(depth: Int) throws(JSONFault) -> JSONValue {
        guard depth < HTTPLimits.jsonDepth else { throw fault(.tooDeep) }
        values += 1
        guard values <= HTTPLimits.jsonValues else { throw fault(.tooManyValues) }
        skipSpace()
        switch byte {
        case UInt8(ascii: "{"): return try object(depth: depth)
        case UInt8(ascii: "["): return try array(depth: depth)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: return .number(try number())
        }
    }

    private mutating func word(_ text: StaticString, _ value: JSONValue) throws(JSONFault) -> JSONValue {
        for index in 0..<text.utf8CodeUnitCount { try take(text.utf8Start[index]) }
        return value
    }

    private mutating func object(depth: Int) throws(JSONFault) -> JSONValue {
        try take(UInt8(ascii: "{"))
        var members: [String: JSONValue] = [:]
        skipSpace()
        if byte == UInt8(ascii: "}") {
            at += 1
            return .object(members)
        }
        while true {
            skipSpace()
            let key = try string()
            skipSpace()
            try take(UInt8(ascii: ":"))
            let value = try value(depth: depth + 1)
            guard members.updateValue(value, forKey: key) == nil else { throw fault(.duplicateKey(key)) }
            skipSpace()
            if byte == UInt8(ascii: ",") {
                at += 1
                continue
            }
            try take(UInt8(ascii: "}"))
            return .object(members)
        }
    }

    private mutating func array(depth: Int) throws(JSONFault) -> JSONValue {
        try take(UInt8(ascii: "["))
        var items: [JSONValue] = []
        skipSpace()
        if byte == UInt8(ascii: "]") {
            at += 1
            return .array(items)
        }
        while true {
            items.append(try value(depth: depth + 1))
            skipSpace()
            if byte == UInt8(ascii: ",") {
                at += 1
                continue
            }
            try take(UInt8(ascii: "]"))
            return .array(items)
        }
    }

    private mutating func number() throws(JSONFault) -> String {
        let start = at
        if byte == UInt8(ascii: "-") { at += 1 }
        if byte == UInt8(ascii: "0") { at += 1 } else { try digits() }
        if byte == UInt8(ascii: ".") {
            at += 1
            try digits()
        }
        if byte == UInt8(ascii: "e") || byte == UInt8(ascii: "E") {
            at += 1
            if byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-") { at += 1 }
            try digits()
        }
        return String(decoding: bytes[start..<at], as: UTF8.self)
    }

    private mutating func digits() throws(JSONFault) {
        let start = at
        while let byte, byte >= 0x30, byte <= 0x39 { at += 1 }
        guard at > start else { throw fault(.syntax) }
    }

    private mutating func string() throws(JSONFault) -> String {
        try take(UInt8(ascii: "\""))
        var start = at
        var text: [UInt8] = []
        while let byte {
            switch byte {
            case UInt8(ascii: "\""):
                defer { at += 1 }
                if text.isEmpty { return String(decoding: bytes[start..<at], as: UTF8.self) }
                text.append(contentsOf: bytes[start..<at])
                return String(decoding: text, as: UTF8.self)
            case UInt8(ascii: "\\"):
                text.append(contentsOf: bytes[start..<at])
                at += 1
                try escape(into: &text)
                start = at
            case ..<0x20:
                throw fault(.syntax)
            default:
                at += 1
            }
        }
        throw fault(.syntax)
    }

    private mutating func escape(into text: inout [UInt8]) throws(JSONFault) {
        guard let byte else { throw fault(.syntax) }
        at += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "u"): text.append(contentsOf: String(try unicode()).utf8)
        default: throw fault(.syntax)
        }
    }

    /// `\u` with four digits; a pair of surrogates is one character, half a pair is none.
    private mutating func unicode() throws(JSONFault) -> Character {
        let first = try fourDigits()
        var code = first
        if (0xD800..<0xDC00).contains(first) {
            try take(UInt8(ascii: "\\"))
            try take(UInt8(ascii: "u"))
            let second = try fourDigits()
            guard (0xDC00..<0xE000).contains(second) else { throw fault(.syntax) }
            code = 0x10000 + (first - 0xD800) << 10 + (second - 0xDC00)
        }
        guard let scalar = Unicode.Scalar(code) else { throw fault(.syntax) }
        return Character(scalar)
    }

    private mutating func fourDigits() throws(JSONFault) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let byte, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else { throw fault(.syntax) }
            value = value << 4 | UInt32(digit)
            at += 1
        }
        return value
    }
}
