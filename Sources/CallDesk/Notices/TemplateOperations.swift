import DeskCore
import HTTPTypes
import Hummingbird

/// Editing the texts customers get, with a preview and, for SMS, what they cost at the worst.
struct TemplateOperations: OperationSet {
    static let longest = 20_000

    let app: App

    static let schemas: [(String, Schema)] = [
        (
            "TemplateText",
            .object([
                .optional("subject", .string(maximum: 500)), .optional("body", .string(maximum: longest)),
                .optional("html", .string(maximum: longest)),
            ])
        ),
        (
            "TemplatePreview",
            .object([
                .init("sample", .reference("FilledTemplate"), "With everyday values."),
                .init("worst", .reference("FilledTemplate"), "With the longest there are."),
            ])
        ),
        (
            "FilledTemplate",
            .object([
                .nullable("subject", .text), .init("body", .text), .nullable("html", .text),
                .nullable("segments", .integer(), "Parts of an SMS; null for mail."),
                .init("units", .integer(), required: false), .init("encoding", .text, required: false),
                .init("transliterated", .boolean, required: false),
            ])
        ),
    ]

    var operations: [Operation] {
        let path = "/templates/{event}/{channel}/{language}"
        return [
            Operation(
                method: .post,
                path: "\(path)/preview",
                id: "previewTemplate",
                tag: "notices",
                summary: "A text filled in, without keeping it.",
                who: [.staff(.supervisor)],
                body: .json("TemplateText"),
                answer: .one("TemplatePreview")
            ) { ask in
                let key = try Self.key(ask)
                return try preview(Self.template(ask.fields(), key), key, ask.language)
            },
            Operation(
                method: .put,
                path: path,
                id: "saveTemplate",
                tag: "notices",
                summary: "Keeps an edited text, which is used from the next notice on.",
                who: [.staff(.supervisor)],
                revisions: .needed,
                body: .json("TemplateText"),
                answer: .one("TemplatePreview")
            ) { ask in
                let key = try Self.key(ask)
                let template = try Self.template(ask.fields(), key)
                let fault = try await StaleCopy.change(ask) { copy in
                    try await app.templates.save(
                        template,
                        for: key,
                        of: copy,
                        by: ask.person().id,
                        at: app.clock.now,
                        in: app.database
                    )
                } current: {
                    _ = try await app.templates.reload(from: app.database)
                    let now = app.templates.template(key)
                    var json = JSONWriter()
                    json.object { json in
                        json.field("subject", now.subject)
                        json.field("body", now.body)
                        json.field("html", now.html)
                        json.field("tag", now.tag.text)
                    }
                    return json.bytes
                }
                if let fault { throw Self.problem(fault) }
                var response = try preview(template, key, ask.language)
                response.headers[.eTag] = "\"\(template.tag.text)\""
                return response
            },
            Operation(
                method: .delete,
                path: path,
                id: "restoreTemplate",
                tag: "notices",
                summary: "Goes back to the text the desk came with.",
                who: [.staff(.supervisor)],
                status: .noContent,
                answer: .nothing
            ) { ask in
                try await app.templates.restore(Self.key(ask), in: app.database)
                return Response(status: .noContent)
            },
        ]
    }

    private static func key(_ ask: Ask) throws(Problem) -> NoticeTemplateKey {
        try NoticeTemplateKey(ask.text("event"), ask.text("channel"), ask.text("language"))
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
            guard let plan = preview.sms else { return }
            json.field("units", plan.units)
            json.field("encoding", plan.encoding.rawValue)
            json.field("transliterated", plan.transliterated)
        }
    }

    private static func problem(_ fault: TemplateFault) -> Problem {
        .invalid(fault.part, LocalizedText { fault.sentence($0) })
    }
}

extension NoticeTemplateKey {
    /// The text that three words of an address name.
    ///
    /// - Throws: `Problem` 404 when there is none.
    init(_ event: String, _ channel: String, _ language: String) throws(Problem) {
        guard let event = NoticeEvent(rawValue: event), let channel = NoticeChannel(rawValue: channel),
            let language = Language(rawValue: language)
        else { throw .notFound }
        self.init(event, channel, language)
    }
}
