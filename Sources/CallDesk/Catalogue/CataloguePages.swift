import DeskCore
import Hummingbird

/// The catalogue in use: its tree, and the faults of a file that was refused.
struct CataloguePages: Sendable {
    let app: App
    let pages: DeskPages

    func addPages(to routes: PageRoutes) {
        routes.get("/admin/catalogue") { _, context, frame in
            try context.need(.supervisor)
            frame.title = pages[context.language]("catalogue.title")
            frame.place = "admin"
            let catalogue = app.catalogue.current
            let faults = app.catalogue.faults
            return PageContent(
                "catalogue",
                [
                    "title": catalogue.title[context.language],
                    "version": String(catalogue.version.prefix(12)),
                    "file": app.settings.catalogue ?? pages[context.language]("catalogue.shipped"),
                    "topics": catalogue.topics.count,
                    "sections": catalogue.sections.count,
                    "departments": catalogue.departments.map { $0.name[context.language] }.joined(separator: ", "),
                    "faults": faults.map { $0.report(in: context.language) }, "hasFaults": !faults.isEmpty,
                    "tree": nodes(of: nil, catalogue, context.language),
                    "canReload": context.account.role >= .administrator,
                ]
            )
        }
    }

    /// A section with what lies in it, or a topic with its form in a line; nested as the catalogue is.
    private func nodes(of section: String?, _ catalogue: Catalogue, _ language: Language) -> [[String: Any]] {
        catalogue.children(of: section).compactMap { node -> [String: Any]? in
            switch node {
            case .section(let id):
                guard let section = catalogue.section(id) else { return nil }
                return [
                    "title": section.title[language], "isSection": true, "id": id,
                    "children": nodes(of: id, catalogue, language),
                ]
            case .topic(let id):
                guard let topic = catalogue.topic(id) else { return nil }
                return [
                    "title": topic.title[language], "isSection": false, "id": id,
                    "department": catalogue.department(topic.department)?.name[language] ?? topic.department,
                    "priority": topic.priority.title[language], "fields": topic.fields.count,
                    "guides": topic.guides.count,
                ]
            }
        }
    }
}
