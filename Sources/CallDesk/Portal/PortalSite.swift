import DeskCore
import HTTPTypes
import Hummingbird

/// The customers' portal: everything outside the desk that people use with a browser.
struct PortalSite: RouteSet {
    private let app: App
    private let pages: PortalPages
    private let cookie: SessionCookie
    private let origin: OwnOrigin
    private let streams: LiveStreams
    private let uploads: UploadGate

    /// - Throws: `PageFault` when a page or a locale file cannot be read.
    init(app: App, assets: AssetLibrary, streams: LiveStreams, uploads: UploadGate) throws(PageFault) {
        self.app = app
        self.streams = streams
        self.uploads = uploads
        pages = try PortalPages(app: app, assets: assets)
        cookie = SessionCookies(url: app.settings.desk.url)[.customer]
        origin = OwnOrigin(url: app.settings.desk.url)
    }

    func addRoutes(to router: DeskRouter) {
        let group = router.group().add(middleware: PortalSessions(known: app.known, cookie: cookie))
        PortalLive(app: app, streams: streams, cookie: cookie).addRoute(to: group)
        let routes = PortalRoutes(
            group: group,
            gate: PortalGate(
                pages: pages,
                cookie: cookie,
                origin: origin,
                uploads: uploads,
                tickets: app.customerTickets
            )
        )
        HomePages(app: app, pages: pages).addPages(to: routes)
        RequestListPages(app: app, pages: pages).addPages(to: routes)
        RequestPages(app: app, pages: pages).addPages(to: routes)
        ProtocolPages(app: app, pages: pages).addPages(to: routes)
        OpeningPages(app: app, pages: pages).addPages(to: routes)
        GuidePages(app: app, pages: pages).addPages(to: routes)
        EntryPages(app: app, pages: pages, cookie: cookie, isSecure: app.settings.desk.url.hasPrefix("https:"))
            .addPages(to: routes)
    }
}
