import DeskCore
import Hummingbird
import HummingbirdTesting
import Synchronization
import TestSupport
import Testing

@testable import CallDesk

/// The street of a postal code, wherever an address is asked for.
@Suite("A postal code finds its street", .timeLimit(.minutes(5)))
struct PostalLookupTests {
    private static func load(_ app: App) async throws {
        var pieces = [Array("cep;logradouro;bairro;cidade;uf\n30130010;Praça Sete;Centro;Belo Horizonte;MG\n".utf8)]
        _ = try await PostalImport(into: PostalLookup(app).codes).run(next: { pieces.popLast() })
    }

    @Test("the imported file is asked first, the service for what it does not know")
    func order() async throws {
        try await DeskUnderTest.with { test in
            let codes = PostalLookup(test.app).codes
            let lookup = PostalLookup(codes: codes) { code in
                AddressAnswer(cep: code.canonical, street: "Rua do serviço", city: "Contagem", state: "MG")
            }
            let (known, other) = (try #require(CEP("30130010")), try #require(CEP("32000000")))
            #expect(await lookup.find(known)?.street == "Rua do serviço")
            try await Self.load(test.app)
            #expect(await lookup.find(known)?.street == "Praça Sete")
            #expect(await lookup.find(other)?.city == "Contagem")
            let alone = PostalLookup(codes: codes, service: nil)
            #expect(await alone.find(other) == nil)
        }
    }

    @Test("many codes on one page are asked for side by side, five different ones at most")
    func bounded() async throws {
        try await DeskUnderTest.with { test in
            let asked = Mutex(0)
            let lookup = PostalLookup(codes: PostalLookup(test.app).codes) { code in
                asked.withLock { $0 += 1 }
                // None is answered before all five wait.
                while asked.withLock({ $0 < 5 }) { await Task.yield() }
                return AddressAnswer(cep: code.canonical, street: "Rua", city: "Contagem", state: "MG")
            }
            let codes = (0..<9).flatMap { place in [CEP("3201000\(place)"), CEP("3201000\(place)")] }.compactMap(\.self)
            let found = await lookup.find(codes)
            #expect(found.count == 5)
            #expect(asked.withLock { $0 } == 5)
        }
    }

    @Test("in administration a file is taken, told of and deleted; a wrong one says what is wrong and changes nothing")
    func administration() async throws {
        try await DeskUnderTest.with { test in
            let sofia = try await test.account("sofia", role: .supervisor)
            let ana = try await test.account("ana")
            try await test.application.test(.router) { client in
                let (browser, technician) = (try await test.browser(sofia, client), try await test.browser(ana, client))
                let path = "/api/v1/postal-file"
                func put(_ text: String, by browser: TestBrowser) async throws -> Answered {
                    try await client.send(
                        .put,
                        path,
                        bytes: Array(text.utf8),
                        headers: [
                            .cookie: "calldesk_session=\(browser.session.token)", .accept: "application/json",
                            .csrfToken: browser.csrf, .contentType: "application/octet-stream",
                        ]
                    )
                }
                let file = "cep;logradouro;bairro;cidade;uf\n30130010;Praça Sete;Centro;Belo Horizonte;MG\nx;y;z;w;v\n"
                #expect(try await put(file, by: technician).status == 403)
                #expect(try await browser.send(.get, path).json["codes"].integer == 0)
                #expect(try await browser.send(.delete, path).status == 404)
                #expect(try await browser.get("/admin/postal-codes").body.contains("id=\"file\""))
                let wrong = try await put("nome;idade\nAna;3\n", by: browser)
                #expect(wrong.status == 422 && wrong.body.contains("cep, cidade, uf"), "\(wrong.body)")
                let taken = try await put(file, by: browser)
                #expect(taken.json["taken"].integer == 1 && taken.json["refused"].integer == 1, "\(taken.body)")
                #expect(taken.json["lines"].array?.compactMap(\.integer) == [3])
                #expect(try await put("", by: browser).status == 422, "an empty file takes no place")
                #expect(try await browser.send(.get, path).json["codes"].integer == 1)
                #expect(try await browser.get("/admin/postal-codes").body.contains("1 CEP<"))
                let find = "/api/v1/postal-codes/30130-010"
                #expect(try await browser.send(.get, find).json["street"].string == "Praça Sete")
                #expect(try await browser.send(.delete, path).status == 204)
                let unknown = try await browser.send(.get, find)
                #expect(unknown.status == 404 && unknown.json["type"].string == "/problems/postal-code-unknown")
                for none in ["3013001", "abc", "301300100", "%00"] {
                    let wrong = try await browser.send(.get, "/api/v1/postal-codes/\(none)")
                    #expect(wrong.status == 422 && wrong.json.wrongFields == ["code"], "\(none): \(wrong.status)")
                }
            }
        }
    }

    @Test("on the desk and in the portal, by a button without scripts; what is typed stays")
    func everywhere() async throws {
        try await RequestPageTests.with { it in
            let browser = try await it.browser()
            let topic = "/abrir/atualizar-dados"
            let ana = try await it.test.browser(try await it.test.account("ana"), it.client)
            let path = "/api/v1/postal-codes/30130-010"
            #expect(try await ana.send(.get, path).status == 404)
            let contact = try #require(it.contact.id as Int64?)
            #expect(try await !browser.get("/dados").body.contains("name=\"buscar\""), "there is nothing to look into")

            try await Self.load(it.test.app)
            #expect(try await ana.send(.get, path).json["street"].string == "Praça Sete")

            let data = try await browser.get("/dados")
            #expect(data.body.contains("name=\"buscar\"") && data.body.contains("name=\"cep-\(contact)\""))
            let found = try await browser.post(
                "/dados",
                [("name", "Outro nome"), ("cep-\(contact)", "30130-010"), ("address-\(contact)", ""), ("buscar", "1")]
            )
            #expect(found.body.contains("value=\"Praça Sete, Centro, Belo Horizonte, MG\""))
            #expect(found.body.contains("value=\"Outro nome\""))
            #expect(try await it.test.app.customers.find(it.customer.id)?.address == nil, "looked up, not saved")

            _ = try await browser.get(topic)
            let asked = [("pergunta", "field.quais"), ("field.quais", "endereco"), ("passo", "formulario")]
            let begun = try await browser.post(topic, asked + [("ir", "seguir")])
            let draft = try #require(begun.headers[.location].map { String($0.prefix { $0 != "?" }) })
            let page = try await browser.get(try #require(begun.headers[.location]))
            #expect(page.body.contains("name=\"field.endereco_novo.cep\""))
            #expect(page.body.contains("value=\"buscar\""))
            let filled = try await browser.post(
                draft,
                asked + [
                    ("pergunta", "field.endereco_novo"), ("field.endereco_novo.cep", "30130010"),
                    ("field.endereco_novo.street", "Praça Sete de Setembro"), ("field.endereco_novo.number", "20"),
                    ("ir", "buscar"),
                ]
            )
            #expect(filled.status == 200, "\(filled.body)")
            func value(_ part: String, _ value: String) -> Bool {
                filled.body.contains("name=\"field.endereco_novo.\(part)\" value=\"\(value)\"")
            }
            #expect(value("street", "Praça Sete de Setembro"), "what somebody typed stays")
            #expect(value("number", "20") && value("city", "Belo Horizonte") && value("state", "MG"))
            #expect(value("district", "Centro"))
        }
    }
}
