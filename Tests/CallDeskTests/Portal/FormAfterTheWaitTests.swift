import DeskCore
import HTTPTypes
import Hummingbird
import NIOEmbedded
import TestSupport
import Testing

@testable import CallDesk

@Suite("A form that is on the way while its sender's right ends", .timeLimit(.minutes(2)))
struct FormAfterTheWaitTests {
    enum Ending: CaseIterable { case none, blocked, signedOut, removed }

    private static func status(_ test: DeskUnderTest, _ request: Request) async throws -> Int {
        let assets = AssetLibrary(folder: WebResources.folder("web"))
        let router = buildRouter(
            options: HTTPOptions(),
            metrics: MetricsRegistry(),
            assets: AssetLibrary(folder: nil),
            routes: [
                try PortalSite(app: test.app, assets: assets, streams: test.streams, uploads: UploadGate()),
                try QuickLinkRoutes(app: test.app, assets: assets, uploads: UploadGate()),
            ]
        )
        let source = ApplicationRequestContextSource(channel: EmbeddedChannel(), logger: test.quiet)
        let context = DeskRequestContext(source: source)
        return try await router.buildResponder().respond(to: request, context: context).status.code
    }

    private static let headers: HTTPFields = [
        .contentType: "application/x-www-form-urlencoded", .origin: "http://desk.test", .accept: "text/html",
    ]

    @Test("does nothing at the portal for the blocked, the signed out, nobody's contact", arguments: Ending.allCases)
    func portal(ending: Ending) async throws {
        try await RequestPageTests.with { it in
            let (app, ticket) = (it.test.app, try await it.open())
            let person = try await it.test.person(of: it.customer)
            let session = try await app.personSessions.begin(personID: person.id)
            var headers = Self.headers
            headers[.cookie] = "calldesk_portal_session=\(session.token)"
            let body = FormFields.text([
                ("csrf", Side.customer.csrf(session.csrf)), ("deed", "reply"),
                ("once", OnceToken.make(secret: session.csrf, subject: "ticket:\(ticket.id)")), ("text", "Segue."),
            ])
            let path = "/chamados/\(ticket.number)"
            let request = AfterTheWaitTests.request(.post, path, headers: headers, body) {
                it.test.clock.advance(by: .seconds(2))
                switch ending {
                case .none: break
                case .blocked: try? await app.persons.block(person.id, by: .system("test"))
                case .signedOut: try? await app.personSessions.end(session.token)
                case .removed: _ = try? await app.customers.removeContact(it.contact.id, by: .system("test"))
                }
            }
            let status = try await Self.status(it.test, request)
            #expect(ending == .none ? status == 303 : [401, 404].contains(status), "\(status)")
            let isSaid = try await app.directory.thread(ticket.id).contains { $0.body == "Segue." }
            #expect(isSaid == (ending == .none))
        }
    }

    @Test("does nothing behind a link once the link is withdrawn", arguments: [false, true])
    func link(isWithdrawn: Bool) async throws {
        try await QuickLinkDeedTests.with { it in
            let fields = try await it.browser.form("reply").merging(["text": "Segue."]) { $1 }
            let body = FormFields.text(fields.map { ($0.key, $0.value) })
            let links = it.test.app.links
            let (ticketID, now) = (it.ticketID, it.test.clock.now)
            let request = AfterTheWaitTests.request(.post, it.browser.address, headers: Self.headers, body) {
                if isWithdrawn { _ = try? await links.revokeAll(ticketID: ticketID, at: now, by: .system("test")) }
            }
            #expect(try await Self.status(it.test, request) == (isWithdrawn ? 410 : 303))
            let isSaid = try await it.test.app.directory.thread(ticketID).contains { $0.body == "Segue." }
            #expect(isSaid != isWithdrawn)
        }
    }
}
