import DeskCore
import HTTPTypes
import Hummingbird

/// What the command palette finds: customers, tickets, protocol numbers, by anything people call them by.
struct SearchRoutes: Sendable {
    /// A search is typed by a person; each kind shows a few.
    private static let each = 6
    private static let longest = 200

    let app: App

    func addRoutes(to group: RouterGroup<SignedInContext>) {
        group.get("/desk/api/search") { request, context -> Response in
            let words = String((request.query("q") ?? "").prefix(Self.longest))
            guard words.contains(where: { !$0.isWhitespace }) else { return .list([String]()) { $0.string($1) } }
            return try await search(words, context)
        }
    }

    /// One hit: what it is, where it leads.
    private struct Hit {
        var kind: String
        var title: String
        var detail: String
        var href: String
    }

    private func search(_ words: String, _ context: SignedInContext) async throws -> Response {
        var hits: [Hit] = []
        let digits = words.filter { !$0.isWhitespace }
        let language = context.language
        if let attendance = try await app.attendances.find(protocolNumber: digits) {
            let ticket = try await app.directory.list(attendanceID: attendance.id).last
            let href = ticket.map { "/desk/tickets/\($0.number)" } ?? "/desk?a=\(attendance.id)"
            let detail = ticket.map { "\($0.number)" } ?? ""
            hits.append(
                Hit(
                    kind: "protocol",
                    title: SpokenDigits.grouped(attendance.protocolNumber),
                    detail: detail,
                    href: href
                )
            )
        }
        for customer in try await CustomerFinder(app: app).find(words, limit: Self.each) {
            hits.append(
                Hit(
                    kind: customer.kind == .company ? "company" : "customer",
                    title: customer.name,
                    detail: customer.document?.masked ?? "",
                    href: "/admin/customers/\(customer.id)"
                )
            )
        }
        var query = TicketQuery()
        query.words = words
        query.departments = context.account.visibleDepartments
        query.limit = Self.each
        for ticket in try await app.directory.list(query) {
            hits.append(
                Hit(
                    kind: "ticket",
                    title: "\(ticket.number) · \(ticket.summary)",
                    detail: "\(ticket.topicTitle) · \(TicketWords.state(ticket.state)[language])",
                    href: "/desk/tickets/\(ticket.number)"
                )
            )
        }
        return .list(hits) { json, hit in
            json.object { json in
                json.field("kind", hit.kind)
                json.field("title", hit.title)
                json.field("detail", hit.detail)
                json.field("href", hit.href)
            }
        }
    }
}
