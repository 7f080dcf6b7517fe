import DeskCore
import HTTPTypes
import Hummingbird

/// `/entrar`, `/sair` and `/idioma`: plain forms that work without scripts.
struct EntryPages: Sendable {
    let app: App
    let pages: PortalPages
    let cookie: SessionCookie
    let isSecure: Bool
    /// Slows an address down before a password is looked at: hashing is dear, and anybody can ask for it.
    private let throttle: AddressThrottle

    init(app: App, pages: PortalPages, cookie: SessionCookie, isSecure: Bool) {
        self.app = app
        self.pages = pages
        self.cookie = cookie
        self.isSecure = isSecure
        // A company behind one address signs in at nine o'clock: twenty at once, then one in two seconds.
        throttle = AddressThrottle(burst: 20, perMinute: 30, clock: app.clock)
    }

    func addPages(to routes: PortalRoutes) {
        routes.page("/entrar") { visit in
            let next = PortalRoutes.target(visit.query("next"))
            if visit.customer != nil { return PortalRoutes.redirect(next) }
            return signInPage(visit, PortalSignInPage(next: next, domains: domains("", visit.language)))
        }
        routes.form("/entrar") { form in try await signIn(form) }
        routes.form("/sair") { form in
            if let customer = form.visit.customer {
                try await app.personSessions.end(customer.session)
                form.visit.logger.signIn(.customer, .ended(customer.person.id), from: form.visit.peer)
            }
            var response = PortalRoutes.redirect("/")
            response.headers.append(HTTPField(name: .setCookie, value: cookie.taking()))
            return response
        }
        routes.form("/idioma") { form in
            var response = PortalRoutes.redirect(PortalRoutes.target(form["next"], orSignIn: true))
            guard let language = Language(rawValue: form["idioma"]) else { return response }
            if let customer = form.visit.customer {
                try await app.persons.prefer(customer.person.id, language: language, by: .person(customer.person.id))
            }
            response.headers.append(
                HTTPField(name: .setCookie, value: LanguageCookie.giving(language) + (isSecure ? "; Secure" : ""))
            )
            return response
        }
    }

    /// What the sign-in page shows.
    struct PortalSignInPage: Page {
        static let template = "entrar"

        var next: String
        var login = ""
        /// Whose password it is: the desk's own, or a directory's; nil without a choice.
        var domains: Domains?
        var message: String?

        struct Domains: PagePart {
            var choices: [PortalChoice]
        }
    }

    /// The choice of domain (C2); nil where there is one only.
    private func domains(_ chosen: String, _ language: Language) -> PortalSignInPage.Domains? {
        guard !app.domains.isEmpty else { return nil }
        let own = PortalChoice(value: "", label: app.settings.desk.name, isChosen: chosen.isEmpty)
        return .init(
            choices: [own] + app.domains.map { .init(value: $0.name, label: $0.name, isChosen: $0.name == chosen) }
        )
    }

    private func signInPage(
        _ visit: PortalVisit,
        _ content: PortalSignInPage,
        status: HTTPResponse.Status = .ok
    ) -> Response {
        pages.response(visit, title: pages[visit.language]("portal.signin.title"), content, status: status)
    }

    private func signIn(_ form: PortalForm) async throws -> Response {
        let visit = form.visit
        let (login, next) = (form["login"], PortalRoutes.target(form["next"]))
        // As at the desk: strangers of an address wait for each other, a browser the login's owner has used for none.
        let device = cookie.deviceToken(of: visit.request)
        if try await !app.persons.knowsDevice(device, login: login) { try throttle.admit(visit.peer) }
        func told(_ message: String, _ status: HTTPResponse.Status) -> Response {
            if status == .forbidden { visit.logger.signIn(.customer, .refused, from: visit.peer) }
            let page = PortalSignInPage(
                next: next,
                login: String(login.prefix(254)),
                domains: domains(form["domain"], visit.language),
                message: message
            )
            return signInPage(visit, page, status: status)
        }
        let words = pages[visit.language]
        if !form["domain"].isEmpty {
            guard let domain = app.domains.first(where: { $0.name == form["domain"] }) else { throw Problem.notFound }
            let outcome = try await app.persons.verify(
                login: login,
                password: form["password"],
                domain: domain,
                customers: app.customers,
                address: visit.address,
                device: device
            )
            switch outcome {
            case .accepted(let person): return try await begin(person, visit, next: next)
            case .refused: return told(SignInResult.refusalMessage(in: visit.language), .forbidden)
            case .unreachable:
                return told(words("portal.signin.unreachable", ["domain": domain.name]), .serviceUnavailable)
            case .stranger: return told(words("portal.signin.stranger", ["domain": domain.name]), .forbidden)
            case .elsewhere: return told(words("portal.signin.ownAccount", ["domain": domain.name]), .forbidden)
            }
        }
        let outcome = try await app.persons.verify(
            login: login,
            password: form["password"],
            address: visit.address,
            device: device
        )
        switch outcome {
        case .accepted(let person): return try await begin(person, visit, next: next)
        case .refused: return told(SignInResult.refusalMessage(in: visit.language), .forbidden)
        case .busy: return told(AccountError.busy.message(in: visit.language), .serviceUnavailable)
        }
    }

    /// Begins a session: always a new one, so that a token from before is worth nothing (session fixation).
    func begin(_ person: Person, _ visit: PortalVisit, next: String) async throws(StoreError) -> Response {
        if let old = cookie.token(of: visit.request) { try await app.personSessions.end(old) }
        let session = try await app.personSessions.begin(personID: person.id)
        visit.logger.signIn(.customer, .opened(person.id), from: visit.peer)
        let known = try await app.persons.rememberDevice(cookie.deviceToken(of: visit.request), of: person.id)
        var response = PortalRoutes.redirect(next)
        response.headers.append(HTTPField(name: .setCookie, value: cookie.giving(session.token)))
        response.headers.append(HTTPField(name: .setCookie, value: cookie.givingDevice(known)))
        return response
    }
}
