import HTTPTypes
import Hummingbird
import Mustache
import NIOCore

/// Pages without the desk's or the portal's frame: what went wrong before there was one, and the demonstration's.
enum PlainPages {
    /// Read once; nil when the program was installed without its resources, which the start says before anybody asks.
    private static let library: MustacheLibrary? = try? DeskPages.library(of: WebResources.folder("plain"))

    /// - Throws: `PageFault` when the templates cannot be read.
    static func check() throws(PageFault) { _ = try DeskPages.library(of: WebResources.folder("plain")) }

    static func html(_ page: some Page) -> String? {
        library?.render(PageMembers(page), withTemplate: type(of: page).template)
    }

    static func response(_ html: String, status: HTTPResponse.Status = .ok) -> Response {
        Response(
            status: status,
            headers: [.contentType: "text/html; charset=utf-8", .cacheControl: "no-store", .robots: "noindex"],
            body: .init(byteBuffer: ByteBuffer(string: html))
        )
    }
}
