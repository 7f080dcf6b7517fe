import DeskCore
import Hummingbird

/// Every e-mail and SMS with its fate.
struct SendLogPages: Sendable {
    private static let pageSize = 50

    let app: App
    let pages: DeskPages

    func addPages(to routes: PageRoutes) {
        routes.get("/admin/notices") { request, context, frame in
            try context.need(.supervisor)
            let words = pages[context.language]
            frame.title = words("notices.title")
            frame.place = "admin"
            let channel = request.query("channel").flatMap(NoticeChannel.init)
            let state = request.query("state").flatMap(NoticeState.init)
            let before = request.query("before").flatMap { Int64($0) }
            let found = try await app.outbox.log(
                before: before,
                limit: Self.pageSize,
                channel: channel,
                state: state
            )
            let time = DeskTime(timeZone: app.timeZone, language: context.language)
            let numbers = try await tickets(found)
            let rows = found.map { fate in
                SendLogPage.Row(
                    id: fate.id,
                    created: time.compact(fate.createdAt),
                    event: fate.event.title(context.language),
                    ticket: fate.ticketID.flatMap { numbers[$0] },
                    recipient: fate.recipient,
                    state: fate.state.title(context.language),
                    tone: fate.state.tone,
                    reason: fate.reason?.text(context.language),
                    error: fate.error(context.language),
                    retryAt: fate.nextAt.map(time.time),
                    parts: fate.segments,
                    canResend: fate.canBeSentAgain
                )
            }
            var page = SendLogPage(
                channels: PageChoice.all(NoticeChannel.self, chosen: channel) { $0.title(context.language) },
                states: PageChoice.all(NoticeState.self, chosen: state) { $0.title(context.language) },
                rows: rows,
                hasRows: !rows.isEmpty
            )
            if found.count == Self.pageSize, let last = found.last {
                page.next = QueryText.path(
                    "/admin/notices",
                    [
                        ("channel", channel?.rawValue ?? ""), ("state", state?.rawValue ?? ""),
                        ("before", String(last.id)),
                    ]
                )
            }
            return .page(page)
        }
    }

    private func tickets(_ fates: [NoticeFate]) async throws -> [Int64: String] {
        var numbers: [Int64: String] = [:]
        for id in Set(fates.compactMap(\.ticketID)) { numbers[id] = try await app.directory.find(id)?.number }
        return numbers
    }
}

/// Every e-mail and SMS with its fate.
struct SendLogPage: Page {
    static let template = "notices"

    struct Row: PagePart {
        var id: Int64
        var created: String
        var event: String
        var ticket: String?
        var recipient: String
        var state: String
        var tone: String
        var reason: String?
        var error: String?
        var retryAt: String?
        /// Of an SMS.
        var parts: Int?
        var canResend: Bool
    }

    var channels: [PageChoice]
    var states: [PageChoice]
    var rows: [Row]
    var hasRows: Bool
    /// The next page's address.
    var next: String?
}

extension NoticeState {
    /// How a badge of this state looks.
    var tone: String {
        switch self {
        case .queued, .sending: "waiting"
        case .sent, .delivered: "done"
        case .failed, .dead: "late"
        case .withheld: ""
        }
    }
}
