import DeskCore
import Hummingbird

/// What is kept of a customer erased, at their request.
struct ErasureOperations: OperationSet {
    let customers: CustomerDirectory
    let erasure: CustomerErasure

    private static let who: [Permission] = [.staff(.administrator), .program(.administration)]

    static let schemas: [(String, Schema)] = [
        (
            "NewErasure",
            .object([
                .init(
                    "reason",
                    .string(maximum: CustomerErasure.longestReason, minimum: 1),
                    "Why, as the number of the ticket in which it was asked for; it stays, so that it names nobody."
                )
            ])
        ),
        (
            "Erasure",
            .object([
                .init("customer_id", .id), .init("began_at", .time),
                .init("ended_at", .orNull(.time), "Null while something is left to go through."),
                .init("tickets", .integer(minimum: 0), "How many were emptied, as with the two below."),
                .init("contacts", .integer(minimum: 0)), .init("calls", .integer(minimum: 0)),
                .init("recordings", .array(.text), "Files of the PBX that are still to be removed there."),
            ])
        ),
    ]

    var operations: [Operation] { [begin, show] }

    private var begin: Operation {
        Operation(
            method: .post,
            path: "/customers/{id}/erasure",
            id: "eraseCustomer",
            tag: "customers",
            summary: """
                Erases what is kept of a customer: record, people, phones, accounts, texts, files and messages. It cannot be \
                undone, and asks that no ticket or contact of theirs is open.
                """,
            who: Self.who,
            body: .json("NewErasure"),
            answer: .one("Erasure"),
            problems: [.notFound, .conflict]
        ) { ask in
            let id = try ask.id()
            let body = try ask.fields()
            let reason = body.text("reason", maximum: CustomerErasure.longestReason, required: true) ?? ""
            try body.finish()
            try await erasure.begin(id, reason: reason, by: ask.actor)
            // The record is gone by now; what is left after this, or could not be done, is gone through within the minute.
            _ = try? await erasure.goOn()
            return try await answer(id)
        }
    }

    private var show: Operation {
        Operation(
            method: .get,
            path: "/customers/{id}/erasure",
            id: "getErasure",
            tag: "customers",
            summary: "How far the erasure of a customer's data has come.",
            who: Self.who,
            answer: .one("Erasure"),
            problems: [.notFound]
        ) { ask in try await answer(ask.id()) }
    }

    private func answer(_ id: Int64) async throws -> Response {
        guard let state = try await erasure.state(of: id) else { throw Problem.notFound }
        return .one { json in
            json.object { json in
                json.field("customer_id", state.customerID)
                json.field("began_at", state.beganAt)
                json.field("ended_at", state.endedAt)
                json.field("tickets", state.tickets)
                json.field("contacts", state.contacts)
                json.field("calls", state.calls)
                json.field("recordings", state.recordings)
            }
        }
    }
}
