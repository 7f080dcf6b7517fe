import DeskCore
import Hummingbird
import IVRBridge

/// The webhooks' page: each hook's address for its sender, and the last requests with our answers.
///
/// For administrators: the address opens the hook, and requests hold callers' numbers.
struct HookPages: Sendable {
    let app: App
    let pages: DeskPages
    let hooks: CallHooks?

    func addPages(to routes: PageRoutes) {
        routes.get("/admin/hooks") { _, context, frame in
            try context.need(.administrator)
            frame.title = pages[context.language]("hooks.title")
            frame.place = "admin"
            let shown = shown(context.language)
            return .page(HookPage(hooks: shown, hasHooks: !shown.isEmpty))
        }
    }

    private func shown(_ language: Language) -> [HookPage.Hook] {
        guard let hooks else { return [] }
        return hooks.hooks.values.sorted { $0.line.name < $1.line.name }.map { hook in
            let requests = hooks.log.entries(of: hook.line.name).map { request($0, language) }
            return HookPage.Hook(
                line: hook.line.name,
                title: hook.line.kind.title,
                url: hook.url,
                template: hook.line.kind == .threeCX ? "\(hook.url)/template.xml" : nil,
                requests: requests,
                hasRequests: !requests.isEmpty
            )
        }
    }

    private func request(_ entry: HookLog.Entry, _ language: Language) -> HookPage.Request {
        HookPage.Request(
            at: DeskTime(timeZone: app.timeZone, language: language).compact(entry.at),
            peer: entry.peer,
            method: entry.method,
            contentType: entry.contentType,
            size: entry.size,
            body: entry.body.isEmpty ? nil : entry.body,
            status: entry.status,
            isTaken: entry.fault == nil,
            answer: entry.answer.isEmpty ? nil : entry.answer,
            fault: entry.fault,
            forgery: entry.forgery.map { HookPage.Forgery(address: $0.address, expected: $0.expected, given: $0.given) }
        )
    }
}

/// The hooks of the desk.
struct HookPage: Page {
    static let template = "hooks"

    /// One hook as the page shows it.
    struct Hook: PagePart {
        var line: String
        var title: String
        /// With the token: it is what is given to the sender.
        var url: String
        /// Where 3CX's template is had; nil for the others.
        var template: String?
        var requests: [Request]
        var hasRequests: Bool
    }

    /// One request as the page shows it; what is nil is not shown.
    struct Request: PagePart {
        var at: String
        var peer: String
        var method: String
        var contentType: String?
        var size: Int
        var body: String?
        var status: Int
        var isTaken: Bool
        var answer: String?
        var fault: String?
        var forgery: Forgery?
    }

    struct Forgery: PagePart {
        var address: String?
        var expected: String
        var given: String
    }

    var hooks: [Hook]
    var hasHooks: Bool
}
