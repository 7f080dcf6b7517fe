import DeskCore
import Foundation
import HTTPTypes
import Hummingbird

/// `/t/{token}`: one ticket for whoever holds the link, without a login (E4).
///
/// Reading changes nothing, so that mail scanners and previews may fetch it. It is not to be indexed, kept, framed, or told
/// to other sites as a referrer.
struct QuickLinkRoutes: RouteSet {
    private let links: QuickLinks
    private let tickets: TicketDirectory
    private let attendances: AttendanceDesk
    private let clock: DeskClock
    private let deskName: String
    private let timeZone: TimeZone
    private let page: QuickLinkPage
    private let throttle: AddressThrottle

    /// The pages' style sheet is at `stylesheet`; a template that cannot be read, a mistake of ours, is thrown.
    init(app: App, stylesheet: String) throws {
        links = app.links
        tickets = app.directory
        attendances = app.attendances
        clock = app.clock
        deskName = app.settings.desk.name
        timeZone = app.timeZone
        page = try QuickLinkPage(stylesheet: stylesheet)
        // A family behind one address reloads a page; who tries tokens needs 2^255 of them, and is told to wait besides.
        throttle = AddressThrottle(burst: 60, perMinute: 120, clock: app.clock)
    }

    func addRoutes(to router: DeskRouter) {
        router.get("/t/:token") { request, context -> Response in
            var response = try await answer(request, context)
            response.headers[.referrerPolicy] = "no-referrer"
            response.headers[.robots] = "noindex, nofollow, noarchive"
            response.headers[.cacheControl] = "private, no-store"
            response.headers[.contentLanguage] = context.language.rawValue
            return response
        }
    }

    private func answer(_ request: Request, _ context: DeskRequestContext) async throws -> Response {
        try throttle.admit(context.peer)
        let language = context.language
        let token = context.parameters.get("token") ?? ""
        switch try await links.resolve(token, at: clock.now) {
        case .failure(let refusal):
            let status: HTTPResponse.Status = refusal == .unknown ? .notFound : .gone
            return html(status, page.closed(refusal, deskName: deskName, language: language))
        case .success(let ticketID):
            guard let linked = try await tickets.find(ticketID),
                let ticket = try await Optional(tickets.survivor(of: linked)),
                let attendance = try await attendances.find(ticket.attendanceID)
            else { return html(.notFound, page.closed(.unknown, deskName: deskName, language: language)) }
            let view = QuickLinkView(
                ticket: ticket,
                attendance: attendance,
                thread: try await tickets.publicThread(ticket.id),
                expiresAt: try await expiry(ticketID),
                deskName: deskName,
                time: DeskTime(timeZone: timeZone, language: language)
            )
            return html(.ok, page.ticket(view, language: language))
        }
    }

    /// When the ticket's links end: the last of those still open, as each recipient has one of the same age.
    private func expiry(_ ticketID: Int64) async throws -> Moment? {
        try await links.list(ticketID: ticketID).filter { $0.revokedAt == nil }.map(\.expiresAt).max()
    }

    private func html(_ status: HTTPResponse.Status, _ text: String) -> Response {
        Response(
            status: status,
            headers: [.contentType: "text/html; charset=utf-8"],
            body: .init(byteBuffer: ByteBuffer(string: text))
        )
    }
}
