import Codecs
import DeskCore
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore

/// The page that a new e-mail is confirmed on.
extension OwnPages {
    func emailPage(_ visit: PortalVisit, wrong: PersonError? = nil) async throws -> Response {
        let words = pages[visit.language]
        let state = try await app.entry.state(of: visit.text("token"), for: .email)
        guard case .open = state else {
            let note = PortalNotePage(
                heading: words(state == .used ? "portal.link.used" : "portal.link.unknown"),
                lead: words(state == .used ? "portal.link.usedAbout" : "portal.link.unknownAbout"),
                link: PortalAnchor(href: "/dados", label: words("portal.own.dados"))
            )
            return pages.response(visit, title: note.heading, note, status: .gone)
        }
        let page = PortalFormPage(
            heading: words("portal.confirm.title"),
            lead: words("portal.own.emailConfirm"),
            action: visit.request.uri.path,
            fields: [
                PortalField(
                    "password",
                    words("portal.field.password"),
                    type: "password",
                    autocomplete: "current-password",
                    maxlength: PasswordRule.longest,
                    fault: wrong?.message(in: visit.language)
                )
            ],
            button: words("portal.confirm.button")
        )
        return pages.response(
            visit,
            title: page.heading,
            page,
            status: wrong == nil ? .ok : .unprocessableContent
        )
    }

    func confirmEmail(_ form: PortalForm) async throws -> Response {
        let visit = form.visit
        if form["password"].isEmpty { return try await emailPage(visit) }
        try throttle.admit(visit.peer)
        let token = try visit.text("token")
        do throws(PersonError) {
            _ = try await app.entry.confirmEmail(token, password: form["password"], address: visit.address)
        } catch {
            if case .store(let error) = error { throw error }
            return try await emailPage(visit, wrong: error)
        }
        return PortalRoutes.redirect("/dados")
    }
}
