import DeskCore
import HTTPTypes
import Hummingbird

/// What customers say of a ticket: by programs that speak for them, and read by the desk, which rates nobody.
struct SurveyOperations: OperationSet {
    let app: App

    var operations: [Operation] { [show, rate, say, results] }

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
                .optional("words", .string(maximum: SurveyDesk.longestWords)), passwords,
            ])
        ),
        (
            "SurveyResult",
            .object([
                .nullable(
                    "key",
                    .text,
                    "The department's or topic's key, the person's number; null when the clock solved."
                ),
                .init(
                    "solved",
                    .integer(minimum: 0),
                    "Solutions of the period that stand, and those since undone that a mark was given for: every other count is of these."
                ),
                .init("asked", .integer(minimum: 0)), .init("answered", .integer(minimum: 0)),
                .init("marks", .array(.integer(minimum: 0)), "How often each mark was given, from 1 to 5."),
                .nullable(
                    "average",
                    .number,
                    "Null below \(SurveyTally.fewestForAverage) answers, which are no trend."
                ),
                .init("not_asked", .map(.integer(minimum: 0)), "Why the others were not asked."),
            ])
        ),
        (
            "NewOpinion",
            .object([
                .init("kind", .words(Opinion.allCases.map(\.rawValue))),
                .init("body", .string(maximum: SurveyDesk.longestWords, minimum: 1)), passwords,
            ])
        ),
    ]

    /// What is to become of a password in what the customer says.
    private static let passwords = Schema.Property.optional(
        "passwords",
        .words(PasswordSpotter.Wish.allCases.map(\.rawValue)),
        "seal covers what looks like a password with dots and keeps nothing of it; keep sends the text as it is."
    )

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
            let wish = fields.choice("passwords", PasswordSpotter.Wish.self)
            try fields.finish()
            let ticket = try await existing(ask)
            let text = try words.map { try PasswordOffer.covered($0, wish: wish) }
            let survey = try await app.surveys.rate(
                ticket.id,
                mark: Int(clamping: mark ?? 0),
                words: text,
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
            parameters: [.idempotencyKey],
            body: .json("NewOpinion"),
            status: .created,
            otherStatuses: [.ok],
            answer: .one("Entry"),
            problems: [.notFound, .conflict]
        ) { ask in
            let fields = try ask.fields()
            let kind = fields.choice("kind", Opinion.self, required: true)
            let words = fields.text("body", maximum: SurveyDesk.longestWords, required: true)
            let wish = fields.choice("passwords", PasswordSpotter.Wish.self)
            try fields.finish()
            let key = try ask.idempotencyKey()
            let ticket = try await existing(ask)
            let text = try PasswordOffer.covered(words ?? "", wish: wish)
            var contact: Contact?
            if let id = ticket.contactID { contact = try await app.customers.contact(id) }
            let said = try await app.surveys.say(
                kind ?? .praise,
                of: ticket.id,
                words: text,
                by: contact?.name ?? ticket.callerName ?? "",
                contactID: contact?.id,
                key: key.map { "\(ask.caller.scoped($0)):\(ticket.id):opinion" },
                digest: ContentTag(of: [kind?.rawValue, text]).text
            )
            return .made(said.isNew) { $0.write(said.entry) }
        }
    }

    private var results: Operation {
        Operation(
            method: .get,
            path: "/surveys/results",
            id: "listSurveyResults",
            tag: "tickets",
            summary:
                "What customers said of a period's solutions, by department, technician or topic, the \(SurveyResults.mostGroups) most answered.",
            who: [.staff(.supervisor), .program(.ticketsRead)],
            parameters: [
                .init(
                    name: "by",
                    schema: .words(SurveyGrouping.allCases.map(\.rawValue)),
                    about: "One line for each; departments unless named."
                ),
                .init(name: "from", schema: .string(maximum: 10), about: "The first day; 30 days ago unless named."),
                .init(name: "to", schema: .string(maximum: 10), about: "The last day; today unless named."),
                .init(name: "department", schema: .string(maximum: 100), about: "Only this department's."),
                .init(name: "topic", schema: .string(maximum: 200), about: "Only of this topic."),
                .init(name: "account_id", schema: .id, about: "Only those this person solved."),
            ],
            answer: .list("SurveyResult")
        ) { ask in
            for name in ["from", "to"] {
                guard let text = ask.query(name), CalendarDay(iso: text) == nil else { continue }
                throw Problem.invalid(name, FieldText.expected("2026-11-25"))
            }
            let chosen = SatisfactionChoice(today: app.today) {
                $0 == "technician" ? ask.query("account_id") : ask.query($0)
            }
            guard !chosen.isBackwards else { throw Problem.invalid("to", SatisfactionChoice.backwards) }
            let found = try await app.surveyResults.results(chosen.period(in: app.timeZone), by: chosen.grouping)
            return .list(found) { json, result in json.write(result) }
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

extension JSONWriter {
    fileprivate mutating func write(_ result: SurveyResult) {
        let tally = result.tally
        object { json in
            json.field("key", result.key)
            json.field("solved", tally.solved)
            json.field("asked", tally.asked)
            json.field("answered", tally.answered)
            json.key("marks")
            json.array(tally.marks) { $0.number($1) }
            json.key("average")
            if let average = tally.average { json.raw("\(average)".utf8) } else { json.null() }
            json.key("not_asked")
            json.object { json in
                for (reason, count) in tally.notAsked.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
                    json.field(reason.rawValue, count)
                }
            }
        }
    }
}

extension SurveyRefusal: ProblemDescribing {
    var problem: Problem {
        switch self {
        case .noSuchTicket: .notFound
        case .ownWork:
            Problem(
                .conflict,
                "own-work",
                LocalizedText(
                    "Ninguém avalia o próprio trabalho",
                    ptPT: "Ninguém avalia o próprio trabalho",
                    en: "Nobody rates their own work"
                )
            )
        case .noMark: .invalid("mark", FieldText.expected("1–5"))
        case .emptyWords: .invalid("body", FieldText.missing)
        case .tooLong(let limit): .invalid("body", FieldText.longest(limit))
        case .notYet:
            Problem(
                .conflict,
                "not-solved",
                LocalizedText(
                    "O chamado ainda não foi resolvido",
                    ptPT: "O pedido ainda não foi resolvido",
                    en: "The ticket is not solved yet"
                )
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
