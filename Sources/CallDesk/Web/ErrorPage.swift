import DeskCore
import HTTPTypes
import Hummingbird
import NIOCore

/// The page a person sees when something went wrong: what, what to do, the request's number.
struct ErrorPage: Page {
    static let template = "error"

    var language: String
    var heading: String
    var detail: String?
    var faults: [String]
    var hasFaults: Bool
    /// What the request's number is called.
    var label: String
    var request: String
}

extension ErrorPage {
    init(_ problem: Problem, language: Language, request: String) {
        self.language = language.rawValue
        heading = problem.title[language]
        detail = problem.detail?[language]
        faults = problem.errors.map { $0.message[language] }
        hasFaults = !faults.isEmpty
        label = Self.number[language]
        self.request = request
    }

    static func response(_ problem: Problem, language: Language, request: String) -> Response {
        let page = ErrorPage(problem, language: language, request: request)
        if let html = PlainPages.html(page) { return PlainPages.response(html, status: problem.status) }
        // Without its templates the program still says what is wrong.
        return Response(
            status: problem.status,
            headers: [.contentType: "text/plain; charset=utf-8", .cacheControl: "no-store"],
            body: .init(byteBuffer: ByteBuffer(string: "\(page.heading)\n\(page.label) \(request)\n"))
        )
    }

    private static let number = LocalizedText(
        "Número deste pedido:",
        ptPT: "Número deste pedido:",
        en: "Request number:"
    )
}
