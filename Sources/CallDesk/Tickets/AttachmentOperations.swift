import DeskCore
import HTTPTypes
import Hummingbird
import NIOCore
import Synchronization

/// Files given with attendances and tickets: raw bytes up, raw bytes down.
struct AttachmentOperations: OperationSet {
    let app: App

    private var attachments: AttachmentStore { app.attachments }
    private var attendances: AttendanceDesk { app.attendances }

    var operations: [Operation] { [addToAttendance, ofAttendance, addToTicket, ofTicket, show, content] }

    private var addToAttendance: Operation {
        Operation(
            method: .put,
            path: "/attendances/{id}/attachments/{name}",
            id: "attachToAttendance",
            tag: "attachments",
            summary:
                "Takes a file for an attendance; its ticket gets it when an answer names it, or a program opens it.",
            who: [.program(.ticketsWrite), .program(.interviewsWrite), .staff(.technician)],
            body: .file,
            status: .created,
            answer: .one("Attachment"),
            problems: [.notFound, .conflict]
        ) { ask in
            guard let attendance = try await attendances.find(ask.id()) else { throw Problem.notFound }
            if case .staff(let staff) = ask.caller {
                guard try await attendances.isInHand(attendance) else { throw InterviewDeskError.ended }
                try await attendances.checkHands(of: staff.account.id, on: attendance)
            }
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
            who: [.program(.ticketsWrite), .staff(.technician)],
            body: .file,
            status: .created,
            answer: .one("Attachment"),
            problems: [.notFound, .conflict]
        ) { ask in
            let ticket = try await app.ticket(ask.id(), for: ask.caller)
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
            who: [.program(.ticketsRead), .staff(.technician)],
            answer: .list("Attachment"),
            problems: [.notFound]
        ) { ask in
            guard let attendance = try await attendances.find(ask.id()) else { throw Problem.notFound }
            guard Self.holds(attendance, ask.caller) else { throw Problem.forbidden }
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
            who: [.program(.ticketsRead), .staff(.technician)],
            answer: .list("Attachment"),
            problems: [.notFound]
        ) { ask in
            let ticket = try await app.ticket(ask.id(), for: ask.caller)
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
            who: [.program(.ticketsRead), .staff(.technician)],
            answer: .one("Attachment"),
            problems: [.notFound]
        ) { ask in
            let attachment = try await readable(ask)
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
            who: [.program(.ticketsRead), .staff(.technician)],
            parameters: [.range],
            otherStatuses: [.partialContent],
            answer: .file,
            problems: [.notFound, .rangeNotSatisfiable]
        ) { ask in
            let attachment = try await readable(ask)
            return try FileResponse.download(attachment, from: attachments, for: ask.request)
        }
    }

    /// A ticket's file is for those who may read the ticket, a draft's for its holder and supervisors.
    private func readable(_ ask: Ask) async throws -> Attachment {
        guard let file = try await attachments.find(ask.id()) else { throw Problem.notFound }
        if let ticketID = file.ticketID {
            _ = try await app.ticket(ticketID, for: ask.caller)
        } else if let id = file.attendanceID {
            guard let attendance = try await attendances.find(id) else { throw Problem.notFound }
            guard Self.holds(attendance, ask.caller) else { throw Problem.forbidden }
        }
        return file
    }

    private static func holds(_ attendance: Attendance, _ caller: Caller) -> Bool {
        switch caller {
        case .staff where attendance.isCustomersOwn: false
        case .staff(let staff): staff.role >= .supervisor || attendance.accountID == staff.account.id
        case .program: true
        case .customer: false
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
