import Codecs
import DeskCore
import HTTPTypes
import Hummingbird

/// `/chamados/{n}`: one ticket of a customer's, and what they can do with it now (A6–A8, B6–B8, C7–C9, D6, E7).
struct RequestPages: Sendable {
    let app: App
    let pages: PortalPages
    private let deeds: TicketDeeds

    init(app: App, pages: PortalPages) {
        self.app = app
        self.pages = pages
        deeds = TicketDeeds(app: app)
    }

    func addPages(to routes: PortalRoutes) {
        routes.ownPage("/chamados/:number") { visit, customer in
            let ticket = try await ticket(visit, customer)
            return try await show(ticket, visit, customer, done: visit.query("feito").flatMap(TicketDeeds.news))
        }
        routes.ownForm(
            "/chamados/:number",
            typed: { form in
                [UnsentText(pages[form.visit.language]("portal.unsent.text"), form["text"])].compactMap(\.self)
            },
            overlong: { form, customer, fault in
                let ticket = try await ticket(form.visit, customer)
                let typed = try await deeds.typed(
                    MultipartForm(fields: form.fields),
                    fault.sentence[form.visit.language],
                    on: ticket,
                    by: TicketDoer(customer, on: ticket)
                )
                return try await show(ticket, form.visit, customer, typed: typed, status: fault.status)
            },
            { form, customer in try await send(form, customer) }
        )
        routes.ownPage("/chamados/:number/arquivos/:id") { visit, customer in
            let ticket = try await ticket(visit, customer)
            let id = try visit.id("id")
            guard let file = try await app.attachments.publicList(of: ticket).first(where: { $0.id == id }) else {
                throw Problem.notFound
            }
            return app.fileLinks.redirect(to: file)
        }
    }

    /// What the page holds besides the ticket.
    struct RequestPage: Page {
        static let template = "request"

        var sheet: TicketSheet
        var address: String
        var once: String
        var done: String?
    }

    /// The ticket of a number, as the customer may see it: a stranger's is not there.
    private func ticket(_ visit: PortalVisit, _ customer: Caller.Customer) async throws -> Ticket {
        switch try await app.directory.read(number: visit.text("number"), format: app.numbers.tickets) {
        case .ticket(let found):
            guard customer.reach.covers(found) else { throw Problem.notFound }
            // A merged one reads as the one that counts, where that is theirs to see.
            let survivor = try await app.directory.survivor(of: found)
            return customer.reach.covers(survivor) ? survivor : found
        case .mistyped: throw TicketRefusal.mistypedNumber
        case .unknown: throw Problem.notFound
        }
    }

    private func show(
        _ ticket: Ticket,
        _ visit: PortalVisit,
        _ customer: Caller.Customer,
        done: String? = nil,
        typed: TypedDeed? = nil,
        status: HTTPResponse.Status = .ok
    ) async throws -> Response {
        var visit = visit
        let words = pages[visit.language]
        let address = "/chamados/\(PercentEncoding.encode(ticket.number))"
        let dossier = try await TicketDossier(ticket, for: customer.ticketActor(on: ticket), app: app)
        if visit.request.method == .get, let last = dossier.thread.last {
            await app.customerTickets.read(ticket.id, upTo: last.id, by: customer.person.id)
            // The bell of this very page knows that it is read.
            if visit.news > 0 { visit.news = try await app.customerTickets.news(customer.reader) }
        }
        let page = RequestPage(
            sheet: TicketSheet(
                dossier,
                for: TicketReader(
                    words: words,
                    time: DeskTime(timeZone: app.timeZone, language: visit.language),
                    address: address,
                    seesAnswers: true,
                    own: Set(customer.contacts.map(\.contactID)),
                    follower: "/abrir?ref=\(PercentEncoding.encode(ticket.number))"
                ),
                app: app,
                typed: typed
            ),
            address: address,
            once: OnceToken.make(secret: customer.signedIn.csrf, subject: "ticket:\(ticket.id)"),
            done: done.map { words($0) }
        )
        return pages.response(
            visit,
            title: "\(ticket.number) · \(ticket.summary)",
            page,
            status: status
        )
    }

    private func send(_ form: PortalForm, _ customer: Caller.Customer) async throws -> Response {
        let visit = form.visit
        let ticket = try await ticket(visit, customer)
        let outcome = try await deeds.make(
            MultipartForm(fields: form.fields, files: form.files),
            nonce: OnceToken.nonce(form["once"], secret: customer.signedIn.csrf, subject: "ticket:\(ticket.id)"),
            on: ticket,
            by: TicketDoer(customer, on: ticket),
            visit.language
        )
        switch outcome {
        case .done(let deed):
            let number = PercentEncoding.encode(ticket.number)
            return PortalRoutes.redirect("/chamados/\(number)?feito=\(deed)#aviso")
        case .refused(let typed, let status):
            // As it is now: what refused it may have changed the ticket, and who sees it.
            let fresh = try await app.directory.find(ticket.id) ?? ticket
            guard customer.reach.covers(fresh) else { throw Problem.notFound }
            return try await show(fresh, visit, customer, typed: typed, status: status)
        }
    }
}

extension TicketDoer {
    /// A customer signed in, as who they are to this ticket.
    init(_ customer: Caller.Customer, on ticket: Ticket) {
        self.init(name: customer.person.name, scope: "person:\(customer.person.id)")
        if case .customer(let customerID, let contactID, _) = customer.ticketActor(on: ticket) {
            self.customerID = customerID
            self.contactID = contactID
        }
    }
}
