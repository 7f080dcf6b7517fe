import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import Synchronization
import Testing

@testable import CallDesk

@Suite("Health and readiness", .timeLimit(.minutes(5)))
struct HealthRoutesTests {
    private static func run(
        _ readiness: Readiness,
        _ body: @escaping @Sendable (any TestClientProtocol) async throws -> Void
    ) async throws {
        let registry = MetricsRegistry()
        let router = buildRouter(
            options: HTTPOptions(),
            metrics: registry,
            assets: AssetLibrary(folder: nil),
            routes: [HealthRoutes(readiness: readiness, metrics: registry)]
        )
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        try await HTTPServer.application(router, options: HTTPOptions(port: 0), logger: logger).test(.router, body)
    }

    @Test("a failing part that is not essential is told without taking the service out")
    func warning() async throws {
        let readiness = Readiness()
        readiness.add("database", isEssential: true) { .ready("sqlite") }
        readiness.add("pbx matriz") { .failing("refused the password", remedy: "check manager.conf") }
        try await Self.run(readiness) { client in
            let json = try await client.send(.get, "/ready")
            #expect(json.status == 200)
            #expect(json.json["ready"].bool == true)
            #expect(json.json["parts"][1]["remedy"].string == "check manager.conf")
            let text = try await client.send(.get, "/ready?format=text")
            #expect(text.body == "ok   database: sqlite\nwarn pbx matriz: refused the password -> check manager.conf\n")
        }
    }

    @Test("a failing essential part makes the service unavailable, and alive all the same")
    func failing() async throws {
        let readiness = Readiness()
        readiness.add("database", isEssential: true) { .failing("locked", remedy: "wait") }
        try await Self.run(readiness) { client in
            let ready = try await client.send(.get, "/ready", headers: [.accept: "text/plain"])
            #expect(ready.status == 503)
            #expect(ready.body.hasPrefix("FAIL database"))
            #expect(try await client.send(.get, "/health").status == 200)
        }
    }

    @Test("a part that is stuck is told as silent, and asked only once however many look")
    func stuck() async throws {
        let readiness = Readiness()
        let (release, open) = AsyncStream.makeStream(of: Void.self)
        let asked = Atomic(0)
        readiness.add("database", isEssential: true) {
            asked.add(1, ordering: .relaxed)
            // Heeds no cancellation, as a call into a database does not.
            await Task { for await _ in release {} }.value
            return .ready("sqlite")
        }
        async let first = readiness.items()
        while asked.load(ordering: .relaxed) == 0 { await Task.yield() }
        #expect(await readiness.items().first?.report.ok == false)
        #expect(await first.first?.report.ok == false)
        #expect(asked.load(ordering: .relaxed) == 1)
        open.finish()
    }

    @Test("metrics are Prometheus text with the agreed names")
    func metrics() async throws {
        try await Self.run(Readiness()) { client in
            _ = try await client.send(.get, "/nowhere")
            let answer = try await client.send(.get, "/metrics")
            #expect(answer.headers[.contentType] == "text/plain; version=0.0.4; charset=utf-8")
            #expect(answer.body.contains("calldesk_http_requests_total{status=\"4xx\"} 1\n"))
        }
    }
}
