/// How many matches of a search are looked at.
enum SearchWindow {
    /// In one look, and of one contact's own: enough to fill a page of 200 for a department that owns every fifth match.
    static let most = 1_000
    /// Looks of one question, 20,000 matches: a word that every ticket has must not keep a reader from all others.
    static let looks = 20
}

extension WorkListQuery {
    var isSearch: Bool { words.contains { !$0.isWhitespace } }
}

extension WorkListDesk {
    /// The first rows of a list that have its words: the matches are looked through from the newest on, a thousand at a time,
    /// until the rows are enough or the matches are at their end.
    ///
    /// After `SearchWindow.looks` it ends all the same. Of a list whose newest tickets come first it is then said how far it
    /// came, and the next page goes on from there; a list in another order has the rows of those matches, and no others: it
    /// is cut, which its reader has to be told.
    ///
    /// `looks`: a guard, for whoever tries what comes after it.
    /// - Returns: the rows' places in the list's order, the place up to which matches were looked at where more are left and
    ///   the next page goes on, and whether the list is cut.
    static func search(
        _ query: WorkListQuery,
        limit: Int,
        region: Region,
        at now: Moment,
        looks: Int = SearchWindow.looks,
        in session: any SQLSession
    ) throws(StoreError) -> (keys: [WorkListCursor], reached: WorkListCursor?, isCut: Bool) {
        if query.isEmpty { return ([], nil, false) }
        let search = TypedSearch(query.words, region: region)
        let order = Statement(query, at: now, on: session.engine)
        let oldest = try oldest(query, in: session)
        var before = order.isNewestFirst ? query.after?.id : nil
        var keys: [WorkListCursor] = []
        for _ in 0..<looks {
            let found = try SearchIndex.find(
                kind: .ticket,
                search,
                before: before,
                limit: SearchWindow.most,
                in: session
            )
            guard let last = found.last else { return (keys, nil, false) }
            var statement = Statement(query, matches: found, at: now, on: session.engine)
            keys += try statement.rows(limit: limit, in: session)
            if !order.isNewestFirst { keys.sort { order.isBefore($0, $1) } }
            keys = Array(keys.prefix(limit))
            if order.isNewestFirst, keys.count >= limit { return (keys, nil, false) }
            if found.count < SearchWindow.most || last <= oldest { return (keys, nil, false) }
            before = last
        }
        guard order.isNewestFirst else { return (keys, nil, true) }
        return (keys, before.map { WorkListCursor(key: $0, id: $0) }, false)
    }

    /// No ticket of the list is older: what has ended is in none but that of all, and matches before the oldest open one need
    /// not be looked at.
    private static func oldest(_ query: WorkListQuery, in session: any SQLSession) throws(StoreError) -> Int64 {
        guard query.kind != .all || query.situation == .open || query.state?.isOpen == true else { return 0 }
        let row = try session.row("SELECT MIN(id) FROM ticket WHERE \(TicketState.openCondition)")
        return row?.integer(0) ?? .max
    }
}
