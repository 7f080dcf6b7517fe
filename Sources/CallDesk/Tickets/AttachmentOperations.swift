import DeskCore
import HTTPTypes
import Hummingbird
import NIOCore
import Synchronization

/// Files given with attendances and tickets: raw bytes up, raw bytes down.
struct AttachmentOperations: OperationSet {
    let attachments: AttachmentStore
    let attendances: AttendanceDesk
    let tickets: TicketDirectory

    var operations: [Operation] { [addToAttendance, ofAttendance, addToTicket, ofTicket, show, content] }

    private var addToAttendance: Operation {
        Operation(
            method: .put,
            path: "/attendances/{id}/attachments/{name}",
            id: "attachToAttendance",
            tag: "attachments",
            summary: "Takes a file for an attendance; its ticket gets it when it is opened.",
            who: [.program(.ticketsWrite), .program(.interviewsWrite)],
            body: .file,
            status: .created,
            answer: .one("Attachment"),
            problems: [.notFound]
        ) { ask in
            guard let attendance = try await attendances.find(ask.id()) else { throw Problem.notFound }
            return try await take(ask, attendanceID: attendance.id, ticketID: nil)
        }
    }

    private var addToTicket: Operation {
        Operation(
            method: .put,
            path: "/tickets/{id}/attachments/{name}",
            id: "attachToTicket",
            tag: "attachments",
            summary: "Adds a file to a ticket.",
            who: [.program(.ticketsWrite)],
            body: .file,
            status: .created,
            answer: .one("Attachment"),
            problems: [.notFound, .conflict]
        ) { ask in
            guard let ticket = try await tickets.find(ask.id()) else { throw Problem.notFound }
            guard !ticket.state.isOver else { throw TicketRefusal.over(ticket.state) }
            return try await take(ask, attendanceID: ticket.attendanceID, ticketID: ticket.id)
        }
    }

    private var ofAttendance: Operation {
        Operation(
            method: .get,
            path: "/attendances/{id}/attachments",
            id: "listAttendanceAttachments",
            tag: "attachments",
            summary: "An attendance's files.",
            who: [.program(.ticketsRead)],
            answer: .list("Attachment"),
            problems: [.notFound]
        ) { ask in
            guard let attendance = try await attendances.find(ask.id()) else { throw Problem.notFound }
            return .list(try await attachments.list(attendanceID: attendance.id)) { $0.write($1) }
        }
    }

    private var ofTicket: Operation {
        Operation(
            method: .get,
            path: "/tickets/{id}/attachments",
            id: "listTicketAttachments",
            tag: "attachments",
            summary: "A ticket's files.",
            who: [.program(.ticketsRead)],
            answer: .list("Attachment"),
            problems: [.notFound]
        ) { ask in
            guard let ticket = try await tickets.find(ask.id()) else { throw Problem.notFound }
            return .list(try await attachments.list(ticketID: ticket.id)) { $0.write($1) }
        }
    }

    private var show: Operation {
        Operation(
            method: .get,
            path: "/attachments/{id}",
            id: "getAttachment",
            tag: "attachments",
            summary: "What is known about a file.",
            who: [.program(.ticketsRead)],
            answer: .one("Attachment"),
            problems: [.notFound]
        ) { ask in
            guard let attachment = try await attachments.find(ask.id()) else { throw Problem.notFound }
            return .one { $0.write(attachment) }
        }
    }

    private var content: Operation {
        Operation(
            method: .get,
            path: "/attachments/{id}/content",
            id: "getAttachmentContent",
            tag: "attachments",
            summary: "A file's bytes.",
            who: [.program(.ticketsRead)],
            answer: .file,
            problems: [.notFound]
        ) { ask in
            guard let attachment = try await attachments.find(ask.id()) else { throw Problem.notFound }
            return try FileResponse.download(attachment, from: attachments)
        }
    }

    private func take(
        _ ask: Ask,
        attendanceID: Int64,
        ticketID: Int64?
    ) async throws -> Response {
        let name = try ask.text("name")
        let attachment = try await attachments.add(
            ask.file,
            name: name,
            to: attendanceID,
            ticketID: ticketID,
            by: ask.caller.account?.id
        )
        return .one(.created) { $0.write(attachment) }
    }
}
