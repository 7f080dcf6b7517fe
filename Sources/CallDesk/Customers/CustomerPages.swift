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
            return PageContent("customer-new")
        }
        routes.get("/admin/customers/:id") { _, context, frame in try await show(context, &frame) }
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
        let rows = found.map { customer -> [String: Any] in
            [
                "id": customer.id, "name": customer.name, "document": customer.document?.formatted ?? "",
                "isCompany": customer.kind == .company,
            ]
        }
        var values: [String: Any] = ["rows": rows, "hasRows": !rows.isEmpty, "q": words]
        if app.attendances.isMistyped(words) { values["hint"] = ProtocolFormat.mistyped[context.language] }
        if !isSearch, found.count == Self.pageSize, let last = found.last {
            values["next"] = "/admin/customers?after=\(last.id)"
        }
        return PageContent("customers", values)
    }

    private func show(_ context: SignedInContext, _ frame: inout PageFrame) async throws -> PageContent {
        let id = try context.id("id")
        guard let card = try await app.customers.card(id) else { throw Problem.notFound }
        guard card.customer.id == id else {
            // Merged into another: that one's page.
            return PageContent(redirect: "/admin/customers/\(card.customer.id)")
        }
        let language = context.language
        frame.title = card.customer.name
        frame.place = "customers"
        let time = DeskTime(timeZone: app.timeZone, language: language)
        let now = app.clock.now
        var query = TicketQuery()
        query.customerID = id
        query.departments = context.account.visibleDepartments
        query.limit = 20
        let tickets = try await app.directory.list(query)
        let customer = card.customer
        let names = Dictionary(card.contacts.map { ($0.id, $0.name) }) { first, _ in first }
        return PageContent(
            "customer",
            [
                "id": customer.id, "revision": customer.revision, "name": customer.name,
                "document": customer.document?.formatted ?? "", "address": customer.address ?? "",
                "notes": customer.notes ?? "",
                "isCompany": customer.kind == .company,
                "hasSMS": card.smsService == .active, "sms": card.smsService.text(in: language),
                "canChangeContracts": context.account.role >= .supervisor,
                "contacts": card.contacts.filter(\.isActive).map { contact -> [String: Any] in
                    [
                        "id": contact.id, "name": contact.name, "email": contact.email ?? "",
                        "role": contact.role ?? "", "revision": contact.revision,
                        "url": "/api/v1/customers/\(id)/contacts/\(contact.id)",
                    ]
                },
                "phones": card.phones.map { phone -> [String: Any] in
                    [
                        "id": phone.id, "display": phone.display(region: app.region), "label": phone.label ?? "",
                        "contact": phone.contactID.flatMap { names[$0] } ?? "",
                        "sms": phone.canReceiveSMS(region: app.region),
                        "url": "/api/v1/customers/\(id)/phones/\(phone.id)",
                    ]
                },
                "contracts": card.contracts.map { contract -> [String: Any] in
                    [
                        "id": contract.id, "revision": contract.revision, "number": contract.number,
                        "title": contract.title,
                        "isActive": contract.isActive, "isInForce": contract.isInForce(at: now),
                        "sms": contract.hasSMS, "sections": contract.sections.joined(separator: "\n"),
                        "products": contract.products.joined(separator: "\n"),
                        "ends": contract.endsAt.map(time.date) ?? "",
                        "url": "/api/v1/customers/\(id)/contracts/\(contract.id)",
                    ]
                },
                "tickets": tickets.map { ticket -> [String: Any] in
                    [
                        "number": ticket.number, "summary": ticket.summary,
                        "state": TicketWords.state(ticket.state)[language], "tone": TicketWords.tone(ticket.state),
                        "created": time.date(ticket.createdAt),
                    ]
                },
                "hasTickets": !tickets.isEmpty,
            ]
        )
    }
}
