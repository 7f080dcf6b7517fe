import DeskCore
import HTTPTypes
import Hummingbird
import Logging

/// Turns whatever a handler throws into an answer: a problem document for programs, a calm page for people.
///
/// Hummingbird answers errors it does not know with an empty 500 and a debug line, so this is the place where such an
/// error is logged, with the request's id that the asker is told too; and what somebody asked for who may not.
struct ErrorMiddleware: RouterMiddleware {
    typealias Context = DeskRequestContext

    func handle(
        _ request: Request,
        context: Context,
        next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch {
            var (error, context) = (error, context)
            var headers: HTTPFields = [:]
            if let told = error as? ErrorInLanguage {
                error = told.error
                context.language = told.language
                headers = told.headers
            }
            let problem = ProblemTranslation.problem(for: error)
            if problem.status.kind == .serverError {
                context.logger.error(
                    "request failed",
                    metadata: [
                        "route": "\(context.endpointPath ?? "-")",
                        "status": "\(problem.status.code)",
                        "error": "\(ProblemTranslation.logText(error))",
                    ]
                )
            }
            // Whoever asks for what is not theirs is seen; who has not signed in is every stranger.
            if problem.status == .forbidden {
                context.logger.notice(
                    "refused",
                    metadata: ["route": "\(context.endpointPath ?? "-")", "problem": "\(problem.code)"]
                )
            }
            var response = Self.response(to: request, context: context, problem)
            for header in headers { response.headers[header.name] = header.value }
            return response
        }
    }

    /// The answer that tells `problem`, in the form the asker reads.
    static func response(to request: Request, context: Context, _ problem: Problem) -> Response {
        var response: Response
        if wantsDocument(request) {
            response = Response(
                status: problem.status,
                headers: [.contentType: "application/problem+json", .cacheControl: "no-store"],
                body: .init(
                    byteBuffer: ByteBuffer(
                        bytes: problem.document(in: context.language, request: context.requestID)
                    )
                )
            )
        } else {
            response = ErrorPage.response(problem, language: context.language, request: context.requestID)
        }
        response.headers[.contentLanguage] = context.language.rawValue
        for header in problem.headers { response.headers[header.name] = header.value }
        return response
    }

    /// Programs' paths always; elsewhere a script of ours says so with `Accept: application/json`.
    private static func wantsDocument(_ request: Request) -> Bool {
        let path = request.uri.path
        if path.hasPrefix("/api/") || path.hasPrefix("/hooks/") || path == "/api" || path == "/hooks" { return true }
        guard let accept = request.headers[.accept] else { return false }
        return accept.contains("json") && !accept.contains("text/html")
    }
}
