import DeskCore
import HTTPTypes
import Hummingbird

/// The customers' portal: everything outside the desk that people use with a browser.
struct PortalSite: RouteSet {
    private let app: App
    private let pages: PortalPages
    private let cookie: SessionCookie
    private let origin: OwnOrigin

    /// - Throws: `PageFault` when a page or a locale file cannot be read.
    init(app: App, assets: AssetLibrary) throws(PageFault) {
        self.app = app
        pages = try PortalPages(app: app, assets: assets)
        cookie = SessionCookies(url: app.settings.desk.url)[.customer]
        origin = OwnOrigin(url: app.settings.desk.url)
    }

    func addRoutes(to router: DeskRouter) {
        let group = router.group().add(middleware: PortalSessions(known: app.known, cookie: cookie))
        let routes = PortalRoutes(group: group, gate: PortalGate(pages: pages, cookie: cookie, origin: origin))
        HomePages(app: app, pages: pages).addPages(to: routes)
        EntryPages(app: app, pages: pages, cookie: cookie, isSecure: app.settings.desk.url.hasPrefix("https:"))
            .addPages(to: routes)
    }
}
