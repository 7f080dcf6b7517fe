import DeskCore
import Hummingbird
import IVRBridge
import Logging
import ServiceLifecycle

extension Starting {
    /// Every route of the service over one desk.
    static func router(_ service: DeskService, extra: [any RouteSet] = []) throws -> DeskRouter {
        let app = service.app
        try PlainPages.check()
        let streams = LiveStreams(hub: app.hub, metrics: service.metrics)
        let uploads = UploadGate()
        let assets = AssetLibrary(folder: WebResources.folder("web"))
        for fault in assets.faults {
            service.logger.error("a file of the pages is not served", metadata: ["why": "\(fault)"])
        }
        var routes: [any RouteSet] = [
            HealthRoutes(
                readiness: service.readiness,
                metrics: service.registry,
                token: app.settings.http.metricsToken,
                sessions: (SessionCookies(url: app.settings.desk.url)[.staff], app.known)
            ),
            try API(
                app: app,
                streams: streams,
                uploads: uploads,
                lines: { service.lineViews },
                wake: { service.worker.wake() }
            ),
            try QuickLinkRoutes(app: app, assets: assets, uploads: uploads),
            try DeskSite(
                app: app,
                streams: streams,
                assets: assets,
                lines: { service.lineViews },
                hooks: service.hooks,
                hasMessages: extra.contains { $0 is MessageRoutes }
            ),
            service.hooks,
        ]
        routes.append(
            try PortalSite(
                app: app,
                assets: assets,
                streams: streams,
                uploads: uploads,
                wake: { service.worker.wake() }
            )
        )
        if let reports = service.senders.reports {
            routes.append(
                SMSHook(reports: reports, outbox: app.outbox, clock: app.clock) { service.tell($0) }
            )
        }
        return buildRouter(
            options: options(app.settings),
            metrics: service.registry,
            assets: assets,
            routes: routes + extra
        )
    }
}

extension Starting {
    /// Figures and details at an address of their own, where the settings name one.
    static func figures(_ service: DeskService) -> [any Service] {
        let http = service.app.settings.http
        guard let port = http.metricsPort else { return [] }
        var options = HTTPOptions()
        (options.host, options.port) = (http.metricsHost, port)
        let router = DeskRouter(context: DeskRequestContext.self, options: [.autoGenerateHeadEndpoints])
        router.add(middleware: SecurityHeaders(strictTransport: false))
        router.add(middleware: Arrival(proxies: options.proxies, language: options.language))
        router.add(middleware: ErrorMiddleware())
        HealthRoutes(readiness: service.readiness, metrics: service.registry, isApart: true).addRoutes(to: router)
        return [HTTPServer.application(router, options: options, logger: service.logger)]
    }
}

extension DeskService {
    /// How each PBX line is doing now.
    fileprivate var lineViews: [LineView] {
        lines.map { client in
            let status = client.status
            let place = app.settings.pbx.first { $0.line == client.name }
            return LineView(
                name: client.name,
                place: hooks.hooks[client.name]?.shownURL ?? place.map { "\($0.host):\($0.port)" } ?? "",
                isConnected: status.isConnected,
                trouble: status.trouble,
                warnings: status.warnings + [missingSounds.report(line: client.name)?.what].compactMap(\.self),
                doubtful: status.doubtful,
                events: status.events,
                bytes: Int64(status.bytes)
            )
        }
    }
}
