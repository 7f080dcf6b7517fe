import DeskCore
import Hummingbird

extension Starting {
    /// Every route of the service over one desk.
    static func router(_ service: DeskService, extra: [any RouteSet] = []) -> DeskRouter {
        let desk = service.desk
        let streams = LiveStreams(hub: desk.hub, metrics: service.metrics)
        let uploads = UploadGate()
        let assets = AssetLibrary(folder: WebResources.folder("web"))
        let routes: [any RouteSet] = [
            HealthRoutes(readiness: service.readiness, metrics: service.registry),
            API(desk: desk, streams: streams, uploads: uploads),
        ]
        return buildRouter(
            options: options(desk.settings),
            metrics: service.registry,
            assets: assets,
            routes: routes + extra
        )
    }
}
