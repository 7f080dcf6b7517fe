import DeskCore
import HTTPTypes

/// Who may look at a contact, its interview, its caller and what was sent about it: the rule of its tickets.
///
/// Whoever holds it, anybody while it is nobody's, who may read one of its tickets, supervisors, and programs by scope. What a
/// customer writes at the portal is nobody's at the desk before it is sent.
struct ContactRight: Sendable {
    let tickets: TicketDirectory

    init(tickets: TicketDirectory) { self.tickets = tickets }

    init(_ app: App) { tickets = app.directory }

    /// - Throws: `Problem` 403 for a colleague's contact, and for what a customer has not sent yet.
    func check(_ attendance: Attendance, _ caller: Caller) async throws {
        if case .staff = caller, attendance.isCustomersOwn { throw TicketRefusal.notSent.problem }
        guard try await mayRead(attendance, caller) else { throw Problem.colleagues }
    }

    func mayRead(_ attendance: Attendance, _ caller: Caller) async throws -> Bool {
        switch caller {
        case .program: return true
        case .customer: return false
        case .staff(let staff):
            if attendance.isCustomersOwn { return false }
            if staff.role >= .supervisor { return true }
            guard let holder = attendance.accountID, holder != staff.account.id else { return true }
            return try await tickets.list(attendanceID: attendance.id).contains(where: caller.mayRead)
        }
    }

    /// The fates of a contact's notices that a caller may see: those about a ticket follow that ticket.
    func visible(_ fates: [NoticeFate], of attendance: Attendance, _ caller: Caller) async throws -> [NoticeFate] {
        var readable: Set<Int64> = []
        for ticket in try await tickets.list(attendanceID: attendance.id) where caller.mayRead(ticket) {
            readable.insert(ticket.id)
        }
        return fates.filter { $0.ticketID.map(readable.contains) ?? true }
    }
}

extension Problem {
    static let colleagues = Problem(
        .forbidden,
        "colleagues",
        LocalizedText(
            "Este atendimento é de um colega",
            ptPT: "Este atendimento é de um colega",
            en: "This contact is a colleague's"
        ),
        detail: LocalizedText(
            "Peça ao colega que o passe a você, ou a quem supervisiona.",
            ptPT: "Peça ao colega que lho passe, ou a quem supervisiona.",
            en: "Ask the colleague to hand it over, or a supervisor."
        )
    )
}

extension SignedInContext {
    /// Who looks at a page, as the rules of operations know them; a page begins and ends no session.
    var caller: Caller { .staff(Caller.Staff(signedIn: signedIn, session: "")) }
}
