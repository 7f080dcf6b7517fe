import Codecs
import DeskCore
import HTTPTypes
import Hummingbird

/// Registers the portal's pages and forms; what goes wrong is told inside the portal's own frame.
///
/// A page only reads. A form changes something: it comes from a page of ours with its token, and works without scripts.
struct PortalRoutes {
    typealias Page = @Sendable (PortalVisit) async throws -> Response
    typealias OwnPage = @Sendable (PortalVisit, Caller.Customer) async throws -> Response
    typealias Form = @Sendable (PortalForm) async throws -> Response
    typealias OwnForm = @Sendable (PortalForm, Caller.Customer) async throws -> Response
    typealias OwnFault = @Sendable (PortalForm, Caller.Customer, Problem) async throws -> Response

    let group: RouterGroup<DeskRequestContext>
    let gate: PortalGate

    /// A page for everybody.
    func page(_ path: RouterPath, _ handle: @escaping Page) {
        let gate = gate
        group.get(path) { request, context -> Response in
            let visit = try await gate.told(request, context)
            return try await gate.told(visit) { try await handle(visit) }
        }
    }

    /// A page for customers; a visitor signs in first and comes back to it.
    func ownPage(_ path: RouterPath, _ handle: @escaping OwnPage) {
        page(path) { visit in
            guard let customer = visit.customer else { return PortalRoutes.toSignIn(visit) }
            return try await handle(visit, customer)
        }
    }

    /// A form for everybody.
    func form(_ path: RouterPath, _ handle: @escaping Form) {
        let gate = gate
        group.post(path) { request, context -> Response in
            let visit = try await gate.told(request, context)
            return try await gate.told(visit) { try await handle(try await gate.read(visit)) }
        }
    }

    /// A form for customers, as what they are once all of it is here.
    ///
    /// Sent when the session has ended meanwhile it does nothing, and what was typed is shown again; so it is whenever the
    /// form is refused as a whole. `page`: where its page is, when not at its own address. `typed`: what was written in it,
    /// secrets apart. `overlong`: shows the page again for a form that was too large to be read.
    func ownForm(
        _ path: RouterPath,
        page: String? = nil,
        typed: @escaping @Sendable (PortalForm) -> [UnsentText] = { _ in [] },
        overlong: OwnFault? = nil,
        _ handle: @escaping OwnForm
    ) {
        let gate = gate
        group.post(path) { request, context -> Response in
            let visit = try await gate.told(request, context)
            return try await gate.told(visit) {
                let (taken, isOurs) = try await gate.take(visit)
                var form = taken
                let place = page ?? PortalRoutes.target(visit.request.uri.path)
                guard let customer = try await gate.customer(of: visit) else {
                    var visitor = context
                    visitor.customer = nil
                    form.visit = gate.visit(request, visitor)
                    return gate.unsent(form, typed(form), page: place)
                }
                form.visit.customer = customer
                guard isOurs else { return gate.unsent(form, typed(form), page: place) }
                do {
                    guard let fault = form.fault else { return try await handle(form, customer) }
                    guard let overlong else { throw fault }
                    return try await overlong(form, customer, fault)
                } catch {
                    let (problem, words) = (ProblemTranslation.problem(for: error), typed(form))
                    guard problem.status.kind == .clientError, !words.isEmpty else { throw error }
                    return gate.unsent(form, words, page: place, because: problem)
                }
            }
        }
    }

    /// Elsewhere, by GET.
    static func redirect(_ target: String) -> Response {
        Response(status: .seeOther, headers: [.location: target, .cacheControl: "no-store"])
    }

    /// Where to go on: a page of the portal, never another site; home for anything else.
    ///
    /// The sign-in page is one only for who stays there, as by choosing another language.
    static func target(_ text: String?, orSignIn: Bool = false) -> String {
        guard let text, text.utf8.count <= 1000, text.hasPrefix("/"), !text.hasPrefix("//") else { return "/" }
        let isPlain = text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != 0x5C }
        let isForeign =
            ["/desk", "/admin", "/api/", "/sair", "/hooks"].contains { text.hasPrefix($0) }
            || !orSignIn && text.hasPrefix("/entrar")
        return isPlain && !isForeign ? text : "/"
    }

    private static func toSignIn(_ visit: PortalVisit) -> Response {
        let uri = visit.request.uri
        let here = uri.query.map { "\(uri.path)?\($0)" } ?? uri.path
        return redirect("/entrar?next=\(PercentEncoding.encode(target(here), keepingSlashes: true))")
    }
}

/// What stands before every page and form: who visits, whether the form is ours, how faults are told.
struct PortalGate: Sendable {
    let pages: PortalPages
    let cookie: SessionCookie
    let origin: OwnOrigin
    let uploads: UploadGate
    let tickets: CustomerTickets
    let known: KnownCallers
    let random = RandomSource.system

    func visit(_ request: Request, _ context: DeskRequestContext) -> PortalVisit {
        PortalVisit(request, context, cookie: cookie, random: random)
    }

    /// The visit with what the bell says of a customer's tickets (B2, B6).
    func told(_ request: Request, _ context: DeskRequestContext) async throws -> PortalVisit {
        var visit = visit(request, context)
        if let customer = visit.customer { visit.news = try await tickets.news(customer.reader) }
        return visit
    }

    /// The customer of a visit as they are now, who may be blocked or signed out since it began; nil for nobody.
    func customer(of visit: PortalVisit) async throws -> Caller.Customer? {
        guard let customer = visit.customer,
            let signedIn = try await known.person(customer.session, within: KnownCallers.freshnessForChanges)
        else { return nil }
        return Caller.Customer(signedIn: signedIn, session: customer.session)
    }

    /// The form of a visit, with the files chosen in it.
    ///
    /// - Throws: `Problem` 403 when no page of ours sent it, 413, 429; `MultipartFault`.
    func read(_ visit: PortalVisit) async throws -> PortalForm {
        let (form, isOurs) = try await take(visit)
        guard isOurs else { throw Problem.crossSite }
        if let fault = form.fault { throw fault }
        return form
    }

    /// The form of a visit, and whether its token is this visitor's: a session that has ended took its token along.
    ///
    /// - Throws: `Problem` 403 when another site sent it, 429; `MultipartFault`.
    func take(_ visit: PortalVisit) async throws -> (PortalForm, isOurs: Bool) {
        guard origin.accepts(visit.request) else { throw Problem.crossSite }
        let sender: AuditActor =
            visit.customer.map { .person($0.person.id) } ?? .system("portal:\(visit.address)")
        let (form, fault) = try await uploads.taken(visit.request, by: sender)
        let given = form.fields.first { $0.name == "csrf" }?.value ?? ""
        let isOurs =
            if let customer = visit.customer {
                Side.customer.accepts(csrf: given, of: customer.signedIn)
            } else {
                visit.newFormToken == nil && given == visit.csrf
            }
        return (PortalForm(visit: visit, fields: form.fields, files: form.files, fault: fault), isOurs)
    }

    /// What is shown in place of a form that did nothing: why, what was typed in it, and where to go on.
    ///
    /// `problem`: what refused it, where it was not its session.
    func unsent(
        _ form: PortalForm,
        _ typed: [UnsentText],
        page: String,
        because problem: Problem? = nil
    ) -> Response {
        let visit = form.visit
        let words = pages[visit.language]
        let isSignedIn = visit.customer != nil
        let hasFiles = !form.files.isEmpty || form.fault != nil
        let shown = UnsentPage(
            text: problem?.sentence[visit.language]
                ?? words(isSignedIn ? "portal.unsent.stale" : "portal.unsent.signedOut"),
            href: isSignedIn ? page : "/entrar?next=\(PercentEncoding.encode(page, keepingSlashes: true))",
            link: words(isSignedIn ? "portal.unsent.open" : "portal.unsent.signIn"),
            typed: UnsentPage.Typed.all(typed),
            hasTyped: !typed.isEmpty,
            files: hasFiles ? words("portal.unsent.files") : nil
        )
        var response = pages.response(
            visit,
            title: words("portal.unsent.title"),
            shown,
            status: problem?.status ?? (isSignedIn ? .forbidden : .unauthorized)
        )
        for header in problem?.headers ?? [:] { response.headers[header.name] = header.value }
        return response
    }

    /// What a client did wrong is told in the frame; faults of ours go on to the outer middleware, which logs them.
    func told(_ visit: PortalVisit, _ body: () async throws -> Response) async throws -> Response {
        do { return try await body() } catch {
            let problem = ProblemTranslation.problem(for: error)
            guard problem.status.kind == .clientError else { throw error }
            var response = pages.response(
                visit,
                title: problem.title[visit.language],
                PortalProblemPage(
                    heading: problem.title[visit.language],
                    detail: problem.detail?[visit.language],
                    faults: problem.errors.map { $0.message[visit.language] },
                    request: visit.requestID
                ),
                status: problem.status
            )
            for header in problem.headers { response.headers[header.name] = header.value }
            return response
        }
    }
}

/// What went wrong, as a page of the portal.
struct PortalProblemPage: Page {
    static let template = "problem"

    var heading: String
    var detail: String?
    var faults: [String]
    var request: String
}
