import DeskCore
import HTTPTypes
import Hummingbird

/// Signing in and out: a plain form that works without scripts.
struct SignInRoutes: Sendable {
    let accounts: AccountDesk
    let sessions: SessionDesk
    let cookie: SessionCookie
    let origin: OwnOrigin
    let pages: DeskPages
    /// Slows an address down before a password is looked at: hashing is dear, and anybody can ask for it.
    let throttle: AddressThrottle
    private let random = RandomSource.system

    /// A sign-in form holds two short fields.
    private static let longestBody = 16_384

    init(app: App, cookie: SessionCookie, origin: OwnOrigin, pages: DeskPages) {
        accounts = app.accounts
        sessions = app.sessions
        self.cookie = cookie
        self.origin = origin
        self.pages = pages
        // An office behind one address signs in at nine o'clock: twenty at once, then one in two seconds.
        throttle = AddressThrottle(burst: 20, perMinute: 30, clock: app.clock)
    }

    func addRoutes(to router: RouterGroup<DeskRequestContext>) {
        router.get("/desk/sign-in") { request, context -> Response in
            let next = Self.target(request.query("next"))
            if context.signedIn != nil { return Self.redirect(next) }
            return form(request, context, next: next, login: "", message: nil, status: .ok)
        }
        router.post("/desk/sign-in") { request, context -> Response in try await signIn(request, context) }
        router.post("/desk/sign-out") { request, context -> Response in
            guard origin.accepts(request) else { throw Problem.crossSite }
            if let token = cookie.token(of: request), let signedIn = context.signedIn {
                let fields = FormFields.parse(String(buffer: try await request.bytes(upTo: Self.longestBody)))
                let given = fields.first { $0.name == "csrf" }?.value ?? ""
                guard Side.staff.accepts(csrf: given, of: signedIn) else { throw Problem.crossSite }
                try await sessions.end(token)
                context.logger.signIn(.staff, .ended(signedIn.account.id), from: context.peer)
            }
            var response = Self.redirect("/desk/sign-in")
            response.headers.append(HTTPField(name: .setCookie, value: cookie.taking()))
            return response
        }
    }

    private func signIn(_ request: Request, _ context: DeskRequestContext) async throws -> Response {
        guard origin.accepts(request) else { throw Problem.crossSite }
        let fields = FormFields.parse(String(buffer: try await request.bytes(upTo: Self.longestBody)))
        func field(_ name: String) -> String { fields.first { $0.name == name }?.value ?? "" }
        let (login, next) = (field("login"), Self.target(field("next")))
        // Strangers of an address wait for each other; a browser the login's owner has used waits for none of them, and
        // is counted by its own wrong passwords.
        let device = cookie.deviceToken(of: request)
        if try await !accounts.knowsDevice(device, login: login) { try throttle.admit(context.peer) }
        // The form's token and the cookie given with it; a form that lay open overnight is simply shown again.
        guard let paired = cookie.formToken(of: request), !paired.isEmpty, paired == field("form") else {
            let words = pages[context.language]
            // The cookie is for the desk's own address: at another one the browser never sends it back.
            let stale =
                origin.isElsewhere(request) ? words("signin.elsewhere", ["url": origin.url]) : words("signin.stale")
            return form(request, context, next: next, login: login, message: stale, status: .badRequest)
        }
        let address = context.peer.subject.map { String($0) }.joined(separator: ".")
        switch try await accounts.verify(
            login: login,
            password: field("password"),
            address: address,
            device: device
        ) {
        case .accepted(let account):
            // A session from before belongs to whoever was here then: never carried over (session fixation).
            if let old = cookie.token(of: request) { try await sessions.end(old) }
            let session = try await sessions.begin(accountID: account.id)
            context.logger.signIn(.staff, .opened(account.id), from: context.peer)
            var response = Self.redirect(next)
            response.headers.append(HTTPField(name: .setCookie, value: cookie.giving(session.token)))
            let known = try await accounts.rememberDevice(device, of: account.id)
            response.headers.append(HTTPField(name: .setCookie, value: cookie.givingDevice(known)))
            return response
        case .refused:
            context.logger.signIn(.staff, .refused, from: context.peer)
            let message = SignInResult.refusalMessage(in: context.language)
            return form(request, context, next: next, login: login, message: message, status: .forbidden)
        case .busy:
            let message = AccountError.busy.message(in: context.language)
            return form(request, context, next: next, login: login, message: message, status: .serviceUnavailable)
        }
    }

    private func form(
        _ request: Request,
        _ context: DeskRequestContext,
        next: String,
        login: String,
        message: String?,
        status: HTTPResponse.Status
    ) -> Response {
        let token = FormToken.shaped(cookie.formToken(of: request)) ?? FormToken.make(random)
        let frame = PageFrame(
            language: context.language,
            theme: ThemeCookie.theme(of: request),
            title: pages[context.language]("signin.title"),
            script: "sign-in"
        )
        let page = SignInPage(form: token, next: next, login: String(login.prefix(120)), message: message)
        var response = pages.response(frame, page, status: status)
        response.headers.append(HTTPField(name: .setCookie, value: cookie.givingForm(token)))
        return response
    }

    /// Where to go after the sign-in: a page of the desk, never another site.
    static func target(_ text: String?) -> String {
        guard let text, text.utf8.count <= 1000, text.hasPrefix("/desk") || text.hasPrefix("/admin") else {
            return "/desk"
        }
        let isPlain = text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != 0x5C }
        guard isPlain, !text.hasPrefix("/desk/sign-"), !text.contains("/api/"), !text.hasPrefix("/desk/events") else {
            return "/desk"
        }
        return text
    }

    private static func redirect(_ target: String) -> Response {
        Response(status: .seeOther, headers: [.location: target, .cacheControl: "no-store"])
    }
}

/// The form that signs in.
struct SignInPage: Page {
    static let template = "sign-in"

    /// The form's own token, the pair of a cookie.
    var form: String
    /// Where to go afterwards.
    var next: String
    var login: String
    /// Why it was not accepted.
    var message: String?
}
