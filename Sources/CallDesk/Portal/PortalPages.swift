import DeskCore
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore

/// The portal's pages: templates that escape every value, each given one typed value.
struct PortalPages: Sendable {
    private let templates: PageTemplates
    private let words: WordLibrary
    private let face: PortalFace
    private let sheet: String
    private let icon: String
    private let script: String
    private let cookie: SessionCookie

    /// Read once: a quick link's pages are the portal's.
    private static let templates = Result { () throws(PageFault) in
        try PageTemplates(of: "portal", words: WordLibrary.shipped())
    }

    /// - Throws: `PageFault` for a template or locale file that cannot be read.
    init(app: App, assets: AssetLibrary, logo: PortalLogo? = nil) throws(PageFault) {
        words = try WordLibrary.shipped()
        templates = try Self.templates.get()
        face = PortalFace(app: app, logo: logo)
        sheet = assets.path("portal.css")
        icon = assets.path("desk/icon.svg")
        script = assets.path("portal.js")
        cookie = SessionCookies(url: app.settings.desk.url)[.customer]
    }

    subscript(_ language: Language) -> Words { words[language] }

    /// A page with its title; its template sees its value as `page`.
    func response(
        _ visit: PortalVisit,
        title: String,
        _ page: some Page,
        status: HTTPResponse.Status = .ok
    ) -> Response {
        let words = words[visit.language]
        let surroundings = PortalSurroundings(
            language: visit.language.rawValue,
            theme: ThemeCookie.theme(of: visit.request),
            title: title,
            face: face,
            video: face.videos[visit.request.uri.path.split(separator: "/").first.map(String.init) ?? ""],
            words: words.tree,
            sheet: sheet,
            icon: icon,
            csrf: visit.csrf,
            here: PortalRoutes.target(
                visit.request.method == .get ? visit.request.uri.description : "/",
                orSignIn: true
            ),
            me: visit.customer.map {
                PortalSurroundings.Me(name: $0.person.name, news: visit.news > 0 ? String(visit.news) : nil)
            },
            script: script,
            languages: Language.allCases.map {
                PortalChoice(value: $0.rawValue, label: $0.ownName, isChosen: $0 == visit.language)
            }
        )
        var response = Response(
            status: status,
            headers: [
                .contentType: "text/html; charset=utf-8", .cacheControl: "no-store",
                .contentLanguage: visit.language.rawValue, .robots: "noindex",
            ],
            body: .init(
                byteBuffer: ByteBuffer(
                    string: templates.html(page, below: "page", beside: surroundings, in: visit.language)
                )
            )
        )
        if let token = visit.newFormToken {
            response.headers.append(HTTPField(name: .setCookie, value: cookie.givingForm(token)))
        }
        return response
    }

    /// A page that says one thing, and where to go on.
    func note(
        _ visit: PortalVisit,
        _ heading: String,
        _ lead: String,
        link: PortalAnchor? = nil,
        again: PortalAgain? = nil,
        status: HTTPResponse.Status = .ok
    ) -> Response {
        let page = PortalNotePage(heading: heading, lead: lead, link: link, again: again)
        return response(visit, title: heading, page, status: status)
    }
}

/// What every page of the portal is told, besides its own value as `page`.
struct PortalSurroundings: PagePart {
    struct Me: PagePart {
        var name: String
        /// How many tickets have something unread; nil for none.
        var news: String?
    }

    var language: String
    var theme: String?
    var title: String
    var face: PortalFace
    /// The help video of the step this page's address begins with (“Ver vídeo”).
    var video: String?
    var words: WordTree
    var sheet: String
    var icon: String
    /// What every form carries.
    var csrf: String
    /// This page's address, to come back to.
    var here: String
    /// Nil for a visitor.
    var me: Me?
    /// Keeps pages of who is signed in up to date.
    var script: String
    var languages: [PortalChoice]
}

/// One option of a list in a form.
struct PortalChoice: PagePart {
    var value: String
    var label: String
    var isChosen: Bool
}

extension Language {
    /// What its speakers call it.
    var ownName: String {
        switch self {
        case .ptBR: "Português (Brasil)"
        case .ptPT: "Português (Portugal)"
        case .en: "English"
        }
    }
}
