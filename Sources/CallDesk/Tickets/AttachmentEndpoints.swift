import DeskCore
import HTTPTypes
import Hummingbird
import NIOCore
import Synchronization

/// Files given with attendances and tickets: raw bytes up, raw bytes down.
struct AttachmentEndpoints: Sendable {
    let attachments: AttachmentStore
    let attendances: AttendanceDesk
    let tickets: TicketDirectory
    let uploads: UploadGate

    var all: [Endpoint] { [addToAttendance, ofAttendance, addToTicket, ofTicket, show, content] }

    private var addToAttendance: Endpoint {
        Endpoint(
            method: .put,
            path: "/attendances/{id}/attachments/{name}",
            id: "attachToAttendance",
            tag: "attachments",
            summary: "Takes a file for an attendance; its ticket gets it when it is opened.",
            scope: .ticketsWrite,
            orScope: .interviewsWrite,
            body: .file,
            status: .created,
            answer: .one("Attachment"),
            problems: [.notFound]
        ) { request, context in
            guard let attendance = try await attendances.find(context.id()) else { throw Problem.notFound }
            return try await take(request, context, attendanceID: attendance.id, ticketID: nil)
        }
    }

    private var addToTicket: Endpoint {
        Endpoint(
            method: .put,
            path: "/tickets/{id}/attachments/{name}",
            id: "attachToTicket",
            tag: "attachments",
            summary: "Adds a file to a ticket.",
            scope: .ticketsWrite,
            body: .file,
            status: .created,
            answer: .one("Attachment"),
            problems: [.notFound, .conflict]
        ) { request, context in
            guard let ticket = try await tickets.find(context.id()) else { throw Problem.notFound }
            guard ticket.state != .closed else { throw TicketRefusal.closed }
            return try await take(request, context, attendanceID: ticket.attendanceID, ticketID: ticket.id)
        }
    }

    private var ofAttendance: Endpoint {
        Endpoint(
            method: .get,
            path: "/attendances/{id}/attachments",
            id: "listAttendanceAttachments",
            tag: "attachments",
            summary: "An attendance's files.",
            scope: .ticketsRead,
            answer: .list("Attachment"),
            problems: [.notFound]
        ) { _, context in
            guard let attendance = try await attendances.find(context.id()) else { throw Problem.notFound }
            return .list(try await attachments.list(attendanceID: attendance.id)) { $0.write($1) }
        }
    }

    private var ofTicket: Endpoint {
        Endpoint(
            method: .get,
            path: "/tickets/{id}/attachments",
            id: "listTicketAttachments",
            tag: "attachments",
            summary: "A ticket's files.",
            scope: .ticketsRead,
            answer: .list("Attachment"),
            problems: [.notFound]
        ) { _, context in
            guard let ticket = try await tickets.find(context.id()) else { throw Problem.notFound }
            return .list(try await attachments.list(ticketID: ticket.id)) { $0.write($1) }
        }
    }

    private var show: Endpoint {
        Endpoint(
            method: .get,
            path: "/attachments/{id}",
            id: "getAttachment",
            tag: "attachments",
            summary: "What is known about a file.",
            scope: .ticketsRead,
            answer: .one("Attachment"),
            problems: [.notFound]
        ) { _, context in
            guard let attachment = try await attachments.find(context.id()) else { throw Problem.notFound }
            return .one { $0.write(attachment) }
        }
    }

    private var content: Endpoint {
        Endpoint(
            method: .get,
            path: "/attachments/{id}/content",
            id: "getAttachmentContent",
            tag: "attachments",
            summary: "A file's bytes.",
            scope: .ticketsRead,
            answer: .file,
            problems: [.notFound]
        ) { _, context in
            guard let attachment = try await attachments.find(context.id()) else { throw Problem.notFound }
            return try FileResponse.download(attachment, from: attachments)
        }
    }

    private func take(
        _ request: Request,
        _ context: APIContext,
        attendanceID: Int64,
        ticketID: Int64?
    ) async throws -> Response {
        let name = try context.text("name")
        let bytes = try await uploads.read(request)
        let attachment = try await attachments.add(bytes, name: name, to: attendanceID, ticketID: ticketID, by: nil)
        return .one(.created) { $0.write(attachment) }
    }
}
