import DeskCore
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore

/// The interview for the browser: the very calls of the API and the terminal, behind the session.
struct InterviewRoutes: Sendable {
    let app: App
    let changes: DeskChanges

    private var interviews: InterviewDesk { app.interviews }

    func addRoutes(to group: RouterGroup<SignedInContext>) {
        group.post("/desk/api/interviews") { request, context -> Response in try await begin(request, context) }
        group.get("/desk/api/interviews/:attendance") { _, context -> Response in
            let id = try context.id("attendance")
            return try await reply(
                try await interviews.state(attendanceID: id, by: context.author, language: context.language),
                context,
                isChange: false
            )
        }
        group.post("/desk/api/interviews/:attendance/answers") { request, context -> Response in
            try await answer(request, context)
        }
        group.post("/desk/api/interviews/:attendance/back") { _, context -> Response in
            let id = try context.id("attendance")
            return try await reply(try await interviews.back(attendanceID: id, by: context.author), context)
        }
        group.post("/desk/api/interviews/:attendance/goto") { request, context -> Response in
            let body = try FieldReader(await request.json())
            let prompt = body.text("prompt", maximum: 200, required: true) ?? ""
            try body.finish()
            let id = try context.id("attendance")
            let state = try await interviews.goTo(PromptID(rawValue: prompt), attendanceID: id, by: context.author)
            return try await reply(state, context)
        }
        group.post("/desk/api/interviews/:attendance/another") { _, context -> Response in
            let id = try context.id("attendance")
            let state = try await interviews.another(
                attendanceID: id,
                by: context.author,
                language: context.language
            )
            return try await reply(state, context)
        }
        group.post("/desk/api/interviews/:attendance/end") { request, context -> Response in
            try await end(request, context)
        }
        group.post("/desk/api/interviews/:attendance/link") { request, context -> Response in
            try await link(request, context)
        }
    }

    private func begin(_ request: Request, _ context: SignedInContext) async throws -> Response {
        let body = try FieldReader(await request.json())
        let attendanceID = body.id("attendance_id")
        let isWalkIn = body.bool("walk_in") ?? false
        if (attendanceID == nil) == !isWalkIn { body.fault("attendance_id", FieldText.missing) }
        try body.finish()
        let state: InterviewState
        if let attendanceID {
            state = try await interviews.begin(
                attendanceID: attendanceID,
                by: context.author,
                language: context.language
            )
        } else {
            state = try await interviews.walkIn(by: context.author, language: context.language)
        }
        return try await reply(state, context)
    }

    private func answer(_ request: Request, _ context: SignedInContext) async throws -> Response {
        let body = try FieldReader(await request.json())
        let revision = body.integer("revision", required: true) ?? 0
        let prompt = body.text("prompt", maximum: 200, required: true) ?? ""
        let answer = body.object("answer", required: true).flatMap { InterviewAnswerJSON.answer($0) }
        try body.finish()
        guard let answer, let revision = Int(exactly: revision) else {
            throw Problem.invalid("answer", FieldText.missing)
        }
        let state = try await interviews.answer(
            answer,
            to: PromptID(rawValue: prompt),
            revision: revision,
            attendanceID: context.id("attendance"),
            by: context.author
        )
        return try await reply(state, context)
    }

    private func end(_ request: Request, _ context: SignedInContext) async throws -> Response {
        let body = try FieldReader(await request.json())
        let code = body.text("reason", maximum: 40, required: true) ?? ""
        let text = body.text("text", maximum: 1000) ?? ""
        let reason = EndReason(code: code, text: text)
        if reason == nil { body.fault("reason", FieldText.oneOf(EndReason.codes)) }
        if code == "other", text.allSatisfy(\.isWhitespace) { body.fault("text", FieldText.missing) }
        try body.finish()
        guard let reason else { throw Problem.invalid("reason", FieldText.missing) }
        let id = try context.id("attendance")
        return try await reply(try await interviews.end(reason, attendanceID: id, by: context.author), context)
    }

    private func link(_ request: Request, _ context: SignedInContext) async throws -> Response {
        let body = try FieldReader(await request.json())
        let ticketID = body.id("ticket_id")
        try body.finish()
        let id = try context.id("attendance")
        return try await reply(
            try await interviews.link(to: ticketID, attendanceID: id, by: context.author),
            context
        )
    }

    /// The state as JSON, told to the technician's other screens too; a conflict carries the state it lost against.
    private func reply(
        _ state: InterviewState,
        _ context: SignedInContext,
        isChange: Bool = true
    ) async throws -> Response {
        let bytes = [UInt8](try InterviewReplyJSON.encode(InterviewReply(state)))
        if let refusal = state.refusal, var problem = Self.problem(refusal) {
            problem.members = [("current", bytes)]
            throw problem
        }
        if isChange { changes.draft(state, account: context.account.id) }
        return Response(
            status: .ok,
            headers: [.contentType: "application/json", .cacheControl: "no-store"],
            body: .init(byteBuffer: ByteBuffer(bytes: bytes))
        )
    }

    /// An answer that did not pass is no conflict: the question says in `error` what is wrong with it.
    private static func problem(_ refusal: InterviewRefusal) -> Problem? {
        switch refusal {
        case .invalid: nil
        case .finished: InterviewDeskError.ended.problem
        case .stale:
            Problem(
                .conflict,
                "stale",
                LocalizedText(
                    "Esta pergunta já foi respondida em outra tela",
                    ptPT: "Esta pergunta já foi respondida noutro ecrã",
                    en: "This question was answered on another screen"
                )
            )
        case .busy:
            Problem(
                .conflict,
                "busy",
                LocalizedText(
                    "O passo anterior ainda está em andamento",
                    ptPT: "O passo anterior ainda está em curso",
                    en: "The step before is still under way"
                )
            )
        case .notAsked:
            Problem(
                .conflict,
                "not-asked",
                LocalizedText(
                    "Esta pergunta não faz parte do roteiro agora",
                    ptPT: "Esta pergunta não faz parte do guião agora",
                    en: "This question is not part of the interview now"
                )
            )
        }
    }
}
