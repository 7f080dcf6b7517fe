import Foundation

/// Makes hostile inputs of good ones: bits flipped, bytes put in, parts cut out, repeated and swapped with others'.
///
/// How many each target is given is the run's: `CALLDESK_FUZZ_ROUNDS`, some hundreds unless told.
public struct Mutator: Sendable {
    private var generator: SplitMix64
    private let corpus: [[UInt8]]
    /// A mutant is as long as this at the most: length alone has tests of its own.
    private static let longest = 64 * 1024
    /// What breaks readers of text: ends, quotes, separators, half characters, numbers past every bound.
    private static let spices: [[UInt8]] = [
        [0], [0xFF], [0xC3], [0xED, 0xA0, 0x80], [0xF0, 0x9F], [0xEF, 0xBB, 0xBF], Array("\r\n\r\n".utf8),
        Array("\r".utf8), Array("\n".utf8), Array("\"".utf8), Array("'".utf8), Array("\\".utf8), Array(": ".utf8),
        Array("{{".utf8), Array("{{#".utf8), Array("]]>".utf8), Array("<!ENTITY x SYSTEM \"file:///etc/passwd\">".utf8),
        Array("&x;".utf8), Array("%00".utf8), Array("../".utf8), Array("9223372036854775808".utf8), Array("-1".utf8),
        Array("1e400".utf8), Array("-9223372036854775808".utf8), Array("1e-9223372036854775808".utf8),
        Array("Content-Length: 99999999999999999999\n".utf8), Array("[[[[[[[[[[[[[[[[".utf8),
        Array("*a *a *a".utf8), Array("&a [*a,*a]".utf8), Array("\u{202E}".utf8), Array(";".utf8), Array(",".utf8),
    ]

    public static var rounds: Int {
        ProcessInfo.processInfo.environment["CALLDESK_FUZZ_ROUNDS"].flatMap(Int.init) ?? 300
    }

    public init(_ corpus: [[UInt8]], seed: UInt64 = TestSeed.next()) {
        precondition(!corpus.isEmpty, "a mutator needs something to change")
        self.corpus = corpus
        generator = SplitMix64(seed: seed)
    }

    /// The next mutant.
    public mutating func next() -> [UInt8] {
        var bytes = pick()
        for _ in 0..<Int.random(in: 1...6, using: &generator) { change(&bytes) }
        return Array(bytes.prefix(Self.longest))
    }

    /// Where to cut an input in two, as a network does.
    public mutating func cut(_ bytes: [UInt8]) -> Int { Int.random(in: 0...bytes.count, using: &generator) }

    /// One of a few.
    public mutating func choose<Item>(_ items: [Item]) -> Item {
        items[Int.random(in: items.indices, using: &generator)]
    }

    private mutating func pick() -> [UInt8] { corpus[Int.random(in: corpus.indices, using: &generator)] }

    private mutating func change(_ bytes: inout [UInt8]) {
        let at = Int.random(in: 0...bytes.count, using: &generator)
        let length = min(bytes.count - at, Int.random(in: 1...64, using: &generator))
        switch Int.random(in: 0..<7, using: &generator) {
        case 0 where at < bytes.count: bytes[at] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
        case 1 where at < bytes.count: bytes[at] = UInt8.random(in: 0...255, using: &generator)
        case 2: bytes.removeSubrange(at..<(at + length))
        case 3: bytes.insert(contentsOf: bytes[at..<(at + length)], at: at)
        case 4:
            let other = pick()
            let from = Int.random(in: 0...other.count, using: &generator)
            bytes.replaceSubrange(at..<(at + length), with: other[from..<min(other.count, from + 200)])
        case 5: bytes = Array(bytes.prefix(at))
        default: bytes.insert(contentsOf: choose(Self.spices), at: at)
        }
    }
}
