import HTTPTypes
import Hummingbird

/// Headers every answer carries; a handler that set one itself keeps its own.
struct SecurityHeaders: RouterMiddleware {
    typealias Context = DeskRequestContext

    /// Scripts and styles from our own files only, nothing inline, in nobody's frame.
    static let pagePolicy = """
        default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; \
        media-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'
        """
    /// For what is no page: nothing may run or load, wherever somebody manages to show it.
    static let dataPolicy = "default-src 'none'; sandbox; frame-ancestors 'none'"

    /// The service is reached through https, here or at a proxy: browsers shall not try http for a year.
    let strictTransport: Bool

    func handle(
        _ request: Request,
        context: Context,
        next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        var response = try await next(request, context)
        let isPage = response.headers[.contentType]?.hasPrefix("text/html") ?? false
        func set(_ name: HTTPField.Name, _ value: String) {
            if response.headers[name] == nil { response.headers[name] = value }
        }
        set(.xContentTypeOptions, "nosniff")
        set(.contentSecurityPolicy, isPage ? Self.pagePolicy : Self.dataPolicy)
        if strictTransport { set(.strictTransportSecurity, "max-age=31536000") }
        guard isPage else { return response }
        // Addresses of mailed links are secrets that no other site is told. Not `no-referrer`: a form of such a page says
        // `Origin: null` (Fetch), which is what a form of another site's can say too, and over plain http nothing else.
        set(.referrerPolicy, "same-origin")
        set(.frameOptions, "DENY")
        set(.crossOriginOpener, "same-origin")
        set(.crossOriginResource, "same-origin")
        set(.permissionsPolicy, "camera=(), geolocation=(), microphone=(), payment=(), usb=()")
        return response
    }
}
