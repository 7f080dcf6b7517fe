import HTTPTypes
import Hummingbird
import Logging

/// Counts requests, and writes one debug line for each: method, route pattern, status, time.
///
/// The pattern (`/api/v1/customers/:id`) and never the address asked for, which may hold a phone number or a token.
struct RequestLog: RouterMiddleware {
    typealias Context = DeskRequestContext

    let metrics: HTTPMetrics

    func handle(
        _ request: Request,
        context: Context,
        next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        let start = ContinuousClock.now
        var response = try await next(request, context)
        let time = ContinuousClock.now - start
        metrics.record(status: response.status.code, time: time)
        context.logger.debug(
            "request",
            metadata: [
                "method": "\(request.method.rawValue)",
                "route": "\(context.endpointPath ?? "-")",
                "status": "\(response.status.code)",
                "ms": "\(time / .milliseconds(1))",
            ]
        )
        if response.status.code >= 400 { response.headers[.requestID] = context.requestID }
        return response
    }
}
