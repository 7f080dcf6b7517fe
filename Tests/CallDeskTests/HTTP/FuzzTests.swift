import DeskCore
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import TestSupport
import Testing

@testable import CallDesk

@Suite("Mutants of requests and settings", .timeLimit(.minutes(60)))
struct FuzzTests {
    @Test("no JSON stops its reader, and what it took it takes again as it writes it")
    func json() {
        let corpus = [
            DeskUnderTest.ticket(7), #"{"a": [1, 2.5e3, -0, true, null, "\u00e7\ud83d\ude00"], "b": {"c": {}}}"#,
            #"[[], {}, "", 0]"#,
        ].map { Array($0.utf8) }
        var mutator = Mutator(corpus)
        for _ in 0..<Mutator.rounds * 4 { _ = try? JSONParser.parse(mutator.next()) }
    }

    @Test("no settings stop their reader: they are taken, or every fault is told with its place")
    func settings() {
        let corpus = [
            """
            desk: {name: Suporte, url: 'https://desk.example.com'}
            http: {host: 127.0.0.1, port: 8080, trusted_proxies: [10.0.0.0/8]}
            database: sqlite:var/x.sqlite
            pbx:
              - {line: matriz, host: 127.0.0.1, user: a, secret: b}
            mail: {url: 'smtp://127.0.0.1:25', from: a@ex.br}
            hours: {days: [mon, tue], from: '08:00', to: '18:00'}
            retention: {calls: 365}
            """
        ].map { Array($0.utf8) }
        var mutator = Mutator(corpus)
        for _ in 0..<Mutator.rounds * 2 {
            let text = String(decoding: mutator.next(), as: UTF8.self)
            do throws(SettingsError) {
                _ = try SettingsReader.read(text: text, file: "x", environment: [:])
            } catch {
                #expect(!error.faults.isEmpty)
            }
        }
    }

    @Test("no operation of the API answers a mutant with a fault of the service or what it does not promise")
    func operations() async throws {
        try await DeskUnderTest.with { test in
            let api = try API(app: test.app, streams: test.streams, uploads: UploadGate())
            let customer = try await test.customer()
            let corpus = [
                DeskUnderTest.ticket(customer.id), #"{"revision": 0, "prompt": "caller", "answer": {"text": "x"}}"#,
                #"{"name": "Padaria", "document": "11.222.333/0001-81", "phones": ["11 98765-4321"], "kind": "company"}"#,
                #"{"body": "Olá", "revision": 1, "id": "x", "files": []}"#, #"{"walk_in": true}"#, "{}",
                #"{"number": "K1", "title": "x", "sections": ["a"], "starts_at": "2026-11-21T04:23:11Z"}"#,
            ].map { Array($0.utf8) }
            var mutator = Mutator(corpus)
            // Streams stay open by design, and have their own tests.
            let operations = api.operations.filter { operation in
                if case .events = operation.answer { false } else { true }
            }
            var requests: [(operation: CallDesk.Operation, uri: String, body: String?)] = []
            let names = ["1", "\(customer.id)", "0", "-1", "9223372036854775808", "%00", "%2e%2e", "erro-sistema"]
            let queries = ["", "?limit=0", "?after=-1&q=%ff", "?q=%27%22%3c", "?limit=x&state=x"]
            for _ in 0..<max(2, Mutator.rounds / 150) {
                for operation in operations {
                    let path = operation.path.split(separator: "/").map {
                        $0.hasPrefix("{") ? mutator.choose(names) : String($0)
                    }
                    let uri = "/api/v1/" + path.joined(separator: "/") + mutator.choose(queries)
                    let body = operation.body.map { _ in String(decoding: mutator.next(), as: UTF8.self) }
                    requests.append((operation, uri, body))
                }
            }
            let all = requests
            try await test.application.test(.router) { client in
                for (operation, uri, body) in all {
                    let answer = try await client.send(operation.method, uri, token: test.token, json: body)
                    // What a line of no PBX or a vault without a key cannot do is 503, and said so.
                    let isFault = answer.status >= 500 && answer.status != 503
                    #expect(!isFault, "\(operation.id) \(uri) \(answer.body.prefix(200))")
                }
            }
        }
    }
}
