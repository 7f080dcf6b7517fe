import DeskCore
import Foundation
import Rehearsal
import Synchronization
import TestSupport
import Testing

@testable import CallDesk

/// Each gateway that publishes its format, against one of ours that answers as its documentation says.
@Suite("Presets of SMS gateways", .timeLimit(.minutes(5)))
struct SMSPresetTests {
    enum Preset: String, CaseIterable, Sendable {
        case vonage, infobip, zenvia, smsdev

        func gateway(at url: String) throws -> SMSGateway {
            switch self {
            case .vonage: .vonage(url: url, key: "abcd1234", secret: "s&gredo", from: "Mesa")
            case .infobip: try .infobip(url: url + "/", key: "k-1", from: "Mesa")
            case .zenvia: try .zenvia(url: url, token: "t-1", from: "mesa.abc")
            case .smsdev: .smsdev(url: url, key: "k&1")
            }
        }

        /// The answer of its documentation to a message that is taken, and how it names it.
        var yes: (status: Int, body: String, reference: String) {
            switch self {
            case .vonage:
                (
                    200,
                    #"{"message-count":"1","messages":[{"to":"447700900000","message-id":"0C000000217B7F02","status":"0","remaining-balance":"15.53590000","message-price":"0.03330000","network":"23410"}]}"#,
                    "0C000000217B7F02"
                )
            case .infobip:
                (
                    200,
                    #"{"bulkId":"2034072219640523072","messages":[{"to":"41793026727","status":{"groupId":1,"groupName":"PENDING","id":26,"name":"PENDING_ACCEPTED","description":"Message sent to next instance"},"messageId":"2250be2d4219-3af1-78856-aabe-1362af1edfd2"}]}"#,
                    "2250be2d4219-3af1-78856-aabe-1362af1edfd2"
                )
            case .zenvia:
                (
                    200,
                    #"{"id":"9f1c","from":"mesa.abc","to":"5531992710322","direction":"OUT","channel":"sms","contents":[{"type":"text","text":"x"}]}"#,
                    "9f1c"
                )
            case .smsdev:
                (200, #"{"situacao":"OK","codigo":"1","id":"175570049","descricao":"MENSAGEM NA FILA"}"#, "175570049")
            }
        }
    }

    /// Sends one message to a gateway that answers so.
    private static func send(
        _ preset: Preset,
        _ text: String = "Solicitação & “protocolo”",
        isReported: Bool = true,
        answer: (status: Int, body: String)
    ) async throws -> (DeliveryResult?, SMSSink.Request) {
        let asked = Mutex<SMSSink.Request?>(nil)
        let sink = try await SMSSink.start(inbox: SinkInbox()) { request in
            asked.withLock { $0 = request }
            return answer
        }
        let gateway = try preset.gateway(at: sink.url)
        let reports = SMSReports(gateway: gateway, publicURL: "https://desk.example", secret: "s")
        let sender = GatewaySender(gateway: gateway, reports: isReported ? reports : nil)
        let result = await sender.send([SMSGatewayTests.notice(text)]).first
        await sender.shutDown()
        await sink.stop()
        return (result, try #require(asked.withLock { $0 }))
    }

    @Test("a message is asked for as documented, and what the gateway calls it is kept", arguments: Preset.allCases)
    func taken(preset: Preset) async throws {
        let text = "Solicitação & “protocolo”\n\"x\""
        let (result, request) = try await Self.send(preset, text, answer: (preset.yes.status, preset.yes.body))
        #expect(result == .accepted(reference: preset.yes.reference))
        #expect(request.method == "POST")
        let fields = request.fields
        func json() throws -> JSONValue { try JSONParser.parse(Array(request.body.utf8)) }
        switch preset {
        case .vonage:
            #expect(request.path == "/sms/json" && request.headers["content-type"]?.hasSuffix("urlencoded") == true)
            #expect(fields["api_key"] == "abcd1234" && fields["api_secret"] == "s&gredo" && fields["from"] == "Mesa")
            #expect(fields["to"] == "5531992710322" && fields["text"] == text && fields["type"] == "unicode")
            #expect(fields["callback"]?.hasPrefix("https://desk.example/hooks/sms/vonage?notice=12&token=") == true)
        case .infobip:
            #expect(request.path == "/sms/3/messages" && request.headers["authorization"] == "App k-1")
            let message = try #require(try json().object?["messages"]?.array?.first?.object)
            #expect(message["sender"] == .string("Mesa"))
            #expect(message["destinations"]?.array?.first?.object?["to"] == .string("5531992710322"))
            #expect(message["content"]?.object?["text"] == .string(text))
            let url = message["webhooks"]?.object?["delivery"]?.object?["url"]?.string
            #expect(url?.hasPrefix("https://desk.example/hooks/sms/infobip?notice=12&token=") == true)
        case .zenvia:
            #expect(request.path == "/v2/channels/sms/messages" && request.headers["x-api-token"] == "t-1")
            let message = try #require(try json().object)
            #expect(message["from"] == .string("mesa.abc") && message["to"] == .string("5531992710322"))
            let content = message["contents"]?.array?.first?.object
            #expect(content?["type"] == .string("text") && content?["text"] == .string(text))
        case .smsdev:
            #expect(request.path == "/v1/send" && fields["key"] == "k&1" && fields["type"] == "9")
            #expect(fields["number"] == "5531992710322" && fields["msg"] == text)
            #expect(fields["refer"]?.hasPrefix("12.") == true && (fields["refer"]?.count ?? 0) <= 100)
        }
    }

    @Test("a text of the 7-bit alphabet is told as such, and without a report address none is asked for")
    func plain() async throws {
        let (_, vonage) = try await Self.send(.vonage, "ok", isReported: false, answer: (200, Preset.vonage.yes.body))
        #expect(vonage.fields["type"] == "text" && vonage.fields["callback"] == nil)
        let (_, infobip) = try await Self.send(
            .infobip,
            "ok",
            isReported: false,
            answer: (200, Preset.infobip.yes.body)
        )
        #expect(infobip.body.contains(#""webhooks":{"delivery":{"notify":false}}"#))
        let (_, smsdev) = try await Self.send(.smsdev, "ok", isReported: false, answer: (200, Preset.smsdev.yes.body))
        #expect(smsdev.fields["refer"] == nil)
    }

    private static func vonage(_ status: Int) -> (Preset, Int, String) {
        (.vonage, 200, #"{"message-count":"1","messages":[{"status":"\#(status)","error-text":"x"}]}"#)
    }

    private static func infobip(_ group: Int, _ id: Int) -> (Preset, Int, String) {
        (.infobip, 200, #"{"messages":[{"messageId":"1","status":{"groupId":\#(group),"id":\#(id)}}]}"#)
    }

    static let refusals: [(Preset, Int, String, DeliveryError.Reach)] = {
        var all: [(Preset, Int, String, DeliveryError.Reach)] = []
        func add(_ case: (Preset, Int, String), _ reach: DeliveryError.Reach) {
            all.append((`case`.0, `case`.1, `case`.2, reach))
        }
        for status in [1, 4, 8, 9, 10, 11, 14, 15, 23, 32] { add(vonage(status), .sender) }
        for status in [2, 3, 6, 7, 12, 22, 29, 33, 99] { add(vonage(status), .noticeForever) }
        add(vonage(5), .noticeNow)
        for (group, id) in [(2, 4), (4, 15), (5, 6)] { add(infobip(group, id), .noticeForever) }
        add((.smsdev, 200, #"{"situacao":"ERRO","codigo":"403","descricao":"x"}"#), .noticeNow)
        add((.smsdev, 200, #"[{"situacao":"ERRO","descricao":"x"}]"#), .noticeNow)
        add((.smsdev, 200, #"{"situacao":"MANUTENÇÃO"}"#), .unanswered)
        for preset in Preset.allCases {
            add((preset, 401, #"{"code":"AUTHENTICATION_ERROR"}"#), .sender)
            add((preset, 400, "{}"), .noticeForever)
            add((preset, 503, ""), .sender)
            // What is no answer of theirs: a portal in between, a document cut short.
            // They had the message: it is not sent sixty times more.
            if preset != .zenvia {
                for body in ["", "<html>", "{", "[]", "{}"] { add((preset, 200, body), .unanswered) }
            }
        }
        return all
    }()

    @Test("each documented refusal stops what it concerns and says what to do")
    func refused() throws {
        for (preset, status, body, reach) in Self.refusals {
            let gateway = try preset.gateway(at: "http://127.0.0.1:1")
            guard case .refused(let error) = SMSAnswer(status: status, body: Array(body.utf8)).judge(by: gateway) else {
                Issue.record("\(preset) took \(status) \(body)")
                continue
            }
            #expect(error.reach == reach, "\(preset) \(status) \(body)")
            #expect(!error.remedy.isEmpty && !error.description.contains("5531"))
        }
    }

    @Test("of a message in parts every part must be taken")
    func parts() throws {
        let body = #"{"messages":[{"status":"0","message-id":"1"},{"status":"9","error-text":"x"}]}"#
        let gateway = try Preset.vonage.gateway(at: "http://127.0.0.1:1")
        guard case .refused(let error) = SMSAnswer(status: 200, body: Array(body.utf8)).judge(by: gateway) else {
            return #expect(Bool(false))
        }
        #expect(error.description.contains("credit"))
    }

    // MARK: - Reports

    private static func query(_ url: String) -> [String: String] {
        Dictionary(FormFields.parse(String(url.split(separator: "?")[1])).map { ($0.name, $0.value) }) { first, _ in
            first
        }
    }

    @Test(
        "Vonage's receipts come in the address, as a form and as JSON",
        arguments: [
            ("delivered", true), ("expired", false), ("failed", false), ("rejected", false), ("accepted", nil),
            ("buffered", nil), ("unknown", nil),
        ] as [(String, Bool?)]
    )
    func vonageReports(status: String, delivered: Bool?) throws {
        let reports = SMSReports(
            gateway: try Preset.vonage.gateway(at: "http://x"),
            publicURL: "https://d",
            secret: "s"
        )
        let query = Self.query(reports.url(for: 12))
        let fields = [(name: "status", value: status), (name: "err-code", value: "1"), (name: "msisdn", value: "1")]
        let document = try JSONParser.parse(Array(#"{"status":"\#(status)","err-code":"1"}"#.utf8))
        let told = query.merging(fields.map { ($0.name, $0.value) }) { first, _ in first }
        let expected = delivered.map {
            SMSReport(
                noticeID: 12,
                delivered: $0,
                fault: $0 ? nil : .report(.gateway, code: "1")
            )
        }
        #expect(try reports.read(query: told) == expected)
        #expect(try reports.read(query: query, form: fields) == expected)
        #expect(try reports.read(query: query, document: document) == expected)
    }

    @Test("Infobip's groups say what became of it, and that an operator has it is no delivery")
    func infobipReports() throws {
        let reports = SMSReports(
            gateway: try Preset.infobip.gateway(at: "http://x"),
            publicURL: "https://d",
            secret: "s"
        )
        let query = Self.query(reports.url(for: 12))
        for (group, id, delivered) in [
            (1, 7, nil), (2, 9, false), (3, 2, nil), (3, 5, true), (4, 15, false), (5, 6, false), (0, 0, nil),
        ] as [(Int, Int, Bool?)] {
            let body =
                #"{"results":[{"bulkId":"b","messageId":"m","to":"5531","status":{"groupId":\#(group),"id":\#(id)},"price":{"pricePerMessage":0.1}}]}"#
            let document = try JSONParser.parse(Array(body.utf8))
            #expect(try reports.read(query: query, document: document)?.delivered == delivered, "\(group)")
        }
        #expect(throws: SMSReportRefusal.malformed) {
            try reports.read(query: query, document: .object(["results": .array([])]))
        }
    }

    @Test("SMSDev reports to one address for all: the notice and its proof come back in its reference")
    func smsdevReports() throws {
        let reports = SMSReports(
            gateway: try Preset.smsdev.gateway(at: "http://x"),
            publicURL: "https://d",
            secret: "s"
        )
        let key = reports.key(for: 12)
        for (status, delivered) in [
            ("RECEBIDA", true), ("ENVIADA", nil), ("FILA", nil), ("ERRO", false), ("CANCELADA", false),
            ("BLACK LIST", false),
        ] as [(String, Bool?)] {
            let body = #"{"key":"k","id":"123456789","refer":"\#(key)","situacao":"\#(status)","qtd_credito":"1"}"#
            let document = try JSONParser.parse(Array(body.utf8))
            #expect(try reports.read(query: [:], document: document)?.delivered == delivered, "\(status)")
            let form = [(name: "refer", value: key), (name: "situacao", value: status)]
            #expect(try reports.read(query: [:], form: form)?.delivered == delivered)
        }
        for refer in ["12.0", "13." + key.split(separator: ".")[1], key + "0"] {
            #expect(throws: SMSReportRefusal.forged) {
                try reports.read(query: ["refer": refer, "situacao": "RECEBIDA"])
            }
        }
        for refer in ["", "12", "x.y"] {
            #expect(throws: SMSReportRefusal.malformed) {
                try reports.read(query: ["refer": refer, "situacao": "RECEBIDA"])
            }
        }
    }
}
