import Codecs
import DeskCore
import HTTPTypes
import Hummingbird
import HummingbirdCore

/// Finds who is signed in by the session's cookie, and answers in that person's language.
struct DeskSessions: RouterMiddleware {
    typealias Context = DeskRequestContext

    let known: KnownCallers
    let cookie: SessionCookie

    func handle(
        _ request: Request,
        context: Context,
        next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        guard let token = cookie.token(of: request), let signedIn = try await known.session(token) else {
            return try await next(request, context)
        }
        var context = context
        context.signedIn = signedIn
        if let language = signedIn.account.language { context.language = language }
        return try await next(request, context)
    }
}

/// Lets nobody past who is not signed in: pages lead to the sign-in, scripts are told (401).
struct SignInRequired: RouterMiddleware {
    typealias Context = DeskRequestContext

    func handle(
        _ request: Request,
        context: Context,
        next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        if context.signedIn != nil { return try await next(request, context) }
        guard request.method == .get, !request.uri.path.contains("/api/"), request.uri.path != "/desk/events" else {
            throw Problem.signedOut
        }
        return Response(
            status: .seeOther,
            headers: [.location: "/desk/sign-in?next=\(Self.encoded(request.uri))", .cacheControl: "no-store"]
        )
    }

    /// Where to go on after the sign-in, as one value of a query.
    private static func encoded(_ uri: URI) -> String {
        // Long addresses come from nobody's bookmark; the desk's start does as well.
        let target = uri.query.map { "\(uri.path)?\($0)" } ?? uri.path
        guard target.utf8.count <= 1000 else { return "/desk" }
        return PercentEncoding.encode(target, keepingSlashes: true)
    }
}

extension Problem {
    static let signedOut = Problem(
        .unauthorized,
        "signed-out",
        LocalizedText("Sua sessão terminou", ptPT: "A sua sessão terminou", en: "Your session has ended"),
        detail: LocalizedText(
            "Entre de novo; o que foi respondido está guardado.",
            ptPT: "Entre de novo; o que foi respondido está guardado.",
            en: "Sign in again; what was answered is kept."
        )
    )

    static let forbidden = Problem(
        .forbidden,
        "forbidden",
        LocalizedText("Sem permissão", ptPT: "Sem permissão", en: "Not allowed"),
        detail: LocalizedText(
            "Sua conta não tem acesso a isto. Se precisar, peça a quem administra a central.",
            ptPT: "A sua conta não tem acesso a isto. Se precisar, peça a quem administra a central.",
            en: "Your account has no access to this. If you need it, ask the desk's administrator."
        )
    )
}
