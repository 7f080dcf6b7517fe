import DeskCore
import Foundation
import HTTPTypes
import Hummingbird
import Rehearsal

/// The demonstration's mails and SMS as the customer sees them, at `/demo/messages`.
struct MessageRoutes: RouteSet {
    let inbox: SinkInbox
    let timeZone: DeskTime

    func addRoutes(to router: DeskRouter) {
        router.get("/demo/messages") { _, _ in
            guard let html = PlainPages.html(MessagesPage(inbox.messages.reversed(), time: timeZone)) else {
                throw Problem.notFound
            }
            return PlainPages.response(html)
        }
        router.get("/demo/messages/:id/html") { _, context in
            try mail(context.parameters.get("id", as: Int64.self) ?? 0)
        }
        router.get("/demo/messages/:id/raw") { _, context in
            try raw(context.parameters.get("id", as: Int64.self) ?? 0)
        }
        router.get("/demo/messages.json") { _, _ in
            var json = JSONWriter()
            json.object { json in
                json.key("items")
                json.array(inbox.messages.reversed()) { json, message in
                    json.object { json in
                        json.field("id", Int64(message.id))
                        json.field("kind", message.kind.rawValue)
                        json.field("to", message.to)
                        json.field("subject", message.subject)
                        json.field("text", message.text)
                        json.field("segments", message.segments.map(Int64.init))
                    }
                }
            }
            return Response.json(.ok, json)
        }
    }

    /// A mail as its reader sees it, in a page that may run and load nothing.
    private func mail(_ id: Int64) throws -> Response {
        guard let html = inbox.message(Int(clamping: id))?.html else { throw Problem.notFound }
        var response = PlainPages.response(html)
        // A mail brings its own styles; whatever else it asks for stays outside.
        response.headers[.contentSecurityPolicy] =
            "default-src 'none'; style-src 'unsafe-inline'; sandbox allow-popups; frame-ancestors 'none'"
        return response
    }

    /// A message as it came over the wire.
    private func raw(_ id: Int64) throws -> Response {
        guard let message = inbox.message(Int(clamping: id)) else { throw Problem.notFound }
        return Response(
            status: .ok,
            headers: [.contentType: "text/plain; charset=utf-8", .cacheControl: "no-store"],
            body: .init(byteBuffer: ByteBuffer(string: message.raw))
        )
    }
}

/// What customers of the demonstration were sent, and buttons that let a call ring, so that nobody has to wait for one.
struct MessagesPage: Page {
    static let template = "messages"

    struct Button: PagePart {
        var value: String
        var label: String
    }

    /// A piece of a message's text: a link of ours to click, or anything else.
    struct Piece: PagePart {
        var text: String
        var isLink: Bool
    }

    struct Card: PagePart {
        var kind: String
        var to: String
        /// How many parts an SMS takes; a mail has none.
        var parts: String?
        var time: String
        var subject: String?
        var pieces: [Piece]
        /// Where a mail is shown as its reader sees it.
        var html: String?
        /// Where the message is shown as it came.
        var raw: String
    }

    var kinds: [Button]
    var callers: [Button]
    var cards: [Card]
    var hasCards: Bool
}

extension MessagesPage {
    init(_ messages: [SinkMessage], time: DeskTime) {
        kinds = DemoCalls.kinds.map { Button(value: $0.key, label: $0.title) }
        callers = DemoSeed.kindsOfCaller.map { Button(value: $0.key, label: $0.title) }
        cards = messages.map { Card($0, time: time) }
        hasCards = !messages.isEmpty
    }
}

extension MessagesPage.Card {
    fileprivate init(_ message: SinkMessage, time: DeskTime) {
        kind = message.kind == .mail ? "E-mail" : "SMS"
        to = message.to.joined(separator: ", ")
        parts = message.segments.map { "\($0) \($0 == 1 ? "parte" : "partes")" }
        self.time = time.time(Moment(milliseconds: Int64(message.receivedAt.timeIntervalSince1970 * 1000)))
        subject = message.subject
        pieces = Self.pieces(message.text)
        html = message.html == nil ? nil : "/demo/messages/\(message.id)/html"
        raw = "/demo/messages/\(message.id)/raw"
    }

    /// The text with our own quick links apart.
    private static func pieces(_ text: String) -> [MessagesPage.Piece] {
        var pieces: [MessagesPage.Piece] = []
        var prose = ""
        var rest = text[...]
        while let first = rest.first {
            let word = first.isWhitespace ? rest.prefix(1) : rest.prefix { !$0.isWhitespace }
            rest = rest[word.endIndex...]
            if word.hasPrefix("http://127.0.0.1:") || word.hasPrefix("http://localhost:") {
                if !prose.isEmpty { pieces.append(.init(text: prose, isLink: false)) }
                pieces.append(.init(text: String(word), isLink: true))
                prose = ""
            } else {
                prose += word
            }
        }
        if !prose.isEmpty { pieces.append(.init(text: prose, isLink: false)) }
        return pieces
    }
}

extension SinkMessage {
    /// How many parts an SMS takes; a mail has none.
    fileprivate var segments: Int? {
        kind == .sms ? SMSText.plan(text, policy: SMSPolicy(transliteration: .never)).segments : nil
    }
}
