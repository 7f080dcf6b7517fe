import Hummingbird

/// The router every part of the service adds its routes to.
typealias DeskRouter = Router<DeskRequestContext>

/// A part of the service that has routes: the API, the hooks, the desk, the portal.
protocol RouteSet: Sendable {
    func addRoutes(to router: DeskRouter)
}

/// Builds the router used by the service and by the tests alike: middleware first, then the routes.
///
/// From the outside in: headers, log, peer and language, errors. What stands outside `ErrorMiddleware` never throws.
func buildRouter(
    options: HTTPOptions,
    metrics: MetricsRegistry,
    assets: AssetLibrary,
    routes: [any RouteSet]
) -> DeskRouter {
    let router = DeskRouter(context: DeskRequestContext.self, options: [.autoGenerateHeadEndpoints])
    router.add(middleware: SecurityHeaders(strictTransport: options.isSecure))
    router.add(middleware: RequestLog(metrics: HTTPMetrics(metrics)))
    router.add(middleware: Arrival(proxies: options.proxies, language: options.language))
    router.add(middleware: ErrorMiddleware())
    router.add(middleware: KnownMethods())
    assets.addRoutes(to: router)
    for set in routes { set.addRoutes(to: router) }
    return router
}
