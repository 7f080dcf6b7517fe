import DeskCore
import Foundation
import HTTPTypes
import Hummingbird

/// `/t/{token}`: one ticket for whoever holds the link, without a login (E4): followed, answered, reopened, rated.
///
/// Reading changes nothing, so that mail scanners and previews may fetch it, and a form that is sent untouched changes
/// nothing either. It is not to be indexed, kept, framed, or told to other sites as a referrer.
struct QuickLinkRoutes: RouteSet {
    private let app: App
    private let pages: PortalPages
    private let cookie: SessionCookie
    private let origin: OwnOrigin
    private let deeds: TicketDeeds
    private let uploads: UploadGate
    /// Counts wrong tokens by address, never right ones.
    private let failures: AddressThrottle
    /// Counts what is sent by forms.
    private let sends: AddressThrottle

    /// - Throws: `PageFault` when a template or a locale file cannot be read.
    init(app: App, assets: AssetLibrary, uploads: UploadGate) throws(PageFault) {
        self.app = app
        self.uploads = uploads
        pages = try PortalPages(app: app, assets: assets)
        cookie = SessionCookies(url: app.settings.desk.url)[.customer]
        origin = OwnOrigin(url: app.settings.desk.url)
        deeds = TicketDeeds(app: app)
        // Who tries tokens needs 2^255 of them, and is told to wait besides.
        failures = AddressThrottle(burst: 60, perMinute: 120, clock: app.clock)
        // A person writes a few times in a row, an office behind one address too.
        sends = AddressThrottle(burst: 30, perMinute: 30, clock: app.clock)
    }

    func addRoutes(to router: DeskRouter) {
        // Whoever is signed in besides, or chose a language, is answered as on the other pages.
        let router = router.group().add(middleware: PortalSessions(known: app.known, cookie: cookie))
        router.get("/t/:token") { request, context -> Response in
            Self.sealed(try await show(request, context), context)
        }
        router.post("/t/:token") { request, context -> Response in
            Self.sealed(try await send(request, context), context)
        }
        router.get("/t/:token/arquivos/:id") { _, context -> Response in
            Self.sealed(try await file(context), context)
        }
    }

    private static func sealed(_ response: Response, _ context: DeskRequestContext) -> Response {
        var response = response
        response.headers[.robots] = "noindex, nofollow, noarchive"
        response.headers[.cacheControl] = "private, no-store"
        response.headers[.contentLanguage] = context.language.rawValue
        return response
    }

    // MARK: - Who holds it

    /// A link that opens its ticket now.
    private struct Holder {
        var token: String
        var link: QuickLink
        var ticket: Ticket
        var doer: TicketDoer

        var secret: String { token }
        var subject: String { "ticket:\(ticket.id)" }
    }

    private enum Door {
        case open(Holder)
        case closed(QuickLinkRefusal)
    }

    private func door(_ context: DeskRequestContext) async throws -> Door {
        let token = context.parameters.get("token") ?? ""
        switch try await app.links.resolve(token, at: app.clock.now) {
        case .failure(let refusal):
            if refusal == .unknown { try failures.admit(context.peer) }
            return .closed(refusal)
        case .success(let link):
            guard let linked = try await app.directory.find(link.ticketID) else { return .closed(.unknown) }
            let ticket = try await app.directory.survivor(of: linked)
            var name = ticket.callerName ?? ""
            if let id = ticket.contactID, let contact = try await app.customers.contact(id) { name = contact.name }
            let doer = TicketDoer(
                customerID: ticket.customerID,
                contactID: ticket.contactID,
                name: name,
                link: link.recipient,
                scope: "link:\(link.id)"
            )
            return .open(Holder(token: token, link: link, ticket: ticket, doer: doer))
        }
    }

    // MARK: - Its pages

    /// The word of the form that asks for a new link.
    private static let renewal = "renew"

    private func show(_ request: Request, _ context: DeskRequestContext) async throws -> Response {
        switch try await door(context) {
        case .closed(let refusal): return closed(refusal, request, context)
        case .open(let holder):
            return try await ticket(holder, request, context, done: request.query("feito").flatMap(TicketDeeds.news))
        }
    }

    private func ticket(
        _ holder: Holder,
        _ request: Request,
        _ context: DeskRequestContext,
        done: String? = nil,
        typed: TypedDeed? = nil,
        status: HTTPResponse.Status = .ok
    ) async throws -> Response {
        let words = pages[context.language]
        let time = DeskTime(timeZone: app.timeZone, language: context.language)
        let address = "/t/\(holder.token)"
        let follower = QueryText.path("/abrir", [("ref", holder.ticket.number)])
        let sheet = TicketSheet(
            try await TicketDossier(holder.ticket, for: holder.doer.actor, app: app),
            for: TicketReader(words: words, time: time, address: address, seesAnswers: false, follower: follower),
            app: app,
            typed: typed
        )
        let body = LinkedTicketPage(
            sheet: sheet,
            address: address,
            once: OnceToken.make(secret: holder.secret, subject: holder.subject),
            done: done.map { words($0) },
            expires: words("link.expires", ["date": time.dateAndTime(holder.link.expiresAt)]),
            renewal: words("link.renew.to", ["address": holder.link.recipient]),
            renewalFault: typed.flatMap { $0.deed == Self.renewal ? $0.fault : nil }
        )
        return pages.response(
            visit(request, context),
            title: "\(sheet.number) · \(sheet.summary)",
            body,
            status: status
        )
    }

    /// `unsent`: a form that came too late, whose words nothing else would bring back.
    private func closed(
        _ refusal: QuickLinkRefusal,
        _ request: Request,
        _ context: DeskRequestContext,
        message: String? = nil,
        unsent form: MultipartForm? = nil,
        status: HTTPResponse.Status? = nil
    ) -> Response {
        let token = context.parameters.get("token") ?? ""
        let words = pages[context.language]
        var body = ClosedLinkPage(
            refusal,
            words: words,
            address: "/t/\(token)",
            once: OnceToken.make(secret: token, subject: Self.renewal),
            message: message ?? form.map { _ in words("link.unsent") }
        )
        if let form {
            body.typed = UnsentPage.Typed.all(
                [UnsentText(words("portal.unsent.text"), form["text"] ?? "")].compactMap(\.self)
            )
            body.hasTyped = !body.typed.isEmpty
            body.files = form.files.isEmpty ? nil : words("portal.unsent.files")
        }
        return pages.response(
            visit(request, context),
            title: body.heading,
            body,
            status: status ?? (refusal == .unknown ? .notFound : .gone)
        )
    }

    private func visit(_ request: Request, _ context: DeskRequestContext) -> PortalVisit {
        PortalVisit(request, context, cookie: cookie, random: .system)
    }

    // MARK: - What is sent

    private func send(_ request: Request, _ context: DeskRequestContext) async throws -> Response {
        guard origin.accepts(request) else { throw Problem.crossSite }
        if case .closed(.unknown) = try await door(context) { return closed(.unknown, request, context) }
        try sends.admit(context.peer)
        let sender = AuditActor.system("link:\(context.parameters.get("token") ?? "")")
        let (form, fault) = try await uploads.taken(request, by: sender)
        // Asked again: a form may upload for minutes, in which its link ends or is withdrawn.
        switch try await door(context) {
        case .closed(let refusal):
            // The closed page's own form has no word: it asks for one thing only.
            guard form["deed"] ?? Self.renewal == Self.renewal else {
                return closed(refusal, request, context, unsent: form)
            }
            return try await renew(form, refusal, request, context)
        case .open(let holder):
            if let fault {
                let told = fault.sentence[context.language]
                let typed = try await deeds.typed(form, told, on: holder.ticket, by: holder.doer)
                return try await ticket(holder, request, context, typed: typed, status: fault.status)
            }
            if form["deed"] == Self.renewal { return try await renew(form, holder, request, context) }
            let nonce = OnceToken.nonce(form["once"] ?? "", secret: holder.secret, subject: holder.subject)
            let outcome = try await deeds.make(
                form,
                nonce: nonce,
                on: holder.ticket,
                by: holder.doer,
                context.language
            )
            switch outcome {
            case .done(let deed):
                return Response(
                    status: .seeOther,
                    headers: [.location: "/t/\(holder.token)?feito=\(deed)#aviso"]
                )
            case .refused(let typed, let status):
                // As it is now: what refused it may have changed the ticket.
                switch try await door(context) {
                case .closed(let refusal): return closed(refusal, request, context, unsent: form)
                case .open(let fresh):
                    return try await ticket(fresh, request, context, typed: typed, status: status)
                }
            }
        }
    }

    /// A new link to the address this one went to, for a link that still opens.
    private func renew(
        _ form: MultipartForm,
        _ holder: Holder,
        _ request: Request,
        _ context: DeskRequestContext
    ) async throws -> Response {
        let isOurs = OnceToken.nonce(form["once"] ?? "", secret: holder.secret, subject: holder.subject) != nil
        guard isOurs, form["assent"] == "yes" else {
            let fault = isOurs ? pages[context.language]("link.renew.tick") : TicketDeeds.stale[context.language]
            return try await ticket(
                holder,
                request,
                context,
                typed: TypedDeed(deed: Self.renewal, fault: fault),
                status: .forbidden
            )
        }
        _ = try await app.tickets.renewLink(holder.token, of: app.links)
        return Response(status: .seeOther, headers: [.location: "/t/\(holder.token)?feito=\(Self.renewal)#aviso"])
    }

    /// The same for a link whose time is over; one that was withdrawn has no next.
    private func renew(
        _ form: MultipartForm,
        _ refusal: QuickLinkRefusal,
        _ request: Request,
        _ context: DeskRequestContext
    ) async throws
        -> Response
    {
        guard refusal == .expired else { return closed(refusal, request, context) }
        let words = pages[context.language]
        let token = context.parameters.get("token") ?? ""
        let isOurs = OnceToken.nonce(form["once"] ?? "", secret: token, subject: Self.renewal) != nil
        guard isOurs, form["assent"] == "yes" else {
            return closed(refusal, request, context, message: words("link.renew.tick"), status: .forbidden)
        }
        guard let address = try await app.tickets.renewLink(token, of: app.links) else {
            return closed(.revoked, request, context)
        }
        return closed(refusal, request, context, message: words("link.renew.sent", ["address": address]), status: .ok)
    }

    private func file(_ context: DeskRequestContext) async throws -> Response {
        guard case .open(let holder) = try await door(context) else { throw Problem.notFound }
        let id = context.parameters.get("id").flatMap { Int64($0) }
        let files = try await app.attachments.publicList(of: holder.ticket)
        guard let file = files.first(where: { $0.id == id }) else { throw Problem.notFound }
        return app.fileLinks.redirect(to: file)
    }
}
