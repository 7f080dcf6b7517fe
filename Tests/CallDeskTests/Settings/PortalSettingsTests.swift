import DeskCore
import Testing

@testable import CallDesk

@Suite("The portal's own face")
struct PortalSettingsTests {
    private func read(_ text: String) throws -> Settings {
        try SettingsReader.read(text: text, file: "calldesk.yaml", environment: [:])
    }

    @Test("colours, links, videos and texts are read")
    func good() throws {
        let portal = try read(
            """
            portal:
              accent: "#7A1FA2"
              accent_dark: "#d9a7f0"
              title: Fale conosco
              back: https://cliente.exemplo.com.br
              links:
                - {label: Privacidade, url: "https://exemplo.com.br/privacidade"}
              videos: {telefones: "https://video.exemplo.com.br/1"}
              cep: "https://cep.exemplo.com.br/{cep}/json/"
            """
        ).portal
        #expect(portal.accent == "#7a1fa2")
        #expect(portal.links.map(\.label) == ["Privacidade"])
        #expect(portal.videos["telefones"] == "https://video.exemplo.com.br/1")
        let sheet = PortalFace.sheet(portal)
        #expect(sheet.contains("--accent: #7a1fa2; --on-accent: #ffffff;"))
        #expect(sheet.contains("--accent: #d9a7f0; --on-accent: #000000;"))
    }

    @Test("second domains are read, encrypted unless they say otherwise")
    func domains() throws {
        let domains = try read(
            """
            ldap:
              - domain: citsmart.local
                url: ldap://ldap.citsmart.local
                base: ou=people,dc=citsmart,dc=local
                filter: (&(objectClass=user)(sAMAccountName={login}))
                id: objectGUID
                user: cn=busca,dc=citsmart,dc=local
                password: segredo
                newcomers: make
                customer: 11.222.333/0001-81
              - {domain: outra.local, url: "ldaps://x", base: "dc=x"}
            """
        ).domains
        #expect(domains.map(\.name) == ["citsmart.local", "outra.local"])
        #expect(domains.allSatisfy { $0.route.tls == .required })
        #expect(domains.first?.newcomers == .make(document: "11.222.333/0001-81"))
        #expect(domains.last?.newcomers == .join)
        #expect(domains.first?.route.id == "objectGUID" && domains.last?.route.id == "entryUUID")
    }

    @Test(
        "a domain that cannot be asked stops the start with its place",
        arguments: [
            ("{url: \"ldap://x\", base: dc=x}", "ldap.0.domain"), ("{domain: a, base: dc=x}", "ldap.0.url"),
            ("{domain: a, url: \"http://x\", base: dc=x}", "ldap.0.url"),
            ("{domain: a, url: \"ldap://x\"}", "ldap.0.base"),
            ("{domain: a, url: \"ldap://x\", base: dc=x, filter: (uid=x)}", "ldap.0.filter"),
            ("{domain: a, url: \"ldap://x\", base: dc=x, user: cn=x}", "ldap.0.user"),
            ("{domain: a, url: \"ldap://x\", base: dc=x, mail: \"(\"}", "ldap.0.mail"),
            ("{domain: a, url: \"ldap://x\", base: dc=x, customer: \"1\"}", "ldap.0.customer"),
            ("{domain: a, url: \"ldap://x\", base: dc=x, tls: sometimes}", "ldap.0.tls"),
        ]
    )
    func badDomain(entry: String, key: String) {
        let error = #expect(throws: SettingsError.self) { try read("ldap:\n  - \(entry)\n") }
        #expect(error?.faults.map(\.key) == [key])
    }

    @Test(
        "a colour that cannot be read, a link that runs something and an unknown step stop the start with their place",
        arguments: [
            ("portal: {accent: \"#ffe000\"}", "portal.accent"), ("portal: {accent: red}", "portal.accent"),
            ("portal: {accent_dark: \"#000080\"}", "portal.accent_dark"),
            ("portal: {back: \"javascript:alert(1)\"}", "portal.back"),
            ("portal: {links: [{label: x, url: \"data:text/html,x\"}]}", "portal.links"),
            ("portal: {videos: {voar: \"https://a.example\"}}", "portal.videos"),
            ("portal: {logo: logo.svg}", "portal.logo"), ("portal: {cep: \"https://a.example\"}", "portal.cep"),
        ]
    )
    func bad(text: String, key: String) {
        do {
            _ = try read(text)
            Issue.record("taken: \(text)")
        } catch {
            #expect("\(error)".contains(key), "\(error)")
        }
    }

    @Test("contrast is as WCAG counts it")
    func contrast() throws {
        let (white, black) = (try #require(WebColour("#ffffff")), try #require(WebColour("#000000")))
        #expect(abs(white.contrast(with: black) - 21) < 0.001)
        #expect(abs(white.contrast(with: white) - 1) < 0.001)
        // The grey that just passes on white.
        #expect(try #require(WebColour("#767676")).contrast(with: white) >= 4.5)
        #expect(try #require(WebColour("#777777")).contrast(with: white) < 4.5)
    }

    @Test("the sum of a form stays the same for its visitor and takes its one answer")
    func sum() {
        for token in ["a", "b", "c", String(repeating: "f", count: 32)] {
            let sum = ArithmeticProof(token)
            #expect(sum.first > 0 && sum.sum > sum.first)
            #expect(sum.accepts(" \(sum.sum - sum.first) "))
            #expect(!sum.accepts("\(sum.sum)"))
            #expect(!sum.accepts(""))
            #expect(ArithmeticProof(token).sum == sum.sum)
        }
    }

    @Test("a postal service's answer becomes one line, and nonsense nothing")
    func postal() throws {
        let answer = #"{"logradouro":"Avenida Paulista","bairro":"Bela Vista","localidade":"São Paulo","uf":"SP"}"#
        let cep = try #require(CEP("01310-100"))
        let found = PostalLookup.address(Array(answer.utf8), of: cep)
        #expect(found?.line == "Avenida Paulista, Bela Vista, São Paulo, SP")
        #expect(found?.cep == "01310100")
        #expect(PostalLookup.address(Array(#"{"erro": true}"#.utf8), of: cep) == nil)
        #expect(PostalLookup.address(Array("<html>".utf8), of: cep) == nil)
    }
}
