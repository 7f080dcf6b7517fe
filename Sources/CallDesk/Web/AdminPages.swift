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
        ("templates", "/admin/templates", .supervisor),
        ("notices", "/admin/notices", .supervisor),
        ("lines", "/admin/lines", .supervisor),
    ]

    func addPages(to routes: PageRoutes) {
        routes.get("/admin") { _, context, frame in
            try context.need(.supervisor)
            let words = pages[context.language]
            frame.title = words("admin.title")
            frame.place = "admin"
            let role = context.account.role
            return PageContent(
                "admin",
                [
                    "places": Self.places.filter { role >= $0.role }.map { place -> [String: Any] in
                        [
                            "href": place.href, "label": words("admin.\(place.key)"),
                            "about": words("admin.\(place.key).about"),
                        ]
                    }
                ]
            )
        }
    }
}
