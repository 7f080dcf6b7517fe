import DeskCore
import Foundation
import Mustache

/// The page of a ticket by its link.
struct LinkedTicket {
    var sheet: TicketSheet
    /// Where its forms are sent.
    var address: String
    /// The forms' name: each is done once.
    var once: String
    /// What has just been done.
    var done: String?
    var expires: String
    var renewal: String
}

/// The page of a link that opens nothing.
struct ClosedLink {
    var heading: String
    var text: String
    var address: String
    var once: String
    var message: String?
    /// Whether its holder may ask for a new one.
    var isRenewable: Bool

    init(_ refusal: QuickLinkRefusal, words: Words, address: String, once: String, message: String?) {
        switch refusal {
        case .unknown: (heading, text) = (words("link.unknown.title"), words("link.unknown.text"))
        case .expired: (heading, text) = (words("link.expired.title"), words("link.expired.text"))
        case .revoked: (heading, text) = (words("link.revoked.title"), words("link.revoked.text"))
        }
        isRenewable = refusal == .expired
        self.address = address
        self.once = once
        self.message = message
    }
}

/// The quick link's pages, rendered by templates that escape every value.
struct QuickLinkPage {
    private struct Frame<Body> {
        var language: String
        var title: String
        var deskName: String
        var stylesheet: String
        var words: [String: any Sendable]
        var page: Body
    }

    let words: WordLibrary
    private let library: MustacheLibrary
    private let stylesheet: String
    private let deskName: String

    /// - Throws: `PageFault` when a template or a locale file cannot be read.
    init(app: App, assets: AssetLibrary) throws(PageFault) {
        words = try WordLibrary(folder: WebResources.folder("locales"))
        stylesheet = assets.path("page.css")
        deskName = app.settings.desk.name
        library = try DeskPages.library(of: WebResources.folder("portal"))
    }

    func ticket(_ body: LinkedTicket, language: Language) -> String {
        render("link", body, title: "\(body.sheet.number) · \(body.sheet.summary)", language)
    }

    func closed(_ body: ClosedLink, language: Language) -> String {
        render("link-closed", body, title: body.heading, language)
    }

    private func render<Body>(_ template: String, _ body: Body, title: String, _ language: Language) -> String {
        let frame = Frame(
            language: language.rawValue,
            title: title,
            deskName: deskName,
            stylesheet: stylesheet,
            words: words[language].tree,
            page: body
        )
        return library.render(frame, withTemplate: template) ?? ""
    }

    /// What is said after a deed, by the word in the address; nil for a word that is none.
    static func news(_ deed: String) -> String? {
        switch deed {
        case "reply": "request.reply.done"
        case "confirm": "request.confirm.done"
        case "reopen": "request.reopen.done"
        case "restart": "request.restart.done"
        case "reiterate": "request.reiterate.done"
        case "cancel": "request.cancel.done"
        case "survey": "request.survey.done"
        case "opinion": "request.opinion.done"
        case "renew": "link.renew.done"
        default: nil
        }
    }
}
