import DeskCore
import HTTPTypes
import Hummingbird

/// `/consultar`: a ticket's state by its number and the last digits of a telephone; a code opens it (E4, A6).
struct GuestPages: Sendable {
    let guests: GuestEntry
    let pages: PortalPages
    let clock: DeskClock
    /// Something to send is due at once.
    let wake: @Sendable () -> Void
    /// A person looks one ticket up, mistypes once or twice; who tries numbers waits.
    private let throttle: AddressThrottle

    init(guests: GuestEntry, pages: PortalPages, clock: DeskClock, wake: @escaping @Sendable () -> Void) {
        self.guests = guests
        self.pages = pages
        self.clock = clock
        self.wake = wake
        throttle = AddressThrottle(burst: 10, perMinute: 6, clock: clock)
    }

    func addPages(to routes: PortalRoutes) {
        routes.page("/consultar") { visit in page(visit, GuestPage()) }
        routes.form("/consultar") { form in try await look(form) }
    }

    struct GuestPage: Page {
        static let template = "consultar"

        struct Row: PagePart {
            var id: Int64
            var number: String
            var state: String
            /// A code went out: it can be typed.
            var isOpening = false
            var fault: String?
        }

        var number = ""
        var digits = ""
        var message: String?
        var rows: [Row] = []
    }

    private func page(_ visit: PortalVisit, _ page: GuestPage, status: HTTPResponse.Status = .ok) -> Response {
        pages.response(
            visit,
            title: pages[visit.language]("portal.guest.title"),
            page,
            status: status
        )
    }

    private func look(_ form: PortalForm) async throws -> Response {
        let visit = form.visit
        let words = pages[visit.language]
        var shown = GuestPage()
        shown.number = CleanText.shortened(form["number"], to: 40)
        shown.digits = CleanText.shortened(form["digits"], to: 8)
        // Sent untouched nothing happens.
        if shown.number.isEmpty || shown.digits.isEmpty { return page(visit, shown) }
        try throttle.admit(visit.peer)
        guard case .tickets(let tickets) = try await guests.find(number: shown.number, digits: shown.digits) else {
            shown.message = words("portal.guest.nothing")
            return page(visit, shown, status: .notFound)
        }
        shown.rows = tickets.map {
            .init(id: $0.id, number: $0.number, state: $0.state.title(visit.language, toCustomer: true))
        }
        guard let place = tickets.firstIndex(where: { String($0.id) == form["ticket"] }) else {
            return page(visit, shown)
        }
        if form.has("code") {
            shown.rows[place].isOpening = true
            switch try await guests.open(tickets[place], code: form["code"]) {
            case .opened(let token): return PortalRoutes.redirect("/t/\(token)")
            case .wrong:
                shown.rows[place].fault = words("portal.own.codeWrong")
                return page(visit, shown, status: .unprocessableContent)
            case .tooMany:
                shown.rows[place].fault = words("portal.codes.limit")
                return page(visit, shown, status: .tooManyRequests)
            }
        }
        switch try await guests.sendCode(for: tickets[place]) {
        case .sent:
            wake()
            shown.rows[place].isOpening = true
        case .unreachable: shown.message = words("portal.guest.unreachable")
        case .tooMany:
            // The last one may be on its way yet.
            shown.rows[place].isOpening = true
            shown.message = words("portal.codes.limit")
            return page(visit, shown, status: .tooManyRequests)
        }
        return page(visit, shown)
    }
}
