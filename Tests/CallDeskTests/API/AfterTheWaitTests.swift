import DeskCore
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import NIOEmbedded
import Synchronization
import TestSupport
import Testing

@testable import CallDesk

@Suite("What was allowed when a body began is asked again when it has ended", .timeLimit(.minutes(2)))
struct AfterTheWaitTests {
    /// A request whose body comes in two parts, with `between` happening before the second.
    static func request(
        _ method: HTTPRequest.Method,
        _ path: String,
        headers: HTTPFields,
        _ body: String,
        between: @escaping @Sendable () async -> Void
    ) -> Request {
        let half = body.utf8.count / 2
        let turn = Atomic(0)
        let parts = AsyncStream<ByteBuffer>(unfolding: {
            switch turn.add(1, ordering: .relaxed).oldValue {
            case 0: return ByteBuffer(bytes: body.utf8.prefix(half))
            case 1:
                await between()
                return ByteBuffer(bytes: body.utf8.dropFirst(half))
            default: return nil
            }
        })
        return Request(
            head: HTTPRequest(
                method: method,
                scheme: "http",
                authority: "desk.test",
                path: path,
                headerFields: headers
            ),
            body: RequestBody(asyncSequence: parts)
        )
    }

    private static func answer(_ test: DeskUnderTest, _ operation: String, _ request: Request) async throws -> Int {
        let api = try API(app: test.app, streams: test.streams, uploads: UploadGate())
        let pipeline = OperationPipeline(
            callers: Callers(app: test.app),
            uploads: UploadGate(),
            pace: CallerPace(test.app.settings.http, database: test.app.database, clock: test.app.clock)
        )
        let found = try #require(api.operations.first { $0.id == operation })
        let source = ApplicationRequestContextSource(
            channel: EmbeddedChannel(),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        do {
            return try await pipeline.answer(found, request, DeskRequestContext(source: source)).status.code
        } catch let told as ErrorInLanguage {
            return ProblemTranslation.problem(for: told.error).status.code
        }
    }

    @Test("a token revoked while its body was on the way does nothing", arguments: [false, true])
    func token(isRevoked: Bool) async throws {
        try await DeskUnderTest.with { test in
            let (token, secret) = try await test.app.tokens.add(
                name: "x",
                scopes: [.customersWrite],
                by: .system("test")
            )
            let headers: HTTPFields = [.authorization: "Bearer \(secret)", .contentType: "application/json"]
            let request = Self.request(.post, "/api/v1/customers", headers: headers, #"{"name": "Maria Silva"}"#) {
                if isRevoked { _ = try? await test.app.tokens.revoke(token.id, by: .system("test")) }
            }
            #expect(try await Self.answer(test, "createCustomer", request) == (isRevoked ? 401 : 201))
            #expect(try await test.app.customers.list().count == (isRevoked ? 0 : 1))
        }
    }

    @Test(
        "an administrator disabled, or made less, while a body was on the way makes no new one",
        arguments: [false, true]
    )
    func administrator(isDisabled: Bool) async throws {
        try await DeskUnderTest.with { test in
            let admin = try await test.account("admin", role: .administrator)
            // The last one would keep the role.
            _ = try await test.account("outra", role: .administrator)
            let session = try await test.app.sessions.begin(accountID: admin.id)
            let headers: HTTPFields = [
                .cookie: "calldesk_session=\(session.token)", .csrfToken: Side.staff.csrf(session.csrf),
                .contentType: "application/json",
            ]
            let body = #"{"login": "mallory", "name": "Mallory", "role": "administrator"}"#
            let request = Self.request(.post, "/api/v1/users", headers: headers, body) {
                if isDisabled {
                    try? await test.app.accounts.disable(admin.id, by: .system("test"))
                } else {
                    let draft = AccountDraft(login: admin.login, name: admin.name)
                    _ = try? await test.app.accounts.update(admin.id, by: .system("test")) { $0 = draft }
                }
            }
            #expect(try await Self.answer(test, "addUser", request) == (isDisabled ? 401 : 403))
            #expect(try await test.app.accounts.find(login: "mallory") == nil)
        }
    }

    @Test("of no operation with a body is anything done for whom the right ended while it came, files too")
    func everyOperation() async throws {
        try await DeskUnderTest.with { test in
            let admin = try await test.account("admin", role: .administrator)
            // The last one would keep the role.
            _ = try await test.account("outra", role: .administrator)
            let api = try API(app: test.app, streams: test.streams, uploads: UploadGate())
            var asked = (staff: 0, programs: 0)
            for operation in api.operations {
                guard let body = operation.body else { continue }
                let type = if case .file = body { "text/plain" } else { "application/json" }
                func answer(_ headers: HTTPFields, between: @escaping @Sendable () async -> Void) async throws -> Int {
                    var headers = headers
                    headers[.contentType] = type
                    let request = Self.request(operation.method, "/api/v1", headers: headers, "{}", between: between)
                    return try await Self.answer(test, operation.id, request)
                }
                for permission in operation.who {
                    if case .staff(let role) = permission {
                        for isDisabled in role == .technician ? [true] : [true, false] {
                            let session = try await test.app.sessions.begin(accountID: admin.id)
                            let headers: HTTPFields = [
                                .cookie: "calldesk_session=\(session.token)", .csrfToken: Side.staff.csrf(session.csrf),
                            ]
                            let status = try await answer(headers) {
                                if isDisabled {
                                    try? await test.app.accounts.disable(admin.id, by: .system("test"))
                                } else {
                                    _ = try? await test.app.accounts.update(admin.id, by: .system("test")) {
                                        $0.role = .technician
                                    }
                                }
                            }
                            #expect(status == (isDisabled ? 401 : 403), "\(operation.id)")
                            try await test.app.accounts.disable(admin.id, false, by: .system("test"))
                            _ = try await test.app.accounts.update(admin.id, by: .system("test")) {
                                $0.role = .administrator
                            }
                            asked.staff += 1
                        }
                    } else if let scope = permission.scope {
                        let made = try await test.app.tokens.add(name: "x", scopes: [scope], by: .system("test"))
                        let status = try await answer([.authorization: "Bearer \(made.secret)"]) {
                            _ = try? await test.app.tokens.revoke(made.token.id, by: .system("test"))
                        }
                        #expect(status == 401, "\(operation.id)")
                        asked.programs += 1
                    }
                }
            }
            #expect(asked.staff > 50 && asked.programs > 20)
        }
    }

    @Test("a body that trickles is refused, however little is missing")
    func trickle() async throws {
        let clock = Mutex(ContinuousClock.now)
        let parts = AsyncStream<ByteBuffer>(unfolding: {
            clock.withLock { $0 += .seconds(1) }
            return ByteBuffer(string: "x")
        })
        let count = Mutex(0)
        await #expect {
            try await parts.read(upTo: 1_000, now: { clock.withLock { $0 } }) { chunk in
                count.withLock { $0 += chunk.readableBytes }
            }
        } throws: {
            ($0 as? Problem)?.status == .requestTimeout
        }
        #expect(count.withLock { $0 } == HTTPLimits.bodySeconds)
    }

    @Test("what breaks the API's promise is seen by the tests' own client")
    func contract() async throws {
        try await DeskUnderTest.with { _ in
            let json: HTTPFields = [.contentType: "application/json"]
            let broken = Answered(status: 200, headers: json, body: #"{"items": []}"#)
            #expect(APIContract.faults(.get, "/api/v1/tickets?limit=1", broken) == ["$.next is missing"])
            let kept = Answered(status: 200, headers: json, body: #"{"items": [], "next": null}"#)
            #expect(APIContract.faults(.get, "/api/v1/tickets", kept) == [])
            let odd = Answered(status: 500, headers: json, body: "")
            #expect(APIContract.faults(.get, "/api/v1/tickets", odd).count == 1)
        }
    }
}
