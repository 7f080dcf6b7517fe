import Codecs
import DeskCore
import HTTPTypes
import Hummingbird

/// `/protocolos`: a customer's contacts with the desk, calls too, and the requests under each (A6).
struct ProtocolPages: Sendable {
    private static let pageSize = 20

    let app: App
    let pages: PortalPages

    func addPages(to routes: PortalRoutes) {
        routes.ownPage("/protocolos") { visit, customer in try await list(visit, customer) }
        routes.ownPage("/protocolos/:number") { visit, customer in try await show(visit, customer) }
    }

    struct Row: PagePart {
        var number: String
        var href: String
        var day: String
        var channel: String
        /// How long a call took; nil for what was none, or was not answered.
        var length: String?
        var tickets: String
    }

    struct ProtocolListPage: Page {
        static let template = "protocols"

        var rows: [Row]
        var hasRows: Bool
        var next: String?
    }

    struct ProtocolPage: Page {
        static let template = "protocol"

        var row: Row
        var requests: [RequestRow]
        var hasRequests: Bool
    }

    private func list(_ visit: PortalVisit, _ customer: Caller.Customer) async throws -> Response {
        let words = pages[visit.language]
        let found = try await app.customerTickets.protocols(
            customer.reader,
            before: visit.query("antes").flatMap { Int64($0) },
            limit: Self.pageSize + 1
        )
        let shown = found.prefix(Self.pageSize)
        let list = ProtocolListPage(
            rows: shown.map { row($0, visit) },
            hasRows: !found.isEmpty,
            next: found.count > Self.pageSize ? shown.last.map { "/protocolos?antes=\($0.attendance.id)" } : nil
        )
        return pages.response(visit, title: words("protocol.title"), list)
    }

    private func show(_ visit: PortalVisit, _ customer: Caller.Customer) async throws -> Response {
        let words = pages[visit.language]
        guard let found = try await app.customerTickets.protocol(visit.text("number"), customer.reader) else {
            throw Problem.notFound
        }
        let tickets = try await app.directory.list(attendanceID: found.attendance.id).filter(customer.reach.covers)
        let rows = try await app.customerTickets.rows(tickets.map(\.id), customer.reader)
        let row = row(found, visit)
        return pages.response(
            visit,
            title: "\(words("protocol.one")) \(row.number)",
            ProtocolPage(
                row: row,
                requests: rows.map { RequestRow($0, words: words, visit: visit, app: app) },
                hasRequests: !rows.isEmpty
            )
        )
    }

    private func row(_ found: CustomerProtocol, _ visit: PortalVisit) -> Row {
        let time = DeskTime(timeZone: app.timeZone, language: visit.language)
        let attendance = found.attendance
        let length = found.call.flatMap { call in
            call.answeredAt.flatMap { answered in call.endedAt.map { DeskTime.length($0.since(answered)) } }
        }
        return Row(
            number: SpokenDigits.grouped(attendance.protocolNumber),
            href: "/protocolos/\(PercentEncoding.encode(attendance.protocolNumber))",
            day: time.dateAndTime(found.call?.startedAt ?? attendance.startedAt),
            channel: TicketWords.channel(attendance.channel)[visit.language],
            length: length,
            tickets: pages[visit.language].counted("protocol.requests", found.tickets)
        )
    }
}
