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

    /// A part that answers when the test lets it, before somebody whose patience ends when the test says so.
    private struct Slow: Sendable {
        let readiness: Readiness
        private let (answer, patience): (AsyncStream<Void>.Continuation, AsyncStream<Void>.Continuation)
        private let asked = Asked()

        private final class Asked: Sendable {
            let count = Atomic(0)
        }

        init() {
            let (answers, answer) = AsyncStream.makeStream(of: Void.self)
            let (ends, patience) = AsyncStream.makeStream(of: Void.self)
            (self.answer, self.patience) = (answer, patience)
            readiness = Readiness { _ in for await _ in ends {} }
            readiness.add("database", isEssential: true) { [asked] in
                asked.count.add(1, ordering: .relaxed)
                // Heeds no cancellation, as a call into a database does not.
                await Task { for await _ in answers {} }.value
                return .ready("sqlite")
            }
        }

        var count: Int { asked.count.load(ordering: .relaxed) }

        /// Lets it answer, now and whenever it is asked again.
        func letAnswer() { answer.finish() }
        func losePatience() { patience.finish() }

        func isOK() async -> Bool? { await readiness.items().first?.report.ok }
    }

    @Test("two who look at the same moment get the same answer of a part that is well")
    func together() async throws {
        let slow = Slow()
        async let first = slow.isOK()
        while slow.count == 0 { await Task.yield() }
        let told = Mutex<Bool?>(nil)
        async let second: Void = {
            let isOK = await slow.isOK()
            told.withLock { $0 = isOK }
        }()
        // Time enough to be told something wrong; nothing can be right before the part has answered.
        for _ in 0..<1_000 { await Task.yield() }
        #expect(told.withLock { $0 } == nil)
        slow.letAnswer()
        #expect(await first == true)
        await second
        #expect(told.withLock { $0 } == true)
    }

    @Test("a part that is stuck is silent when patience ends, asked only once however many look, and well again after")
    func stuck() async throws {
        let slow = Slow()
        async let first = slow.isOK()
        while slow.count == 0 { await Task.yield() }
        async let second = slow.isOK()
        slow.losePatience()
        #expect(await first == false)
        #expect(await second == false)
        // Whoever comes now waits no second time for what has been silent that long.
        #expect(await slow.isOK() == false)
        #expect(slow.count == 1)
        slow.letAnswer()
        // When its answer is there the next who looks asks anew.
        while slow.count == 1 { _ = await slow.isOK() }
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
