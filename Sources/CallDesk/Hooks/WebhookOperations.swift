import DeskCore
import HTTPTypes
import Hummingbird

/// Subscribers that are told what happens at the desk: made, changed, tested, their log read and sent again.
struct WebhookOperations: OperationSet {
    let app: App

    private var desk: WebhookDesk { app.webhooks }

    private static let who: [Permission] = [.staff(.administrator), .program(.administration)]

    var operations: [Operation] { [list, add, change, remove, rotate, test, deliveries, resend] }

    private var list: Operation {
        Operation(
            method: .get,
            path: "/webhooks",
            id: "listWebhooks",
            tag: "webhooks",
            summary: "The subscribers and how each is doing.",
            who: Self.who,
            answer: .list("Webhook")
        ) { _ in
            .list(try await desk.list()) { json, webhook in json.write(webhook) }
        }
    }

    private var add: Operation {
        Operation(
            method: .post,
            path: "/webhooks",
            id: "addWebhook",
            tag: "webhooks",
            summary: "Adds a subscriber; its secret is told in this answer alone.",
            who: Self.who,
            revisions: .told,
            body: .json("WebhookChange"),
            status: .created,
            answer: .one("Webhook"),
            problems: [.conflict]
        ) { ask in
            let draft = try Self.draft(ask)
            let made = try await Self.told { try await desk.add(draft, by: ask.actor) }
            return .one(tag: made.webhook.tag, .created) { $0.write(made.webhook, secret: made.secret) }
        }
    }

    private var change: Operation {
        Operation(
            method: .put,
            path: "/webhooks/{id}",
            id: "updateWebhook",
            tag: "webhooks",
            summary: "Changes a subscriber; what waits is tried at once.",
            who: Self.who,
            revisions: .needed,
            body: .json("WebhookChange"),
            answer: .one("Webhook"),
            problems: [.conflict]
        ) { ask in
            let draft = try Self.draft(ask)
            let id = try ask.id()
            let changed = try await StaleCopy.change(ask) { copy in
                try await Self.told { try await desk.update(id, draft, of: copy, by: ask.actor) }
            } current: {
                guard let now = try await desk.find(id) else { throw Problem.notFound }
                var json = JSONWriter()
                json.write(now)
                return json.bytes
            }
            return .one(tag: changed.tag) { $0.write(changed) }
        }
    }

    private var remove: Operation {
        Operation(
            method: .delete,
            path: "/webhooks/{id}",
            id: "removeWebhook",
            tag: "webhooks",
            summary: "Removes a subscriber with everything that waits for it.",
            who: Self.who,
            status: .noContent,
            answer: .nothing
        ) { ask in
            let id = try ask.id()
            try await Self.told { try await desk.remove(id, by: ask.actor) }
            return Response(status: .noContent)
        }
    }

    private var rotate: Operation {
        Operation(
            method: .post,
            path: "/webhooks/{id}/secret",
            id: "rotateWebhookSecret",
            tag: "webhooks",
            summary: "Gives a subscriber a new secret; for a day both sign.",
            who: Self.who,
            answer: .one("WebhookSecret")
        ) { ask in
            let id = try ask.id()
            let secret = try await Self.told { try await desk.rotate(id, by: ask.actor) }
            return .one { json in json.object { $0.field("secret", secret) } }
        }
    }

    private var test: Operation {
        Operation(
            method: .post,
            path: "/webhooks/{id}/test",
            id: "testWebhook",
            tag: "webhooks",
            summary: "Sends a message that says nothing; its delivery shows what came of it.",
            who: Self.who,
            status: .accepted,
            answer: .one("WebhookTest")
        ) { ask in
            let id = try ask.id()
            let delivery = try await Self.told { try await desk.test(id) }
            return .one(.accepted) { json in json.object { $0.field("delivery_id", delivery) } }
        }
    }

    private var deliveries: Operation {
        Operation(
            method: .get,
            path: "/webhooks/{id}/deliveries",
            id: "listWebhookDeliveries",
            tag: "webhooks",
            summary: "The messages to a subscriber of the last month, the newest first.",
            who: Self.who,
            parameters: [.after, .limit],
            answer: .page("WebhookDelivery")
        ) { ask in
            let (id, page) = (try ask.id(), ask.page)
            guard try await desk.find(id) != nil else { throw Problem.notFound }
            let found = try await desk.deliveries(of: id, after: page.after, limit: page.limit)
            let views = try await RecordViews(app.attendances, for: ask.caller)
            return .page(found, next: page.next(found)) { $0.write($1, views) }
        }
    }

    private var resend: Operation {
        Operation(
            method: .post,
            path: "/webhooks/{id}/resend",
            id: "resendWebhook",
            tag: "webhooks",
            summary: "Sends again one message, or all that were given up.",
            who: Self.who,
            body: .optionalJSON("WebhookResend"),
            status: .accepted,
            answer: .one("WebhookResent")
        ) { ask in
            let body = try ask.fields()
            let delivery = body.id("delivery_id")
            try body.finish()
            let id = try ask.id()
            guard try await desk.find(id) != nil else { throw Problem.notFound }
            let count = try await desk.resend(id, delivery: delivery, by: ask.actor)
            return .one(.accepted) { json in json.object { $0.field("messages", count) } }
        }
    }

    private static func draft(_ ask: Ask) throws -> WebhookDraft {
        let body = try ask.fields()
        let kinds = WebhookKind.offered
        let words = body.texts("events", most: kinds.count) ?? []
        let chosen = words.compactMap { word in kinds.first { $0.rawValue == word } }
        if chosen.count != words.count || chosen.isEmpty {
            body.fault("events", FieldText.oneOf(kinds.map(\.rawValue)))
        }
        let draft = WebhookDraft(
            name: body.text("name", maximum: WebhookDraft.longestName, required: true) ?? "?",
            url: body.text("url", maximum: WebhookDraft.longestURL, required: true) ?? "http://x",
            kinds: chosen.isEmpty ? [.call] : Set(chosen),
            isPaused: body.bool("paused") ?? false
        )
        try body.finish()
        return draft
    }

    private static func told<Value>(_ work: () async throws -> Value) async throws -> Value {
        do {
            return try await work()
        } catch let fault as WebhookDesk.Fault {
            switch fault {
            case .wrong(let names): throw Problem.invalid(names.map { FieldFault($0, Self.wrong) })
            case .notFound: throw Problem.notFound
            case .tooMany: throw Self.tooMany
            }
        }
    }

    private static let wrong = LocalizedText(
        "Escreva um endereço http:// ou https:// sem usuário, senha nem '#'.",
        ptPT: "Escreva um endereço http:// ou https:// sem utilizador, palavra-passe nem '#'.",
        en: "Write an http:// or https:// address without user, password or '#'."
    )
    private static let tooMany = Problem(
        .conflict,
        "too-many-webhooks",
        LocalizedText(
            "Já há 100 assinantes",
            ptPT: "Já há 100 subscritores",
            en: "There are 100 subscribers already"
        )
    )
}

extension JSONWriter {
    fileprivate mutating func write(_ webhook: Webhook, secret: String? = nil) {
        object { json in
            json.field("id", webhook.id)
            json.field("name", webhook.name)
            json.field("url", webhook.url)
            json.field("events", WebhookKind.offered.filter(webhook.kinds.contains).map(\.rawValue))
            json.field("paused", webhook.isPaused)
            json.field("created_at", webhook.createdAt)
            json.field("failing_since", webhook.failingSince)
            json.field("failures", webhook.failures)
            json.field("last_error", webhook.lastError)
            json.field("tag", webhook.tag.text)
            if let secret { json.field("secret", secret) }
        }
    }

    fileprivate mutating func write(_ delivery: WebhookDelivery, _ views: RecordViews) {
        object { json in
            json.field("id", delivery.id)
            json.field("message_id", delivery.messageID)
            json.field("event", delivery.kind.rawValue)
            json.field("state", delivery.state.rawValue)
            json.field("attempts", delivery.attempts)
            json.field("status", delivery.status)
            json.field("error", delivery.error)
            json.field("created_at", delivery.createdAt)
            json.field("settled_at", delivery.settledAt)
            json.field("body", views.body(of: delivery))
        }
    }
}
