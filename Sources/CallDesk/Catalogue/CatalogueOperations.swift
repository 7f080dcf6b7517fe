import DeskCore
import HTTPTypes
import Hummingbird

/// Taking the catalogue's file up again.
struct CatalogueOperations: OperationSet {
    let app: App

    static let schemas: [(String, Schema)] = [
        (
            "CatalogueReload",
            .object([
                .init("changed", .boolean),
                .init("faults", .array(.text), "Why the file was refused; none when it was not."),
            ])
        )
    ]

    var operations: [Operation] {
        [
            Operation(
                method: .post,
                path: "/catalogue/reload",
                id: "reloadCatalogue",
                tag: "topics",
                summary: "Reads the catalogue's file again; a faulty one changes nothing.",
                who: [.staff(.administrator)],
                answer: .one("CatalogueReload"),
                problems: [.conflict]
            ) { ask in try await reload(ask.language) }
        ]
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
            try await keepHomes(of: try CatalogueReader.read(bytes, file: name))
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

    /// Refuses a catalogue that takes away a department or topic under which tickets are open: nobody would see them.
    private func keepHomes(of new: Catalogue) async throws {
        let homes = try await CatalogueHomes(from: app.catalogue.current, to: new, app.directory)
        guard !homes.lost.isEmpty else { return }
        let list = homes.list
        throw Problem(
            .conflict,
            "holds-tickets",
            LocalizedText(
                "O catálogo novo tira o lugar de chamados abertos (\(list))",
                ptPT: "O catálogo novo tira o lugar a pedidos abertos (\(list))",
                en: "The new catalogue takes the place of open tickets (\(list))"
            ),
            detail: LocalizedText(
                "Mude antes o departamento ou o assunto deles, na lista de chamados. O catálogo em uso continua.",
                ptPT: "Mude antes o departamento ou o assunto deles, na lista de pedidos. O catálogo em uso continua.",
                en:
                    "Move them to another department or topic first, in the list of tickets. The catalogue in use stays."
            )
        )
    }
}
