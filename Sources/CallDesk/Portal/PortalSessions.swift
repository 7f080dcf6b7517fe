import DeskCore
import HTTPTypes
import Hummingbird

/// Finds the customer who is signed in on the portal, and the language to answer in: theirs, else the one chosen here.
struct PortalSessions: RouterMiddleware {
    typealias Context = DeskRequestContext

    let known: KnownCallers
    let cookie: SessionCookie

    func handle(
        _ request: Request,
        context: Context,
        next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        var context = context
        if let language = LanguageCookie.language(of: request) { context.language = language }
        if let token = cookie.token(of: request), let signedIn = try await known.person(token) {
            context.customer = Caller.Customer(signedIn: signedIn, session: token)
            if let language = signedIn.person.language { context.language = language }
        }
        return try await next(request, context)
    }
}

/// The language a browser was asked to be answered in.
enum LanguageCookie {
    static let name = "calldesk_language"

    static func language(of request: Request) -> Language? {
        request.cookies[name].flatMap { Language(rawValue: $0.value) }
    }

    /// For a year; it says nothing about anybody.
    static func giving(_ language: Language) -> String {
        "\(name)=\(language.rawValue); Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax"
    }
}
