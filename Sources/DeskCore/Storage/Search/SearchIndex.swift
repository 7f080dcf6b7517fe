/// What can be searched for by its words.
public enum SearchKind: String, Sendable, Hashable, CaseIterable {
    case ticket
    case customer
    case call

    /// The table that holds this kind's words, of the same name on both engines.
    var table: String { "search_\(rawValue)" }
}

/// Finds tickets, customers and calls by the beginnings of their words, without regard to case and accents.
///
/// Belongs into the transaction that changes what is found: a ticket is there to be found as soon as it is there.
///
/// ```swift
/// try SearchIndex.put(kind: .ticket, id: ticket.id, text: "Não emite a NOTA", in: session)
/// let found = try SearchIndex.find(kind: .ticket, words: "emi nota", before: nil, limit: 50, in: session)
/// ```
public enum SearchIndex {
    /// Makes `text` the words by which `id` is found, in place of those it had.
    ///
    /// Words past the first `SearchWords.mostKept` different ones, and letters of a word past `SearchWords.longest`, find
    /// nothing.
    public static func put(kind: SearchKind, id: Int64, text: String, in session: any SQLSession) throws(StoreError) {
        try store(kind, id: id, words: SearchWords.kept(of: text), in: session)
    }

    /// Takes `id` out of the index; it may be missing.
    public static func remove(kind: SearchKind, id: Int64, in session: any SQLSession) throws(StoreError) {
        try store(kind, id: id, words: "", in: session)
    }

    /// The ids that have, for every one of `words`, a word that begins with it; the newest first.
    ///
    /// A single letter counts only when nothing else is given, and then as a whole word.
    ///
    /// - Parameters:
    ///   - kind: what to look for.
    ///   - words: as a person typed them: anything at all. Of a long text the first `SearchWords.mostAsked` words count.
    ///   - before: the last id of the page before, or nil.
    ///   - limit: rows at the most, cut to 1 … 1,000.
    ///   - session: a read's or a write's.
    /// - Returns: none when `words` holds no word.
    /// - Throws: what the engine says.
    public static func find(
        kind: SearchKind,
        words: String,
        before: Int64?,
        limit: Int,
        in session: any SQLSession
    ) throws(StoreError) -> [Int64] {
        let asked = SearchWords.asked(of: words)
        guard !asked.isEmpty else { return [] }
        let limit = min(max(limit, 1), 1_000)
        return switch session.engine {
        case .sqlite: try SQLiteSearch.find(kind, asked, before: before ?? .max, limit: limit, in: session)
        case .postgres: try PostgresSearch.find(kind, asked, before: before ?? .max, limit: limit, in: session)
        }
    }

    /// The ids that have all words of any of the readings of `search`; the newest first.
    public static func find(
        kind: SearchKind,
        _ search: TypedSearch,
        before: Int64?,
        limit: Int,
        in session: any SQLSession
    ) throws(StoreError) -> [Int64] {
        var found: Set<Int64> = []
        for reading in search.readings {
            found.formUnion(try find(kind: kind, words: reading, before: before, limit: limit, in: session))
        }
        return Array(found.sorted(by: >).prefix(min(max(limit, 1), 1_000)))
    }

    /// Stores words that are folded already; an empty text removes.
    static func store(
        _ kind: SearchKind,
        id: Int64,
        words: String,
        in session: any SQLSession
    ) throws(StoreError) {
        switch session.engine {
        case .sqlite: try SQLiteSearch.store(kind, id: id, words: words, in: session)
        case .postgres: try PostgresSearch.store(kind, id: id, words: words, in: session)
        }
    }
}
