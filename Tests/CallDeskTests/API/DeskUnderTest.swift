import DeskCore
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import NIOCore
import TestSupport
import Testing

@testable import CallDesk

/// A whole desk over a database of its own, with the API, the quick link, the pages and a token for every scope.
struct DeskUnderTest: Sendable {
    let app: App
    let clock: TestClock
    let streams: LiveStreams
    let registry: MetricsRegistry
    let metrics: DeskMetrics
    private let routes: [any RouteSet]
    /// Everything but `admin` itself.
    let token: String
    private let folder: URL

    /// The shipped catalogue, read once for all tests: it never changes.
    private static let catalogue = Result { try CatalogueFile.shelf(nil).current }

    /// Makes a desk, runs `body` with it and removes its files.
    static func with(
        _ engine: DatabaseEngine = TestDatabase.usual,
        extra: [any RouteSet] = [],
        settings change: (inout Settings) -> Void = { _ in },
        _ body: (DeskUnderTest) async throws -> Void
    ) async throws {
        let folder = try TestDatabase.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let test = try await DeskUnderTest(folder, engine, extra, change)
        try await body(test)
    }

    private init(
        _ folder: URL,
        _ engine: DatabaseEngine,
        _ extra: [any RouteSet],
        _ change: (inout Settings) -> Void
    ) async throws {
        var settings = Settings()
        settings.desk.data = folder.path
        settings.desk.url = "http://desk.test"
        change(&settings)
        try await self.init(folder, TestClock(), settings, TestDatabase.make(engine), extra)
    }

    /// Another node of the same desk, or the same one after a restart: what it knows stands in the database.
    func otherNode() async throws -> DeskUnderTest {
        try await DeskUnderTest(folder, clock, app.settings, app.database, [])
    }

    private init(
        _ folder: URL,
        _ clock: TestClock,
        _ settings: Settings,
        _ database: any Database,
        _ extra: [any RouteSet]
    ) async throws {
        self.folder = folder
        self.clock = clock
        app = try await App(
            settings: settings,
            clock: clock.clock,
            database: database,
            catalogue: CatalogueShelf(Self.catalogue.get()),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            // What a password costs is tried where passwords are; here it would only keep the tests waiting.
            passwordCost: PasswordCost(rounds: 16, blockSize: 1, parallelism: 1)
        )
        registry = MetricsRegistry()
        metrics = DeskMetrics(registry)
        streams = LiveStreams(hub: app.hub, metrics: metrics)
        let api = try API(app: app, streams: streams, uploads: UploadGate())
        APIContract.learn(api)
        routes =
            [
                api,
                try QuickLinkRoutes(
                    app: app,
                    assets: AssetLibrary(folder: WebResources.folder("web")),
                    uploads: UploadGate()
                ),
                try DeskSite(
                    app: app,
                    streams: streams,
                    assets: AssetLibrary(folder: WebResources.folder("web"))
                ),
                try PortalSite(
                    app: app,
                    assets: AssetLibrary(folder: WebResources.folder("web")),
                    streams: streams,
                    uploads: UploadGate()
                ),
            ] + extra
        let scopes = Set(TokenScope.allCases).subtracting([.administration])
        token = try await app.tokens.add(name: "prova", scopes: scopes, by: .system("test")).secret
    }

    /// Says nothing.
    var quiet: Logger { Logger(label: "test") { _ in SwiftLogNoOpLogHandler() } }

    /// Every route there is: its method, and its path with captures as `{name}`.
    var ways: [(method: HTTPRequest.Method, path: String)] {
        let router = buildRouter(
            options: HTTPOptions(),
            metrics: MetricsRegistry(),
            assets: AssetLibrary(folder: nil),
            routes: routes
        )
        return router.routes.map { route in
            (route.method, route.path.description.replacing(/:([a-zA-Z]+)/) { "{\($0.1)}" })
        }
    }

    /// The application, as the service runs it.
    var application: some ApplicationProtocol {
        var application = HTTPServer.application(
            buildRouter(
                options: HTTPOptions(),
                metrics: registry,
                assets: AssetLibrary(folder: nil),
                routes: routes
            ),
            options: HTTPOptions(port: 0),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        application.addServices(LiveEnd(hub: app.hub))
        return application
    }

    /// A customer with a phone and a contract that has SMS.
    func customer(name: String = "Maria Silva", phone: String = "(31) 98765-4321") async throws -> Customer {
        let made = try await app.customers.register(
            CustomerRegistration(
                customer: CustomerDraft(kind: .person, name: name),
                contact: ContactDraft(name: name, email: "c\(UUID().uuidString.prefix(8).lowercased())@exemplo.com.br"),
                phones: [phone]
            ),
            by: .system("test")
        )
        _ = try await app.customers.addContract(
            ContractDraft(number: "C-\(made.customer.id)", title: "ERP", hasSMS: true),
            to: made.customer.id,
            by: .system("test")
        )
        return made.customer
    }

    /// The answers of the shipped topic `erro-sistema`.
    static let answers = """
        {"mensagem": "Erro 613", "versao": "4.2", "quando": "2026-11-20", "frequencia": "sempre", "parado": true,
         "usuarios": 3, "computador": "um"}
        """

    /// The body of a ticket that holds.
    static func ticket(_ customerID: Int64?, summary: String = "Erro 613 ao emitir nota", more: String = "") -> String {
        let customer = customerID.map { "\"customer_id\": \($0)," } ?? ""
        return """
            {"topic": "erro-sistema", \(customer) "summary": "\(summary)", "module": "fiscal",
             "description": "Ao emitir aparece a mensagem.", "what_changed": "nada", "answers": \(answers)\(more)}
            """
    }
}

/// An answer, read.
struct Answered: Sendable {
    let status: Int
    let headers: HTTPFields
    let body: String
    /// The body as it came.
    var bytes: [UInt8] = []

    /// The body as JSON; null when it is none.
    var json: JSONValue { (try? JSONParser.parse(Array(body.utf8))) ?? .null }
}

extension TestClientProtocol {
    /// Sends a request with a token and a JSON body, or one of bytes, reads the answer and holds it against what the API promises.
    @discardableResult
    func send(
        _ method: HTTPRequest.Method,
        _ path: String,
        token: String? = nil,
        json: String? = nil,
        bytes: [UInt8]? = nil,
        headers: HTTPFields = [:],
        at place: SourceLocation = #_sourceLocation
    ) async throws -> Answered {
        var headers = headers
        if let token { headers[.authorization] = "Bearer \(token)" }
        if json != nil, headers[.contentType] == nil { headers[.contentType] = "application/json" }
        let answer = try await execute(
            uri: path,
            method: method,
            headers: headers,
            body: bytes.map { ByteBuffer(bytes: $0) } ?? json.map { ByteBuffer(string: $0) }
        ) { response in
            Answered(
                status: response.status.code,
                headers: response.headers,
                body: String(buffer: response.body),
                bytes: Array(response.body.readableBytesView)
            )
        }
        APIContract.check(method, path, answer, at: place)
        return answer
    }
}

extension JSONValue {
    subscript(_ name: String) -> JSONValue { object?[name] ?? .null }
    subscript(_ index: Int) -> JSONValue { array.flatMap { $0.indices.contains(index) ? $0[index] : nil } ?? .null }

    /// The names of the fields a problem complains of.
    var wrongFields: [String] { self["errors"].array?.compactMap { $0["field"].string } ?? [] }
}
