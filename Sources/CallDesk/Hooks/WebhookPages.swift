import DeskCore
import Hummingbird

/// Who is told what happens at the desk: subscribers, how each is doing, and what became of each message.
///
/// For administrators, as the operations that these pages ask for are.
struct WebhookPages: Sendable {
    private static let pageSize = 50

    let app: App
    let pages: DeskPages

    func addPages(to routes: PageRoutes) {
        routes.get("/admin/webhooks") { _, context, frame in
            try begin(context, &frame)
            let lost = try await app.webhooks.withoutSecret()
            let rows = try await app.webhooks.list().map { row($0, isLost: lost.contains($0.id), context.language) }
            return .page(WebhookListPage(rows: rows, hasRows: !rows.isEmpty))
        }
        routes.get("/admin/webhooks/new") { _, context, frame in
            try begin(context, &frame)
            frame.title = pages[context.language]("webhooks.new")
            return .page(WebhookPage(isNew: true, events: events(nil, context.language)))
        }
        routes.get("/admin/webhooks/:id") { request, context, frame in
            try begin(context, &frame)
            guard let webhook = try await app.webhooks.find(context.id("id")) else { throw Problem.notFound }
            frame.title = webhook.name
            let after = request.query("after").flatMap { Int64($0) }
            let found = try await app.webhooks.deliveries(of: webhook.id, after: after, limit: Self.pageSize)
            let isLost = try await app.webhooks.withoutSecret().contains(webhook.id)
            let views = try await RecordViews(app.attendances, for: context.caller)
            return .page(page(webhook, found, views, isLost: isLost, context.language))
        }
    }

    private func begin(_ context: SignedInContext, _ frame: inout PageFrame) throws {
        try context.need(.administrator)
        frame.title = pages[context.language]("webhooks.title")
        frame.place = "admin"
    }

    private func row(_ webhook: Webhook, isLost: Bool, _ language: Language) -> WebhookListPage.Row {
        WebhookListPage.Row(
            id: webhook.id,
            name: webhook.name,
            url: webhook.url,
            events: WebhookKind.offered.filter(webhook.kinds.contains).map { title($0, language) }
                .joined(separator: ", "),
            isPaused: webhook.isPaused,
            isLost: isLost,
            failingSince: webhook.failingSince.map(time(language).dateAndTime),
            error: webhook.lastError
        )
    }

    private func page(
        _ webhook: Webhook,
        _ found: [WebhookDelivery],
        _ views: RecordViews,
        isLost: Bool,
        _ language: Language
    ) -> WebhookPage {
        let words = pages[language]
        let rows = found.map { delivery in
            WebhookPage.Delivery(
                delivery: delivery.id,
                created: time(language).dateAndTime(delivery.createdAt),
                event: title(delivery.kind, language),
                message: delivery.messageID,
                state: words("webhooks.state.\(delivery.state.rawValue)"),
                tone: delivery.state.tone,
                attempts: delivery.attempts,
                status: delivery.status,
                error: delivery.error,
                body: views.body(of: delivery),
                canResend: delivery.state == .failed || delivery.state == .delivered
            )
        }
        var page = WebhookPage(
            id: webhook.id,
            isNew: false,
            name: webhook.name,
            url: webhook.url,
            isPaused: webhook.isPaused,
            isLost: isLost,
            tag: webhook.tag.text,
            events: events(webhook.kinds, language),
            failingSince: webhook.failingSince.map(time(language).dateAndTime),
            error: webhook.lastError,
            rows: rows,
            hasRows: !rows.isEmpty
        )
        if found.count == Self.pageSize, let last = found.last {
            page.next = QueryText.path("/admin/webhooks/\(webhook.id)", [("after", String(last.id))])
        }
        return page
    }

    private func events(_ chosen: Set<WebhookKind>?, _ language: Language) -> [PageChoice] {
        WebhookKind.offered.map { kind in
            PageChoice(
                value: kind.rawValue,
                label: title(kind, language),
                isChosen: chosen?.contains(kind) ?? false
            )
        }
    }

    private func title(_ kind: WebhookKind, _ language: Language) -> String {
        pages[language]("webhooks.kind.\(kind.rawValue)")
    }

    private func time(_ language: Language) -> DeskTime { DeskTime(timeZone: app.timeZone, language: language) }
}

/// The subscribers and how each is doing.
struct WebhookListPage: Page {
    static let template = "webhooks"

    struct Row: PagePart {
        var id: Int64
        var name: String
        var url: String
        var events: String
        var isPaused: Bool
        /// It needs a new secret, as the key of its own is gone.
        var isLost: Bool
        var failingSince: String?
        var error: String?
    }

    var rows: [Row]
    var hasRows: Bool
}

/// One subscriber: its form, its secret and its messages.
struct WebhookPage: Page {
    static let template = "webhook"

    /// One message as the page shows it.
    struct Delivery: PagePart {
        var delivery: Int64
        var created: String
        var event: String
        /// The same however often it is sent.
        var message: String
        var state: String
        var tone: String
        var attempts: Int64
        /// What the receiver answered last.
        var status: Int64?
        var error: String?
        var body: String
        var canResend: Bool
    }

    /// Nil for a new one.
    var id: Int64?
    var isNew: Bool
    var name = ""
    var url = ""
    var isPaused = false
    /// It needs a new secret, as the key of its own is gone.
    var isLost = false
    /// Of what the page shows; a change names it.
    var tag: String?
    var events: [PageChoice]
    var failingSince: String?
    var error: String?
    var rows: [Delivery] = []
    var hasRows = false
    /// The next page's address.
    var next: String?
}

extension WebhookDelivery.State {
    /// How a badge of this state looks.
    fileprivate var tone: String {
        switch self {
        case .waiting, .sending: "waiting"
        case .delivered: "done"
        case .failed: "late"
        }
    }
}
