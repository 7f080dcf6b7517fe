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
            let rows = found.map { fate -> [String: Any] in
                var row = TicketPages.fate(fate, context.language)
                row["created"] = time.dateAndTime(fate.createdAt)
                row["event"] = fate.event.title(context.language)
                row["recipient"] = fate.recipient
                row["state"] = fate.state.title(context.language)
                row["reason"] = fate.reason?.text(context.language) ?? ""
                row["attempts"] = fate.attempts
                row["parts"] = fate.segments.map { String($0) } ?? ""
                row["retryAt"] = fate.nextAt.map(time.time) ?? ""
                row["ticket"] = fate.ticketID.flatMap { numbers[$0] } ?? ""
                row["canResend"] = fate.state != .withheld && fate.state != .sending
                return row
            }
            var values: [String: Any] = [
                "rows": rows, "hasRows": !rows.isEmpty,
                "channels": NoticeChannel.allCases.map { item -> [String: Any] in
                    ["value": item.rawValue, "label": item.title(context.language), "isChosen": item == channel]
                },
                "states": NoticeState.allCases.map { item -> [String: Any] in
                    ["value": item.rawValue, "label": item.title(context.language), "isChosen": item == state]
                },
            ]
            if found.count == Self.pageSize, let last = found.last {
                values["next"] = QueryText.path(
                    "/admin/notices",
                    [
                        ("channel", channel?.rawValue ?? ""), ("state", state?.rawValue ?? ""),
                        ("before", String(last.id)),
                    ]
                )
            }
            return PageContent("notices", values)
        }
    }

    private func tickets(_ fates: [NoticeFate]) async throws -> [Int64: String] {
        var numbers: [Int64: String] = [:]
        for id in Set(fates.compactMap(\.ticketID)) { numbers[id] = try await app.directory.find(id)?.number }
        return numbers
    }
}
