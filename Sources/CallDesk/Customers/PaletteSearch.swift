import DeskCore
import Hummingbird

/// What the command palette finds: customers, tickets, protocol numbers, by anything people call them by.
struct PaletteSearch: Sendable {
    /// A search is typed by a person; each kind shows a few.
    private static let each = 6
    /// The last calls tell who it was; the page of calls has the others.
    private static let calls = 3

    let app: App

    /// One hit: what it is, where it leads.
    private struct Hit {
        var kind: String
        var title: String
        var detail: String
        var href: String
    }

    func answer(_ words: String, for caller: Caller, language: Language) async throws -> Response {
        guard words.contains(where: { !$0.isWhitespace }) else { return .list([String]()) { $0.string($1) } }
        var hits: [Hit] = []
        if app.attendances.isMistyped(words) {
            hits.append(Hit(kind: "hint", title: ProtocolFormat.mistyped[language], detail: "", href: ""))
        }
        if let attendance = try await app.attendances.find(protocolNumber: words) {
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
        for customer in try await app.customers.search(words, limit: Self.each) {
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
        query.departments = caller.visibleDepartments
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
        let calls = try await app.calls.search(words, region: app.region, limit: Self.calls)
        let contacts = try await app.attendances.lines(of: calls.compactMap(\.attendanceID))
        let views = try await RecordViews(app.attendances, for: caller)
        for call in calls {
            let contact = call.attendanceID.flatMap { contacts[$0] }
            let view = views.of(contact?.customerID)
            let number = view.display(of: call, region: app.region)
            let time = DeskTime(timeZone: app.timeZone, language: language).compact(call.startedAt)
            hits.append(
                Hit(
                    kind: "call",
                    title: [view.name(of: call), number].compactMap { $0 }.joined(separator: " · "),
                    detail: time,
                    href: QueryText.path("/desk/calls", [("q", words)])
                )
            )
        }
        // Only of a number that leads nowhere: whatever is found by it was typed rightly.
        if hits.isEmpty, let hint = MistypedNumber.hint(words, app) {
            hits.append(Hit(kind: "hint", title: hint[language], detail: "", href: ""))
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
