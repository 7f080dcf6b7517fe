/// A list of tickets, page by page: the lists of work, what was searched for, and what is done with many at once.
struct TicketListPage: Page {
    static let template = "tickets"

    struct Tab: PagePart {
        var href: String
        var label: String
        /// How many there are, up to some.
        var count: String?
        var isCurrent: Bool
    }

    struct Saved: PagePart {
        var id: Int64
        var name: String
        var href: String
        /// How many there are, up to some, where counting walks an index.
        var count: String?
        /// The department that shares it.
        var department: String?
        var isMine: Bool
        var isCurrent: Bool
    }

    struct Heading: PagePart {
        var label: String
        /// Where a click puts the list in this order.
        var href: String?
        /// `ascending`, `descending`; nil when the list is in another order.
        var sorted: String?
        var isDescending: Bool
    }

    struct Row: KeptPart, ToldPart {
        static let template = "ticket-row"

        var id: Int64
        var number: String
        var revision: Int64
        var unread: String?
        var cells: [TicketCell]

        func tell(_ shape: ShapeReader) {
            shape.take(id)
            shape.take(number)
            shape.take(revision)
            shape.take(unread)
            shape.take(cells)
        }
    }

    struct Pair: PagePart {
        var name: String
        var value: String
    }

    /// What the list can be narrowed to and can show.
    struct Filters: KeptPart {
        static let template = "ticket-filters"

        var states: [PageChoice]
        var priorities: [PageChoice]
        var departments: [PageChoice]
        var topics: [PageChoice]
        var people: [PageChoice]
        var channels: [PageChoice]
        var services: [PageChoice]
        var from: String?
        var to: String?
        var columns: [PageChoice]
    }

    /// Whom and what many tickets can be given to at once.
    struct Targets: KeptPart {
        static let template = "ticket-targets"

        var colleagues: [Option]
        var places: [Option]
        var ranks: [Option]
    }

    struct Option: PagePart {
        var value: String
        var label: String
    }

    var q: String
    var tabs: [Tab]
    var saved: [Saved]
    var filters: Filters
    /// What the form does not ask and must not lose.
    var kept: [Pair]
    var isNarrowed: Bool
    var clear: String
    var headings: [Heading]
    var rows: [Row]
    var hasRows: Bool
    var hint: String?
    /// What the list says when nothing is in it.
    var none: String
    /// What is said below a list that does not have all it should.
    var cut: String?
    /// The next page's address.
    var next: String?
    var file: String
    var query: String
    var shares: [Option]
    var targets: Targets
    var mayTakeNext: Bool
}
