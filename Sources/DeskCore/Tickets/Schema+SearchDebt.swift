extension Schema {
    /// Tickets that have to be put into the search index anew; no reference, since one that is gone is owed nothing.
    static let searchDebt = ["CREATE TABLE search_debt (ticket_id BIGINT PRIMARY KEY)"]
}
