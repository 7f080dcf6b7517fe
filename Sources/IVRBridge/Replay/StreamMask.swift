import Crypto
import Foundation

/// Makes other numbers and names of those in a recorded stream, so that it can be given away and still replays the same.
///
/// Every number becomes another of the same length that begins the same, every name other letters; the same one always
/// becomes the same, two never become one number. Nothing changes its length, so every frame stays whole. Kept are
/// extensions (six digits at the most), channels, queues, contexts, addresses of machines and times.
public struct StreamMask: Sendable {
    /// Fewer digits are an extension or a code.
    private static let fewestDigits = 7
    /// No telephone number has more; what is longer is a time or an identity.
    private static let mostDigits = 15
    /// Words that mean that nothing is known; what the number is read as depends on them.
    private static let kept: Set<String> = [
        "unknown", "anonymous", "anonimo", "restricted", "withheld", "private", "privado", "unavailable", "blocked",
        "bloqueado", "confidencial", "asreceived", "number", "caller", "id", "outbound", "inbound", "call", "null",
    ]

    private let key: SymmetricKey
    private var words: Set<[UInt8]> = []
    private var letters: [[UInt8]: [UInt8]] = [:]
    private var numbers: [[UInt8]: [UInt8]] = [:]

    /// `key`: what the new numbers come of; one that is thrown away cannot be gone back from.
    public init(key: SymmetricKey = SymmetricKey(size: .bits256)) { self.key = key }

    /// The same stream with other numbers and names.
    public mutating func mask(_ bytes: [UInt8]) -> [UInt8] {
        var result = bytes
        let fields = StreamFields.all(in: bytes)
        for field in fields where field.kind == .name { learn(bytes[field.value]) }
        for field in fields {
            switch field.kind {
            case .kept: break
            case .name:
                maskWords(&result, field.value, onlyLearned: false)
                maskNumber(&result, field.value)
            case .number: maskNumber(&result, field.value)
            case .text:
                maskWords(&result, field.value, onlyLearned: true)
                maskDigits(&result, field.value)
            case .place: maskDigits(&result, field.value)
            }
        }
        return result
    }

    // MARK: - Names

    private mutating func learn(_ value: ArraySlice<UInt8>) {
        for range in Self.wordRanges(value) where range.count >= 3 { words.insert(Array(value[range])) }
    }

    private mutating func maskWords(_ bytes: inout [UInt8], _ value: Range<Int>, onlyLearned: Bool) {
        for range in Self.wordRanges(bytes[value]) {
            let word = Array(bytes[range])
            if Self.kept.contains(String(decoding: word, as: UTF8.self).lowercased()) { continue }
            if onlyLearned, !words.contains(word) { continue }
            bytes.replaceSubrange(range, with: other(word))
        }
    }

    /// Runs of letters, whole ones of UTF-8, percent and JSON escapes and entities among them.
    private static func wordRanges(_ value: ArraySlice<UInt8>) -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        var start: Int?
        var place = value.startIndex
        while place < value.endIndex {
            let byte = value[place]
            var length = 1
            var isLetter = byte >= 0x80 || byte.isASCIILetter
            if byte == UInt8(ascii: "%"), let code = hex(value, place + 1, 2) {
                length = 3
                isLetter = code >= 0x80
            } else if byte == UInt8(ascii: "\\"), place + 1 < value.endIndex {
                // JSON within a text of JSON has two.
                let slashes = value[place + 1] == UInt8(ascii: "\\") ? 2 : 1
                let letter = place + slashes
                if letter < value.endIndex, value[letter] == UInt8(ascii: "u"), let code = hex(value, letter + 1, 4) {
                    length = slashes + 5
                    isLetter = code >= 0x80
                } else {
                    length = 2
                    isLetter = false
                }
            } else if byte == UInt8(ascii: "&"), let entity = Self.entity(value[place...]) {
                (length, isLetter) = entity
            }
            if isLetter {
                start = start ?? place
            } else if let begun = start {
                ranges.append(begun..<place)
                start = nil
            }
            place += length
        }
        if let start { ranges.append(start..<value.endIndex) }
        return ranges
    }

    /// How long the entity that begins here is, and whether it is a letter (`&#233;`): an `&amp;` stays one.
    private static func entity(_ rest: ArraySlice<UInt8>) -> (length: Int, isLetter: Bool)? {
        guard let end = rest.prefix(longestEntity).firstIndex(of: UInt8(ascii: ";")) else { return nil }
        let name = rest[(rest.startIndex + 1)..<end]
        guard name.first == UInt8(ascii: "#") else {
            return name.isEmpty || !name.allSatisfy(\.isASCIILetter) ? nil : (name.count + 2, false)
        }
        let isHex = name.dropFirst().first == UInt8(ascii: "x")
        let digits = String(decoding: name.dropFirst(isHex ? 2 : 1), as: UTF8.self)
        return Int(digits, radix: isHex ? 16 : 10).map { (name.count + 2, $0 >= 0x80) }
    }

    /// As long as the last letter there is, `&#x10ffff;`.
    private static let longestEntity = 10

    private static func hex(_ value: ArraySlice<UInt8>, _ place: Int, _ count: Int) -> Int? {
        guard place + count <= value.endIndex, value[place..<place + count].allSatisfy(\.isHexadecimal) else {
            return nil
        }
        return Int(String(decoding: value[place..<place + count], as: UTF8.self), radix: 16)
    }

    private mutating func other(_ word: [UInt8]) -> [UInt8] {
        if let known = letters[word] { return known }
        var made: [UInt8] = []
        var round: UInt8 = 0
        while made.count < word.count {
            let code = HMAC<SHA256>.authenticationCode(for: [round] + word, using: key)
            made += code.map { UInt8(ascii: "a") + $0 % 26 }
            round &+= 1
        }
        made.removeLast(made.count - word.count)
        if let first = word.first, (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(first) { made[0] -= 32 }
        letters[word] = made
        return made
    }

    // MARK: - Numbers

    /// A field that holds a number and nothing else may write it with dots and dashes.
    private mutating func maskNumber(_ bytes: inout [UInt8], _ value: Range<Int>) {
        guard let digits = Self.plainDigits(bytes[value]) else { return maskDigits(&bytes, value) }
        replace(&bytes, digits)
    }

    /// Where the digits of a number stand that is written with blanks, dots and dashes, plainly or with percent signs.
    private static func plainDigits(_ value: ArraySlice<UInt8>) -> [Int]? {
        var digits: [Int] = []
        var place = value.startIndex
        while place < value.endIndex {
            let code = value[place] == UInt8(ascii: "%") ? hex(value, place + 1, 2).map { UInt8($0) } : nil
            let byte = code ?? value[place]
            if byte.isASCIIDigit, code == nil {
                digits.append(place)
            } else if !" +-.()".utf8.contains(byte) {
                return nil
            }
            place += code == nil ? 1 : 3
        }
        return digits
    }

    private mutating func maskDigits(_ bytes: inout [UInt8], _ value: Range<Int>) {
        var place = value.lowerBound
        var hasSlash = false
        while place < value.upperBound {
            let byte = bytes[place]
            if byte == UInt8(ascii: "/") { hasSlash = true }
            if let length = Self.identity(bytes[place..<value.upperBound], isChannel: hasSlash) {
                place += length
            } else if byte == UInt8(ascii: "%"), Self.hex(bytes[value], place + 1, 2) != nil {
                place += 3
            } else if byte.isASCIIDigit {
                let run = place..<(bytes[place..<value.upperBound].firstIndex { !$0.isASCIIDigit } ?? value.upperBound)
                replace(&bytes, Array(run))
                place = run.upperBound
            } else {
                place += 1
            }
        }
    }

    /// How long what begins here is, when it is an identity and no number: a UUID, `1795236570.480`, `-0000002a`.
    private static func identity(_ rest: ArraySlice<UInt8>, isChannel: Bool) -> Int? {
        let start = rest.startIndex
        if rest.count >= 36 {
            let isUUID = (0..<36).allSatisfy { place in
                let byte = rest[start + place]
                return [8, 13, 18, 23].contains(place) ? byte == UInt8(ascii: "-") : byte.isHexadecimal
            }
            if isUUID { return 36 }
        }
        if isChannel, rest.first == UInt8(ascii: "-"), rest.count >= 9,
            rest[(start + 1)...(start + 8)].allSatisfy(\.isHexadecimal),
            rest.count == 9 || !(rest[start + 9].isASCIIDigit || rest[start + 9].isASCIILetter)
        {
            return 9
        }
        let digits = rest.prefix(while: \.isASCIIDigit).count
        guard digits == 10, rest.count > 11, rest[start + 10] == UInt8(ascii: "."), rest[start + 11].isASCIIDigit
        else { return nil }
        return 11 + rest[(start + 11)...].prefix(while: \.isASCIIDigit).count
    }

    /// Puts other digits in the places of a number's last ones.
    private mutating func replace(_ bytes: inout [UInt8], _ places: [Int]) {
        guard (Self.fewestDigits...Self.mostDigits).contains(places.count) else { return }
        // By the last eight: with or without area code and country it is the same number.
        let tail = places.suffix(8)
        let made = other(number: tail.map { bytes[$0] })
        for (place, digit) in zip(tail.suffix(made.count), made) { bytes[place] = digit }
    }

    private mutating func other(number digits: [UInt8]) -> [UInt8] {
        if let known = numbers[digits] { return known }
        let changed = digits.count >= 8 ? 6 : 4
        let half = changed / 2
        let size = half == 3 ? 1_000 : 100
        let head = Array(digits.dropLast(changed))
        func value(_ part: ArraySlice<UInt8>) -> Int { part.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) } }
        var left = value(digits.suffix(changed).prefix(half))
        var right = value(digits.suffix(half))
        // A Feistel network of four rounds: two numbers never become one.
        for round in 0..<4 {
            let code = HMAC<SHA256>.authenticationCode(
                for: head + [UInt8(round)] + Array(String(right).utf8),
                using: key
            )
            let mix = code.prefix(4).reduce(0) { ($0 << 8 | Int($1)) } % size
            (left, right) = (right, (left + mix) % size)
        }
        let made = [left, right].flatMap { part -> [UInt8] in
            let text = Array(String(part).utf8)
            return Array(repeating: UInt8(ascii: "0"), count: half - text.count) + text
        }
        numbers[digits] = made
        return made
    }
}

extension UInt8 {
    fileprivate var isASCIIDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
    fileprivate var isASCIILetter: Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self | 0x20) }
    fileprivate var isHexadecimal: Bool {
        isASCIIDigit || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(self | 0x20)
    }
}
