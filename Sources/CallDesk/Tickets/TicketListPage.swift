/// Tickets found, page by page.
struct TicketListPage: Page {
    static let template = "tickets"

    struct Row: PagePart {
        var number: String
        var summary: String
        var topic: String
        var customer: String
        var state: String
        var tone: String
        var priority: String
        var isUrgent: Bool
        var created: String
        var isLate: Bool
        /// Nil once it is over.
        var due: String?
    }

    var q: String
    var situations: [PageChoice]
    var rows: [Row]
    var hasRows: Bool
    var hint: String?
    /// The next page's address.
    var next: String?
}
