import DeskCore
import HTTPTypes
import Hummingbird

/// The catalogue in use: its tree, the faults of a file that was refused, and taking the file up again.
struct CatalogueRoutes: Sendable {
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

    func addRoutes(to group: RouterGroup<SignedInContext>) {
        group.post("/desk/api/catalogue/reload") { _, context -> Response in
            try context.need(.administrator)
            return try await reload(context.language)
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

    private func reload(_ language: Language) async throws -> Response {
        let (bytes, name): ([UInt8], String)
        do {
            (bytes, name) = try CatalogueFile.read(app.settings.catalogue)
        } catch {
            throw Problem(
                .conflict,
                "unreadable",
                LocalizedText(
                    "O arquivo do catálogo não pôde ser lido",
                    ptPT: "O ficheiro do catálogo não pôde ser lido",
                    en: "The catalogue's file cannot be read"
                ),
                detail: LocalizedText(
                    "Confira o nome em 'catalogue' e o dono do arquivo. O catálogo em uso continua.",
                    ptPT: "Confirme o nome em 'catalogue' e o dono do ficheiro. O catálogo em uso continua.",
                    en: "Check the name under 'catalogue' and the file's owner. The catalogue in use stays."
                )
            )
        }
        do {
            let verdict = try app.catalogue.take(bytes, file: name)
            if case .taken(let version) = verdict {
                try await CatalogueArchive(database: app.database, clock: app.clock).keep(bytes, version: version)
            }
            return .one { json in
                json.object { json in
                    json.field("changed", verdict != .unchanged)
                    json.field("faults", [String]())
                }
            }
        } catch let faults as CatalogueFaults {
            return .one { json in
                json.object { json in
                    json.field("changed", false)
                    json.field("faults", faults.faults.prefix(100).map { $0.report(in: language) })
                }
            }
        }
    }
}
