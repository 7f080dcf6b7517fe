import DeskCore
import HTTPTypes
import Hummingbird

/// Registering oneself, and confirming it (C1).
extension AccountPages {
    func register(_ form: PortalForm) async throws -> Response {
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
            return await lookUp(typed, visit, proof: form["soma"])
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
        return pages.note(
            visit,
            words("portal.register.sent"),
            words("portal.register.sentAbout", ["address": WrittenAddress(typed.email)?.address.canonical ?? ""])
        )
    }

    /// Fills the address of the code that was typed, or says beside it what became of it; passwords are typed anew.
    private func lookUp(_ registration: Registration, _ visit: PortalVisit, proof: String) async -> Response {
        let words = pages[visit.language]
        var (typed, faults) = (registration, [Registration.Field: String]())
        var notes: [String] = []
        if let code = CEP(typed.cep) {
            let finding = await lookup.look(code)
            faults[.cep] = finding.fault.map { words($0) }
            if let found = finding.address {
                typed.address = found.line
                notes.append(words("portal.cep.found"))
            }
        } else {
            let isEmpty = typed.cep.allSatisfy(\.isWhitespace)
            faults[.cep] = isEmpty ? words("portal.cep.missing") : Registration.badCEP[visit.language]
        }
        let hadPassword = !typed.password.isEmpty || !typed.repeated.isEmpty
        // Where something is marked the page says so by itself.
        if hadPassword, faults.isEmpty { notes.append(words("portal.register.again")) }
        return await registrationPage(
            visit,
            typed,
            faults,
            proof: proof,
            done: notes.isEmpty ? nil : notes.joined(separator: " ")
        )
    }

    func registrationPage(
        _ visit: PortalVisit,
        _ typed: Registration,
        _ faults: [Registration.Field: String],
        proof: String,
        isProven: Bool = true,
        done: String? = nil
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
            done: done,
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
        /// What a look-up did.
        var done: String?
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

    func confirmationPage(_ visit: PortalVisit, _ fault: PersonError?) -> Response {
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
                        fault: fault.map { fault in
                            if case .wrongPassword = fault { return words("portal.confirm.wrong") }
                            return fault.message(in: visit.language)
                        }
                    )
                ],
                button: words("portal.confirm.button")
            ),
            isFaulty: fault != nil
        )
    }

    func confirm(_ form: PortalForm) async throws -> Response {
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
