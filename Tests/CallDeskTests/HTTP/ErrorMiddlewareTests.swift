import DeskCore
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import NIOCore
import Synchronization
import Testing

@testable import CallDesk

/// Keeps what was logged.
final class LogBook: Sendable {
    private let lines = Mutex<[(Logger.Level, String)]>([])

    var logger: Logger {
        Logger(label: "test") { _ in LogBookHandler(book: self) }
    }

    func add(_ level: Logger.Level, _ line: String) { lines.withLock { $0.append((level, line)) } }

    func lines(_ level: Logger.Level) -> [String] { lines.withLock { $0.filter { $0.0 == level }.map(\.1) } }
}

private struct LogBookHandler: LogHandler {
    let book: LogBook
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.trace

    init(book: LogBook) { self.book = book }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let all = metadata.merging(event.metadata ?? [:]) { $1 }
        book.add(event.level, "\(event.message) \(all.map { "\($0)=\($1)" }.sorted().joined(separator: " "))")
    }
}

/// Routes that fail in every way.
private struct Failing: RouteSet {
    struct Private: Error { var number = "+5531999990000" }
    struct Form: Decodable { var phones: [Phone] }
    struct Phone: Decodable { var number: String }

    func addRoutes(to router: DeskRouter) {
        router.get("/fails/:id") { _, _ -> Response in throw Private() }
        router.get("/api/fails") { _, _ -> Response in throw Private() }
        router.post("/api/decode") { request, context -> Response in
            let body = try await request.body.collect(upTo: 10_000)
            _ = try JSONDecoder().decode(Form.self, from: Data(body.readableBytesView))
            return Response(status: .noContent)
        }
        router.get("/api/busy") { _, _ -> Response in throw StoreError.conflict }
        router.get("/api/refused") { _, _ -> Response in throw StoreError.refused(TicketRefusal.over(.closed)) }
        router.get("/api/wrapped") { _, _ -> Response in throw HTTPError(.forbidden, message: "internal words") }
    }
}

@Suite("What is told when something fails", .timeLimit(.minutes(5)))
struct ErrorMiddlewareTests {
    private static func run(_ body: @escaping @Sendable (any TestClientProtocol, LogBook) async throws -> Void)
        async throws
    {
        let book = LogBook()
        let router = buildRouter(
            options: HTTPOptions(isSecure: true),
            metrics: MetricsRegistry(),
            assets: AssetLibrary(folder: nil),
            routes: [Failing()]
        )
        let application = HTTPServer.application(router, options: HTTPOptions(port: 0), logger: book.logger)
        try await application.test(.router) { client in try await body(client, book) }
    }

    @Test("an unknown error is a calm page with the request's number, logged once with it and nothing personal")
    func page() async throws {
        try await Self.run { client, book in
            let answer = try await client.send(.get, "/fails/7?q=31999990000", headers: [.acceptLanguage: "en"])
            #expect(answer.status == 500)
            #expect(answer.headers[.contentType] == "text/html; charset=utf-8")
            #expect(answer.headers[.contentSecurityPolicy] == SecurityHeaders.pagePolicy)
            #expect(answer.headers[.strictTransportSecurity] != nil)
            #expect(answer.headers[.contentLanguage] == "en")
            #expect(!answer.body.contains("Private"))
            let errors = book.lines(.error)
            #expect(errors.count == 1)
            #expect(errors[0].contains("route=/fails/{id}"))
            let number = try #require(answer.headers[.requestID])
            #expect(errors[0].contains(number) && answer.body.contains(number))
            let everything = Logger.Level.allCases.flatMap { book.lines($0) }.joined()
            #expect(!everything.contains("99999"), "neither query nor error text is logged")
        }
    }

    @Test("for programs it is a problem document")
    func document() async throws {
        try await Self.run { client, _ in
            for (path, headers) in [("/api/fails", [:]), ("/fails/7", [.accept: "application/json"])]
                as [(String, HTTPFields)]
            {
                let answer = try await client.send(.get, path, headers: headers)
                #expect(answer.status == 500)
                #expect(answer.headers[.contentType] == "application/problem+json")
                #expect(answer.json["type"].string == "/problems/internal-error")
                #expect(answer.json["status"].integer == 500)
                #expect(answer.json["request_id"].string == answer.headers[.requestID])
            }
        }
    }

    @Test("a decoding error names the place in the body")
    func decoding() async throws {
        try await Self.run { client, _ in
            let missing = try await client.send(.post, "/api/decode", json: #"{"phones": [{"number": "1"}, {}]}"#)
            #expect(missing.status == 400)
            #expect(missing.json.wrongFields == ["phones[1].number"])
            let wrong = try await client.send(.post, "/api/decode", json: #"{"phones": 5}"#)
            #expect(wrong.json.wrongFields == ["phones"])
            let garbage = try await client.send(.post, "/api/decode", json: "{")
            #expect(garbage.json.wrongFields == ["$"])
            #expect(!garbage.body.contains("Decod") && !garbage.body.contains("Swift"))
        }
    }

    @Test("the desk's refusals, a busy database and Hummingbird's own errors keep their meaning")
    func meanings() async throws {
        try await Self.run { client, book in
            let busy = try await client.send(.get, "/api/busy")
            #expect(busy.status == 503)
            #expect(busy.headers[.retryAfter] == "5")
            #expect(try await client.send(.get, "/api/refused").status == 409)
            let wrapped = try await client.send(.get, "/api/wrapped")
            #expect(wrapped.status == 403)
            #expect(!wrapped.body.contains("internal words"))
            let nowhere = try await client.send(.get, "/nowhere")
            #expect(nowhere.status == 404)
            #expect(nowhere.headers[.frameOptions] == "DENY")
            #expect(book.lines(.error).count == 1, "only the database's trouble is ours")
        }
    }
}
