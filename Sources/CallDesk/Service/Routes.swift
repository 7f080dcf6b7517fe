import DeskCore
import Hummingbird

extension Starting {
    /// Every route of the service over one desk.
    static func router(_ service: DeskService, extra: [any RouteSet] = []) throws -> DeskRouter {
        let desk = service.desk
        let streams = LiveStreams(hub: desk.hub, metrics: service.metrics)
        let uploads = UploadGate()
        let assets = AssetLibrary(folder: WebResources.folder("web"))
        var routes: [any RouteSet] = [
            HealthRoutes(readiness: service.readiness, metrics: service.registry),
            API(desk: desk, streams: streams, uploads: uploads),
            try QuickLinkRoutes(desk: desk, stylesheet: assets.path("page.css")),
        ]
        if let reports = service.senders.reports {
            routes.append(
                SMSHook(reports: reports, outbox: desk.outbox, clock: desk.clock) { service.tell($0) }
            )
        }
        return buildRouter(
            options: options(desk.settings),
            metrics: service.registry,
            assets: assets,
            routes: routes + extra
        )
    }
}
