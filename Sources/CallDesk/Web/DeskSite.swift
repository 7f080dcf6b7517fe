import DeskCore
import HTTPTypes
import Hummingbird
import IVRBridge

/// Everything behind the sign-in: the technician's desk, its lists and pages, the administration.
struct DeskSite: RouteSet {
    private let app: App
    private let streams: LiveStreams
    private let uploads: UploadGate
    private let pages: DeskPages
    private let cookie: SessionCookie
    private let origin: OwnOrigin
    private let presence: Presence
    private let lines: @Sendable () -> [LineView]
    private let wakeNotices: @Sendable () -> Void
    private let hasMessages: Bool

    /// `lines`: how each PBX line is doing; `wakeNotices`: something to send is due at once.
    ///
    /// - Throws: `PageFault` when a page or a locale file cannot be read.
    init(
        app: App,
        streams: LiveStreams,
        uploads: UploadGate,
        assets: AssetLibrary,
        lines: @escaping @Sendable () -> [LineView] = { [] },
        wakeNotices: @escaping @Sendable () -> Void = {},
        hasMessages: Bool = false
    ) throws(PageFault) {
        self.app = app
        self.streams = streams
        self.uploads = uploads
        self.lines = lines
        self.wakeNotices = wakeNotices
        self.hasMessages = hasMessages
        pages = try DeskPages(app: app, assets: assets)
        cookie = SessionCookies(url: app.settings.desk.url)[.staff]
        origin = OwnOrigin(url: app.settings.desk.url)
        presence = Presence(
            clock: app.clock,
            sessions: app.sessions,
            hasOthers: app.database.engine == .postgres
        )
    }

    func addRoutes(to router: DeskRouter) {
        let known = router.group().add(middleware: DeskSessions(known: app.known, cookie: cookie))
        SignInRoutes(app: app, cookie: cookie, origin: origin, pages: pages).addRoutes(to: known)
        let pages = pages
        router.get("/desk/words/:name") { _, context -> Response in
            guard let response = pages.module(named: context.parameters.get("name") ?? "") else {
                throw Problem.notFound
            }
            return response
        }
        let guarded = known.add(middleware: SignInRequired()).add(middleware: SameOrigin(origin: origin))
        addPages(PageRoutes(group: guarded.group(context: SignedInContext.self), pages: pages))
        addInterfaces(guarded.group(context: SignedInContext.self))
    }

    private func addPages(_ routes: PageRoutes) {
        let hasMessages = hasMessages
        routes.get("/desk") { _, context, frame in
            frame.title = pages[context.language]("desk.title")
            frame.place = "desk"
            frame.script = "desk"
            return PageContent("desk", ["hasMessages": hasMessages])
        }
        CallPages(app: app, pages: pages, board: board).addPages(to: routes)
        TicketPages(app: app, pages: pages).addPages(to: routes)
        ProfileRoutes(app: app, pages: pages, cookie: cookie).addPages(to: routes)
        AdminPages(app: app, pages: pages).addPages(to: routes)
        UserRoutes(app: app, pages: pages).addPages(to: routes)
        CustomerPages(app: app, pages: pages).addPages(to: routes)
        CatalogueRoutes(app: app, pages: pages).addPages(to: routes)
        TemplateRoutes(app: app, pages: pages).addPages(to: routes)
        SendLogRoutes(app: app, pages: pages, wake: wakeNotices).addPages(to: routes)
        lineRoutes.addPages(to: routes)
    }

    private func addInterfaces(_ group: RouterGroup<SignedInContext>) {
        let (board, streams, presence) = (board, streams, presence)
        let (cookie, known) = (cookie, app.known)
        let changes = DeskChanges(hub: app.hub, clock: app.clock)
        group.get("/desk/api/state") { _, context -> Response in try await board.response(for: context) }
        group.get("/desk/events") { request, context -> Response in
            let token = cookie.token(of: request) ?? ""
            return try Self.events(request, context, streams: streams, presence: presence) {
                try await known.session(token).map { LiveViewer($0.account) }
            }
        }
        InterviewRoutes(app: app, changes: changes).addRoutes(to: group)
        ClaimRoutes(app: app, claims: Claims(), presence: presence, changes: changes).addRoutes(to: group)
        CardRoutes(app: app).addRoutes(to: group)
        FileRoutes(app: app, uploads: uploads).addRoutes(to: group)
        SearchRoutes(app: app).addRoutes(to: group)
        TicketPages(app: app, pages: pages).addRoutes(to: group)
        ProfileRoutes(app: app, pages: pages, cookie: cookie).addRoutes(to: group)
        UserRoutes(app: app, pages: pages).addRoutes(to: group)
        CustomerRoutes(app: app).addRoutes(to: group)
        CatalogueRoutes(app: app, pages: pages).addRoutes(to: group)
        TemplateRoutes(app: app, pages: pages).addRoutes(to: group)
        SendLogRoutes(app: app, pages: pages, wake: wakeNotices).addRoutes(to: group)
        lineRoutes.addRoutes(to: group)
    }

    private var board: DeskBoard {
        let lines = lines
        return DeskBoard(app: app, presence: presence) {
            lines().map { (name: $0.name, isConnected: $0.isConnected, trouble: $0.trouble) }
        }
    }

    private var lineRoutes: LineRoutes {
        LineRoutes(app: app, pages: pages, presence: presence, lines: lines)
    }

    /// The stream of what this person may see: their own calls, or for supervisors all.
    private static func events(
        _ request: Request,
        _ context: SignedInContext,
        streams: LiveStreams,
        presence: Presence,
        ask: @escaping LiveSubscription.Ask
    ) throws -> Response {
        var request = request
        // A page's first connection cannot set the header (WHATWG HTML §9.2): it says in the query where its lists end.
        if request.headers[.lastEventID] == nil, let after = request.query("after"), UInt64(after) != nil {
            var head = request.head
            head.headerFields[.lastEventID] = after
            request = Request(head: head, body: request.body)
        }
        let account = context.account.id
        return try streams.response(
            to: request,
            viewer: LiveViewer(context.account),
            holder: .account(account),
            begun: { presence.enter(account) },
            ended: { presence.leave(account) },
            ask: ask
        )
    }
}
