import Codecs
import DeskCore
import HTTPTypes
import Hummingbird

/// `/chamados`: a customer's tickets, searched, narrowed and put in order (B5, C6, D2).
struct RequestListPages: Sendable {
    private static let pageSize = 20

    let app: App
    let pages: PortalPages

    func addPages(to routes: PortalRoutes) {
        routes.ownPage("/chamados") { visit, customer in try await list(visit, customer) }
    }

    struct RequestListPage: Page {
        static let template = "requests"

        struct Tab: PagePart {
            var href: String
            var label: String
            var isCurrent: Bool
        }

        var tabs: [Tab]
        var words: String
        var situation: String
        var columns: [PortalChoice]
        var directions: [PortalChoice]
        var rows: [RequestLine]
        var hasRows: Bool
        var empty: String
        var hint: String?
        var next: String?
    }

    private func list(_ visit: PortalVisit, _ customer: Caller.Customer) async throws -> Response {
        let words = pages[visit.language]
        var query = CustomerTicketQuery(of: customer.reader)
        query.words = String((visit.query("busca") ?? "").prefix(TextLimits.query))
        // “Em andamento” unless told, or everything when something is searched for.
        query.situation =
            visit.query("situacao").flatMap(CustomerTicketQuery.Situation.init)
            ?? (query.words.isEmpty ? .open : .all)
        query.column = visit.query("ordenar").flatMap(CustomerTicketQuery.Column.init) ?? .created
        query.isAscending = visit.query("ordem") == "asc"
        query.after = visit.query("depois").flatMap { Int64($0) }
        query.limit = Self.pageSize
        let found = try await app.customerTickets.page(query)
        func path(_ situation: CustomerTicketQuery.Situation, after: Int64? = nil) -> String {
            QueryText.path(
                "/chamados",
                [
                    ("situacao", situation.rawValue), ("busca", query.words), ("ordenar", query.column.rawValue),
                    ("ordem", query.isAscending ? "asc" : "desc"), ("depois", after.map(String.init) ?? ""),
                ]
            )
        }
        let list = RequestListPage(
            tabs: CustomerTicketQuery.Situation.allCases.map { situation in
                .init(
                    href: path(situation),
                    label: words("request.list.\(situation.rawValue)"),
                    isCurrent: situation == query.situation
                )
            },
            words: query.words,
            situation: query.situation.rawValue,
            columns: CustomerTicketQuery.Column.allCases.map {
                PortalChoice(
                    value: $0.rawValue,
                    label: words("request.order.\($0.rawValue)"),
                    isChosen: $0 == query.column
                )
            },
            directions: [("desc", "DESC"), ("asc", "ASC")].map {
                PortalChoice(value: $0.0, label: $0.1, isChosen: query.isAscending == ($0.0 == "asc"))
            },
            rows: found.rows.map { RequestLine(row: RequestRow($0, words: words, visit: visit, app: app)) },
            hasRows: !found.rows.isEmpty,
            empty: words(query.words.isEmpty ? "request.list.none" : "request.list.notFound"),
            hint: app.attendances.isMistyped(query.words) ? ProtocolFormat.mistyped[visit.language] : nil,
            next: found.more ? found.rows.last.map { path(query.situation, after: $0.ticket.id) } : nil
        )
        return pages.response(visit, title: words("request.list.title"), list)
    }
}

/// A row of the list, with the columns people know: on a telephone it is a card.
struct RequestLine: KeptPart {
    static let template = "request-row"

    let row: RequestRow

    /// Its members are the row's.
    func encode(to encoder: any Encoder) throws { try row.encode(to: encoder) }
}

/// One ticket of a list.
struct RequestRow: PagePart {
    var number: String
    var href: String
    var isUnread: Bool
    var type: String
    var service: String
    var request: String
    var summary: String
    var created: String
    var task: String
    var group: String
    var state: String
    var tone: String
    var level: String
    var due: String
    var status: String
    var isLate: Bool
    var priority: String
    var hasFiles: Bool
}

extension RequestRow {
    init(_ row: CustomerTicketRow, words: Words, visit: PortalVisit, app: App) {
        let (ticket, language) = (row.ticket, visit.language)
        let time = DeskTime(timeZone: app.timeZone, language: language)
        let department = app.catalogue.current.department(ticket.department)?.name[language] ?? ticket.department
        let service = ticket.serviceStatus(at: app.clock.now)
        number = ticket.number
        href = "/chamados/\(PercentEncoding.encode(ticket.number))"
        isUnread = row.isUnread
        type = ticket.type.title[language]
        self.service = ticket.sectionPath.last ?? ticket.topicTitle
        request = ticket.topicTitle
        summary = ticket.summary
        created = time.compact(ticket.createdAt)
        task = Self.task(ticket.state, words)
        group = words("request.group", ["level": String(ticket.level), "department": department])
        state = ticket.state.title(language, toCustomer: true)
        tone = TicketWords.tone(ticket.state)
        // What was agreed, or “A combinar” when nothing is.
        level = ticket.dueAt == nil ? ServiceStatus.open.title(language) : ticket.policy ?? words("request.level.topic")
        due = ticket.dueAt.map(time.dateAndTime) ?? "—"
        status = service.title(language)
        isLate = service == .late && ticket.state.isOpen
        priority = TicketWords.priority(ticket.priority, language)
        hasFiles = row.hasFiles
    }

    /// What is done next with a ticket, and by whom.
    private static func task(_ state: TicketState, _ words: Words) -> String {
        switch state {
        case .triage: words("request.task.triage")
        case .inProgress: words("request.task.work")
        case .waiting: words("request.task.answer")
        case .solved: words("request.task.confirm")
        case .closed, .cancelled, .merged: words("request.task.none")
        }
    }
}

extension Caller.Customer {
    /// The person as a reader of lists.
    var reader: CustomerReader {
        CustomerReader(personID: person.id, reach: reach, since: person.activatedAt ?? person.createdAt)
    }
}
