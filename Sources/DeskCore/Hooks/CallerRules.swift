/// The desk's rules for callers' numbers: who is not answered, and how numbers are rewritten; pure.
public struct CallerRules: Sendable, Equatable, Codable {
    /// Who is not answered.
    public struct Block: Sendable, Equatable, Codable {
        public enum Kind: String, Sendable, Codable, CaseIterable {
            case number
            case prefix
            /// Everybody who shows no number.
            case withheld
        }

        public var kind: Kind
        /// A number in E.164, or its beginning; empty for `withheld`.
        public var value: String
        /// Why, for the colleague who asks.
        public var note: String

        public init(_ kind: Kind, _ value: String = "", note: String = "") {
            self.kind = kind
            self.value = value
            self.note = note
        }
    }

    /// What one number becomes; `*` stands for one character or more.
    public struct Rewrite: Sendable, Equatable, Codable {
        public var pattern: String
        /// What it becomes; a `*` in it is what the pattern's first one stood for.
        public var to: String

        public init(_ pattern: String, to: String) {
            self.pattern = pattern
            self.to = to
        }
    }

    /// More than any desk blocks by hand; each call is held against all of them.
    public static let mostBlocks = 2_000
    public static let mostRewrites = 200
    /// A number has 15 digits; a pattern adds stars and what a line puts before numbers.
    public static let longestPattern = 40
    public static let longestNote = 200
    /// Three stars are tried in some ten thousand steps at the most.
    static let mostStars = 3

    public var blocks: [Block] = []
    /// For the numbers of callers, in order: the first that matches counts.
    public var incoming: [Rewrite] = []
    /// Which number of ours an outgoing call shows, by the number dialled: the first that matches counts.
    public var outgoing: [Rewrite] = []

    public init(blocks: [Block] = [], incoming: [Rewrite] = [], outgoing: [Rewrite] = []) {
        self.blocks = blocks
        self.incoming = incoming
        self.outgoing = outgoing
    }

    /// Whether a caller is not answered.
    ///
    /// `number` in E.164 where it can be one, `raw` as it was sent.
    public func isBlocked(number: String?, raw: String?, isWithheld: Bool) -> Bool {
        blocks.contains { block in
            switch block.kind {
            case .withheld: isWithheld
            case .number: !isWithheld && (number == block.value || raw == block.value)
            case .prefix: !isWithheld && (number ?? raw ?? "").hasPrefix(block.value) && !block.value.isEmpty
            }
        }
    }

    /// A caller's number as it is to be read.
    public func read(_ raw: String) -> String { Self.apply(incoming, to: raw) ?? raw }

    /// The number of ours that a call to `dialled` shows; nil: the line's own.
    public func shown(for dialled: String) -> String? { Self.apply(outgoing, to: dialled) }

    private static func apply(_ rules: [Rewrite], to text: String) -> String? {
        // What is longer is no number, and is not tried.
        guard text.utf8.count <= 64 else { return nil }
        for rule in rules {
            guard let star = match(Array(rule.pattern.utf8)[...], Array(text.utf8)[...], star: nil) else { continue }
            return rule.to.replacing("*", with: String(decoding: star, as: UTF8.self))
        }
        return nil
    }

    /// What the first star stands for (nothing where there is none), nil where the pattern does not match.
    private static func match(
        _ pattern: ArraySlice<UInt8>,
        _ text: ArraySlice<UInt8>,
        star: ArraySlice<UInt8>?
    ) -> ArraySlice<UInt8>? {
        guard let first = pattern.first else { return text.isEmpty ? star ?? [] : nil }
        guard first == UInt8(ascii: "*") else {
            return text.first == first ? match(pattern.dropFirst(), text.dropFirst(), star: star) : nil
        }
        guard !text.isEmpty else { return nil }
        for length in 1...text.count {
            if let found = match(pattern.dropFirst(), text.dropFirst(length), star: star ?? text.prefix(length)) {
                return found
            }
        }
        return nil
    }

    /// What is wrong with the rules, by the place of each, such as `blocks[2]`; empty when nothing is.
    public var faults: [String] {
        var faults: [String] = []
        if blocks.count > Self.mostBlocks { faults.append("blocks") }
        for (name, rules) in [("incoming", incoming), ("outgoing", outgoing)] where rules.count > Self.mostRewrites {
            faults.append(name)
        }
        for (place, block) in blocks.prefix(Self.mostBlocks).enumerated() {
            let isNumber = Self.isNumber(block.value)
            if block.kind == .withheld ? !block.value.isEmpty : !isNumber { faults.append("blocks[\(place)].value") }
            if block.note.count > Self.longestNote { faults.append("blocks[\(place)].note") }
        }
        for (name, rules) in [("incoming", incoming), ("outgoing", outgoing)] {
            for (place, rule) in rules.prefix(Self.mostRewrites).enumerated() {
                let stars = rule.pattern.count { $0 == "*" }
                if !Self.isPattern(rule.pattern) || stars > Self.mostStars {
                    faults.append("\(name)[\(place)].pattern")
                }
                let isFree = rule.to.allSatisfy { $0 != "*" } || stars > 0
                if !Self.isPattern(rule.to) || !isFree { faults.append("\(name)[\(place)].to") }
                if name == "outgoing", !Self.isNumber(rule.to) { faults.append("\(name)[\(place)].to") }
            }
        }
        return faults
    }

    private static func isNumber(_ text: String) -> Bool {
        let digits = text.hasPrefix("+") ? text.dropFirst() : text[...]
        return (2...15).contains(digits.count) && digits.allSatisfy { $0.isASCII && $0.isNumber }
    }

    private static func isPattern(_ text: String) -> Bool {
        (1...longestPattern).contains(text.count)
            && text.allSatisfy { $0.isASCII && ($0.isNumber || "+*#".contains($0)) }
    }
}
