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
            let unattended = try await DepartmentWork(catalogue).unattended(in: app.database)
            return .page(
                CataloguePage(
                    name: catalogue.title[context.language],
                    version: String(catalogue.version.prefix(12)),
                    file: app.settings.catalogue ?? pages[context.language]("catalogue.shipped"),
                    topics: catalogue.topics.count,
                    sections: catalogue.sections.count,
                    departments: catalogue.departments.map { $0.name[context.language] }.joined(separator: ", "),
                    faults: faults.map { $0.report(in: context.language) },
                    hasFaults: !faults.isEmpty,
                    unattended: UnattendedNote(unattended, pages[context.language], context.language),
                    tree: nodes(of: nil, catalogue, context.language),
                    canReload: context.account.role >= .administrator
                )
            )
        }
    }

    /// A section with what lies in it, or a topic with its form in a line; nested as the catalogue is.
    private func nodes(of section: String?, _ catalogue: Catalogue, _ language: Language) -> [CataloguePage.Node] {
        catalogue.children(of: section).compactMap { node in
            switch node {
            case .section(let id):
                guard let section = catalogue.section(id) else { return nil }
                return CataloguePage.Node(
                    id: id,
                    name: section.title[language],
                    isSection: true,
                    children: nodes(of: id, catalogue, language)
                )
            case .topic(let id):
                guard let topic = catalogue.topic(id) else { return nil }
                return CataloguePage.Node(
                    id: id,
                    name: topic.title[language],
                    isSection: false,
                    department: catalogue.department(topic.department)?.name[language] ?? topic.department,
                    priority: topic.priority.title[language],
                    fields: topic.fields.count,
                    guides: topic.guides.count
                )
            }
        }
    }
}

/// The catalogue in use.
struct CataloguePage: Page {
    static let template = "catalogue"

    /// A section with its children, or a topic with what is known of its form.
    struct Node: PagePart {
        var id: String
        var name: String
        var isSection: Bool
        var children: [Node] = []
        var department: String?
        var priority: String?
        var fields: Int?
        var guides: Int?
    }

    var name: String
    var version: String
    var file: String
    var topics: Int
    var sections: Int
    var departments: String
    /// Of a file that was refused.
    var faults: [String]
    var hasFaults: Bool
    /// Departments of the catalogue in use that nobody works for.
    var unattended: UnattendedNote?
    var tree: [Node]
    var canReload: Bool
}
