import DeskCore
import HTTPTypes
import Hummingbird
import NIOCore

/// Files given in an interview or with a reply: raw bytes up, downloads only down.
struct FileRoutes: Sendable {
    let app: App
    let uploads: UploadGate

    func addRoutes(to group: RouterGroup<SignedInContext>) {
        group.put("/desk/api/attachments/:attendance/:name") { request, context -> Response in
            guard let attendance = try await app.attendances.find(context.id("attendance")) else {
                throw Problem.notFound
            }
            guard attendance.state == .open else { throw InterviewDeskError.ended.problem }
            guard attendance.accountID == context.account.id || attendance.accountID == nil else {
                throw InterviewDeskError.heldByAnother(accountID: 0).problem
            }
            return try await take(request, context, attendanceID: attendance.id, ticketID: nil)
        }
        group.put("/desk/api/tickets/:ticket/attachments/:name") { request, context -> Response in
            let ticket = try await readable(context.id("ticket"), context)
            guard !ticket.state.isOver else { throw TicketRefusal.over(ticket.state) }
            return try await take(request, context, attendanceID: ticket.attendanceID, ticketID: ticket.id)
        }
        group.get("/desk/attachments/:id") { _, context -> Response in
            guard let file = try await app.attachments.find(context.id("id")) else { throw Problem.notFound }
            if let ticketID = file.ticketID {
                _ = try await readable(ticketID, context)
            } else if let id = file.attendanceID {
                // A draft's file is its holder's, and a supervisor's.
                let attendance = try await app.attendances.find(id)
                guard attendance?.accountID == context.account.id || context.account.role >= .supervisor else {
                    throw Problem.forbidden
                }
            }
            return try FileResponse.download(file, from: app.attachments)
        }
    }

    private func readable(_ id: Int64, _ context: SignedInContext) async throws -> Ticket {
        guard let ticket = try await app.directory.find(id) else { throw Problem.notFound }
        guard context.account.mayRead(ticket) else { throw Problem.otherDepartment }
        return ticket
    }

    private func take(
        _ request: Request,
        _ context: SignedInContext,
        attendanceID: Int64,
        ticketID: Int64?
    ) async throws -> Response {
        let name = try context.text("name")
        let bytes = try await uploads.read(request)
        let file = try await app.attachments.add(
            bytes,
            name: name,
            to: attendanceID,
            ticketID: ticketID,
            by: context.account.id
        )
        return .one(.created) { $0.write(file) }
    }
}

extension Problem {
    static let otherDepartment = Problem(
        .forbidden,
        "other-department",
        LocalizedText(
            "Este chamado é de outro departamento",
            ptPT: "Este pedido é de outro departamento",
            en: "This ticket belongs to another department"
        ),
        detail: LocalizedText(
            "Sua conta não o vê. Se o cliente está na linha, vincule o atendimento a ele: quem cuida dele será avisado.",
            ptPT:
                "A sua conta não o vê. Se o cliente está em linha, associe o atendimento a ele: quem trata dele será avisado.",
            en:
                "Your account cannot see it. With the customer on the line, link the attendance to it: those who work on it are told."
        )
    )
}
