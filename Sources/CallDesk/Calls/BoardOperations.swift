import DeskCore
import Hummingbird

/// What a technician's screen lives on: the board, who else is there, who is calling, and the search of the palette.
struct BoardOperations: OperationSet {
    let board: DeskBoard

    private var app: App { board.app }

    var operations: [Operation] { [show, colleagues, caller, card, search] }

    private var show: Operation {
        Operation(
            method: .get,
            path: "/board",
            id: "getBoard",
            tag: "desk",
            summary:
                "What a technician's screen shows when it opens and after a gap: calls, drafts, lines, themselves.",
            who: [.staff(.technician)],
            answer: .one("Board")
        ) { ask in try await board.response(for: try ask.person()) }
    }

    private var colleagues: Operation {
        Operation(
            method: .get,
            path: "/colleagues",
            id: "listColleagues",
            tag: "desk",
            summary: "The other people of the desk, and whether each has it open.",
            who: [.staff(.technician)],
            answer: .list("Colleague")
        ) { ask in
            let me = try ask.person().id
            var present: [(account: Account, isPresent: Bool)] = []
            for account in try await app.accounts.list(limit: 500) where !account.isDisabled && account.id != me {
                present.append((account, await app.presence.isPresent(account.id)))
            }
            return .list(present) { json, colleague in
                json.object { json in
                    json.field("id", colleague.account.id)
                    json.field("name", colleague.account.name)
                    json.field("present", colleague.isPresent)
                }
            }
        }
    }

    private var caller: Operation {
        Operation(
            method: .get,
            path: "/attendances/{id}/caller",
            id: "getCaller",
            tag: "desk",
            summary: "Who calls, as the line told it, and what was said with that number before.",
            who: [.staff(.technician)],
            answer: .one("CallingParty")
        ) { ask in
            let id = try ask.id()
            if let attendance = try await app.attendances.find(id) {
                try await ContactRight(app).check(attendance, ask.caller)
            }
            return try await CallerCards(app: app).caller(of: id, for: ask.caller, language: ask.language)
        }
    }

    private var card: Operation {
        Operation(
            method: .get,
            path: "/customers/{id}/card",
            id: "getCallerCard",
            tag: "desk",
            summary: "What may already answer a caller: what is open, when they called, what they hired.",
            who: [.staff(.technician)],
            parameters: [
                .init(
                    name: "attendance",
                    schema: .id,
                    about: "The contact they are on the line in: its level of identity decides what is masked."
                )
            ],
            answer: .one("CallerCard")
        ) { ask in
            try await CallerCards(app: app).card(
                of: ask.id(),
                in: ask.number("attendance"),
                for: ask.caller,
                language: ask.language
            )
        }
    }

    private var search: Operation {
        Operation(
            method: .get,
            path: "/search",
            id: "search",
            tag: "desk",
            summary: "Customers, tickets and protocol numbers by anything people call them by, a few of each.",
            who: [.staff(.technician)],
            parameters: [.init(name: "q", schema: .string(maximum: 200), about: "What to look for.")],
            answer: .list("SearchHit")
        ) { ask in
            try await PaletteSearch(app: app).answer(ask.query("q") ?? "", for: ask.caller, language: ask.language)
        }
    }
}
