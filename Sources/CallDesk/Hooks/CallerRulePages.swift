import DeskCore
import Hummingbird

/// Callers' rules: who is not answered, how numbers are rewritten, tried on the last calls before they hold.
///
/// For supervisors. The rules are read and saved by the operations on caller-rules: here is only their frame.
struct CallerRulePages: Sendable {
    let pages: DeskPages

    func addPages(to routes: PageRoutes) {
        routes.get("/admin/callers") { _, context, frame in
            try context.need(.supervisor)
            frame.title = pages[context.language]("callers.title")
            frame.place = "admin"
            frame.script = "callers"
            return .page(CallerRulesPage())
        }
    }
}

/// The frame that the rules are shown in.
struct CallerRulesPage: Page {
    static let template = "callers"
}
