import DeskCore
import HTTPTypes
import Hummingbird

/// A ticket's quick links: who has one, until when, and closing it.
struct LinkOperations: OperationSet {
    let app: App

    static let schemas: [(String, Schema)] = [
        (
            "QuickLink",
            .object([
                .init("id", .id), .init("recipient", .text, "Whom it was sent to, masked."),
                .init("ticket_number", .text, "Of the ticket it was sent for, which may be merged into this."),
                .init("open", .boolean), .init("created_at", .time), .init("expires_at", .time),
                .nullable("revoked_at", .time), .nullable("last_used_at", .time),
            ])
        )
    ]

    var operations: [Operation] {
        [
            Operation(
                method: .get,
                path: "/tickets/{id}/links",
                id: "listLinks",
                tag: "tickets",
                summary:
                    "The links by which customers follow a ticket without signing in, the newest first; never the link itself.",
                who: [.program(.ticketsRead), .staff(.technician)],
                answer: .list("QuickLink"),
                problems: [.notFound]
            ) { ask in
                let ticket = try await app.ticket(ask.id(), for: ask.caller)
                let now = app.clock.now
                return .list(try await app.links.list(ticketID: ticket.id)) { json, link in
                    json.object { json in
                        json.field("id", link.id)
                        json.field("recipient", link.recipient)
                        json.field("ticket_number", link.ticketNumber)
                        json.field("open", link.isOpen(at: now))
                        json.field("created_at", link.createdAt)
                        json.field("expires_at", link.expiresAt)
                        json.field("revoked_at", link.revokedAt)
                        json.field("last_used_at", link.lastUsedAt)
                    }
                }
            },
            Operation(
                method: .delete,
                path: "/tickets/{id}/links/{link}",
                id: "revokeLink",
                tag: "tickets",
                summary: "Closes a link for good, as when a mail went to the wrong person.",
                who: [.program(.ticketsWrite), .staff(.technician)],
                status: .noContent,
                answer: .nothing,
                problems: [.notFound]
            ) { ask in
                let ticket = try await app.ticket(ask.id(), for: ask.caller)
                let link = try ask.id("link")
                guard try await app.links.revoke(link, ticketID: ticket.id, at: app.clock.now, by: ask.actor) else {
                    throw Problem.notFound
                }
                return Response(status: .noContent)
            },
        ]
    }
}
