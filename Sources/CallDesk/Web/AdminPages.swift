import DeskCore
import Hummingbird

/// The administration's start: what there is to see to, and where something is wrong.
struct AdminPages: Sendable {
    let app: App
    let pages: DeskPages

    /// The administration's parts, with the least role that opens each.
    static let places: [(key: String, href: String, role: Account.Role)] = [
        ("users", "/admin/users", .administrator),
        ("customers", "/admin/customers", .supervisor),
        ("catalogue", "/admin/catalogue", .supervisor),
        ("postal", "/admin/postal-codes", .supervisor),
        ("templates", "/admin/templates", .supervisor),
        ("service", "/admin/service", .supervisor),
        ("replies", "/desk/replies", .supervisor),
        ("notices", "/admin/notices", .supervisor),
        ("mails", "/admin/mails", .supervisor),
        ("satisfaction", "/admin/satisfaction", .supervisor),
        ("lines", "/admin/lines", .supervisor),
        ("hooks", "/admin/hooks", .administrator),
        ("webhooks", "/admin/webhooks", .administrator),
        ("callers", "/admin/callers", .supervisor),
    ]

    func addPages(to routes: PageRoutes) {
        routes.get("/admin") { _, context, frame in
            try context.need(.supervisor)
            let words = pages[context.language]
            frame.title = words("admin.title")
            frame.place = "admin"
            let role = context.account.role
            let places = Self.places.filter { role >= $0.role }.map { place in
                AdminPage.Place(
                    href: place.href,
                    label: words("admin.\(place.key)"),
                    about: words("admin.\(place.key).about")
                )
            }
            return .page(AdminPage(places: places))
        }
    }
}

/// The doors to the administration's parts.
struct AdminPage: Page {
    static let template = "admin"

    struct Place: PagePart {
        var href: String
        var label: String
        var about: String
    }

    var places: [Place]
}
