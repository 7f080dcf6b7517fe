import DeskCore
import HTTPTypes
import Hummingbird
import IVRBridge
import NIOCore

/// A call looked back at: what each event of its line did to it, and the line's own bytes.
struct CallStoryOperations: OperationSet {
    let app: App

    static let schemas: [(String, Schema)] = [
        (
            "CallStep",
            .object([
                .init("event", .text, "As the PBX names it."), .nullable("channel", .text, "As the PBX names it."),
                .nullable("part", .text, "The PBX's name of the call it happened to, which became part of this one."),
                .nullable("at", .time, "By the PBX's clock, or when it was read where the PBX tells no times."),
                .init("changes", .array(.text), "What it changed and why it counts, a sentence each."),
            ])
        ),
        (
            "CallStory",
            .object([
                .init("call_id", .id, "The call that the one asked for became part of, where it did."),
                .init("steps", .array(.reference("CallStep"), maximum: CallStep.mostOfCall)),
                .init("has_gaps", .boolean, "Some of what the line brought then is lost."),
                .init("is_cut", .boolean, "There was more than is told."),
            ])
        ),
    ]

    var operations: [Operation] {
        [
            Operation(
                method: .get,
                path: "/calls/{id}/steps",
                id: "getCallSteps",
                tag: "calls",
                summary:
                    "What each event of the PBX did to a call, while the node that answers keeps its line's bytes.",
                who: [.staff(.supervisor), .program(.administration)],
                answer: .one("CallStory"),
                problems: [.notFound, .conflict]
            ) { ask in
                let call = try await app.stories.whole(call(ask))
                let story = try await app.stories.story(of: call)
                var words = CallStepWords.ofDesk(app, await app.phones.current(), line: call.line, ask.language)
                words.isCovered = try await isCovered(call, for: ask.caller)
                return .one { json in
                    json.object { json in
                        json.field("call_id", call.id)
                        json.key("steps")
                        json.array(story.steps) { json, step in
                            json.object { json in
                                json.field("event", step.event)
                                json.field("channel", step.channel)
                                json.field("part", step.part)
                                json.field("at", step.at.map(Moment.init(microseconds:)))
                                json.field("changes", step.changes.map(words.sentence))
                            }
                        }
                        json.field("has_gaps", story.hasGaps)
                        json.field("is_cut", story.isCut)
                    }
                }
            },
            Operation(
                method: .get,
                path: "/calls/{id}/bytes",
                id: "getCallBytes",
                tag: "calls",
                summary: "What the line brought from two minutes before a call to two after, for `calldesk replay`.",
                who: [.staff(.administrator), .program(.administration)],
                parameters: [
                    .init(
                        name: "masked",
                        schema: .boolean,
                        about:
                            "`false` leaves numbers and names as they came, unless the caller has proven nothing yet; they are others' otherwise."
                    )
                ],
                answer: .file,
                problems: [.notFound, .conflict]
            ) { ask in
                let call = try await call(ask)
                var masked = ask.query("masked") != "false"
                if !masked { masked = try await isCovered(call, for: ask.caller) }
                let bytes = try await app.stories.bytes(around: call, masked: masked)
                return Response(
                    status: .ok,
                    headers: [
                        .contentType: "application/octet-stream",
                        .contentDisposition: FileResponse.disposition(
                            "\(call.line)-\(call.id)\(masked ? "-masked" : "").txt"
                        ),
                        .contentSecurityPolicy: SecurityHeaders.dataPolicy, .cacheControl: "private, no-store",
                    ],
                    body: .init(byteBuffer: ByteBuffer(bytes: bytes))
                )
            },
        ]
    }

    /// Whether its number is not to be said to who asks: they talk to its customer, who has proven nothing yet.
    private func isCovered(_ call: Call, for caller: Caller) async throws -> Bool {
        guard let id = call.attendanceID else { return false }
        let customerID = try await app.attendances.find(id)?.customerID
        return try await RecordViews(app.attendances, for: caller).of(customerID).covers(call)
    }

    private func call(_ ask: Ask) async throws -> Call {
        guard let call = try await app.calls.find(ask.id()) else { throw Problem.notFound }
        return call
    }
}

extension CallStepWords {
    /// With the desk's people: whose phone each is now.
    static func ofDesk(_ app: App, _ book: PhoneBook.Page, line: String, _ language: Language) -> CallStepWords {
        CallStepWords(language) { party in
            book.account(of: party, line: line).flatMap { book.name(of: $0) }.map { .person($0) } ?? .nobody
        }
    }
}

extension CallStories.Absence: ProblemDescribing {
    /// Why there is nothing, and what to do.
    var text: LocalizedText {
        switch self {
        case .notKept:
            .init(
                "O que esta linha traz não é guardado (line_tape nas configurações).",
                ptPT: "O que esta linha traz não é guardado (line_tape nas definições).",
                en: "What this line brings is not kept (line_tape in the settings)."
            )
        case .nothingThen:
            .init(
                "Desse momento nada está guardado neste servidor: já venceu o prazo, ou outro servidor cuidava da linha.",
                ptPT:
                    "Desse momento nada está guardado neste servidor: o prazo já passou, ou outro servidor tratava da linha.",
                en: "Nothing of that time is kept on this node: its term is over, or another node had the line."
            )
        case .tooMuch:
            .init(
                "A linha trouxe mais de 32 MB nesse tempo; use calldesk capture no servidor.",
                ptPT: "A linha trouxe mais de 32 MB nesse tempo; use calldesk capture no servidor.",
                en: "The line brought more than 32 MB in that time; use calldesk capture on the server."
            )
        case .busy:
            .init(
                "Outra ligação está sendo revista. Tente de novo em alguns segundos.",
                ptPT: "Outra chamada está a ser revista. Tente de novo dentro de segundos.",
                en: "Another call is being looked back at. Try again in a few seconds."
            )
        }
    }

    var problem: Problem {
        if self == .busy { return .tooMany(retryAfter: 5) }
        return Problem(
            .conflict,
            "nothing-kept",
            LocalizedText("Não há passos a mostrar", ptPT: "Não há passos a mostrar", en: "There are no steps to show"),
            detail: text
        )
    }
}
