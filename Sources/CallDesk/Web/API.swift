import DeskCore
import HTTPTypes
import Hummingbird

/// `/api/v1`: the desk for programs, with bearer tokens, problem documents and an OpenAPI description of itself.
struct API: RouteSet {
    static let base = "/api/v1"

    private let tokens: TokenDesk
    private let failures: AddressThrottle
    private let document: [UInt8]
    /// Every operation, in the order of the document.
    let endpoints: [Endpoint]

    init(app: App, streams: LiveStreams, uploads: UploadGate) {
        tokens = app.tokens
        // A program with a wrong token tries a few times; who guesses is slowed to one try a second.
        failures = AddressThrottle(burst: 60, perMinute: 60, clock: app.clock)
        endpoints = [
            CustomerEndpoints(customers: app.customers).all,
            CallEndpoints(calls: app.calls, region: app.region).all,
            SwitchboardEndpoints(app: app).all,
            AttendanceEndpoints(attendances: app.attendances, tickets: app.directory, outbox: app.outbox).all,
            TopicEndpoints(catalogue: app.catalogue).all,
            InterviewEndpoints(app: app).all,
            TicketEndpoints(app: app).all,
            AttachmentEndpoints(
                attachments: app.attachments,
                attendances: app.attendances,
                tickets: app.directory,
                uploads: uploads
            ).all,
            NoticeEndpoints(outbox: app.outbox, clock: app.clock).all,
            EventEndpoints(streams: streams).all,
        ].flatMap { $0 }
        document = OpenAPI.document(endpoints, server: app.settings.desk.url)
    }

    func addRoutes(to router: DeskRouter) {
        let document = ByteBuffer(bytes: document)
        router.get("\(Self.base)/openapi.json") { _, _ in
            Response(
                status: .ok,
                headers: [.contentType: "application/json", .cacheControl: "public, max-age=300"],
                body: .init(byteBuffer: document)
            )
        }
        let guarded = router.group().add(middleware: BearerTokens(tokens: tokens, failures: failures))
        let api = guarded.group(context: APIContext.self)
        for endpoint in endpoints {
            api.on(RouterPath(Self.route(endpoint.path)), method: endpoint.method) { request, context -> Response in
                try context.need(endpoint)
                return try await endpoint.handle(request, context)
            }
        }
        for (path, endpoints) in Dictionary(grouping: endpoints, by: \.path) {
            refuseOthers(path, endpoints.map(\.method), on: router)
        }
    }

    /// Says which methods a path takes to whoever tries another.
    private func refuseOthers(_ path: String, _ allowed: [HTTPRequest.Method], on router: DeskRouter) {
        let isRead = allowed.contains(.get)
        let names = (allowed.map(\.rawValue) + (isRead ? ["HEAD"] : [])).sorted().joined(separator: ", ")
        let others: [HTTPRequest.Method] = [.get, .post, .put, .patch, .delete, .options, .trace]
        for method in others where !allowed.contains(method) {
            router.on(RouterPath(Self.route(path)), method: method) { _, _ -> Response in
                throw Problem.methodNotAllowed(names)
            }
        }
    }

    /// `/tickets/{id}` as the router writes it: `/api/v1/tickets/:id`.
    private static func route(_ path: String) -> String {
        base + path.replacing("{", with: ":").replacing("}", with: "")
    }
}
