/// The fields of a hook's kept request: of its query, and of its body as form, JSON or XML.
extension StreamFields {
    /// Adds those of the request whose head stands at `start`; returns where the request ends.
    static func request(_ head: KeptRequestHead, in bytes: [UInt8], _ fields: inout [Field]) -> Int {
        form(head.query, in: bytes, &fields)
        let end = min(head.body.upperBound, bytes.count)
        let body = min(head.body.lowerBound, end)..<end
        let naming = head.kind == .freeswitch ? kind : senderKind
        switch bytes[body].first(where: { !HookFields.isBlank($0) }) {
        case UInt8(ascii: "{"), UInt8(ascii: "["): json(body, in: bytes, naming, &fields)
        case UInt8(ascii: "<"): xml(body, in: bytes, naming, &fields)
        default: form(body, in: bytes, &fields)
        }
        return end
    }

    private static func form(_ range: Range<Int>, in bytes: [UInt8], _ fields: inout [Field]) {
        for pair in bytes[range].split(separator: UInt8(ascii: "&")) {
            // A name without a value is whatever somebody wrote there.
            let mark = pair.firstIndex(of: UInt8(ascii: "=")) ?? pair.startIndex - 1
            let name = mark < pair.startIndex ? pair.prefix(0) : pair[..<mark]
            add(senderKind(name), (mark + 1)..<pair.endIndex, in: bytes, &fields)
        }
    }

    /// Elements and attributes by their names; what stands between `<!--` and `-->` is anything.
    private static func xml(
        _ range: Range<Int>,
        in bytes: [UInt8],
        _ naming: (ArraySlice<UInt8>) -> Kind,
        _ fields: inout [Field]
    ) {
        var place = range.lowerBound
        var name = bytes[place..<place]
        while place < range.upperBound {
            guard bytes[place] == UInt8(ascii: "<") else {
                let end = bytes[place..<range.upperBound].firstIndex(of: UInt8(ascii: "<")) ?? range.upperBound
                add(naming(name), place..<end, in: bytes, &fields)
                place = end
                continue
            }
            let close = bytes[place..<range.upperBound].firstIndex(of: UInt8(ascii: ">")) ?? range.upperBound
            let tag = (place + 1)..<max(place + 1, close)
            if let first = bytes[tag].first, first.isLetter {
                name = bytes[tag].prefix { !HookFields.isBlank($0) && $0 != UInt8(ascii: "/") }
                attributes(name.endIndex..<tag.upperBound, in: bytes, naming, &fields)
            } else if bytes[tag].first != UInt8(ascii: "/") {
                fields.append(Field(kind: .text, value: tag))
            }
            place = min(tag.upperBound + 1, range.upperBound)
        }
    }

    private static func attributes(
        _ range: Range<Int>,
        in bytes: [UInt8],
        _ naming: (ArraySlice<UInt8>) -> Kind,
        _ fields: inout [Field]
    ) {
        var place = range.lowerBound
        while let mark = bytes[place..<range.upperBound].firstIndex(of: UInt8(ascii: "=")) {
            let name = bytes[place..<mark].drop { HookFields.isBlank($0) }
            let quote = mark + 1
            guard quote < range.upperBound, [UInt8(ascii: "\""), UInt8(ascii: "'")].contains(bytes[quote]) else {
                place = mark + 1
                continue
            }
            let start = quote + 1
            let end = bytes[start..<range.upperBound].firstIndex(of: bytes[quote]) ?? range.upperBound
            add(naming(name), start..<end, in: bytes, &fields)
            place = min(end + 1, range.upperBound)
        }
    }

    // MARK: - What senders' fields hold

    private static let keptEndings = [
        "callid", "call_id", "callsid", "xcid", "accountsid", "type", "event", "status", "direction", "cause",
        "duration", "timestamp", "sequencenumber", "channel_id", "apiversion", "starttimeutc",
    ]
    private static let people = ["user", "name", "agent", "call_from", "call_to", "city", "zip", "email", "company"]
    private static let telephones = [
        "from", "to", "number", "caller", "called", "did", "diversion", "extension", "peer", "forwarded",
    ]

    /// What a sender's field may hold; what none of them documents may hold anything.
    static func senderKind(_ name: ArraySlice<UInt8>) -> Kind {
        // A CTI's `caller` is a person's name, where Twilio's `Caller` is a number; a token may hold anything, encoded.
        if name.elementsEqual("caller".utf8) { return .name }
        let name = String(decoding: name.prefix(80), as: UTF8.self).lowercased().replacing("%5b%5d", with: "")
            .replacing("[]", with: "")
        if name.contains("token") { return .name }
        if name == "sn" || keptEndings.contains(where: name.hasSuffix) { return .kept }
        if people.contains(where: name.contains) { return .name }
        return telephones.contains(where: name.contains) ? .number : .text
    }
}

extension UInt8 {
    fileprivate var isLetter: Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self | 0x20) }
}
