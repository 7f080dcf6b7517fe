import DeskCore
import Hummingbird

/// The texts customers get: edited with a live preview and, for SMS, what they cost at the worst.
struct TemplatePages: Sendable {
    let app: App
    let pages: DeskPages

    func addPages(to routes: PageRoutes) {
        routes.get("/admin/templates") { request, context, frame in
            try context.need(.supervisor)
            frame.title = pages[context.language]("templates.title")
            frame.place = "admin"
            return .page(list(request, context))
        }
        routes.get("/admin/templates/:event/:channel/:language") { _, context, frame in
            try context.need(.supervisor)
            let key = try Self.key(context)
            frame.title = key.event.title(context.language)
            frame.place = "admin"
            frame.script = "template"
            return .page(form(key, context))
        }
    }

    // MARK: - Pages

    private func list(_ request: Request, _ context: SignedInContext) -> TemplateListPage {
        let chosen = request.query("language").flatMap(Language.init) ?? app.language
        return TemplateListPage(
            languages: PageChoice.all(Language.self, chosen: chosen, label: ProfilePages.name(of:)),
            groups: NoticeEvent.allCases.filter(\.isAnnounced).map { event in
                TemplateListPage.Group(
                    title: event.title(context.language),
                    channels: NoticeChannel.allCases.map {
                        channel(NoticeTemplateKey(event, $0, chosen), context.language)
                    }
                )
            }
        )
    }

    /// One text of the list, with what it costs as an SMS at the worst.
    private func channel(_ key: NoticeTemplateKey, _ language: Language) -> TemplateListPage.Channel {
        let segments = worstSegments(key)
        return TemplateListPage.Channel(
            label: key.channel.title(language),
            href: "/admin/templates/\(key.event.rawValue)/\(key.channel.rawValue)/\(key.language.rawValue)",
            isEdited: app.templates.isEdited(key),
            parts: segments.map { pages[language].counted("templates.parts", $0) },
            isLong: (segments ?? 1) > 1
        )
    }

    /// nil for mail, and for a text that cannot be filled in.
    private func worstSegments(_ key: NoticeTemplateKey) -> Int? {
        do {
            return try app.composer.preview(app.templates.template(key), for: key, worstCase: true).segments
        } catch {
            return nil
        }
    }

    private func form(_ key: NoticeTemplateKey, _ context: SignedInContext) -> TemplatePage {
        let template = app.templates.template(key)
        return TemplatePage(
            event: key.event.title(context.language),
            channel: key.channel.title(context.language),
            languageName: ProfilePages.name(of: key.language),
            url: "/api/v1/templates/\(key.event.rawValue)/\(key.channel.rawValue)/\(key.language.rawValue)",
            back: "/admin/templates?language=\(key.language.rawValue)",
            isMail: key.channel == .mail,
            isEdited: app.templates.isEdited(key),
            subject: template.subject,
            body: template.body,
            html: template.html,
            tag: template.tag.text,
            variables: key.event.variables.sorted { $0.rawValue < $1.rawValue }.map { variable in
                TemplatePage.Variable(
                    name: variable.rawValue,
                    title: variable.title(context.language),
                    isNeeded: key.event.indispensable.contains(variable)
                )
            }
        )
    }

    private static func key(_ context: SignedInContext) throws(Problem) -> NoticeTemplateKey {
        try NoticeTemplateKey(context.text("event"), context.text("channel"), context.text("language"))
    }
}

/// The texts customers get, of one language.
struct TemplateListPage: Page {
    static let template = "templates"

    struct Channel: PagePart {
        var label: String
        var href: String
        var isEdited: Bool
        /// In how many parts it goes at the worst.
        var parts: String?
        var isLong: Bool
    }

    struct Group: PagePart {
        var title: String
        var channels: [Channel]
    }

    var languages: [PageChoice]
    var groups: [Group]
}

/// One text's form.
struct TemplatePage: Page {
    static let template = "template"

    struct Variable: PagePart {
        var name: String
        var title: String
        var isNeeded: Bool
    }

    var event: String
    var channel: String
    var languageName: String
    var url: String
    var back: String
    var isMail: Bool
    var isEdited: Bool
    var subject: String?
    var body: String
    var html: String?
    /// Of the text as shown, so that a colleague's is not written over.
    var tag: String
    var variables: [Variable]
}
