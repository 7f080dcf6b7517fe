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

    private let logo: PortalLogo?
    /// Something to send is due at once.
    private let wake: @Sendable () -> Void

    /// - Throws: `PageFault` when a page or a locale file cannot be read, `PortalLogoFault`.
    init(
        app: App,
        assets: AssetLibrary,
        streams: LiveStreams,
        uploads: UploadGate,
        wake: @escaping @Sendable () -> Void = {}
    ) throws {
        self.app = app
        self.streams = streams
        self.uploads = uploads
        self.wake = wake
        logo = try PortalLogo(app.settings.portal.logo)
        pages = try PortalPages(app: app, assets: assets, logo: logo)
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
                tickets: app.customerTickets,
                known: app.known
            )
        )
        let lookup = PostalLookup(app)
        HomePages(app: app, pages: pages).addPages(to: routes)
        RequestListPages(app: app, pages: pages).addPages(to: routes)
        RequestPages(app: app, pages: pages).addPages(to: routes)
        ProtocolPages(app: app, pages: pages).addPages(to: routes)
        OpeningPages(app: app, pages: pages, lookup: lookup).addPages(to: routes)
        GuidePages(app: app, pages: pages).addPages(to: routes)
        let isSecure = app.settings.desk.url.hasPrefix("https:")
        let entry = EntryPages(app: app, pages: pages, cookie: cookie, isSecure: isSecure)
        entry.addPages(to: routes)
        AccountPages(app: app, pages: pages, entry: entry, lookup: lookup, wake: wake).addPages(to: routes)
        OwnPages(app: app, pages: pages, lookup: lookup, wake: wake).addPages(to: routes)
        let guests = GuestEntry(
            entry: app.entry,
            tickets: app.directory,
            attendances: app.attendances,
            links: app.links
        )
        GuestPages(guests: guests, pages: pages, clock: app.clock, wake: wake).addPages(to: routes)
        FileRoutes(app: app).addRoutes(to: router)
        PortalFace.addRoutes(to: router, app.settings.portal, logo: logo)
    }
}
