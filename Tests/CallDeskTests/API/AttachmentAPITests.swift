import DeskCore
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import Testing

@testable import CallDesk

@Suite("Files through the API", .timeLimit(.minutes(5)))
struct AttachmentAPITests {
    private static let png: [UInt8] =
        [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] + Array(repeating: 7, count: 500)

    @Test("a file goes up raw and comes down as it was, as a download that runs nowhere")
    func roundTrip() async throws {
        try await DeskUnderTest.with { test in
            let attendance = try await test.app.attendances.begin(channel: .walkIn, accountID: nil)
            try await test.application.test(.live) { client in
                let made = try await Self.put(client, test, attendance.id, "tela%20de%20erro%20%C3%A9.png", Self.png)
                #expect(made.status == 201, "\(made.body)")
                #expect(made.json["name"].string == "tela de erro é.png")
                #expect(made.json["media_type"].string == "image/png")
                let id = made.json["id"].integer ?? 0
                let content = try await client.send(.get, "/api/v1/attachments/\(id)/content", token: test.token)
                #expect(content.status == 200)
                #expect(content.bytes == Self.png)
                #expect(content.headers[.contentSecurityPolicy]?.contains("sandbox") == true)
                #expect(content.headers[.xContentTypeOptions] == "nosniff")
                #expect(content.headers[.contentDisposition]?.hasPrefix("attachment; ") == true)
                // A download that broke off goes on where it was.
                let rest = try await client.send(
                    .get,
                    "/api/v1/attachments/\(id)/content",
                    token: test.token,
                    headers: [.range: "bytes=100-"]
                )
                #expect(rest.status == 206 && rest.bytes == Array(Self.png[100...]))
                #expect(rest.headers[.contentRange] == "bytes 100-507/508")
                #expect(rest.headers[.contentDisposition]?.hasPrefix("attachment; ") == true)
                let listed = try await client.send(
                    .get,
                    "/api/v1/attendances/\(attendance.id)/attachments",
                    token: test.token
                )
                #expect(listed.json["items"].array?.count == 1)
            }
        }
    }

    @Test("disguised, forbidden, empty and oversized files are refused and leave nothing")
    func refusals() async throws {
        try await DeskUnderTest.with { test in
            let attendance = try await test.app.attendances.begin(channel: .walkIn, accountID: nil)
            try await test.application.test(.live) { client in
                let cases: [(String, [UInt8], Int)] = [
                    ("virus.png", Array("MZ executable".utf8), 415), ("page.html", Array("<script>".utf8), 415),
                    ("x.exe", Self.png, 415), ("a.png", [], 422), ("noending", Self.png, 415),
                ]
                for (name, bytes, status) in cases {
                    let answer = try await Self.put(client, test, attendance.id, name, bytes)
                    #expect(answer.status == status, "\(name): \(answer.body)")
                }
                let big = try await Self.put(
                    client,
                    test,
                    attendance.id,
                    "big.png",
                    Self.png + [UInt8](repeating: 0, count: AttachmentStore.largest)
                )
                #expect(big.status == 413)
                let nowhere = try await Self.put(client, test, 99, "a.png", Self.png)
                #expect(nowhere.status == 404)
            }
            #expect(try await test.app.attachments.list(attendanceID: attendance.id).isEmpty)
        }
    }

    @Test("a form's file field takes what was uploaded to its attendance, and nothing else")
    func fileOfTicket() async throws {
        try await DeskUnderTest.with { test in
            let customer = try await test.customer()
            let attendance = try await test.app.attendances.begin(channel: .walkIn, accountID: nil)
            try await test.application.test(.live) { client in
                let file = try await Self.put(client, test, attendance.id, "a.png", Self.png)
                #expect(file.status == 201)
                let opened = try await client.send(
                    .post,
                    "/api/v1/tickets",
                    token: test.token,
                    json: DeskUnderTest.ticket(customer.id, more: ", \"attendance_id\": \(attendance.id)")
                )
                #expect(opened.status == 201, "\(opened.body)")
                let files = try await client.send(
                    .get,
                    "/api/v1/tickets/\(opened.json["id"].integer ?? 0)/attachments",
                    token: test.token
                )
                #expect(files.json["items"][0]["id"].integer == file.json["id"].integer)
            }
        }
    }

    @Test("the same order again finds its ticket, files and all")
    func again() async throws {
        try await DeskUnderTest.with { test in
            let customer = try await test.customer()
            let attendance = try await test.app.attendances.begin(channel: .walkIn, accountID: nil)
            try await test.application.test(.live) { client in
                let file = try await Self.put(client, test, attendance.id, "a.png", Self.png)
                let id = file.json["id"].integer ?? 0
                let order = """
                    {"topic": "comprovante", "customer_id": \(customer.id), "attendance_id": \(attendance.id),
                     "summary": "Paguei ontem", "description": "Segue o comprovante.",
                     "answers": {"comprovante": [\(id)], "bloqueado": false, "fatura": "17", "pago_em": "2026-11-20",
                                 "valor": "120,00", "meio": "pix"}}
                    """
                func post() async throws -> Answered {
                    try await client.send(
                        .post,
                        "/api/v1/tickets",
                        token: test.token,
                        json: order,
                        headers: [.idempotencyKey: "pedido-1"]
                    )
                }
                let opened = try await post()
                try #require(opened.status == 201, "\(opened.body)")
                let repeated = try await post()
                #expect(repeated.json["id"].integer == opened.json["id"].integer, "\(repeated.body)")
            }
        }
    }

    private static func put(
        _ client: any TestClientProtocol,
        _ test: DeskUnderTest,
        _ attendance: Int64,
        _ name: String,
        _ bytes: [UInt8]
    ) async throws -> Answered {
        try await client.send(
            .put,
            "/api/v1/attendances/\(attendance)/attachments/\(name)",
            token: test.token,
            bytes: bytes,
            headers: [.contentType: "application/octet-stream"]
        )
    }
}
