import DeskCore
import HTTPTypes
import Hummingbird

/// `/events`: a customer's stream of what is new in their tickets, by the reach they have while it lives.
///
/// It carries numbers of tickets only; the page reads itself again, by the same rules as ever.
struct PortalLive: Sendable {
    let app: App
    let streams: LiveStreams
    let cookie: SessionCookie

    func addRoute(to group: RouterGroup<DeskRequestContext>) {
        let (known, streams, cookie) = (app.known, streams, cookie)
        group.get("/events") { request, context -> Response in
            guard let customer = context.customer, let token = cookie.token(of: request) else {
                throw Problem.signedOut
            }
            return try streams.response(
                to: request,
                viewer: LiveViewer(customer.reach),
                holder: .person(customer.person.id)
            ) {
                try await known.person(token, asStream: true).map { LiveViewer(TicketReach($0.contacts)) }
            }
        }
    }
}
