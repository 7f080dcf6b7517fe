import DeskCore
import HTTPTypes
import Hummingbird

/// What customers say of a ticket: by programs that speak for them, and read by the desk, which rates nobody.
struct SurveyOperations: OperationSet {
    let app: App

    var operations: [Operation] { [show, rate, say] }

    static let schemas: [(String, Schema)] = [
        (
            "Survey",
            .object([
                .init("ticket_id", .id), .nullable("asked_at", .time), .nullable("not_asked", .text),
                .nullable("mark", .integer(minimum: 1, maximum: 5)), .nullable("words", .text),
                .nullable("given_at", .time), .init("open", .boolean, "Can be answered now."),
                .nullable("until", .time),
            ])
        ),
        (
            "NewMark",
            .object([
                .init("mark", .integer(minimum: 1, maximum: 5)),
                .optional("words", .string(maximum: SurveyDesk.longestWords)),
            ])
        ),
        (
            "NewOpinion",
            .object([
                .init("kind", .words(Opinion.allCases.map(\.rawValue))),
                .init("body", .string(maximum: SurveyDesk.longestWords, minimum: 1)),
            ])
        ),
    ]

    private var show: Operation {
        Operation(
            method: .get,
            path: "/tickets/{id}/survey",
            id: "getSurvey",
            tag: "tickets",
            summary:
                "The mark and words of a ticket's customer, whether they were asked, and until when they can answer.",
            who: [.staff(.technician), .program(.ticketsRead)],
            answer: .one("Survey"),
            problems: [.notFound]
        ) { ask in
            let ticket = try await existing(ask)
            return try await answer(ticket, app.surveys.survey(of: ticket.id))
        }
    }

    private var rate: Operation {
        Operation(
            method: .put,
            path: "/tickets/{id}/survey",
            id: "rateTicket",
            tag: "tickets",
            summary: "The customer's mark from 1 to 5, from the solution until some days after closing.",
            who: [.program(.ticketsWrite)],
            body: .json("NewMark"),
            answer: .one("Survey"),
            problems: [.notFound, .conflict]
        ) { ask in
            let fields = try ask.fields()
            let mark = fields.integer("mark", required: true)
            let words = fields.text("words", maximum: SurveyDesk.longestWords)
            try fields.finish()
            let ticket = try await existing(ask)
            let survey = try await app.surveys.rate(
                ticket.id,
                mark: Int(clamping: mark ?? 0),
                words: words,
                channel: .api
            )
            return try await answer(ticket, survey)
        }
    }

    private var say: Operation {
        Operation(
            method: .post,
            path: "/tickets/{id}/opinions",
            id: "addOpinion",
            tag: "tickets",
            summary: "The customer's praise or complaint about a ticket, as an entry the supervisor hears of.",
            who: [.program(.ticketsWrite)],
            body: .json("NewOpinion"),
            status: .created,
            answer: .one("Entry"),
            problems: [.notFound, .conflict]
        ) { ask in
            let fields = try ask.fields()
            let kind = fields.choice("kind", Opinion.self, required: true)
            let words = fields.text("body", maximum: SurveyDesk.longestWords, required: true)
            try fields.finish()
            let ticket = try await existing(ask)
            var contact: Contact?
            if let id = ticket.contactID { contact = try await app.customers.contact(id) }
            let entry = try await app.surveys.say(
                kind ?? .praise,
                of: ticket.id,
                words: words ?? "",
                by: contact?.name ?? ticket.callerName ?? "",
                contactID: contact?.id
            )
            return .one(.created) { $0.write(entry) }
        }
    }

    private func existing(_ ask: Ask) async throws -> Ticket {
        guard let ticket = try await app.directory.find(ask.id()) else { throw Problem.notFound }
        guard ask.caller.mayRead(ticket) else { throw ask.caller.refusalToRead }
        return ticket
    }

    private func answer(_ ticket: Ticket, _ survey: TicketSurvey?) async throws -> Response {
        let window = app.surveys.window(of: ticket)
        return .one { json in
            json.object { json in
                json.field("ticket_id", ticket.id)
                json.field("asked_at", survey?.askedAt)
                json.field("not_asked", survey?.notAsked?.rawValue)
                json.field("mark", survey?.mark.map { Int64($0) })
                json.field("words", survey?.words)
                json.field("given_at", survey?.givenAt)
                json.field("open", window.isOpen)
                json.field("until", window.until)
            }
        }
    }
}

extension SurveyRefusal: ProblemDescribing {
    var problem: Problem {
        switch self {
        case .noSuchTicket: .notFound
        case .noMark: .invalid("mark", FieldText.expected("1–5"))
        case .emptyWords: .invalid("body", FieldText.missing)
        case .tooLong(let limit): .invalid("body", FieldText.longest(limit))
        case .notYet:
            Problem(
                .conflict,
                "not-solved",
                LocalizedText("O chamado ainda não foi resolvido", en: "The ticket is not solved yet")
            )
        case .tooLate:
            Problem(
                .conflict,
                "survey-over",
                LocalizedText(
                    "O prazo da pesquisa terminou",
                    ptPT: "O prazo do inquérito terminou",
                    en: "The survey is over"
                )
            )
        }
    }
}
