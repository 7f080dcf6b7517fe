import DeskCore
import HTTPTypes
import Hummingbird

/// Every e-mail and SMS with its fate, and sending one again.
struct SendLogRoutes: Sendable {
    private static let pageSize = 50

    let app: App
    let pages: DeskPages
    /// Told when something is due at once.
    let wake: @Sendable () -> Void

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

    func addRoutes(to group: RouterGroup<SignedInContext>) {
        group.post("/desk/api/notices/:id/resend") { _, context -> Response in
            let id = try context.id("id")
            guard let fate = try await app.outbox.fate(id) else { throw Problem.notFound }
            try await mayResend(fate, context)
            switch try await app.outbox.resend(id, at: app.clock.now) {
            case .failure: throw Self.cannotResend
            case .success(let copy):
                wake()
                guard let fate = try await app.outbox.fate(copy) else { throw Problem.notFound }
                return .one(.accepted) { $0.write(fate, language: context.language) }
            }
        }
    }

    /// A technician sends again what belongs to a ticket or contact of theirs, while the customer is on the line.
    private func mayResend(_ fate: NoticeFate, _ context: SignedInContext) async throws {
        if context.account.role >= .supervisor { return }
        if let id = fate.ticketID, let ticket = try await app.directory.find(id), context.account.mayRead(ticket) {
            return
        }
        if let id = fate.attendanceID, try await app.attendances.find(id)?.accountID == context.account.id { return }
        throw Problem.forbidden
    }

    private func tickets(_ fates: [NoticeFate]) async throws -> [Int64: String] {
        var numbers: [Int64: String] = [:]
        for id in Set(fates.compactMap(\.ticketID)) { numbers[id] = try await app.directory.find(id)?.number }
        return numbers
    }

    private static let cannotResend = Problem(
        .conflict,
        "cannot-resend",
        LocalizedText(
            "Este aviso não pode ser reenviado agora",
            ptPT: "Este aviso não pode ser reenviado agora",
            en: "This notice cannot be sent again now"
        ),
        detail: LocalizedText(
            "Ainda está a caminho, ou não tem destinatário.",
            ptPT: "Ainda está a caminho, ou não tem destinatário.",
            en: "It is still on its way, or has no recipient."
        )
    )
}
