import DeskCore
import Foundation
import HTTPTypes
import Hummingbird
import Rehearsal

/// The demonstration's mails and SMS as the customer sees them, at `/demo/messages`.
struct MessagesPage: RouteSet {
    let inbox: SinkInbox
    let timeZone: DeskTime

    func addRoutes(to router: DeskRouter) {
        router.get("/demo/messages") { _, _ in Self.html(page()) }
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
                        json.field("segments", Self.segments(message).map(Int64.init))
                    }
                }
            }
            return Response.json(.ok, json)
        }
    }

    /// A mail as its reader sees it, in a page that may run and load nothing.
    private func mail(_ id: Int64) throws -> Response {
        guard let html = inbox.message(Int(clamping: id))?.html else { throw Problem.notFound }
        var response = Self.html(html)
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

    private static func html(_ text: String) -> Response {
        Response(
            status: .ok,
            headers: [.contentType: "text/html; charset=utf-8", .cacheControl: "no-store"],
            body: .init(byteBuffer: ByteBuffer(string: text))
        )
    }

    private func page() -> String {
        let messages = inbox.messages.reversed()
        let cards = messages.map(card).joined()
        let empty = messages.isEmpty ? "<p>Nada ainda. Conclua um atendimento e volte aqui.</p>" : ""
        return """
            <!doctype html><html lang="pt-BR"><head><meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1"><meta http-equiv="refresh" content="3">
            <title>Mensagens ao cliente</title><link rel="stylesheet" href="/assets/messages.css"></head>
            <body><main><h1>Mensagens ao cliente</h1>\(Self.bells)<p>O que as clientes e os clientes da demonstração receberam.</p>
            \(empty)\(cards)</main></body></html>
            """
    }

    /// Buttons that let a call ring, so that nobody has to wait for one.
    private static let bells: String = {
        let titles = ["na fila", "transferida", "abandonada", "direta"]
        let buttons = zip(DemoCalls.kinds, titles).map { kind, title in
            "<button name=\"kind\" value=\"\(kind)\">\(title)</button>"
        }
        let callers = DemoSeed.kindsOfCaller.map { caller in
            "<button name=\"caller\" value=\"\(caller.key)\">\(caller.title)</button>"
        }
        return """
            <form method="post" action="/demo/calls"><p>Fazer tocar uma ligação: \(buttons.joined(separator: " "))</p></form>
            <form method="post" action="/demo/calls"><p>Quem liga: \(callers.joined(separator: " "))</p></form>
            """
    }()

    /// How many parts an SMS takes; a mail has none.
    private static func segments(_ message: SinkMessage) -> Int? {
        message.kind == .sms ? SMSText.plan(message.text, policy: SMSPolicy(transliteration: .never)).segments : nil
    }

    private func card(_ message: SinkMessage) -> String {
        let kind = message.kind == .mail ? "E-mail" : "SMS"
        let parts = Self.segments(message).map { " · \($0) \($0 == 1 ? "parte" : "partes")" } ?? ""
        let subject = message.subject.map { "<h2>\(HTMLText.escaped($0))</h2>" } ?? ""
        let to = HTMLText.escaped(message.to.joined(separator: ", "))
        return """
            <article><header>\(kind) · \(to)\(parts) · <time>\(timeZone.time(Moment(milliseconds: Int64(message.receivedAt.timeIntervalSince1970 * 1000))))</time></header>\(subject)
            <p class="text">\(linked(message.text))</p>\(Self.views(message))</article>
            """
    }

    /// Where the message is as its reader sees it, and as it came.
    private static func views(_ message: SinkMessage) -> String {
        let html = message.html == nil ? "" : "<a href=\"/demo/messages/\(message.id)/html\">Ver como e-mail</a> · "
        return "<p>\(html)<a href=\"/demo/messages/\(message.id)/raw\">Ver a mensagem inteira</a></p>"
    }

    /// Escaped text with our own quick links to click.
    private func linked(_ text: String) -> String {
        text.split(separator: " ", omittingEmptySubsequences: false).map { word in
            word.split(separator: "\n", omittingEmptySubsequences: false).map { piece in
                let escaped = HTMLText.escaped(String(piece))
                guard piece.hasPrefix("http://127.0.0.1:") || piece.hasPrefix("http://localhost:") else {
                    return escaped
                }
                return "<a href=\"\(escaped)\">\(escaped)</a>"
            }.joined(separator: "\n")
        }.joined(separator: " ")
    }
}
