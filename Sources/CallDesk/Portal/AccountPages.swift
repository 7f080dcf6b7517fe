import DeskCore
import HTTPTypes
import Hummingbird

/// What comes before an account can be used: activation, registration, a forgotten password.
///
/// Reading a page changes nothing, and neither does a form sent untouched: each asks for something only a person types.
struct AccountPages: Sendable {
    let app: App
    let pages: PortalPages
    let entry: EntryPages
    let lookup: PostalLookup
    /// Something to send is due at once.
    let wake: @Sendable () -> Void
    /// Registrations and mails of one address: a household registers now and then.
    let throttle: AddressThrottle
    /// Passwords are hashed: dear, and anybody can ask.
    let hashing: AddressThrottle

    init(app: App, pages: PortalPages, entry: EntryPages, lookup: PostalLookup, wake: @escaping @Sendable () -> Void) {
        self.app = app
        self.pages = pages
        self.entry = entry
        self.lookup = lookup
        self.wake = wake
        throttle = AddressThrottle(burst: 10, perMinute: 2, clock: app.clock)
        hashing = AddressThrottle(burst: 20, perMinute: 30, clock: app.clock)
    }

    func addPages(to routes: PortalRoutes) {
        routes.page("/esqueci") { visit in forgotPage(visit) }
        routes.form("/esqueci") { form in try await forgot(form) }
        routes.page("/senha/:token") { visit in
            try await linked(visit, .password) { _, _ in passwordPage(visit, nil) }
        }
        routes.form("/senha/:token") { form in try await choosePassword(form) }
        routes.page("/ativar/:token") { visit in
            try await linked(visit, .activate) { _, person in
                activationPage(visit, name: person?.name ?? "", login: person?.email ?? "", email: person?.email, nil)
            }
        }
        routes.form("/ativar/:token") { form in try await activate(form) }
        for purpose in [LinkPurpose.activate, .password] {
            routes.form("/\(Self.path(purpose))/:token/outro") { form in
                try throttle.admit(form.visit.peer)
                try await app.entry.renew(form.visit.text("token"), for: purpose)
                wake()
                let words = pages[form.visit.language]
                return pages.note(form.visit, words("portal.link.sent"), words("portal.link.sentAbout"))
            }
        }
        routes.page("/cadastro") { visit in
            if visit.customer != nil { return PortalRoutes.redirect("/") }
            return await registrationPage(visit, Registration(), [:], proof: "")
        }
        routes.form("/cadastro") { form in try await register(form) }
        routes.page("/confirmar/:token") { visit in
            try await linked(visit, .register) { _, _ in confirmationPage(visit, nil) }
        }
        routes.form("/confirmar/:token") { form in try await confirm(form) }
    }

    static func path(_ purpose: LinkPurpose) -> String { purpose == .activate ? "ativar" : "senha" }

    // MARK: - Links

    /// The page of a link that works; else the page that says why it does not, and sends another where one can be sent.
    func linked(
        _ visit: PortalVisit,
        _ purpose: LinkPurpose,
        _ page: (SentLink, Person?) async throws -> Response
    ) async throws -> Response {
        let words = pages[visit.language]
        let token = try visit.text("token")
        let response: Response
        switch try await app.entry.state(of: token, for: purpose) {
        case .open(let link): response = try await page(link, try await app.entry.person(of: link))
        case .expired where purpose == .register:
            response = pages.note(
                visit,
                words("portal.link.expired"),
                words("portal.link.registerAgain"),
                link: PortalAnchor(href: "/cadastro", label: words("portal.register.title")),
                status: .gone
            )
        case .expired(let link):
            response = pages.note(
                visit,
                words("portal.link.expired"),
                words("portal.link.expiredAbout", ["address": link.maskedAddress]),
                again: PortalAgain(
                    action: "/\(Self.path(purpose))/\(token)/outro",
                    button: words("portal.link.another")
                ),
                status: .gone
            )
        case .used:
            response = pages.note(
                visit,
                words("portal.link.used"),
                words("portal.link.usedAbout"),
                link: PortalAnchor(href: "/entrar", label: words("portal.frame.signin")),
                status: .gone
            )
        case .unknown:
            response = pages.note(
                visit,
                words("portal.link.unknown"),
                words("portal.link.unknownAbout"),
                status: .notFound
            )
        }
        return response
    }

    func formPage(_ visit: PortalVisit, _ page: PortalFormPage, isFaulty: Bool) -> Response {
        pages.response(visit, title: page.heading, page, status: isFaulty ? .unprocessableContent : .ok)
    }
}

extension PortalVisit {
    /// A text of the path where customers' errors are thrown.
    func text(_ name: String, or error: PersonError) throws(PersonError) -> String {
        do throws(Problem) { return try text(name) } catch { throw .notFound }
    }
}
