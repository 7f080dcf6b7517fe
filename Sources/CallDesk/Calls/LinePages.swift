import DeskCore
import Hummingbird

/// The PBX lines' page: how each is doing, and what to do about it.
struct LinePages: Sendable {
    let app: App
    let pages: DeskPages
    let lines: @Sendable () -> [LineView]

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
            let rows = lines().map { line in
                LinePage.Row(
                    name: line.name,
                    place: line.place,
                    isConnected: line.isConnected,
                    trouble: line.trouble,
                    warnings: line.warnings,
                    events: line.events,
                    bytes: ByteCount.text(line.bytes)
                )
            }
            return .page(
                LinePage(
                    lines: rows,
                    hasLines: !rows.isEmpty,
                    unmapped: unmapped.joined(separator: ", "),
                    streams: app.hub.streamCount
                )
            )
        }
    }
}

/// How the PBX lines are doing.
struct LinePage: Page {
    static let template = "lines"

    struct Row: PagePart {
        var name: String
        var place: String
        var isConnected: Bool
        var trouble: String?
        var warnings: [String]
        var events: Int
        var bytes: String
    }

    var lines: [Row]
    var hasLines: Bool
    /// Technicians without a telephone, in one text.
    var unmapped: String
    var streams: Int
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
