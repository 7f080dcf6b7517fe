import HTTPTypes
import Hummingbird

/// Says 405 to methods that nothing of ours takes, such as WebDAV's, instead of “not found”.
struct KnownMethods: RouterMiddleware {
    typealias Context = DeskRequestContext

    func handle(
        _ request: Request,
        context: Context,
        next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        // Asked of the service as a whole (RFC 9110 §9.3.7).
        if request.method == .options, request.head.path == "*" {
            return Response(status: .noContent, headers: [.allow: HTTPLimits.methods.joined(separator: ", ")])
        }
        // What an address itself has to say about OPTIONS and TRACE names its own methods.
        let isKnown =
            HTTPLimits.methods.contains(request.method.rawValue) || [.options, .trace].contains(request.method)
        guard isKnown else {
            throw Problem.methodNotAllowed(HTTPLimits.methods.joined(separator: ", "))
        }
        return try await next(request, context)
    }
}
