/// One topic a search found.
public struct TopicHit: Sendable, Hashable, Identifiable {
    public var topic: Topic
    public var score: Int
    /// The keyword, module or guide that was meant, where title and sections do not show why the topic was found.
    public var found: String?

    public var id: String { topic.id }
}

/// The catalogue's words, folded once so that every keystroke of a search is cheap.
struct TopicSearchIndex: Sendable {
    private struct Entry: Sendable {
        var position: Int
        /// Folded words are compared by their bytes: a search looks at every word of the catalogue with each key.
        var words: [(bytes: [UInt8], weight: Int, text: String)]
        var titles: [String]
    }

    private let topics: [Topic]
    private let entries: [Entry]

    /// A word of the title says more than a keyword, that more than a section, that more than a module or a guide.
    private enum Weight {
        static let title = 10
        static let keyword = 8
        static let section = 4
        static let detail = 2
    }

    init(topics: [Topic], sections: [String: Section]) {
        self.topics = topics
        entries = topics.enumerated().map { position, topic in
            var words: [String: (weight: Int, text: String)] = [:]
            func add(_ text: String, _ weight: Int) {
                for word in TextFolding.words(text) where weight > words[word]?.weight ?? 0 {
                    words[word] = (weight, text)
                }
            }
            topic.title.wordings.forEach { add($0, Weight.title) }
            topic.keywords.forEach { add($0, Weight.keyword) }
            for section in topic.path.compactMap({ sections[$0] }) {
                section.title.wordings.forEach { add($0, Weight.section) }
            }
            for module in topic.modules { module.label.wordings.forEach { add($0, Weight.detail) } }
            for guide in topic.guides { guide.title.wordings.forEach { add($0, Weight.detail) } }
            return Entry(
                position: position,
                // In one order, so that of two that fit alike the same one is always named.
                words: words.sorted { $0.key < $1.key }.map {
                    (Array($0.key.utf8), $0.value.weight, $0.value.text)
                },
                titles: topic.title.wordings.map(TextFolding.fold)
            )
        }
    }

    /// Topics every word of `query` is found in, best first; when there are none, those that have the most words.
    func search(_ query: String, limit: Int, where allowed: (Topic) -> Bool) -> [TopicHit] {
        // Twelve words of forty letters are more than anybody searches with.
        let wanted = TextFolding.words(String(query.prefix(480))).prefix(12).filter { $0.count <= 40 }
            .map { Array($0.utf8) }
        guard !wanted.isEmpty else { return [] }
        let folded = TextFolding.fold(String(query.prefix(480)))
        var hits: [(matched: Int, score: Int, position: Int, found: String?)] = []
        for entry in entries where topics.indices.contains(entry.position) && allowed(topics[entry.position]) {
            var matched = 0
            var score = 0
            var found: String?
            for word in wanted {
                var (best, meant): (Int, String?) = (0, nil)
                for known in entry.words {
                    let worth = Self.worth(of: word, against: known.bytes) * known.weight
                    guard worth > best else { continue }
                    best = worth
                    let isShown = known.weight == Weight.title || known.weight == Weight.section
                    meant = isShown ? nil : known.text
                }
                if best > 0 { matched += 1 }
                score += best
                found = found ?? meant
            }
            if entry.titles.contains(folded) { score += 200 }
            if matched > 0 { hits.append((matched, score, entry.position, found)) }
        }
        let most = hits.map(\.matched).max() ?? 0
        return
            hits
            // A query of which hardly a word fits finds nothing instead of anything.
            .filter { $0.matched == most && $0.matched * 2 >= wanted.count }
            .sorted { ($1.score, $0.position) < ($0.score, $1.position) }
            .prefix(limit)
            .map { TopicHit(topic: topics[$0.position], score: $0.score, found: $0.found) }
    }

    /// How well a typed word fits a stored one: 10 the same, 7 its beginning, 4 one letter wrong, 3 inside it.
    private static func worth(of typed: [UInt8], against word: [UInt8]) -> Int {
        if word.starts(with: typed) { return word.count == typed.count ? 10 : 7 }
        if typed.count >= 5, isOneLetterAway(typed, word) { return 4 }
        if typed.count >= 4, holds(word, typed) { return 3 }
        return 0
    }

    private static func holds(_ word: [UInt8], _ part: [UInt8]) -> Bool {
        guard let first = part.first, word.count >= part.count else { return false }
        return (0...(word.count - part.count)).contains { start in
            word[start] == first && word[start...].starts(with: part)
        }
    }

    /// One letter replaced, added, left out or swapped with its neighbour.
    private static func isOneLetterAway(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        guard abs(left.count - right.count) <= 1 else { return false }
        var start = 0
        while start < min(left.count, right.count), left[start] == right[start] { start += 1 }
        let leftTail = left[start...]
        let rightTail = right[start...]
        if left.count == right.count {
            if leftTail.dropFirst().elementsEqual(rightTail.dropFirst()) { return true }
            return leftTail.count >= 2 && leftTail.prefix(2).elementsEqual(rightTail.prefix(2).reversed())
                && leftTail.dropFirst(2).elementsEqual(rightTail.dropFirst(2))
        }
        return left.count > right.count
            ? leftTail.dropFirst().elementsEqual(rightTail) : leftTail.elementsEqual(rightTail.dropFirst())
    }
}

extension Catalogue {
    /// Topics that fit `query`, best first, accents and case aside; one letter may be wrong.
    ///
    /// `sections` are those the customer's contracts open; nil means all, none nothing.
    public func search(
        _ query: String,
        sections: Set<String>? = nil,
        limit: Int = InterviewLimits.topicHits
    ) -> [TopicHit] {
        searchIndex.search(query, limit: limit) { allows($0, sections: sections) }
    }
}
