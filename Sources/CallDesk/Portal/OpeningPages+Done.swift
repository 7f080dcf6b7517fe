import Codecs
import DeskCore
import Hummingbird

/// `/abrir/feito`: the number, at once.
extension OpeningPages {
    struct OpeningDonePage: Page {
        static let template = "open-done"

        struct Made: PagePart {
            var number: String
            var href: String
            var priority: String
        }

        var made: [Made]
        var protocolNumber: String
        var close: String
        var email: String?
    }

    func done(_ visit: PortalVisit, _ customer: Caller.Customer) async throws -> Response {
        guard let attendance = try await app.attendances.find(try visit.id()), attendance.channel == .portal,
            let contact = attendance.contactID, customer.contacts.contains(where: { $0.contactID == contact })
        else { throw Problem.notFound }
        let tickets = try await app.directory.list(attendanceID: attendance.id).filter(customer.reach.covers)
        guard let last = tickets.last else { return PortalRoutes.redirect("/abrir") }
        let page = OpeningDonePage(
            made: tickets.map { ticket in
                OpeningDonePage.Made(
                    number: ticket.number,
                    href: "/chamados/\(PercentEncoding.encode(ticket.number))",
                    priority: TicketWords.priority(ticket.priority, visit.language)
                )
            },
            protocolNumber: SpokenDigits.grouped(attendance.protocolNumber),
            close: "/chamados?situacao=open#n\(PercentEncoding.encode(last.number))",
            email: try await app.customers.contact(contact)?.email
        )
        return pages.response(visit, title: pages[visit.language]("open.done.title"), page)
    }
}
