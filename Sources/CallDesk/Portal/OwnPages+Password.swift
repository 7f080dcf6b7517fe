import Codecs
import DeskCore
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore

/// The tab of the password (A4).
extension OwnPages {
    struct TabFormPage: Page {
        static let template = "aba"

        var tabs: [PortalTab]
        var heading: String
        var done: String?
        var message: String?
        var action: String
        var fields: [PortalField]
        var button: String
    }

    func password(
        _ visit: PortalVisit,
        _ customer: Caller.Customer,
        done: String? = nil,
        fault: PersonError? = nil
    ) -> Response {
        let words = pages[visit.language]
        if let domain = customer.person.domain {
            let note = PortalNotePage(
                heading: words("portal.own.senha"),
                lead: words("portal.own.domainPassword", ["domain": domain]),
                link: PortalAnchor(href: "/dados", label: words("portal.own.dados"))
            )
            return pages.response(visit, title: note.heading, note)
        }
        func said(_ field: PersonError.Field) -> String? {
            fault?.field == field ? fault?.message(in: visit.language) : nil
        }
        let page = TabFormPage(
            tabs: tabs("senha", words),
            heading: words("portal.own.senha"),
            done: done,
            message: fault?.field == nil ? fault?.message(in: visit.language) : nil,
            action: "/senha",
            fields: [
                PortalField(
                    "current",
                    words("portal.password.current"),
                    type: "password",
                    autocomplete: "current-password",
                    maxlength: PasswordRule.longest,
                    fault: said(.currentPassword)
                ),
                PortalField(
                    "password",
                    words("portal.field.newPassword"),
                    type: "password",
                    autocomplete: "new-password",
                    maxlength: PasswordRule.longest,
                    hint: words("portal.field.passwordHint"),
                    fault: said(.password)
                ),
                PortalField(
                    "repeated",
                    words("portal.field.repeated"),
                    type: "password",
                    autocomplete: "new-password",
                    maxlength: PasswordRule.longest
                ),
            ],
            button: words("portal.own.save")
        )
        return pages.response(
            visit,
            title: words("portal.own.senha"),
            page,
            status: fault == nil ? .ok : .unprocessableContent
        )
    }

    func changePassword(_ form: PortalForm, _ customer: Caller.Customer) async throws -> Response {
        try throttle.admit(form.visit.peer)
        do throws(PersonError) {
            try await app.persons.changePassword(
                of: customer.person.id,
                current: form["current"],
                new: form["password"],
                repeated: form["repeated"],
                keeping: customer.session,
                address: form.visit.address
            )
        } catch {
            if case .store(let error) = error { throw error }
            return password(form.visit, customer, fault: error)
        }
        return password(form.visit, customer, done: AccountDesk.passwordChangedMessage(in: form.visit.language))
    }
}
