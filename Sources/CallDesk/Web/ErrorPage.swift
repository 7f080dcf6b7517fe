import DeskCore
import HTTPTypes
import Hummingbird

/// The page a person sees when something went wrong: what, what to do, the request's number, a way back.
enum ErrorPage {
    static func response(_ problem: Problem, language: Language, request: String) -> Response {
        Response(
            status: problem.status,
            headers: [.contentType: "text/html; charset=utf-8", .cacheControl: "no-store", .robots: "noindex"],
            body: .init(byteBuffer: ByteBuffer(string: page(problem, language: language, request: request)))
        )
    }

    static func page(_ problem: Problem, language: Language, request: String) -> String {
        let title = HTMLText.escaped(problem.title[language])
        let detail = problem.detail.map { "<p>\(HTMLText.escaped($0[language]))</p>" } ?? ""
        let faults = problem.errors.map { "<li>\(HTMLText.escaped($0.message[language]))</li>" }.joined()
        let list = faults.isEmpty ? "" : "<ul>\(faults)</ul>"
        return """
            <!doctype html>
            <html lang="\(language.rawValue)">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="robots" content="noindex">
            <title>\(title) · CallDesk</title>
            <link rel="stylesheet" href="/assets/page.css">
            </head>
            <body>
            <main>
            <h1>\(title)</h1>
            \(detail)
            \(list)
            <p class="quiet">\(HTMLText.escaped(number[language])) <code>\(HTMLText.escaped(request))</code></p>
            </main>
            </body>
            </html>

            """
    }

    private static let number = LocalizedText(
        "Número deste pedido:",
        ptPT: "Número deste pedido:",
        en: "This request's number:"
    )
}
