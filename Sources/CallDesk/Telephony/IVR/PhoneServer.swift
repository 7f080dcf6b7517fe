import CoreMetrics
import DeskCore
import IVRBridge
import Logging

/// The FastAGI server of the settings with the desk's scripts in it.
enum PhoneServer {
    static func make(
        _ settings: Settings.FastAGI,
        app: App,
        feed: CallFeed,
        teller: CallTeller,
        wake: @escaping @Sendable () -> Void,
        missing: MissingSounds,
        metrics: DeskMetrics,
        logger: Logger
    ) -> AGIServer {
        let phone = PhoneDesk(
            app: app,
            protocols: app.protocolNotices,
            meets: { line, key in feed.meets(line: line, key: key) },
            tell: { change in await teller.tell([change], signals: []) },
            wake: wake,
            missing: missing,
            logger: logger
        )
        return AGIServer(
            host: settings.host,
            port: settings.port,
            // The settings were checked when they were read; an entry that is none lets nobody in.
            allow: (try? AGIAllowList(settings.allow)) ?? .loopback,
            logger: logger
        ) { call in
            metrics.agiSessions.increment()
            defer { metrics.agiSessions.decrement() }
            try await phone.run(call)
        }
    }
}
