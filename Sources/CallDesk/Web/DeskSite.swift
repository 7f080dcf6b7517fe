import DeskCore
import HTTPTypes
import Hummingbird
import IVRBridge

/// Everything behind the sign-in: the technician's desk, its lists and pages, the administration.
struct DeskSite: RouteSet {
    private let app: App
    private let streams: LiveStreams
    private let pages: DeskPages
    private let cookie: SessionCookie
    private let origin: OwnOrigin
    private let lines: @Sendable () -> [LineView]
    private let hooks: CallHooks?
    private let hasMessages: Bool

    /// `lines`: how each PBX line is doing.
    ///
    /// - Throws: `PageFault` when a page or a locale file cannot be read.
    init(
        app: App,
        streams: LiveStreams,
        assets: AssetLibrary,
        lines: @escaping @Sendable () -> [LineView] = { [] },
        hooks: CallHooks? = nil,
        hasMessages: Bool = false
    ) throws(PageFault) {
        self.app = app
        self.streams = streams
        self.lines = lines
        self.hooks = hooks
        self.hasMessages = hasMessages
        pages = try DeskPages(app: app, assets: assets)
        cookie = SessionCookies(url: app.settings.desk.url)[.staff]
        origin = OwnOrigin(url: app.settings.desk.url)
    }

    func addRoutes(to router: DeskRouter) {
        let known = router.group().add(middleware: DeskSessions(known: app.known, cookie: cookie))
        SignInRoutes(app: app, cookie: cookie, origin: origin, pages: pages).addRoutes(to: known)
        let pages = pages
        router.get("/desk/words/:name") { request, context -> Response in
            let response = pages.module(
                named: context.parameters.get("name") ?? "",
                acceptEncoding: request.headers[.acceptEncoding]
            )
            guard let response else { throw Problem.notFound }
            return response
        }
        let guarded = known.add(middleware: SignInRequired()).add(middleware: SameOrigin(origin: origin))
        addPages(PageRoutes(group: guarded.group(context: SignedInContext.self), pages: pages))
        addStream(guarded.group(context: SignedInContext.self))
    }

    private func addPages(_ routes: PageRoutes) {
        let hasMessages = hasMessages
        routes.get("/desk") { _, context, frame in
            frame.title = pages[context.language]("desk.title")
            frame.place = "desk"
            frame.script = "desk"
            return .page(DeskPage(hasMessages: hasMessages))
        }
        CallPages(app: app, pages: pages, board: board).addPages(to: routes)
        CallStoryPages(app: app, pages: pages).addPages(to: routes)
        AttendancePages(app: app, pages: pages).addPages(to: routes)
        TicketPages(app: app, pages: pages).addPages(to: routes)
        ServicePages(app: app, pages: pages).addPages(to: routes)
        CannedReplyPages(app: app, pages: pages).addPages(to: routes)
        ProfilePages(app: app, pages: pages).addPages(to: routes)
        AdminPages(app: app, pages: pages).addPages(to: routes)
        UserPages(app: app, pages: pages).addPages(to: routes)
        CustomerPages(app: app, pages: pages).addPages(to: routes)
        CataloguePages(app: app, pages: pages).addPages(to: routes)
        PostalFilePages(app: app, pages: pages).addPages(to: routes)
        TemplatePages(app: app, pages: pages).addPages(to: routes)
        SatisfactionPages(app: app, pages: pages).addPages(to: routes)
        SendLogPages(app: app, pages: pages).addPages(to: routes)
        MailPages(app: app, pages: pages).addPages(to: routes)
        LinePages(app: app, pages: pages, lines: lines).addPages(to: routes)
        HookPages(app: app, pages: pages, hooks: hooks).addPages(to: routes)
        WebhookPages(app: app, pages: pages).addPages(to: routes)
        CallerRulePages(pages: pages).addPages(to: routes)
    }

    private func addStream(_ group: RouterGroup<SignedInContext>) {
        let (streams, presence) = (streams, app.presence)
        let (cookie, known) = (cookie, app.known)
        group.get("/desk/events") { request, context -> Response in
            let token = cookie.token(of: request) ?? ""
            return try Self.events(request, context, streams: streams, presence: presence) {
                try await known.session(token, asStream: true).map { LiveViewer($0.account) }
            }
        }
    }

    private var board: DeskBoard { DeskBoard(app: app, lines: lines) }

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

/// The technician's screen, which its script fills.
struct DeskPage: Page {
    static let template = "desk"

    /// Whether the demonstration's mails and SMS can be looked at.
    var hasMessages: Bool
}
