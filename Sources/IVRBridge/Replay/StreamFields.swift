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

    /// Every field, in order: lines `Name: value`, and members of JSON objects that begin a line.
    static func all(in bytes: [UInt8]) -> [Field] {
        var fields: [Field] = []
        var place = 0
        while place < bytes.count {
            if bytes[place] == UInt8(ascii: "{") {
                place = object(in: bytes, from: place, &fields)
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

    /// The members of one object; returns where it ends.
    private static func object(in bytes: [UInt8], from start: Int, _ fields: inout [Field]) -> Int {
        var depth = 0
        var place = start
        var name = bytes[start..<start]
        while place < bytes.count {
            switch bytes[place] {
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth -= 1
                if depth <= 0 { return place + 1 }
            case UInt8(ascii: "\""):
                let begin = place + 1
                place = begin
                while place < bytes.count, bytes[place] != UInt8(ascii: "\"") {
                    place += bytes[place] == UInt8(ascii: "\\") ? 2 : 1
                }
                let end = min(place, bytes.count)
                if end + 1 < bytes.count, bytes[end + 1] == UInt8(ascii: ":") {
                    name = bytes[begin..<end]
                } else {
                    add(kind(name), begin..<end, in: bytes, &fields)
                }
            default: break
            }
            place += 1
        }
        return bytes.count
    }

    /// One field, or the two of `"Name" <number>`, written plainly, with percent signs or with JSON's escapes.
    private static func add(_ kind: Kind, _ value: Range<Int>, in bytes: [UInt8], _ fields: inout [Field]) {
        guard kind != .kept, kind != .name, let mark = numberMark(bytes[value]) else {
            return fields.append(Field(kind: kind, value: value))
        }
        let front = bytes[value.lowerBound..<mark].drop { $0 == UInt8(ascii: " ") }
        let isQuoted = ["\"", "\\\"", "%22"].contains { front.starts(with: $0.utf8) }
        // Elsewhere than in a caller's field only what is quoted is a name; the rest may be a program's argument.
        let isName = kind == .number || isQuoted
        fields.append(Field(kind: isName ? .name : kind, value: value.lowerBound..<mark))
        fields.append(Field(kind: kind, value: mark..<value.upperBound))
    }

    /// Where `<` stands.
    private static func numberMark(_ value: ArraySlice<UInt8>) -> Int? {
        value.indices.first { place in
            value[place] == UInt8(ascii: "<")
                || value[place] == UInt8(ascii: "%") && value[place...].prefix(3).elementsEqual("%3C".utf8)
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

    private static func kind(_ name: ArraySlice<UInt8>) -> Kind {
        let name = String(decoding: name.prefix(80), as: UTF8.self).lowercased()
        func holds(_ parts: [String]) -> Bool { parts.contains { name.contains($0) } }
        if holds(names) { return .name }
        if holds(kept) { return .kept }
        if holds(texts) { return .text }
        return holds(numbers) ? .number : .place
    }
}
