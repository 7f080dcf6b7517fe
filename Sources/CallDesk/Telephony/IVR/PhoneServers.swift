import CoreMetrics
import DeskCore
import IVRBridge
import Logging

/// The menu's servers of the settings with the desk's scripts in them: FastAGI for Asterisk, a socket for FreeSWITCH.
struct PhoneServers: Sendable {
    let agi: AGIServer?
    let socket: SwitchMenuServer?

    init(
        app: App,
        feed: CallFeed,
        wake: @escaping @Sendable () -> Void,
        missing: MissingSounds,
        metrics: DeskMetrics,
        logger: Logger
    ) {
        let phone = PhoneDesk(
            app: app,
            protocols: app.protocolNotices,
            meets: { line, key in feed.meets(line: line, key: key) },
            met: { line, key, change in feed.met(line: line, key: key, change) },
            wake: wake,
            missing: missing,
            logger: logger
        )
        let run: @Sendable (any PhoneCall) async throws -> Void = { call in
            metrics.agiSessions.increment()
            defer { metrics.agiSessions.decrement() }
            try await phone.run(call)
        }
        agi = app.settings.fastAGI.map { menu in
            AGIServer(host: menu.host, port: menu.port, allow: Self.allow(menu), logger: logger) { try await run($0) }
        }
        socket = app.settings.outboundSocket.map { menu in
            SwitchMenuServer(host: menu.host, port: menu.port, allow: Self.allow(menu), logger: logger) {
                try await run($0)
            }
        }
    }

    /// The settings were checked when they were read; an entry that is none lets nobody in.
    private static func allow(_ menu: Settings.Menu) -> MenuAllowList {
        (try? MenuAllowList(menu.allow)) ?? .loopback
    }

    /// How the one and the other do, by what `/ready` calls them.
    var reports: [(name: String, report: @Sendable () -> ReadinessReport)] {
        let socket = socket.map { server in
            ("outbound_socket", { @Sendable in Self.report(server.trouble, server.figures, "outbound_socket") })
        }
        let agi = agi.map { server in
            ("fastagi", { @Sendable in Self.report(server.trouble, server.figures, "fastagi") })
        }
        return [agi, socket].compactMap(\.self)
    }

    private static func report(_ trouble: String?, _ figures: MenuFigures, _ setting: String) -> ReadinessReport {
        if let trouble {
            return .failing(
                trouble,
                remedy: "free the port or change \(setting).port; calls go to the queue meanwhile"
            )
        }
        return .ready("\(figures.live) callers in the menu")
    }
}
