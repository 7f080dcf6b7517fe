import DeskCore
import HTTPTypes
import Hummingbird

/// What goes on around a ticket while it is worked: its checklist, its time, who else has it open.
struct TicketWorkOperations: OperationSet {
    let app: App

    var operations: [Operation] { [steps, mark, time, look] }

    static let schemas: [(String, Schema)] = [
        (
            "TicketStep",
            .object([
                .init("id", .text), .init("label", .text), .nullable("done_by", .text), .nullable("done_at", .time),
                .init("tag", .text, "What the mark says, in short: `If-Match` of a change to it."),
            ])
        ),
        ("StepMark", .object([.init("done", .boolean)])),
        (
            "TicketTime",
            .object([
                .init("told_seconds", .integer(minimum: 0), "Written down with entries."),
                .init("talked_seconds", .integer(minimum: 0), "Its calls, counted by themselves."),
            ])
        ),
        (
            "TicketLook",
            .object([
                .optional("writing", .boolean, "Something is being written."),
                .optional("leaving", .boolean, "The page is left."),
            ])
        ),
    ]

    private var steps: Operation {
        Operation(
            method: .get,
            path: "/tickets/{id}/steps",
            id: "listSteps",
            tag: "tickets",
            summary: "The checklist of the ticket's topic, with what of it is done.",
            who: [.staff(.technician), .program(.ticketsRead)],
            answer: .list("TicketStep"),
            problems: [.notFound]
        ) { ask in
            let ticket = try await app.ticket(try ask.id(), for: ask.caller)
            return try await list(ticket, ask)
        }
    }

    private var mark: Operation {
        Operation(
            method: .put,
            path: "/tickets/{id}/steps/{step}",
            id: "markStep",
            tag: "tickets",
            summary: "Marks a step of the checklist as done, or not.",
            who: [.staff(.technician)],
            revisions: .taken,
            body: .json("StepMark"),
            answer: .list("TicketStep"),
            problems: [.notFound, .conflict]
        ) { ask in
            let fields = try ask.fields()
            let isDone = fields.bool("done", required: true) ?? false
            try fields.finish()
            let ticket = try await app.ticket(try ask.id(), for: ask.caller)
            let step = try ask.text("step")
            guard app.catalogue.current.topic(ticket.topic)?.steps.contains(where: { $0.id == step }) == true else {
                throw Problem.notFound
            }
            // A mark is one value, whole by itself: who names none means whatever it says.
            let copy = ask.headers[.ifMatch] == nil ? nil : try StaleCopy.content(ask)
            try await app.steps.mark(step, isDone: isDone, copy: copy, of: ticket.id, by: try ask.person())
            return try await list(ticket, ask, marked: step)
        }
    }

    private func list(_ ticket: Ticket, _ ask: Ask, marked: String? = nil) async throws -> Response {
        let topic = app.catalogue.current.topic(ticket.topic)
        let steps = try await app.steps.list(of: ticket.id, topic: topic)
        var response = Response.list(steps) { json, step in
            json.object { json in
                json.field("id", step.id)
                json.field("label", step.label[ask.language])
                json.field("done_by", step.doneBy)
                json.field("done_at", step.doneAt)
                json.field("tag", step.tag.text)
            }
        }
        if let tag = steps.first(where: { $0.id == marked })?.tag { response.headers[.eTag] = "\"\(tag.text)\"" }
        return response
    }

    private var time: Operation {
        Operation(
            method: .get,
            path: "/tickets/{id}/time",
            id: "getTicketTime",
            tag: "tickets",
            summary: "The time spent on a ticket: written down with entries (`minutes`), and talked in its calls.",
            who: [.staff(.technician), .program(.ticketsRead)],
            answer: .one("TicketTime"),
            problems: [.notFound]
        ) { ask in
            let ticket = try await app.ticket(try ask.id(), for: ask.caller)
            let time = try await app.directory.time(of: ticket.id)
            return .one { json in
                json.object { json in
                    json.field("told_seconds", time.told.components.seconds)
                    json.field("talked_seconds", time.talked.components.seconds)
                }
            }
        }
    }

    /// Nothing is kept: an open page says so twice a minute, and who has heard nothing for a while is gone.
    private var look: Operation {
        Operation(
            method: .put,
            path: "/tickets/{id}/presence",
            id: "lookAtTicket",
            tag: "tickets",
            summary: "Says that the person has the ticket open, or leaves it; the others who have it open are told.",
            who: [.staff(.technician)],
            body: .json("TicketLook"),
            status: .noContent,
            answer: .nothing,
            problems: [.notFound]
        ) { ask in
            let fields = try ask.fields()
            let isWriting = fields.bool("writing") ?? false
            let isLeaving = fields.bool("leaving") ?? false
            try fields.finish()
            let ticket = try await app.ticket(try ask.id(), for: ask.caller)
            let person = try ask.person()
            let people = [ticket.createdBy, ticket.assignedTo].compactMap { $0 }
            app.hub.publish(
                .presence(
                    LiveChange.TicketLook(
                        ticketID: ticket.id,
                        accountID: person.id,
                        name: person.name,
                        isWriting: isWriting,
                        isLeaving: isLeaving
                    )
                ),
                to: LiveAudience(accounts: Set(people), department: ticket.department)
            )
            return Response(status: .noContent)
        }
    }
}
