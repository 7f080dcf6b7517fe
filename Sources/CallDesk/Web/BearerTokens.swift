import DeskCore
import HTTPTypes
import Hummingbird

/// Finds the program behind `Authorization: Bearer …`; who shows wrong tokens again and again is slowed down.
struct BearerTokens: RouterMiddleware {
    typealias Context = DeskRequestContext

    let tokens: TokenDesk
    /// Counts wrong tokens by address, never right ones.
    let failures: AddressThrottle

    func handle(
        _ request: Request,
        context: Context,
        next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        guard let secret = Self.secret(request.headers[.authorization]) else { return try await next(request, context) }
        try failures.check(context.peer)
        guard let token = try await tokens.find(secret) else {
            failures.note(context.peer)
            throw Problem.noToken
        }
        var context = context
        context.token = token
        return try await next(request, context)
    }

    /// The token of the header (RFC 6750 §2.1); the scheme's case does not matter.
    static func secret(_ header: String?) -> String? {
        // Ours has 68 characters; what is much longer is not looked at.
        guard let header, header.utf8.count <= 256 else { return nil }
        let parts = header.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
        return String(parts[1])
    }
}
