import DeskCore
import HTTPTypes
import Hummingbird
import Synchronization

/// The PBX lines: how each is doing, what to do about it, and a simulated call through every hop.
struct LineRoutes: Sendable {
    let app: App
    let pages: DeskPages
    let presence: Presence
    let lines: @Sendable () -> [LineView]
    private let running = SelfTestGate()

    init(app: App, pages: DeskPages, presence: Presence, lines: @escaping @Sendable () -> [LineView]) {
        self.app = app
        self.pages = pages
        self.presence = presence
        self.lines = lines
    }

    func addPages(to routes: PageRoutes) {
        routes.get("/admin/lines") { _, context, frame in
            try context.need(.supervisor)
            frame.title = pages[context.language]("lines.title")
            frame.place = "admin"
            frame.script = "lines"
            let accounts = try await app.accounts.list(limit: 500)
            var unmapped: [String] = []
            for account in accounts where account.role == .technician && !account.isDisabled {
                if try await app.accounts.extensions(of: account.id).isEmpty { unmapped.append(account.name) }
            }
            return PageContent(
                "lines",
                [
                    "lines": lines().map { line -> [String: Any] in
                        [
                            "name": line.name, "place": line.place, "isConnected": line.isConnected,
                            "trouble": line.trouble ?? "", "warnings": line.warnings,
                            "events": line.events, "bytes": ByteCount.text(line.bytes),
                        ]
                    },
                    "hasLines": !lines().isEmpty,
                    "unmapped": unmapped.joined(separator: ", "),
                    "streams": app.hub.streamCount,
                ]
            )
        }
    }

    func addRoutes(to group: RouterGroup<SignedInContext>) {
        group.post("/desk/api/lines/self-test") { _, context -> Response in
            try context.need(.supervisor)
            guard running.enter() else { throw Problem.tooMany(retryAfter: 10) }
            defer { running.leave() }
            let test = LineSelfTest(app: app, presence: presence, doubtful: lines().flatMap(\.doubtful))
            let hops = try await test.run(for: context.account)
            let words = pages[context.language]
            return .list(hops) { json, hop in
                json.object { json in
                    json.field("key", hop.key)
                    json.field("good", hop.isGood)
                    json.field("title", words("hops.\(hop.key)"))
                    json.field("detail", hop.detail)
                    json.field("remedy", hop.isGood ? nil : words("hops.\(hop.key).remedy"))
                    json.field("ms", hop.milliseconds)
                }
            }
        }
    }
}

/// A PBX line as the pages show it.
struct LineView: Sendable {
    var name: String
    /// Host and port, as the settings say.
    var place: String
    var isConnected: Bool
    var trouble: String?
    /// What to look at though it works.
    var warnings: [String]
    /// Channels of which it cannot be told whether they lead outside.
    var doubtful: [String]
    var events: Int
    var bytes: Int64
}

/// One self-test at a time: it plays a call of some seconds.
private final class SelfTestGate: Sendable {
    private let isRunning = Mutex(false)

    func enter() -> Bool {
        isRunning.withLock { running in
            defer { running = true }
            return !running
        }
    }

    func leave() { isRunning.withLock { $0 = false } }
}
