import DeskCore
import Hummingbird
import HummingbirdTesting
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
