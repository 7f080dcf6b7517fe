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
    private let throttle: AddressThrottle
    /// Passwords are hashed: dear, and anybody can ask.
    private let hashing: AddressThrottle

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
                return note(form.visit, words("portal.link.sent"), words("portal.link.sentAbout"))
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

    private static func path(_ purpose: LinkPurpose) -> String { purpose == .activate ? "ativar" : "senha" }

    // MARK: - Links

    /// The page of a link that works; else the page that says why it does not, and sends another where one can be sent.
    private func linked(
        _ visit: PortalVisit,
        _ purpose: LinkPurpose,
        _ page: (SentLink, Person?) async throws -> Response
    ) async throws -> Response {
        let words = pages[visit.language]
        let token = try visit.text("token")
        var response: Response
        switch try await app.entry.state(of: token, for: purpose) {
        case .open(let link): response = try await page(link, try await app.entry.person(of: link))
        case .expired where purpose == .register:
            response = note(
                visit,
                words("portal.link.expired"),
                words("portal.link.registerAgain"),
                link: PortalAnchor(href: "/cadastro", label: words("portal.register.title")),
                status: .gone
            )
        case .expired(let link):
            response = note(
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
            response = note(
                visit,
                words("portal.link.used"),
                words("portal.link.usedAbout"),
                link: PortalAnchor(href: "/entrar", label: words("portal.frame.signin")),
                status: .gone
            )
        case .unknown:
            response = note(visit, words("portal.link.unknown"), words("portal.link.unknownAbout"), status: .notFound)
        }
        // The address is a secret: it goes to no other site.
        response.headers[.referrerPolicy] = "no-referrer"
        return response
    }

    func note(
        _ visit: PortalVisit,
        _ heading: String,
        _ lead: String,
        link: PortalAnchor? = nil,
        again: PortalAgain? = nil,
        status: HTTPResponse.Status = .ok
    ) -> Response {
        pages.response(
            visit,
            title: heading,
            PortalNotePage(heading: heading, lead: lead, link: link, again: again),
            status: status
        )
    }

    private func formPage(_ visit: PortalVisit, _ page: PortalFormPage, isFaulty: Bool) -> Response {
        var response = pages.response(
            visit,
            title: page.heading,
            page,
            status: isFaulty ? .unprocessableContent : .ok
        )
        response.headers[.referrerPolicy] = "no-referrer"
        return response
    }

    // MARK: - A forgotten password

    private func forgotPage(_ visit: PortalVisit) -> Response {
        let words = pages[visit.language]
        return formPage(
            visit,
            PortalFormPage(
                heading: words("portal.forgot.title"),
                lead: words("portal.forgot.lead"),
                action: "/esqueci",
                fields: [
                    PortalField("login", words("portal.signin.login"), autocomplete: "username", maxlength: 254)
                ],
                button: words("portal.forgot.button")
            ),
            isFaulty: false
        )
    }

    private func forgot(_ form: PortalForm) async throws -> Response {
        try throttle.admit(form.visit.peer)
        // Sent untouched nothing happens.
        if form["login"].allSatisfy(\.isWhitespace) { return forgotPage(form.visit) }
        try await app.entry.forgot(form["login"])
        wake()
        let words = pages[form.visit.language]
        return note(form.visit, words("portal.forgot.sent"), words("portal.forgot.sentAbout"))
    }

    private func passwordFields(_ words: Words, _ fault: PersonError?, _ language: Language) -> [PortalField] {
        let text = fault?.field == .password ? fault?.message(in: language) : nil
        return [
            PortalField(
                "password",
                words("portal.field.newPassword"),
                type: "password",
                autocomplete: "new-password",
                maxlength: PasswordRule.longest,
                hint: words("portal.field.passwordHint"),
                fault: text
            ),
            PortalField(
                "repeated",
                words("portal.field.repeated"),
                type: "password",
                autocomplete: "new-password",
                maxlength: PasswordRule.longest
            ),
        ]
    }

    private func passwordPage(_ visit: PortalVisit, _ fault: PersonError?) -> Response {
        let words = pages[visit.language]
        return formPage(
            visit,
            PortalFormPage(
                heading: words("portal.newPassword.title"),
                message: fault?.field == nil ? fault?.message(in: visit.language) : nil,
                action: visit.request.uri.path,
                fields: passwordFields(words, fault, visit.language),
                button: words("portal.newPassword.button")
            ),
            isFaulty: fault != nil
        )
    }

    private func choosePassword(_ form: PortalForm) async throws -> Response {
        let visit = form.visit
        return try await linked(visit, .password) { _, _ in
            try hashing.admit(visit.peer)
            do throws(PersonError) {
                let person = try await app.entry.choosePassword(
                    visit.text("token", or: .notFound),
                    password: form["password"],
                    repeated: form["repeated"]
                )
                return try await begun(person, visit)
            } catch {
                if case .store(let error) = error { throw error }
                return passwordPage(visit, error)
            }
        }
    }

    private func begun(_ person: Person, _ visit: PortalVisit) async throws(PersonError) -> Response {
        do throws(StoreError) { return try await entry.begin(person, visit, next: "/") } catch { throw .store(error) }
    }

    // MARK: - Activation (E5, B1)

    private func activationPage(
        _ visit: PortalVisit,
        name: String,
        login: String,
        email: String?,
        _ fault: PersonError?
    ) -> Response {
        let words = pages[visit.language]
        func said(_ field: PersonError.Field) -> String? {
            fault?.field == field ? fault?.message(in: visit.language) : nil
        }
        return formPage(
            visit,
            PortalFormPage(
                heading: words("portal.activate.title"),
                lead: words("portal.activate.lead"),
                message: fault?.field == nil ? fault?.message(in: visit.language) : nil,
                action: visit.request.uri.path,
                fields: [
                    PortalField(
                        "name",
                        words("portal.field.name"),
                        value: name,
                        autocomplete: "name",
                        fault: said(.name)
                    ),
                    PortalField(
                        "login",
                        words("portal.field.login"),
                        value: login,
                        autocomplete: "username",
                        maxlength: 254,
                        hint: email == nil ? words("portal.field.loginHint") : words("portal.field.loginOrEmailHint"),
                        fault: said(.login)
                    ),
                ] + passwordFields(words, fault, visit.language),
                button: words("portal.activate.button")
            ),
            isFaulty: fault != nil
        )
    }

    private func activate(_ form: PortalForm) async throws -> Response {
        let visit = form.visit
        return try await linked(visit, .activate) { _, person in
            try hashing.admit(visit.peer)
            do throws(PersonError) {
                let active = try await app.entry.activate(
                    visit.text("token", or: .notFound),
                    name: form["name"],
                    login: form["login"],
                    password: form["password"],
                    repeated: form["repeated"]
                )
                return try await begun(active, visit)
            } catch {
                if case .store(let error) = error { throw error }
                return activationPage(
                    visit,
                    name: form["name"],
                    login: form["login"],
                    email: person?.email,
                    error
                )
            }
        }
    }

    // MARK: - Registration (C1)

    private func register(_ form: PortalForm) async throws -> Response {
        let visit = form.visit
        var typed = Registration()
        typed.name = form["name"]
        typed.kind = Customer.Kind(rawValue: form["kind"]) ?? .person
        typed.document = form["document"]
        typed.phone = form["phone"]
        typed.cep = form["cep"]
        typed.address = form["address"]
        typed.email = form["email"]
        typed.login = form["login"]
        typed.password = form["password"]
        typed.repeated = form["repeated"]
        typed.language = visit.language
        if form.has("buscar") {
            try throttle.check(visit.peer)
            if let cep = CEP(typed.cep), let found = await lookup.find(cep) { typed.address = found.line }
            return await registrationPage(visit, typed, [:], proof: form["soma"])
        }
        var faults = typed.faults(region: app.region).mapValues { $0[visit.language] }
        let isProven = ArithmeticProof(visit.csrf).accepts(form["soma"])
        if !faults.isEmpty || !isProven {
            return await registrationPage(visit, typed, faults, proof: form["soma"], isProven: isProven)
        }
        try throttle.admit(visit.peer)
        try hashing.admit(visit.peer)
        do throws(PersonError) { try await app.entry.register(typed) } catch {
            if case .store(let error) = error { throw error }
            faults[error.field == .login ? .login : .email] = error.message(in: visit.language)
            return await registrationPage(visit, typed, faults, proof: form["soma"])
        }
        wake()
        let words = pages[visit.language]
        return note(
            visit,
            words("portal.register.sent"),
            words("portal.register.sentAbout", ["address": WrittenAddress(typed.email)?.address.canonical ?? ""])
        )
    }

    private func registrationPage(
        _ visit: PortalVisit,
        _ typed: Registration,
        _ faults: [Registration.Field: String],
        proof: String,
        isProven: Bool = true
    ) async -> Response {
        let canLookUp = await lookup.isOffered()
        let words = pages[visit.language]
        func field(
            _ field: Registration.Field,
            _ label: String,
            _ value: String,
            type: String = "text",
            autocomplete: String,
            inputmode: String? = nil,
            hint: String? = nil,
            isRequired: Bool = true,
            maxlength: Int = 200
        ) -> PortalField {
            PortalField(
                field.rawValue,
                words(label),
                type: type,
                value: value,
                isRequired: isRequired,
                autocomplete: autocomplete,
                inputmode: inputmode,
                maxlength: maxlength,
                hint: hint.map { words($0) },
                fault: faults[field]
            )
        }
        let sum = ArithmeticProof(visit.csrf)
        let page = RegistrationPage(
            hasFaults: !faults.isEmpty || !isProven,
            kinds: [
                PortalChoice(
                    value: "person",
                    label: words("portal.register.person"),
                    isChosen: typed.kind == .person
                ),
                PortalChoice(
                    value: "company",
                    label: words("portal.register.company"),
                    isChosen: typed.kind == .company
                ),
            ],
            name: [field(.name, "portal.field.name", typed.name, autocomplete: "name")],
            before: [
                field(.document, "portal.field.document", typed.document, autocomplete: "off", inputmode: "text"),
                field(.phone, "portal.field.phone", typed.phone, type: "tel", autocomplete: "tel"),
                field(.cep, "portal.field.cep", typed.cep, autocomplete: "postal-code", inputmode: "numeric"),
            ],
            canLookUp: canLookUp,
            after: [
                field(.address, "portal.field.address", typed.address, autocomplete: "street-address"),
                // Plain text: a browser's own check takes no address as it is copied out of a mail.
                field(
                    .email,
                    "portal.field.email",
                    typed.email,
                    autocomplete: "email",
                    inputmode: "email",
                    maxlength: 400
                ),
                field(
                    .login,
                    "portal.field.login",
                    typed.login,
                    autocomplete: "username",
                    hint: "portal.register.loginHint",
                    isRequired: false
                ),
                field(
                    .password,
                    "portal.field.password",
                    "",
                    type: "password",
                    autocomplete: "new-password",
                    hint: "portal.field.passwordHint"
                ),
                field(.repeated, "portal.field.repeated", "", type: "password", autocomplete: "new-password"),
            ],
            first: sum.first,
            sum: sum.sum,
            proof: CleanText.shortened(proof, to: 5),
            proofFault: isProven ? nil : words("portal.register.proofFault")
        )
        return pages.response(
            visit,
            title: words("portal.register.title"),
            page,
            status: page.hasFaults ? .unprocessableContent : .ok
        )
    }

    struct RegistrationPage: Page {
        static let template = "cadastro"

        var hasFaults: Bool
        var kinds: [PortalChoice]
        var name: [PortalField]
        var before: [PortalField]
        var canLookUp: Bool
        var after: [PortalField]
        var first: Int
        var sum: Int
        var proof: String
        var proofFault: String?
    }

    private func confirmationPage(_ visit: PortalVisit, _ fault: PersonError?) -> Response {
        let words = pages[visit.language]
        return formPage(
            visit,
            PortalFormPage(
                heading: words("portal.confirm.title"),
                lead: words("portal.confirm.lead"),
                action: visit.request.uri.path,
                fields: [
                    PortalField(
                        "password",
                        words("portal.field.password"),
                        type: "password",
                        autocomplete: "current-password",
                        maxlength: PasswordRule.longest,
                        fault: fault.map { _ in words("portal.confirm.wrong") }
                    )
                ],
                button: words("portal.confirm.button")
            ),
            isFaulty: fault != nil
        )
    }

    private func confirm(_ form: PortalForm) async throws -> Response {
        let visit = form.visit
        return try await linked(visit, .register) { _, _ in
            if form["password"].isEmpty { return confirmationPage(visit, nil) }
            try hashing.admit(visit.peer)
            do throws(PersonError) {
                let person = try await app.entry.confirm(
                    visit.text("token", or: .notFound),
                    password: form["password"],
                    address: visit.address
                )
                return try await begun(person, visit)
            } catch {
                if case .store(let error) = error { throw error }
                return confirmationPage(visit, error)
            }
        }
    }
}

extension PortalVisit {
    /// A text of the path where customers' errors are thrown.
    func text(_ name: String, or error: PersonError) throws(PersonError) -> String {
        do throws(Problem) { return try text(name) } catch { throw .notFound }
    }
}
