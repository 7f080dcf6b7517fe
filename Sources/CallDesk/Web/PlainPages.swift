import DeskCore
import HTTPTypes
import Hummingbird
import NIOCore

/// Pages without the desk's or the portal's frame: what went wrong before there was one, and the demonstration's.
enum PlainPages {
    /// Read once; nil when the program was installed without its resources, which the start says before anybody asks.
    private static let templates: PageTemplates? = try? PageTemplates(of: "plain")

    /// - Throws: `PageFault` when the templates cannot be read.
    static func check() throws(PageFault) { _ = try PageTemplates(of: "plain") }

    static func html(_ page: some Page) -> String? {
        // Without its template a page is empty, and whoever shows it says what is wrong in plain text.
        guard let html = templates?.html(page, in: .ptBR), !html.isEmpty else { return nil }
        return html
    }

    static func response(_ html: String, status: HTTPResponse.Status = .ok) -> Response {
        Response(
            status: status,
            headers: [.contentType: "text/html; charset=utf-8", .cacheControl: "no-store", .robots: "noindex"],
            body: .init(byteBuffer: ByteBuffer(string: html))
        )
    }
}
