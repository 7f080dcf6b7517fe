import DeskCore
import HTTPTypes
import Hummingbird

/// The page that an invitation leads to (E5, B1).
extension AccountPages {
    func activationPage(
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

    func activate(_ form: PortalForm) async throws -> Response {
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
}
