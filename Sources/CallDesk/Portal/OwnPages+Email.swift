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
        let own = PortalAnchor(href: "/dados", label: words("portal.own.dados"))
        switch try await app.entry.state(of: visit.text("token"), for: .email) {
        case .open: break
        case .expired(let link):
            return pages.note(
                visit,
                words("portal.link.expired"),
                words("portal.link.expiredAbout", ["address": link.maskedAddress]),
                again: PortalAgain(action: "\(visit.request.uri.path)/outro", button: words("portal.link.another")),
                status: .gone
            )
        case .used:
            return pages.note(
                visit,
                words("portal.link.used"),
                words("portal.link.usedAbout"),
                link: own,
                status: .gone
            )
        case .unknown:
            return pages.note(
                visit,
                words("portal.link.unknown"),
                words("portal.link.unknownAbout"),
                link: own,
                status: .notFound
            )
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
        return PortalRoutes.redirect("/dados?feito=email")
    }

    /// Sends another link in place of one whose time is over.
    func renewEmail(_ form: PortalForm) async throws -> Response {
        let words = pages[form.visit.language]
        try throttle.admit(form.visit.peer)
        try await app.entry.renew(form.visit.text("token"), for: .email)
        wake()
        return pages.note(form.visit, words("portal.link.sent"), words("portal.link.sentAbout"))
    }
}
