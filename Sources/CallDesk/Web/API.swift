import DeskCore
import HTTPTypes
import Hummingbird

/// `/api/v1`: the desk's one JSON interface, for programs and for its own pages, with an OpenAPI description of itself.
struct API: RouteSet {
    static let base = "/api/v1"

    private let pipeline: OperationPipeline
    private let document: [UInt8]
    /// Every operation, in the order of the document.
    let operations: [Operation]
    /// Every shape, by name.
    let schemas: [(String, Schema)]

    /// `lines`: how each PBX line is doing; `wake`: something to send is due at once.
    ///
    /// - Throws: `PageFault` when a locale file cannot be read.
    init(
        app: App,
        streams: LiveStreams,
        uploads: UploadGate,
        lines: @escaping @Sendable () -> [LineView] = { [] },
        wake: @escaping @Sendable () -> Void = {}
    ) throws(PageFault) {
        let words = try WordLibrary.shipped()
        pipeline = OperationPipeline(
            callers: Callers(app: app),
            uploads: uploads,
            pace: CallerPace(app.settings.http, database: app.database, clock: app.clock)
        )
        let sets: [any OperationSet] = [
            CustomerOperations(customers: app.customers, attendances: app.attendances),
            ErasureOperations(customers: app.customers, erasure: app.erasure),
            CustomerStoryOperations(
                customers: app.customers,
                attendances: app.attendances,
                tickets: app.tickets
            ),
            CallOperations(calls: app.calls, clock: app.clock, region: app.region),
            CallStoryOperations(app: app),
            SwitchboardOperations(app: app),
            CallBackOperations(app: app),
            LinkOperations(app: app),
            AttendanceOperations(
                attendances: app.attendances,
                tickets: app.directory,
                outbox: app.outbox,
                region: app.region
            ),
            TopicOperations(catalogue: app.catalogue),
            InterviewOperations(app: app),
            PostalOperations(lookup: PostalLookup(app)),
            PostalFileOperations(codes: PostalCodes(database: app.database, clock: app.clock)),
            TicketOperations(app: app),
            WorkListOperations(app: app), SavedListOperations(app: app), TicketWorkOperations(app: app),
            CannedReplyOperations(app: app), ServiceOperations(app: app),
            SurveyOperations(app: app),
            AttachmentOperations(app: app),
            NoticeOperations(app: app, wake: wake),
            MailOperations(app: app),
            TemplateOperations(app: app),
            CatalogueOperations(app: app),
            PersonOperations(app: app, wake: wake),
            UserOperations(app: app),
            ProfileOperations(app: app),
            BoardOperations(board: DeskBoard(app: app, lines: lines)),
            ClaimOperations(app: app),
            LineOperations(app: app, words: words, lines: lines),
            WebhookOperations(app: app),
            CallerOperations(app: app),
            EventOperations(streams: streams, known: app.known),
        ]
        operations = sets.flatMap(\.operations)
        schemas = Schemas.all(sets)
        document = OpenAPI.document(operations, schemas: schemas, server: app.settings.desk.url)
    }

    func addRoutes(to router: DeskRouter) {
        let document = document
        router.get("\(Self.base)/openapi.json") { _, _ in
            Response(
                status: .ok,
                headers: [.contentType: "application/json", .cacheControl: "public, max-age=300"],
                // Written anew, as it is seldom asked for: a buffer kept for it takes half a megabyte.
                body: .init(byteBuffer: ByteBuffer(bytes: document))
            )
        }
        let pipeline = pipeline
        for operation in operations {
            router.on(RouterPath(Self.route(operation.path)), method: operation.method) {
                request,
                context -> Response in
                try await pipeline.answer(operation, request, context)
            }
        }
    }

    /// `/tickets/{id}` as the router writes it: `/api/v1/tickets/:id`.
    private static func route(_ path: String) -> String {
        base + path.replacing("{", with: ":").replacing("}", with: "")
    }
}
