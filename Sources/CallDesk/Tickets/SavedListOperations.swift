import DeskCore
import HTTPTypes
import Hummingbird

/// Work lists people keep by a name, with filters, order and columns.
struct SavedListOperations: OperationSet {
    let app: App

    var operations: [Operation] { [list, save, remove] }

    static let schemas: [(String, Schema)] = [
        (
            "SavedList",
            .object([
                .init("id", .id), .init("name", .text),
                .nullable("department", .text, "Whose people see it too."),
                .init("query", .text, "The query of the list's address."),
                .init("is_mine", .boolean),
            ])
        ),
        (
            "NewSavedList",
            .object([
                .init("name", .string(maximum: SavedLists.longestName, minimum: 1)),
                .init("query", .string(maximum: SavedLists.longestQuery)),
                .optional("department", .orNull(.string(maximum: 100)), "Share it with this department."),
                .optional("replaces", .boolean, "It takes the place of the person's list of this name."),
            ])
        ),
    ]

    private var list: Operation {
        Operation(
            method: .get,
            path: "/saved-lists",
            id: "listSavedLists",
            tag: "tickets",
            summary: "The lists the person keeps and those their departments share.",
            who: [.staff(.technician)],
            answer: .list("SavedList")
        ) { ask in
            let person = try ask.person()
            return .list(try await app.savedLists.list(for: person)) { json, list in json.write(list, for: person) }
        }
    }

    private var save: Operation {
        Operation(
            method: .post,
            path: "/saved-lists",
            id: "saveList",
            tag: "tickets",
            summary:
                "Keeps a list by its name. The person's list of the same name is replaced (200) only with `replaces`; else it is 409 `list-exists`.",
            who: [.staff(.technician)],
            body: .json("NewSavedList"),
            status: .created,
            otherStatuses: [.ok],
            answer: .one("SavedList"),
            problems: [.conflict]
        ) { ask in
            let fields = try ask.fields()
            let name = fields.text("name", maximum: SavedLists.longestName, required: true)
            let query = fields.text("query", maximum: SavedLists.longestQuery)
            let department = fields.text("department", maximum: 100)
            let replaces = fields.bool("replaces") ?? false
            try fields.finish()
            let person = try ask.person()
            let (list, isNew) = try await app.savedLists.save(
                name ?? "",
                query: query ?? "",
                department: department,
                replaces: replaces,
                by: person
            )
            return .one(isNew ? .created : .ok) { $0.write(list, for: person) }
        }
    }

    private var remove: Operation {
        Operation(
            method: .delete,
            path: "/saved-lists/{id}",
            id: "removeSavedList",
            tag: "tickets",
            summary: "Forgets a list of the person's own.",
            who: [.staff(.technician)],
            status: .noContent,
            answer: .nothing,
            problems: [.notFound]
        ) { ask in
            guard try await app.savedLists.remove(try ask.id(), by: try ask.person()) else { throw Problem.notFound }
            return Response(status: .noContent)
        }
    }
}

extension JSONWriter {
    mutating func write(_ list: SavedList, for person: Account) {
        object { json in
            json.field("id", list.id)
            json.field("name", list.name)
            json.field("department", list.department)
            json.field("query", list.query)
            json.field("is_mine", list.accountID == person.id)
        }
    }
}

extension SavedListRefusal: ProblemDescribing {
    var problem: Problem {
        switch self {
        case .noName: .invalid("name", FieldText.missing)
        case .tooLong: .invalid("name", FieldText.longest(SavedLists.longestName))
        case .tooMany(let limit):
            .invalid(
                "name",
                LocalizedText(
                    "Você já guarda \(limit) listas: remova uma.",
                    ptPT: "Já guarda \(limit) listas: remova uma.",
                    en: "You keep \(limit) lists already: remove one."
                )
            )
        case .nameTaken:
            Problem(
                .conflict,
                "list-exists",
                LocalizedText(
                    "Você já guarda uma lista com este nome",
                    ptPT: "Já guarda uma lista com este nome",
                    en: "You keep a list of this name already"
                ),
                detail: LocalizedText(
                    "Escolha outro nome, ou diga que esta substitui a que existe.",
                    en: "Choose another name, or say that this one takes its place."
                )
            )
        case .departmentElsewhere:
            .invalid(
                "department",
                LocalizedText(
                    "Você não trabalha neste departamento.",
                    ptPT: "Não trabalha neste departamento.",
                    en: "You do not work in this department."
                )
            )
        }
    }
}
