import DeskCore
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import Synchronization
import TestSupport
import Testing

@testable import CallDesk

@Suite("Delivery reports", .timeLimit(.minutes(5)))
struct SMSHookTests {
    /// Notes what the desks would be told.
    private final class Told: Sendable {
        let changes = Mutex<[NoticeFateChange]>([])
        var states: [NoticeState] { changes.withLock { $0.map(\.state) } }
    }

    private static func run(
        _ body:
            @escaping @Sendable (any TestClientProtocol, DeskUnderTest, SMSReports, Int64, Told) async throws -> Void
    ) async throws {
        try await DeskUnderTest.with { test in
            let reports = SMSReports(
                gateway: .kannel(url: "http://127.0.0.1:1", user: "u", password: "p", from: nil, connections: 1),
                publicURL: "http://desk.test",
                secret: "s"
            )
            let told = Told()
            let hook = SMSHook(reports: reports, outbox: test.app.outbox, clock: test.app.clock) { change in
                told.changes.withLock { $0.append(change) }
            }
            let router = buildRouter(
                options: HTTPOptions(),
                metrics: test.registry,
                assets: AssetLibrary(folder: nil),
                routes: [hook]
            )
            let now = test.clock.now
            let id = try await test.app.database.write { session in
                let draft = NoticeDraft(
                    event: .ticketOpened,
                    channel: .sms,
                    recipient: "+5531987654321",
                    language: .ptBR,
                    body: "oi",
                    dedupeKey: "k"
                )
                let id = try NoticeOutbox.enqueue(draft, at: now, in: session)
                try session.execute("UPDATE notice SET state = 'sent' WHERE id = $1", [.integer(id)])
                return id
            }
            let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            try await HTTPServer.application(router, options: HTTPOptions(port: 0), logger: logger).test(.router) {
                client in
                try await body(client, test, reports, id, told)
            }
        }
    }

    private static func path(_ reports: SMSReports, _ id: Int64, status: String) -> String {
        String(reports.url(for: id).replacing("%d", with: status).dropFirst("http://desk.test".count))
    }

    @Test("a report settles its notice once, is told to the desks once, and is answered alike when it is repeated")
    func delivered() async throws {
        try await Self.run { client, test, reports, id, told in
            for method in [HTTPRequest.Method.get, .post, .get] {
                let answer = try await client.send(method, Self.path(reports, id, status: "1"))
                #expect(answer.status == 204, "\(answer.body)")
            }
            #expect(told.states == [.delivered])
            #expect(try await test.app.outbox.fate(id)?.state == .delivered)
        }
    }

    @Test("a report on the way changes nothing; a failure says so")
    func failed() async throws {
        try await Self.run { client, test, reports, id, told in
            let underWay = try await client.send(.get, Self.path(reports, id, status: "8"))
            #expect(underWay.status == 204)
            #expect(told.states.isEmpty)
            let refused = try await client.send(.get, Self.path(reports, id, status: "2"))
            #expect(refused.status == 204)
            #expect(told.states == [.failed])
            #expect(try await test.app.outbox.fate(id)?.state == .failed)
        }
    }

    @Test("forged, altered and incomplete reports are refused and change nothing")
    func forged() async throws {
        try await Self.run { client, test, reports, id, told in
            let good = Self.path(reports, id, status: "1")
            let cases: [(String, Int)] = [
                ("/hooks/sms/kannel", 400), ("/hooks/sms/kannel?notice=\(id)&status=1", 400),
                ("/hooks/sms/kannel?notice=\(id)&token=00&status=1", 403),
                (good.replacing("notice=\(id)", with: "notice=9999"), 403),
                (good.replacing("status=1", with: "status=%27"), 400),
                (good.replacing("notice=\(id)", with: "notice=-1"), 403),
                (good.replacing("notice=\(id)", with: "notice=1%0d%0aX:y"), 400),
            ]
            for (path, status) in cases {
                let answer = try await client.send(.get, path)
                #expect(answer.status == status, "\(path): \(answer.body)")
                #expect(answer.headers[.contentType] == "application/problem+json")
            }
            #expect(told.states.isEmpty)
            #expect(try await test.app.outbox.fate(id)?.state == .sent)
        }
    }

    @Test("forms are read with blanks, umlauts and repeated names as they were sent")
    func forms() {
        let fields = FormFields.parse("a=1+2&b=%C3%A9&a=&c&%zz=%&=x")
        #expect(fields.map(\.name) == ["a", "b", "a", "c", "%zz", ""])
        #expect(fields.map(\.value) == ["1 2", "é", "", "", "%", "x"])
        #expect(FormFields.parse(String(repeating: "a&", count: 5000)).count == FormFields.most)
    }
}
