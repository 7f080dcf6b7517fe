import Codecs
import Foundation

/// Names and values of a request, whether it came as a form or as JSON.
///
/// The first byte decides, not the Content-Type: several senders lose or mistake it. Names inside names are joined by a
/// dot, items of a list repeat their name, `user[]` counts as `user`.
struct HookFields: Sendable {
    /// More than any sender writes.
    static let most = 300
    /// JSON inside JSON: deeper than any sender nests.
    private static let deepest = 8

    private(set) var all: [(name: String, value: String)] = []

    init(_ request: HookRequest) throws(HookError) {
        let start = request.body.first { !Self.isBlank($0) }
        if start == UInt8(ascii: "{") {
            guard let value = JSONText.parse(request.body) as? [String: Any] else { throw .unreadable("JSON object") }
            add(value, as: "", depth: 0)
        } else {
            all = Self.form(request.body)
        }
    }

    init(form: some Sequence<UInt8>) { all = Self.form(form) }

    /// The first value of that name; empty ones and placeholders that the sender did not fill in (`[Agent]`) are none.
    subscript(_ name: String) -> String? { values(name).first }

    func values(_ name: String) -> [String] {
        all.lazy.filter { $0.name == name || ($0.name.hasSuffix("[]") && $0.name.dropLast(2) == name) }
            .map { $0.value.trimmingCharacters(in: .whitespacesAndNewlines) }
            .filter { !$0.isEmpty && !Self.isPlaceholder($0) }
    }

    func need(_ name: String) throws(HookError) -> String {
        guard let value = self[name] else { throw .missing(field: name) }
        return value
    }

    private static func isPlaceholder(_ text: String) -> Bool {
        text.count > 2 && text.hasPrefix("[") && text.hasSuffix("]")
            && text.dropFirst().dropLast().allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == ".") }
    }

    private mutating func add(_ value: Any, as name: String, depth: Int) {
        guard all.count < Self.most, depth <= Self.deepest else { return }
        switch value {
        case let members as [String: Any]:
            for (key, inner) in members.sorted(by: { $0.key < $1.key }) {
                add(inner, as: name.isEmpty ? key : "\(name).\(key)", depth: depth + 1)
            }
        case let items as [Any]: for item in items { add(item, as: name, depth: depth + 1) }
        case let text as String: all.append((name, text))
        case let number as NSNumber: all.append((name, number.stringValue))
        default: break
        }
    }

    private static func form(_ bytes: some Sequence<UInt8>) -> [(name: String, value: String)] {
        Array(bytes).split(separator: UInt8(ascii: "&"), maxSplits: most).prefix(most).map { pair in
            let parts = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            return (
                PercentEncoding.lenient(parts.first ?? []), parts.count > 1 ? PercentEncoding.lenient(parts[1]) : ""
            )
        }
    }

    static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (9...13).contains(byte) }
}

/// JSON of a sender, whose letters may be broken.
enum JSONText {
    /// FreeSWITCH sends names in the caller's encoding raw: what is no UTF-8 becomes U+FFFD before it is read.
    static func parse(_ bytes: [UInt8]) -> Any? {
        try? JSONSerialization.jsonObject(with: Data(String(decoding: bytes, as: UTF8.self).utf8))
    }

    /// JSON in whose texts quotes and control characters stand bare, made whole: a quote ends a text where what follows
    /// it can only follow one.
    static func quotesMended(_ bytes: [UInt8]) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(bytes.count + bytes.count / 16)
        // Whether each open container is an object.
        var isObject: [Bool] = []
        var (isText, isKey) = (false, false)
        func next(after place: Int) -> (place: Int, byte: UInt8)? {
            var place = place + 1
            while place < bytes.count, HookFields.isBlank(bytes[place]) { place += 1 }
            return place < bytes.count ? (place, bytes[place]) : nil
        }
        func ends(at place: Int, isKey: Bool) -> Bool {
            guard let follower = next(after: place) else { return true }
            switch follower.byte {
            case UInt8(ascii: ":"): return isKey
            case UInt8(ascii: "}"), UInt8(ascii: "]"): return !isKey
            case UInt8(ascii: ","):
                guard !isKey, let begun = next(after: follower.place)?.byte else { return false }
                return isObject.last == true
                    ? begun == UInt8(ascii: "\"") : begun == UInt8(ascii: "\"") || begun == UInt8(ascii: "{")
            default: return false
            }
        }
        for (place, byte) in bytes.enumerated() {
            guard isText else {
                switch byte {
                case UInt8(ascii: "\""): isText = true
                case UInt8(ascii: "{"):
                    isObject.append(true)
                    isKey = true
                case UInt8(ascii: "["):
                    isObject.append(false)
                    isKey = false
                case UInt8(ascii: "}"), UInt8(ascii: "]"): _ = isObject.popLast()
                case UInt8(ascii: ":"): isKey = false
                case UInt8(ascii: ","): isKey = isObject.last == true
                default: break
                }
                out.append(byte)
                continue
            }
            switch byte {
            case UInt8(ascii: "\"") where ends(at: place, isKey: isKey):
                isText = false
                out.append(byte)
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): out += [UInt8(ascii: "\\"), byte]
            case 0..<0x20: out.append(0x20)
            default: out.append(byte)
            }
        }
        return out
    }
}

/// Text inside XML.
enum XMLText {
    static func escaped(_ text: String) -> String {
        var out = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": out += "&amp;"
            case "<": out += "&lt;"
            case ">": out += "&gt;"
            case "\"": out += "&quot;"
            // Not allowed in XML 1.0 at all.
            case _ where scalar.value < 0x20: out += " "
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out
    }
}
