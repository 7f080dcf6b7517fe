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
                return pages.response(visit, "welcome", title: words("portal.welcome.title"), Welcome())
            }
            let home = Home(greeting: words("portal.home.hello", ["name": Home.firstName(customer.person.name)]))
            return pages.response(visit, "home", title: words("portal.home.title"), home)
        }
    }

    private struct Welcome {}

    private struct Home {
        var greeting: String

        static func firstName(_ name: String) -> String { String(name.split(separator: " ").first ?? "") }
    }
}
