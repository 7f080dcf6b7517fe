import DeskCore
import HTTPTypes
import Hummingbird

/// `/`: what the portal is for a visitor, and home for a customer.
struct HomePages: Sendable {
    let app: App
    let pages: PortalPages

    func addPages(to routes: PortalRoutes) {
        let pages = pages
        routes.page("/") { visit in
            let words = pages[visit.language]
            guard let customer = visit.customer else {
                return pages.response(visit, title: words("portal.welcome.title"), WelcomePage())
            }
            return pages.response(
                visit,
                title: words("portal.home.title"),
                try await home(visit, customer, words)
            )
        }
    }

    struct WelcomePage: Page {
        static let template = "welcome"
    }

    /// A customer's home: what they can do, what is new, and how many of each there are (B1, B6).
    private func home(_ visit: PortalVisit, _ customer: Caller.Customer, _ words: Words) async throws -> HomePage {
        let counts = try await app.customerTickets.counts(customer.reader)
        var query = CustomerTicketQuery(of: customer.reader)
        query.limit = HomePage.mostShown
        query.situation = .news
        var rows = try await app.customerTickets.page(query).rows
        query.situation = .open
        query.column = .updated
        for row in try await app.customerTickets.page(query).rows where rows.count < HomePage.mostShown {
            if !rows.contains(where: { $0.ticket.id == row.ticket.id }) { rows.append(row) }
        }
        func count(_ number: Int) -> String {
            number >= CustomerTickets.mostCounted ? "\(CustomerTickets.mostCounted)+" : String(number)
        }
        return HomePage(
            greeting: words("portal.home.hello", ["name": HomePage.firstName(customer.person.name)]),
            open: count(counts.open),
            news: count(counts.news),
            closed: count(counts.closed),
            rows: rows.map { RequestRow($0, words: words, visit: visit, app: app) },
            hasRows: !rows.isEmpty
        )
    }

    struct HomePage: Page {
        static let template = "home"

        /// As many as a telephone shows without scrolling far.
        static let mostShown = 5

        var greeting: String
        var open: String
        var news: String
        var closed: String
        var rows: [RequestRow]
        var hasRows: Bool

        static func firstName(_ name: String) -> String { String(name.split(separator: " ").first ?? "") }
    }
}
