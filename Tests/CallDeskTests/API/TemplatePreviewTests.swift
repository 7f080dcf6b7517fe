import DeskCore
import HTTPTypes
import HummingbirdTesting
import Testing

@testable import CallDesk

@Suite("Previews of texts", .timeLimit(.minutes(5)))
struct TemplatePreviewTests {
    @Test("an SMS whose accents are given up for a part says so, with the alphabet and the size it is sent with")
    func accents() async throws {
        try await DeskUnderTest.with { test in
            let ana = try await test.account("ana", role: .supervisor)
            try await test.application.test(.router) { client in
                let browser = try await test.browser(ana, client)
                let text = "Chamado {{ticket}}: a situação já está em correção, e a solução não demora. Até já"
                let answer = try await browser.send(
                    .post,
                    "/api/v1/templates/ticket_solved/sms/pt-BR/preview",
                    #"{"body": "\#(text)"}"#
                )
                #expect(answer.status == 200, "\(answer.body)")
                let sample = answer.json["sample"]
                let body = try #require(sample["body"].string)
                #expect(body.contains("situacao ja esta em correcao"))
                #expect(sample["transliterated"] == .bool(true))
                #expect(sample["encoding"].string == "gsm7")
                #expect(sample["segments"] == .number("1"))
                #expect(sample["units"] == .number(String(body.count)))
            }
        }
    }
}
