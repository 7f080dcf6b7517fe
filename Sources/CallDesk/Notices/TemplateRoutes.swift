import DeskCore
import HTTPTypes
import Hummingbird

/// The texts customers get: edited with a live preview and, for SMS, what they cost at the worst.
struct TemplateRoutes: Sendable {
    private static let longest = 20_000

    let app: App
    let pages: DeskPages

    func addPages(to routes: PageRoutes) {
        routes.get("/admin/templates") { request, context, frame in
            try context.need(.supervisor)
            frame.title = pages[context.language]("templates.title")
            frame.place = "admin"
            return PageContent("templates", list(request, context))
        }
        routes.get("/admin/templates/:event/:channel/:language") { _, context, frame in
            try context.need(.supervisor)
            let key = try Self.key(context)
            frame.title = key.event.title(context.language)
            frame.place = "admin"
            frame.script = "template"
            return PageContent("template", form(key, context))
        }
    }

    func addRoutes(to group: RouterGroup<SignedInContext>) {
        group.post("/desk/api/templates/:event/:channel/:language/preview") { request, context -> Response in
            try context.need(.supervisor)
            let key = try Self.key(context)
            let template = try Self.template(FieldReader(await request.json()), key)
            return try preview(template, key, context.language)
        }
        group.put("/desk/api/templates/:event/:channel/:language") { request, context -> Response in
            try context.need(.supervisor)
            let key = try Self.key(context)
            let template = try Self.template(FieldReader(await request.json()), key)
            let fault = try await app.templates.save(
                template,
                for: key,
                by: context.account.id,
                at: app.clock.now,
                in: app.database
            )
            if let fault { throw Self.problem(fault) }
            return try preview(template, key, context.language)
        }
        group.delete("/desk/api/templates/:event/:channel/:language") { _, context -> Response in
            try context.need(.supervisor)
            try await app.templates.restore(Self.key(context), in: app.database)
            return Response(status: .noContent)
        }
    }

    // MARK: - Pages

    private func list(_ request: Request, _ context: SignedInContext) -> [String: Any] {
        let chosen = request.query("language").flatMap(Language.init) ?? app.language
        var groups: [[String: Any]] = []
        for event in NoticeEvent.allCases {
            let channels = NoticeChannel.allCases.map {
                channel(NoticeTemplateKey(event, $0, chosen), context.language)
            }
            groups.append(["title": event.title(context.language), "channels": channels])
        }
        return [
            "groups": groups,
            "languages": Language.allCases.map { language -> [String: Any] in
                [
                    "value": language.rawValue, "label": ProfileRoutes.name(of: language),
                    "isChosen": language == chosen,
                ]
            },
        ]
    }

    /// One text of the list, with what it costs as an SMS at the worst.
    private func channel(_ key: NoticeTemplateKey, _ language: Language) -> [String: Any] {
        let segments = worstSegments(key)
        return [
            "label": key.channel.title(language),
            "href": "/admin/templates/\(key.event.rawValue)/\(key.channel.rawValue)/\(key.language.rawValue)",
            "isEdited": app.templates.isEdited(key),
            "parts": segments.map { pages[language].counted("templates.parts", $0) } ?? "",
            "isLong": (segments ?? 1) > 1,
        ]
    }

    /// nil for mail, and for a text that cannot be filled in.
    private func worstSegments(_ key: NoticeTemplateKey) -> Int? {
        do {
            return try app.composer.preview(app.templates.template(key), for: key, worstCase: true).segments
        } catch {
            return nil
        }
    }

    private func form(_ key: NoticeTemplateKey, _ context: SignedInContext) -> [String: Any] {
        let template = app.templates.template(key)
        let base = "/desk/api/templates/\(key.event.rawValue)/\(key.channel.rawValue)/\(key.language.rawValue)"
        return [
            "event": key.event.title(context.language), "channel": key.channel.title(context.language),
            "languageName": ProfileRoutes.name(of: key.language), "url": base,
            "back": "/admin/templates?language=\(key.language.rawValue)",
            "isMail": key.channel == .mail, "isEdited": app.templates.isEdited(key),
            "subject": template.subject ?? "", "body": template.body, "html": template.html ?? "",
            "variables": key.event.variables.sorted { $0.rawValue < $1.rawValue }.map { variable -> [String: Any] in
                [
                    "name": variable.rawValue, "title": variable.title(context.language),
                    "isNeeded": key.event.indispensable.contains(variable),
                ]
            },
        ]
    }

    // MARK: - Reading and answering

    private static func key(_ context: SignedInContext) throws(Problem) -> NoticeTemplateKey {
        guard let event = NoticeEvent(rawValue: try context.text("event")),
            let channel = NoticeChannel(rawValue: try context.text("channel")),
            let language = Language(rawValue: try context.text("language"))
        else { throw .notFound }
        return NoticeTemplateKey(event, channel, language)
    }

    private static func template(_ body: FieldReader, _ key: NoticeTemplateKey) throws(Problem) -> NoticeTemplate {
        let subject = body.text("subject", maximum: 500)
        let text = body.text("body", maximum: longest) ?? ""
        let html = body.text("html", maximum: longest)
        try body.finish()
        let hasHTML = html?.contains { !$0.isWhitespace } ?? false
        return NoticeTemplate(
            subject: key.channel == .mail ? subject : nil,
            body: text,
            html: key.channel == .mail && hasHTML ? html : nil
        )
    }

    private func preview(
        _ template: NoticeTemplate,
        _ key: NoticeTemplateKey,
        _ language: Language
    ) throws -> Response {
        do throws(TemplateFault) {
            let sample = try app.composer.preview(template, for: key, worstCase: false)
            let worst = try app.composer.preview(template, for: key, worstCase: true)
            return .one { json in
                json.object { json in
                    json.key("sample")
                    write(sample, &json)
                    json.key("worst")
                    write(worst, &json)
                }
            }
        } catch {
            throw Self.problem(error)
        }
    }

    private func write(_ preview: NoticeComposer.Preview, _ json: inout JSONWriter) {
        json.object { json in
            json.field("subject", preview.subject)
            json.field("body", preview.body)
            json.field("html", preview.html)
            json.field("segments", preview.segments.map(Int64.init))
            guard preview.segments != nil else { return }
            let plan = SMSText.plan(preview.body)
            json.field("units", plan.units)
            json.field("encoding", plan.encoding.rawValue)
            json.field("transliterated", plan.transliterated)
        }
    }

    private static func problem(_ fault: TemplateFault) -> Problem {
        .invalid(fault.part, LocalizedText { fault.sentence($0) })
    }
}
