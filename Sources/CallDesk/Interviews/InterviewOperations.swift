import Codecs
import DeskCore
import Foundation
import HTTPTypes
import Hummingbird

/// The prompting engine for programs: one question at a time, each answer saved as it is given.
struct InterviewOperations: OperationSet {
    let app: App

    var operations: [Operation] { [begin, show, answer, back, goTo, end, link, another, topics, code, proof] }

    private var interviews: InterviewDesk { app.interviews }

    private var begin: Operation {
        Operation(
            method: .post,
            path: "/interviews",
            id: "beginInterview",
            tag: "interviews",
            summary: "Begins an attendance's interview or takes it up; a walk-in gets a protocol number of its own.",
            who: [.program(.interviewsWrite), .staff(.technician)],
            parameters: [.idempotencyKey, .account],
            body: .json("NewInterview"),
            otherStatuses: [.created],
            answer: .one("Interview"),
            problems: [.conflict, .notFound]
        ) { ask in
            let body = try ask.fields()
            let attendanceID = body.id("attendance_id")
            let isWalkIn = body.bool("walk_in") ?? false
            let language = body.choice("language", Language.self) ?? ask.language
            let earlierID = body.id("refers_to")
            if (attendanceID == nil) == !isWalkIn { body.fault("attendance_id", Self.eitherContact) }
            if earlierID != nil, !isWalkIn { body.fault("refers_to", Self.eitherContact) }
            try body.finish()
            let author = ask.author
            guard let attendanceID else {
                var earlier: Ticket?
                if let earlierID { earlier = try await app.ticket(earlierID, for: ask.caller) }
                let (state, isNew) = try await interviews.walkIn(
                    once: try ask.idempotencyKey().map(ask.caller.scoped),
                    by: author,
                    language: language,
                    refersTo: earlier
                )
                var response = try reply(state, to: ask, status: isNew ? .created : .ok)
                if !isNew { response.headers[.idempotentReplayed] = "true" }
                return response
            }
            // One that is over is only read.
            if let attendance = try await app.attendances.find(attendanceID), attendance.state == .ended {
                try await ContactRight(app).check(attendance, ask.caller)
            }
            do {
                return try reply(
                    try await interviews.begin(attendanceID: attendanceID, by: author, language: language),
                    to: ask
                )
            } catch InterviewDeskError.noSuchAttendance {
                throw TicketRefusal.noSuchAttendance
            }
        }
    }

    private var show: Operation {
        Operation(
            method: .get,
            path: "/interviews/{attendance}",
            id: "getInterview",
            tag: "interviews",
            summary: "The interview as it stands.",
            who: [.program(.interviewsWrite), .staff(.technician)],
            parameters: [.account],
            answer: .one("Interview"),
            problems: [.notFound]
        ) { ask in
            let author = ask.author
            let id = try await readable(ask)
            let state = try await interviews.state(attendanceID: id, by: author, language: ask.language)
            return try reply(state, to: ask, isChange: false)
        }
    }

    /// The contact in the path, for a caller who may look at it.
    func readable(_ ask: Ask) async throws -> Int64 {
        let id = try ask.id("attendance")
        if let attendance = try await app.attendances.find(id) {
            try await ContactRight(app).check(attendance, ask.caller)
            // Who may read the ticket a contact came to reads not what its holder writes down besides.
            if case .staff(let staff) = ask.caller, staff.role < .supervisor, attendance.state == .ended,
                let holder = attendance.accountID, holder != staff.account.id,
                try await app.attendances.isInHand(attendance)
            {
                throw Problem.colleagues
            }
        }
        return id
    }

    private var answer: Operation {
        step(
            "answers",
            id: "answerQuestion",
            summary: "Answers the question; an older revision changes nothing and gets the current question (409).",
            body: .json("InterviewAnswer")
        ) { ask in
            let body = try ask.fields()
            let revision = body.integer("revision", required: true) ?? 0
            let prompt = body.text("prompt", maximum: 200, required: true) ?? ""
            let answer = body.object("answer", required: true).flatMap { InterviewAnswerJSON.answer($0) }
            let wish = body.choice("passwords", PasswordSpotter.Wish.self)
            try body.finish()
            guard let answer, let revision = Int(exactly: revision) else {
                throw Problem.invalid("answer", FieldText.missing)
            }
            return try await interviews.answer(
                answer,
                to: PromptID(rawValue: prompt),
                revision: revision,
                passwords: wish,
                attendanceID: ask.id("attendance"),
                by: ask.author
            )
        }
    }

    private var back: Operation {
        step(
            "back",
            id: "goBack",
            summary: "Goes back one question; no answer is lost. With its revision, once however often it is sent.",
            body: .optionalJSON("InterviewBack")
        ) { ask in
            let body = try ask.fields()
            let revision = body.integer("revision")
            try body.finish()
            return try await interviews.back(
                revision: revision.map { Int(clamping: $0) },
                attendanceID: ask.id("attendance"),
                by: ask.author
            )
        }
    }

    private var another: Operation {
        step(
            "another",
            id: "anotherRequest",
            summary: "Another request under the same protocol number; who is calling stays known."
        ) { ask in
            try await interviews.another(
                attendanceID: ask.id("attendance"),
                by: ask.author,
                language: ask.language
            )
        }
    }

    private var goTo: Operation {
        step(
            "goto",
            id: "goToQuestion",
            summary: "Goes to a question of the way; its answer stays until another is given.",
            body: .json("InterviewGoTo")
        ) { ask in
            let body = try ask.fields()
            let prompt = body.text("prompt", maximum: 200, required: true) ?? ""
            try body.finish()
            return try await interviews.goTo(
                PromptID(rawValue: prompt),
                attendanceID: ask.id("attendance"),
                by: ask.author
            )
        }
    }

    private var end: Operation {
        step(
            "end",
            id: "endInterview",
            summary: "Ends the attendance without a ticket, with a reason.",
            body: .json("InterviewEnd")
        ) { ask in
            let body = try ask.fields()
            let code = body.text("reason", maximum: 40, required: true) ?? ""
            let text = body.text("text", maximum: 1000) ?? ""
            let reason = EndReason(code: code, text: text)
            if reason == nil { body.fault("reason", FieldText.oneOf(EndReason.codes)) }
            if code == "other", text.allSatisfy(\.isWhitespace) { body.fault("text", FieldText.missing) }
            try body.finish()
            guard let reason else { throw Problem.invalid("reason", FieldText.missing) }
            return try await interviews.end(reason, attendanceID: ask.id("attendance"), by: ask.author)
        }
    }

    private var link: Operation {
        step(
            "link",
            id: "linkTicket",
            summary: "Adds what the caller says to a ticket that is open already; without one the link is taken back.",
            body: .json("InterviewLink")
        ) { ask in
            let body = try ask.fields()
            let ticketID = body.id("ticket_id")
            try body.finish()
            return try await interviews.link(to: ticketID, attendanceID: ask.id("attendance"), by: ask.author)
        }
    }

    /// An operation on an interview that goes on, whose answer is the interview as it then stands.
    ///
    /// `body`: what is sent; nil where nothing is.
    private func step(
        _ verb: String,
        id: String,
        summary: String,
        body: Operation.Body? = nil,
        _ deed: @escaping @Sendable (Ask) async throws -> InterviewState
    ) -> Operation {
        Operation(
            method: .post,
            path: "/interviews/{attendance}/\(verb)",
            id: id,
            tag: "interviews",
            summary: summary,
            who: [.program(.interviewsWrite), .staff(.technician)],
            parameters: [.account],
            body: body,
            answer: .one("Interview"),
            problems: [.notFound, .conflict]
        ) { ask in
            try reply(try await deed(ask), to: ask)
        }
    }

    /// The state as JSON, told to the technician's screens too; what changed nothing because somebody else was first is a
    /// conflict with the state in it.
    private func reply(
        _ state: InterviewState,
        to ask: Ask,
        status: HTTPResponse.Status = .ok,
        isChange: Bool = true
    ) throws -> Response {
        let bytes = [UInt8](try InterviewReplyJSON.encode(InterviewReply(state)))
        if let refusal = state.refusal, let problem = Self.problem(refusal, current: bytes) { throw problem }
        if isChange { DeskChanges(hub: app.hub, clock: app.clock).draft(state, account: ask.caller.account?.id) }
        return Response(
            status: status,
            headers: [.contentType: "application/json", .cacheControl: "no-store"],
            body: .init(byteBuffer: ByteBuffer(bytes: bytes))
        )
    }

    /// An answer that did not pass is no conflict: the question says in `error` what is wrong with it.
    private static func problem(_ refusal: InterviewRefusal, current: [UInt8]) -> Problem? {
        var problem: Problem
        switch refusal {
        case .invalid: return nil
        case .stale: problem = conflict("stale", staleText)
        case .busy: problem = conflict("busy", busyText)
        case .notAsked: problem = conflict("not-asked", notAskedText)
        case .finished: problem = InterviewDeskError.ended.problem
        case .password: problem = PasswordOffer.problem
        }
        problem.members = [("current", current)]
        return problem
    }

    private static func conflict(_ code: String, _ text: LocalizedText) -> Problem { Problem(.conflict, code, text) }

    private static let staleText = LocalizedText(
        "Alguém já respondeu a esta pergunta",
        ptPT: "Alguém já respondeu a esta pergunta",
        en: "Somebody answered this question already"
    )
    private static let busyText = LocalizedText(
        "O passo anterior ainda está em andamento",
        ptPT: "O passo anterior ainda está em curso",
        en: "The step before is still under way"
    )
    private static let notAskedText = LocalizedText(
        "Esta pergunta não faz parte do roteiro agora",
        ptPT: "Esta pergunta não faz parte do guião agora",
        en: "This question is not part of the interview now"
    )
    private static let eitherContact = LocalizedText(
        "Informe attendance_id ou walk_in: true.",
        ptPT: "Indique attendance_id ou walk_in: true.",
        en: "Give attendance_id or walk_in: true."
    )
}

/// The interview's JSON, with its keys sorted.
enum InterviewReplyJSON {
    static func encode(_ reply: InterviewReply) throws -> Data { try JSONCoding.data(reply) }
}

/// An answer as a body gives it: exactly one of its members.
enum InterviewAnswerJSON {
    /// Reads `{"text": …}`, `{"number": …}`, `{"option": …}`, `{"options": […]}`, `{"keys": …}`, `{"address": {…}}`, `{"files": […]}`,
    /// `{"skip": true}` or `{"confirm": true}`; anything else is a fault of the reader.
    static func answer(_ body: FieldReader) -> Answer? {
        var found: [Answer] = []
        if let text = body.text("text", maximum: 200_000) { found.append(.text(text)) }
        if let number = body.number("number") { found.append(.number(number)) }
        if let option = body.text("option", maximum: 200) { found.append(.option(option)) }
        if let options = body.texts("options", most: 500) { found.append(.options(options)) }
        if let keys = body.text("keys", maximum: 200) { found.append(.keys(keys)) }
        if let parts = body.object("address") {
            var address = AddressAnswer()
            for (name, path) in AddressAnswer.parts { address[keyPath: path] = parts.text(name, maximum: 500) ?? "" }
            found.append(.address(address))
        }
        if let files = body.files("files") { found.append(.files(files)) }
        if body.bool("skip") == true { found.append(.skip) }
        if body.bool("confirm") == true { found.append(.confirm) }
        guard found.count == 1 else {
            body.fault("answer", exactlyOne)
            return nil
        }
        return found.first
    }

    private static let exactlyOne = LocalizedText(
        "Exatamente um: text, number, option, options, keys, address, files, skip, confirm.",
        ptPT: "Exatamente um: text, number, option, options, keys, address, files, skip, confirm.",
        en: "Exactly one of: text, number, option, options, keys, address, files, skip, confirm."
    )
}
