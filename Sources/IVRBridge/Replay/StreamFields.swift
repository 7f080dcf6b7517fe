/// The fields of a PBX's stream with what each may hold, whatever frames they stand in.
struct StreamFields {
    enum Kind: Sendable {
        /// Times, lengths, identities: nothing of anybody.
        case kept
        case name
        case number
        /// Channels, contexts, queues: numbers may stand in them, names do not.
        case place
        /// Anything may stand there.
        case text
    }

    struct Field: Sendable {
        var kind: Kind
        var value: Range<Int>
    }

    /// Every field, in order: lines `Name: value`, members of JSON objects that begin a line, and those of hooks' requests.
    static func all(in bytes: [UInt8]) -> [Field] {
        var fields: [Field] = []
        var place = 0
        while place < bytes.count {
            if bytes[place] == UInt8(ascii: "{") {
                place = json(place..<bytes.count, in: bytes, kind, &fields)
                continue
            }
            if case .head(let head) = KeptRequestHead.read(bytes, at: place) {
                place = request(head, in: bytes, &fields)
                continue
            }
            let end = bytes[place...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
            if let colon = bytes[place..<end].firstIndex(of: UInt8(ascii: ":")) {
                add(kind(bytes[place..<colon]), (colon + 1)..<end, in: bytes, &fields)
            } else {
                // No field at all: the text of a command, a list of the switch.
                fields.append(Field(kind: .text, value: place..<end))
            }
            place = end + 1
        }
        return fields
    }

    /// The members of the object or list that begins a range; returns where it ends.
    ///
    /// `isInner`: it stands within a text of another, where each of its quotes has a backslash before it.
    @discardableResult
    static func json(
        _ range: Range<Int>,
        in bytes: [UInt8],
        isInner: Bool = false,
        _ naming: (ArraySlice<UInt8>) -> Kind,
        _ fields: inout [Field]
    ) -> Int {
        let end = range.upperBound
        let backslash = UInt8(ascii: "\\")
        let quoteLength = isInner ? 2 : 1
        func isQuote(_ place: Int) -> Bool {
            let place = place + quoteLength - 1
            return place < end && bytes[place] == UInt8(ascii: "\"") && (!isInner || bytes[place - 1] == backslash)
        }
        var depth = 0
        var place = range.lowerBound
        var name = bytes[place..<place]
        while place < end {
            let byte = bytes[place]
            if byte == UInt8(ascii: "{") || byte == UInt8(ascii: "[") {
                depth += 1
            } else if byte == UInt8(ascii: "}") || byte == UInt8(ascii: "]") {
                depth -= 1
                if depth <= 0 { return place + 1 }
            } else if isQuote(place) {
                let begin = place + quoteLength
                place = begin
                while place < end, !isQuote(place) {
                    guard bytes[place] == backslash else {
                        place += 1
                        continue
                    }
                    // Within a text a backslash is two, and so is what it stands before when that is a quote.
                    let isInnerEscape = isInner && place + 1 < end && bytes[place + 1] == backslash
                    let isTwice = isInnerEscape && place + 2 < end && bytes[place + 2] == backslash
                    place += isTwice ? 4 : isInnerEscape ? 3 : 2
                }
                let value = min(begin, end)..<max(min(begin, end), min(place, end))
                let rest = bytes[min(value.upperBound + quoteLength, end)..<end]
                if rest.first(where: { $0 != UInt8(ascii: " ") }) == UInt8(ascii: ":") {
                    name = bytes[value]
                } else if !isInner, beginsObject(bytes[value]) {
                    json(value, in: bytes, isInner: true, naming, &fields)
                } else {
                    add(naming(name), value, in: bytes, &fields)
                }
                place = value.upperBound + quoteLength
                continue
            } else if byte.isDigit {
                let run = bytes[place..<end].prefix(while: \.isDigit)
                fields.append(Field(kind: naming(name), value: run.startIndex..<run.endIndex))
                place = run.endIndex
                continue
            }
            place += 1
        }
        return end
    }

    /// Whether a text is an object of its own, its quotes escaped, however it is spaced.
    private static func beginsObject(_ text: ArraySlice<UInt8>) -> Bool {
        guard text.first == UInt8(ascii: "{") else { return false }
        var rest = text.dropFirst()
        while let first = rest.first {
            if first == UInt8(ascii: " ") {
                rest = rest.dropFirst()
            } else if rest.starts(with: #"\n"#.utf8) || rest.starts(with: #"\r"#.utf8) || rest.starts(with: #"\t"#.utf8)
            {
                rest = rest.dropFirst(2)
            } else {
                break
            }
        }
        return rest.starts(with: #"\""#.utf8)
    }

    /// One field, or the two of `"Name" <number>`, written plainly, with percent signs or with JSON's escapes.
    static func add(_ kind: Kind, _ value: Range<Int>, in bytes: [UInt8], _ fields: inout [Field]) {
        guard kind != .kept, kind != .name, let mark = numberMark(bytes[value]) else {
            return fields.append(Field(kind: kind, value: value))
        }
        let front = bytes[value.lowerBound..<mark].drop { $0 == UInt8(ascii: " ") }
        let isQuoted = ["\"", "\\\"", "%22", "&quot;"].contains { front.starts(with: $0.utf8) }
        // Elsewhere than in a caller's field only what is quoted is a name; the rest may be a program's argument.
        let isName = kind == .number || isQuoted
        fields.append(Field(kind: isName ? .name : kind, value: value.lowerBound..<mark))
        fields.append(Field(kind: kind, value: mark..<value.upperBound))
    }

    /// Where `<` stands, plainly or encoded.
    private static func numberMark(_ value: ArraySlice<UInt8>) -> Int? {
        value.indices.first { place in
            switch value[place] {
            case UInt8(ascii: "<"): true
            case UInt8(ascii: "%"): ["%3C", "%3c"].contains { value[place...].starts(with: $0.utf8) }
            case UInt8(ascii: "&"): value[place...].starts(with: "&lt;".utf8)
            default: false
            }
        }
    }

    private static let names = [
        "calleridname", "connectedlinename", "caller-id-name", "callee-id-name", "caller_id_name", "callee_id_name",
        "cid_name", "cid-name", "callee_name", "display", "callername", "caller-name", "from_name", "fullname",
        "effective_caller_id_name", "member-name", "cc-agent-name",
    ]
    private static let kept = [
        "uniqueid", "linkedid", "unique-id", "uuid", "timestamp", "-time", "sequence", "content-", "actionid", "epoch",
        "stamp", "eventtv", "sessiontv", "privilege", "cause", "core-", "line-number", "bridgeid", "job-", "-date-",
    ]
    private static let numbers = [
        "num", "-ani", "exten", "destination", "callerid", "dnid", "dialstring", "dest", "rdnis", "caller-id",
    ]
    private static let texts = [
        "value", "data", "variable", "contact", "string", "sip_", "application", "output", "url",
    ]

    /// What a PBX's field may hold.
    static func kind(_ name: ArraySlice<UInt8>) -> Kind {
        let name = String(decoding: name.prefix(80), as: UTF8.self).lowercased()
        func holds(_ parts: [String]) -> Bool { parts.contains { name.contains($0) } }
        if holds(names) { return .name }
        if holds(kept) { return .kept }
        if holds(texts) { return .text }
        return holds(numbers) ? .number : .place
    }
}

extension UInt8 {
    fileprivate var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
}
