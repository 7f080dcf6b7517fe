import DeskCore
import HTTPTypes
import Hummingbird

/// Customers with their people, phones and contracts; contracts are a supervisor's to change.
struct CustomerPages: Sendable {
    private static let pageSize = 50

    let app: App
    let pages: DeskPages

    func addPages(to routes: PageRoutes) {
        routes.get("/admin/customers") { request, context, frame in try await list(request, context, &frame) }
        routes.get("/admin/customers/new") { _, context, frame in
            frame.title = pages[context.language]("customers.new")
            frame.place = "customers"
            return .page(NewCustomerPage())
        }
        routes.get("/admin/customers/:id") { request, context, frame in try await show(request, context, &frame) }
    }

    private func list(
        _ request: Request,
        _ context: SignedInContext,
        _ frame: inout PageFrame
    ) async throws -> PageContent {
        frame.title = pages[context.language]("customers.title")
        frame.place = "customers"
        let words = String((request.query("q") ?? "").prefix(200))
        let after = request.query("after").flatMap { Int64($0) }
        let isSearch = words.contains { !$0.isWhitespace }
        let found =
            isSearch
            ? try await app.customers.search(words, limit: Self.pageSize)
            : try await app.customers.list(after: after, limit: Self.pageSize)
        let rows = found.map { customer in
            CustomerListPage.Row(
                id: customer.id,
                name: customer.name,
                document: customer.document?.masked,
                isCompany: customer.kind == .company
            )
        }
        var page = CustomerListPage(q: words, rows: rows, hasRows: !rows.isEmpty)
        if app.attendances.isMistyped(words) { page.hint = ProtocolFormat.mistyped[context.language] }
        if !isSearch, found.count == Self.pageSize, let last = found.last {
            page.next = "/admin/customers?after=\(last.id)"
        }
        return .page(page)
    }

    private func show(
        _ request: Request,
        _ context: SignedInContext,
        _ frame: inout PageFrame
    ) async throws -> PageContent {
        let id = try context.id("id")
        guard let card = try await app.customers.card(id) else { throw Problem.notFound }
        guard card.customer.id == id else {
            // Merged into another: that one's page.
            return .redirect("/admin/customers/\(card.customer.id)")
        }
        let language = context.language
        frame.title = card.customer.name
        frame.place = "customers"
        if card.customer.erasedAt != nil {
            let time = DeskTime(timeZone: app.timeZone, language: language)
            let state = try await app.erasure.state(of: id)
            return .page(ErasedCustomerPage(card.customer, state, words: pages[language], time: time))
        }
        var query = TicketQuery()
        query.customerID = id
        query.departments = context.account.visibleDepartments
        (query.limit, query.isBrief) = (20, true)
        let tickets = try await app.directory.list(query)
        var accounts: [Int64: Person.State] = [:]
        for contact in card.contacts where contact.isActive {
            accounts[contact.id] = try await app.persons.find(contactID: contact.id)?.state
        }
        let words = pages[language]
        let time = DeskTime(timeZone: app.timeZone, language: language)
        let troubles = try await app.mailLog.troubles(of: card.contacts.filter(\.isActive).compactMap(\.email))
        let view = try await RecordViews(app.attendances, for: context.caller).of(id)
        var page = CustomerPage(
            card,
            view,
            tickets: tickets,
            region: app.region,
            time: time,
            now: app.clock.now,
            canChangeContracts: context.account.role >= .supervisor,
            mayErase: context.account.role >= .administrator,
            accounts: accounts,
            access: { words("customers.access.\($0?.rawValue ?? "none")") },
            trouble: { contact in
                contact.email.flatMap { troubles[$0] }.map { words("customers.bounced", ["date": time.date($0.since)]) }
            }
        )
        let story = CustomerStory(app: app, words: words, time: time)
        try await story.fill(&page, after: request.query("after").flatMap { TimelineCursor($0) }, for: context.account)
        if context.account.role >= .supervisor {
            try await story.findTwins(of: card.customer, like: request.query("like"), in: &page)
        }
        return .page(page)
    }
}

/// The form of a customer to be.
struct NewCustomerPage: Page {
    static let template = "customer-new"
}

/// Customers found, or all of them page by page.
struct CustomerListPage: Page {
    static let template = "customers"

    struct Row: PagePart {
        var id: Int64
        var name: String
        var document: String?
        var isCompany: Bool
    }

    var q: String
    var rows: [Row]
    var hasRows: Bool
    var hint: String?
    /// The next page's address.
    var next: String?
}
