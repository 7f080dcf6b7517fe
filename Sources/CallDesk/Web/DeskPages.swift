import DeskCore
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore

/// The desk's pages, rendered by templates that escape every value.
struct DeskPages: Sendable {
    private let templates: PageTemplates
    private let words: WordLibrary
    private let assets: AssetLibrary
    private let deskName: String

    private static let templates = Result { () throws(PageFault) in
        try PageTemplates(of: "pages", words: WordLibrary.shipped())
    }

    /// - Throws: `PageFault` for a template or locale file that cannot be read.
    init(app: App, assets: AssetLibrary) throws(PageFault) {
        words = try WordLibrary.shipped()
        self.assets = assets
        deskName = app.settings.desk.name
        templates = try Self.templates.get()
    }

    subscript(_ language: Language) -> Words { words[language] }

    /// A script module with the texts of a language, by the name pages ask for: `pt-BR-0123456789abcdef.js`.
    func module(named name: String, acceptEncoding: String? = nil) -> Response? {
        for language in Language.allCases {
            let words = words[language]
            guard name.hasPrefix("\(language.rawValue)-"), name.hasSuffix(".js") else { continue }
            let isCurrent = name == Self.moduleName(words)
            var headers: HTTPFields = [
                .contentType: "text/javascript; charset=utf-8", .vary: "Accept-Encoding",
                .cacheControl: isCurrent ? "public, max-age=31536000, immutable" : "no-cache",
            ]
            let packed = Gzip.isAccepted(acceptEncoding) ? words.packedModule : nil
            if packed != nil { headers[.contentEncoding] = "gzip" }
            return Response(
                status: .ok,
                headers: headers,
                body: .init(byteBuffer: ByteBuffer(bytes: packed ?? words.module))
            )
        }
        return nil
    }

    private static func moduleName(_ words: Words) -> String { "\(words.language.rawValue)-\(words.version).js" }

    /// Renders a page: its own values beside what every page has.
    func html(_ frame: PageFrame, _ page: any Page) -> String {
        templates.html(page, beside: surroundings(frame), in: frame.language)
    }

    func response(_ frame: PageFrame, _ page: any Page, status: HTTPResponse.Status = .ok) -> Response {
        Response(
            status: status,
            headers: [
                .contentType: "text/html; charset=utf-8", .cacheControl: "no-store",
                .contentLanguage: frame.language.rawValue, .robots: "noindex",
            ],
            body: .init(byteBuffer: ByteBuffer(string: html(frame, page)))
        )
    }

    /// What every template may show besides its page.
    private func surroundings(_ frame: PageFrame) -> PageSurroundings {
        let words = words[frame.language]
        let account = frame.signedIn?.account
        return PageSurroundings(
            language: frame.language.rawValue,
            theme: frame.theme,
            title: frame.title,
            deskName: deskName,
            words: words.tree,
            csrf: frame.signedIn.map { Side.staff.csrf($0.csrf) },
            assets: PageSurroundings.Assets(
                sheet: assets.path("desk.css"),
                icons: assets.path("desk/icons.svg"),
                icon: assets.path("desk/icon.svg"),
                script: assets.script("desk/\(frame.script).js"),
                words: "/desk/words/\(Self.moduleName(words))"
            ),
            me: account.map {
                PageSurroundings.Person(
                    id: $0.id,
                    name: $0.name,
                    initials: Self.initials($0.name),
                    role: $0.role.title(in: frame.language)
                )
            },
            nav: account.map { PageFrame.places(for: $0.role) }?.map { place in
                PageSurroundings.Place(
                    href: place.href,
                    label: words("nav.\(place.key)"),
                    isCurrent: place.key == frame.place
                )
            } ?? []
        )
    }

    /// First letters of the first and the last name.
    private static func initials(_ name: String) -> String {
        let parts = name.split(whereSeparator: \.isWhitespace)
        return [parts.first, parts.count > 1 ? parts.last : nil].compactMap { $0?.first.map(String.init) }.joined()
            .uppercased()
    }
}

/// What every page is told about itself and its reader.
struct PageFrame {
    var language: Language
    var theme: String?
    var title = ""
    /// The key of the place in the navigation that the page belongs to.
    var place = ""
    /// The module that runs on the page, without folder and ending.
    var script = "page"
    var signedIn: SignedIn?

    /// The places of the navigation somebody of this role can go to.
    static func places(for role: Account.Role) -> [(key: String, href: String)] {
        let everyone = [
            ("desk", "/desk"), ("tickets", "/desk/tickets"), ("attendances", "/desk/attendances"),
            ("calls", "/desk/calls"),
        ]
        let customers = [("customers", "/admin/customers")]
        return everyone + customers + (role >= .supervisor ? [("admin", "/admin")] : [])
    }
}

/// The values every template finds beside its page's own, whose names a page does not use again.
struct PageSurroundings: PagePart {
    struct Assets: PagePart {
        var sheet: String
        var icons: String
        var icon: String
        var script: String
        var words: String
    }

    struct Person: PagePart {
        var id: Int64
        var name: String
        var initials: String
        var role: String
    }

    struct Place: PagePart {
        var href: String
        var label: String
        var isCurrent: Bool
    }

    var language: String
    var theme: String?
    var title: String
    var deskName: String
    /// Every text of the locale, nested by the dots of its key.
    var words: WordTree
    var csrf: String?
    var assets: Assets
    /// Nil, as the places are none, for somebody who is not signed in.
    var me: Person?
    var nav: [Place]
}
