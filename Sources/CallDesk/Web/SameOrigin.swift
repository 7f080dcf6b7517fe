import DeskCore
import Foundation
import HTTPTypes
import Hummingbird

/// Refuses requests that change something unless a page of ours sent them: the session's token in `X-CSRF-Token`, and the
/// browser's own word about where the request comes from.
///
/// The cookie is SameSite besides; each of the three would do alone in a browser without faults.
struct SameOrigin: RouterMiddleware {
    typealias Context = DeskRequestContext

    let origin: OwnOrigin

    func handle(
        _ request: Request,
        context: Context,
        next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        guard request.method != .get, request.method != .head else { return try await next(request, context) }
        guard origin.accepts(request) else { throw Problem.crossSite }
        guard let signedIn = context.signedIn else { return try await next(request, context) }
        guard let token = request.headers[.csrfToken], Side.staff.accepts(csrf: token, of: signedIn) else {
            throw Problem.crossSite
        }
        return try await next(request, context)
    }
}

/// Whether a request comes from a page of this very service.
struct OwnOrigin: Sendable {
    /// Scheme, host and port people reach the service by.
    private let configured: String

    /// As the settings have it, for people.
    let url: String

    init(url: String) {
        self.url = url
        configured = Self.origin(url) ?? ""
    }

    /// Whether the browser reached the service under another name than the settings give.
    func isElsewhere(_ request: Request) -> Bool {
        guard let host = request.head.authority, !configured.isEmpty else { return false }
        return !configured.hasSuffix("://\(host)")
    }

    func accepts(_ request: Request) -> Bool {
        // Fetch Metadata (W3C): set by the browser, out of a script's reach.
        if let site = request.headers[.fetchSite] { return site == "same-origin" || site == "none" }
        guard let origin = request.headers[.origin] else { return true }
        if origin == configured { return true }
        guard let host = request.head.authority, let url = URL(string: origin), let name = url.host else {
            return false
        }
        return host == (url.port.map { "\(name):\($0)" } ?? name)
    }

    private static func origin(_ text: String) -> String? {
        guard let url = URL(string: text), let scheme = url.scheme, let host = url.host else { return nil }
        return "\(scheme)://\(host)" + (url.port.map { ":\($0)" } ?? "")
    }
}

extension HTTPField.Name {
    /// The session's token against cross-site requests.
    static var csrfToken: Self { Self.known("X-CSRF-Token") }
    static var fetchSite: Self { Self.known("Sec-Fetch-Site") }

    /// Names written here are valid ones; the fallback is never reached.
    private static func known(_ name: String) -> Self { Self(name) ?? .cookie }
}

extension Problem {
    static let crossSite = Problem(
        .forbidden,
        "cross-site",
        LocalizedText("Pedido de outra página", ptPT: "Pedido de outra página", en: "Request from another page"),
        detail: LocalizedText(
            "Nada foi alterado. Recarregue a página e tente de novo.",
            ptPT: "Nada foi alterado. Recarregue a página e tente de novo.",
            en: "Nothing was changed. Reload the page and try again."
        )
    )
}
