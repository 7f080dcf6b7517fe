/// How text becomes the words of the index, and how a question becomes the beginnings to look for.
enum SearchWords {
    /// Different words kept of one text: a description of 10 kB has fewer, and a pasted log must not fill the index.
    static let mostKept = 1_000
    /// Letters kept of one word, enough to tell any two real ones (and protocol numbers) apart.
    static let longest = 32
    /// Words looked for at once; further ones hardly narrow the result and each costs a pass through the index.
    static let mostAsked = 8

    /// Characters of a text that are looked at: 64 KiB of folding is some milliseconds of the writer's time.
    private static let longestText = 65_536
    private static let longestQuestion = 1_024

    /// The different words of `text`, in order, with one blank between.
    static func kept(of text: String) -> String {
        var seen: Set<String> = []
        // Counted in bytes first: to cut between characters, all of a text has to be parted into them.
        let text = text.utf8.count <= longestText ? text : String(text.prefix(longestText))
        for word in TextFolding.words(text) + joined(text) {
            seen.insert(cut(word))
            if seen.count == mostKept { break }
        }
        return seen.sorted().joined(separator: " ")
    }

    /// What an apostrophe parts, in one: who hears “Santana” types no apostrophe.
    private static func joined(_ text: String) -> [String] {
        guard text.unicodeScalars.contains(where: { isApostrophe($0) }) else { return [] }
        return text.split(whereSeparator: \.isWhitespace).filter { $0.contains(where: isApostrophe) }
            .flatMap { TextFolding.words(String($0.filter { !isApostrophe($0) })) }
    }

    /// The apostrophe, and what keyboards and word processors put in its place.
    static func isApostrophe(_ character: Character) -> Bool {
        let scalars = character.unicodeScalars
        guard let first = scalars.first, scalars.count == 1 else { return false }
        return isApostrophe(first)
    }

    private static func isApostrophe(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "'", "’", "‘", "`", "´", "ʼ", "′", "＇": true
        default: false
        }
    }

    /// The beginnings to look for.
    static func asked(of question: String) -> [AskedWord] {
        var words: [String] = []
        for word in TextFolding.words(String(question.prefix(longestQuestion))) {
            let word = cut(word)
            if !words.contains(word) { words.append(word) }
        }
        let long = words.filter { $0.unicodeScalars.count > 1 }
        guard !long.isEmpty else { return words.prefix(1).map { AskedWord(text: $0, isWhole: true) } }
        // “not” asks for nothing that “nota” does not ask for already.
        let telling = long.filter { word in !long.contains { $0 != word && $0.hasPrefix(word) } }
        return telling.prefix(mostAsked).map { AskedWord(text: $0, isWhole: $0.unicodeScalars.count == longest) }
    }

    private static func cut(_ word: String) -> String {
        guard word.utf8.count > longest else { return word }
        var short = String.UnicodeScalarView()
        short.append(contentsOf: word.unicodeScalars.prefix(longest))
        return String(short)
    }
}

/// One word of a question: letters and digits only, folded.
struct AskedWord: Hashable {
    var text: String
    /// Whether it must be the whole word, not its beginning.
    var isWhole: Bool

    /// Whether `words`, in the form of `SearchWords.kept`, has it.
    func isIn(_ words: [Substring]) -> Bool {
        // Byte by byte, as both engines compare: Swift's own comparison would not part a letter from its marks.
        words.contains { isWhole ? $0.utf8.elementsEqual(text.utf8) : $0.utf8.starts(with: text.utf8) }
    }
}
