import DeskCore
import HTTPTypes
import Hummingbird

/// The first step of every request: who asks, behind trusted proxies, and in which language to answer.
struct Arrival: RouterMiddleware {
    typealias Context = DeskRequestContext

    let proxies: TrustedProxies
    /// The language where the request names none.
    let language: Language

    func handle(
        _ request: Request,
        context: Context,
        next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        var context = context
        if !proxies.ranges.isEmpty {
            context.peer = proxies.peer(connection: context.peer, forwarded: request.headers[.forwardedFor])
        }
        context.language = Language.negotiated(request.headers[.acceptLanguage]) ?? language
        return try await next(request, context)
    }
}
