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
                switch try await handle(request, context, &frame) {
                case .page(let page): return pages.response(frame, page)
                case .redirect(let target):
                    return Response(status: .seeOther, headers: [.location: target, .cacheControl: "no-store"])
                }
            } catch {
                let problem = ProblemTranslation.problem(for: error)
                // Faults of ours go on to the outer middleware, which logs them.
                guard problem.status.kind == .clientError else { throw error }
                frame.title = problem.title[context.language]
                frame.script = "page"
                let page = ProblemPage(
                    heading: problem.title[context.language],
                    detail: problem.detail?[context.language],
                    request: context.requestID
                )
                return pages.response(frame, page, status: problem.status)
            }
        }
    }
}

/// A page, or where to go instead.
enum PageContent {
    case page(any Page)
    /// Another page has what was asked for.
    case redirect(String)
}

/// What went wrong, inside the desk's own frame.
struct ProblemPage: Page {
    static let template = "problem"

    var heading: String
    var detail: String?
    /// The request's number, as it stands in the log.
    var request: String
}
