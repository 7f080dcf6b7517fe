import DeskCore
import HTTPTypes
import Hummingbird

/// A password that was forgotten, and the page on which one is chosen.
extension AccountPages {
    func forgotPage(_ visit: PortalVisit) -> Response {
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

    func forgot(_ form: PortalForm) async throws -> Response {
        try throttle.admit(form.visit.peer)
        // Sent untouched nothing happens.
        if form["login"].allSatisfy(\.isWhitespace) { return forgotPage(form.visit) }
        try await app.entry.forgot(form["login"])
        wake()
        let words = pages[form.visit.language]
        return pages.note(form.visit, words("portal.forgot.sent"), words("portal.forgot.sentAbout"))
    }

    func passwordFields(_ words: Words, _ fault: PersonError?, _ language: Language) -> [PortalField] {
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

    func passwordPage(_ visit: PortalVisit, _ fault: PersonError?) -> Response {
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

    func choosePassword(_ form: PortalForm) async throws -> Response {
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

    func begun(_ person: Person, _ visit: PortalVisit) async throws(PersonError) -> Response {
        do throws(StoreError) { return try await entry.begin(person, visit, next: "/") } catch { throw .store(error) }
    }
}
