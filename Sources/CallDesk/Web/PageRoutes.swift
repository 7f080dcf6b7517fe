import DeskCore
import HTTPTypes
import Hummingbird

/// Registers pages: each is rendered for the person signed in, and what goes wrong is told inside the desk's own frame.
struct PageRoutes {
    typealias Handler = @Sendable (Request, SignedInContext, inout PageFrame) async throws -> PageContent

    let group: RouterGroup<SignedInContext>
    let pages: DeskPages

    func get(_ path: RouterPath, _ handle: @escaping Handler) {
        let pages = pages
        group.get(path) { request, context -> Response in
            var frame = PageFrame(
                language: context.language,
                theme: ThemeCookie.theme(of: request),
                signedIn: context.signedIn
            )
            do {
                let content = try await handle(request, context, &frame)
                if let target = content.redirect {
                    return Response(status: .seeOther, headers: [.location: target, .cacheControl: "no-store"])
                }
                return pages.response(frame, content.template, content.values)
            } catch {
                let problem = ProblemTranslation.problem(for: error)
                // Faults of ours go on to the outer middleware, which logs them.
                guard problem.status.kind == .clientError else { throw error }
                frame.title = problem.title[context.language]
                frame.script = "page"
                let values: [String: Any] = [
                    "heading": problem.title[context.language],
                    "detail": problem.detail?[context.language] ?? "",
                    "request": context.requestID,
                ]
                return pages.response(frame, "problem", values, status: problem.status)
            }
        }
    }
}

/// A page's template and its values, or where to go instead.
struct PageContent {
    var template: String
    var values: [String: Any] = [:]
    var redirect: String?

    init(_ template: String, _ values: [String: Any] = [:]) {
        self.template = template
        self.values = values
    }

    /// Another page has what was asked for.
    init(redirect: String) {
        template = ""
        self.redirect = redirect
    }
}
