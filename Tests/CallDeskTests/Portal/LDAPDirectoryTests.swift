import DeskCore
import Foundation
import HTTPTypes
import HummingbirdTesting
import Logging
import TestSupport
import Testing

@testable import CallDesk

/// Debian's slapd with three people in it, on loopback.
private struct Slapd {
    let route: LDAPRoute
    let certificate: String

    static let people = """
        dn: dc=empresa,dc=local
        objectClass: dcObject
        objectClass: organization
        dc: empresa
        o: Empresa

        dn: uid=maria,dc=empresa,dc=local
        objectClass: inetOrgPerson
        uid: maria
        cn:: TWFyaWEgU2lsdsOj
        sn: Silva
        mail: maria@empresa.com.br
        userPassword: senha da maria

        dn: uid=joao,dc=empresa,dc=local
        objectClass: inetOrgPerson
        uid: joao
        uid: gemeo
        cn: Joao
        sn: Joao
        userPassword: senha do joao

        dn: uid=jose,dc=empresa,dc=local
        objectClass: inetOrgPerson
        uid: jose
        uid: gemeo
        cn: Jose
        sn: Jose
        userPassword: senha do jose

        dn: cn=busca,dc=empresa,dc=local
        objectClass: organizationalRole
        objectClass: simpleSecurityObject
        cn: busca
        userPassword: segredo

        """

    static func with(
        _ scheme: String = "ldap",
        tls: Bool = true,
        _ body: (Slapd) async throws -> Void
    ) async throws {
        let folder = try RealServer.folder("slapd")
        defer { try? FileManager.default.removeItem(at: folder) }
        func place(_ name: String) -> String { folder.appendingPathComponent(name).path }
        try FileManager.default.createDirectory(atPath: place("data"), withIntermediateDirectories: true)
        var settings = """
            include /etc/ldap/schema/core.schema
            include /etc/ldap/schema/cosine.schema
            include /etc/ldap/schema/inetorgperson.schema
            pidfile \(place("pid"))
            database ldif
            suffix "dc=empresa,dc=local"
            directory \(place("data"))
            rootdn "cn=admin,dc=empresa,dc=local"
            access to attrs=userPassword by anonymous auth by * none
            access to * by dn.exact="cn=busca,dc=empresa,dc=local" read by * auth

            """
        if tls {
            let subject = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
            let key = ["ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
            let files = ["-keyout", place("key.pem"), "-out", place("cert.pem")]
            try #require(
                RealServer.run("/usr/bin/env", ["openssl", "req", "-x509", "-newkey"] + key + files + subject) == 0
            )
            settings = "TLSCertificateFile \(place("cert.pem"))\nTLSCertificateKeyFile \(place("key.pem"))\n" + settings
        }
        try settings.write(toFile: place("slapd.conf"), atomically: true, encoding: .utf8)
        try people.write(toFile: place("people.ldif"), atomically: true, encoding: .utf8)
        try #require(
            RealServer.run("/usr/sbin/slapadd", ["-f", place("slapd.conf"), "-l", place("people.ldif")]) == 0
        )
        let (process, port) = try await RealServer.start(RealServer.slapd) { port in
            ["-d", "0", "-f", place("slapd.conf"), "-h", "\(scheme)://127.0.0.1:\(port)/"]
        }
        defer { RealServer.end(process) }
        var route = LDAPRoute(url: "\(scheme)://127.0.0.1:\(port)", base: "dc=empresa,dc=local")
        route.user = "cn=busca,dc=empresa,dc=local"
        route.password = "segredo"
        route.authority = tls ? place("cert.pem") : nil
        try await body(Slapd(route: route, certificate: place("cert.pem")))
    }
}

private func directory(_ route: LDAPRoute) -> LDAPDirectory {
    LDAPDirectory(route, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, pace: .zero)
}

@Suite("A directory that knows the passwords", .enabled(if: RealServer.hasSlapd), .timeLimit(.minutes(5)))
struct LDAPDirectoryTests {
    @Test("by StartTLS the right password is somebody's, and everything else nobody's")
    func passwords() async throws {
        try await Slapd.with { server in
            let directory = directory(server.route)
            let answer = await directory.ask("maria", "senha da maria")
            guard case .right(let person) = answer else {
                Issue.record("\(answer)")
                return
            }
            #expect(person.name == "Maria Silvã" && person.email == "maria@empresa.com.br")
            #expect(person.id.count == 36)
            #expect(await directory.ask("MARIA@empresa.com.br", "senha da maria") == .right(person))
            let wrong = [
                ("maria", "errada"), ("maria", ""), ("", "senha da maria"), ("ninguem", "senha da maria"),
                // A search that a login could change would find somebody.
                ("mar*", "senha da maria"), ("maria)(uid=*", "senha da maria"), ("*)(uid=maria", "senha da maria"),
                ("mari\\61", "senha da maria"),
                // Two of a name are nobody.
                ("gemeo", "senha do jose"),
                // Who searches is nobody's customer.
                ("busca", "segredo"),
            ]
            for (login, password) in wrong { #expect(await directory.ask(login, password) == .wrong, "\(login)") }
            #expect(await directory.trouble() == nil)
        }
    }

    @Test("from the first byte too")
    func ldaps() async throws {
        try await Slapd.with("ldaps") { server in
            let answer = await directory(server.route).ask("maria", "senha da maria")
            guard case .right = answer else {
                Issue.record("\(answer)")
                return
            }
        }
    }

    @Test("a certificate nobody vouches for gets no password", arguments: ["ldap", "ldaps"])
    func certificate(scheme: String) async throws {
        try await Slapd.with(scheme) { server in
            var route = server.route
            route.authority = nil
            #expect(await directory(route).ask("maria", "senha da maria") == .unreachable)
            #expect(await directory(route).trouble()?.remedy.contains("tls_authority") == true)
            // Another's certificate name is not vouched for either.
            route = server.route
            route.url = route.url.replacing("127.0.0.1", with: "localhost")
            #expect(await directory(route).ask("maria", "senha da maria") == .unreachable)
        }
    }

    @Test("without encryption only where the settings say so")
    func plain() async throws {
        try await Slapd.with(tls: false) { server in
            var route = server.route
            #expect(await directory(route).ask("maria", "senha da maria") == .unreachable)
            route.tls = .off
            let answer = await directory(route).ask("maria", "senha da maria")
            guard case .right = answer else {
                Issue.record("\(answer)")
                return
            }
            route.password = "errado"
            #expect(await directory(route).ask("maria", "senha da maria") == .unreachable)
            #expect(await directory(route).trouble()?.remedy.contains("'password'") == true)
            route.password = "segredo"
            route.base = "dc=outra,dc=local"
            #expect(await directory(route).ask("maria", "senha da maria") == .unreachable)
            #expect(await directory(route).trouble()?.remedy.contains("'base'") == true)
        }
    }

    @Test("the page lets people choose, signs them in, and tells a directory that is down from a wrong password")
    func page() async throws {
        try await Slapd.with { server in
            let closed = try ClosedPort()
            var down = server.route
            down.url = "ldap://127.0.0.1:\(closed.port)"
            let (up, gone) = (server.route, down)
            try await DeskUnderTest.with(
                settings: {
                    $0.domains = [.init(name: "empresa.local", route: up), .init(name: "fora.local", route: gone)]
                }
            ) { test in
                _ = try await test.app.customers.register(
                    CustomerRegistration(
                        customer: CustomerDraft(kind: .person, name: "Maria Silva"),
                        contact: ContactDraft(name: "Maria Silva", email: "maria@empresa.com.br")
                    ),
                    by: .system("test")
                )
                try await test.application.test(.router) { client in
                    let browser = PortalBrowser(client)
                    let page = try await browser.get("/entrar")
                    #expect(page.body.contains("<option value=\"empresa.local\">"))
                    func post(_ login: String, _ password: String, _ domain: String) async throws -> Answered {
                        try await browser.post(
                            "/entrar",
                            [("login", login), ("password", password), ("domain", domain), ("next", "/senha")]
                        )
                    }
                    let wrong = try await post("maria", "errada", "empresa.local")
                    #expect(wrong.status == 403 && wrong.body.contains("value=\"empresa.local\" selected"))
                    let unknown = try await post("ninguem", "errada", "empresa.local")
                    #expect(unknown.body.replacing("ninguem", with: "maria") == wrong.body)
                    let down = try await post("maria", "senha da maria", "fora.local")
                    #expect(down.status == 503 && down.body.contains("não pode ser consultado agora"))
                    #expect(try await post("maria", "senha da maria", "nenhum.local").status == 404)
                    #expect(try await post("maria", "senha da maria", "").status == 403)
                    #expect(try await post("joao", "senha do joao", "empresa.local").body.contains("ainda não está"))
                    #expect(try await post("maria", "senha da maria", "empresa.local").headers[.location] == "/senha")
                    #expect(try await browser.get("/senha").body.contains("A sua senha é a de empresa.local"))
                    #expect(try await browser.get("/dados").body.contains("name=\"name\""))
                }
            }
        }
    }
}

@Suite("A directory that does not answer", .timeLimit(.minutes(5)))
struct LDAPDownTests {
    @Test(
        "nobody listening and a server that says nothing are told, within bounded time",
        arguments: ["ldap", "ldaps"]
    )
    func down(scheme: String) async throws {
        let closed = try ClosedPort()
        var route = LDAPRoute(url: "\(scheme)://127.0.0.1:\(closed.port)", base: "dc=x")
        #expect(await directory(route).ask("maria", "senha") == .unreachable)
        let silent = try await RawServer.start()
        route.url = "\(scheme)://127.0.0.1:\(silent.port)"
        (route.connectTimeout, route.timeout) = (.seconds(1), .seconds(1))
        #expect(await directory(route).ask("maria", "senha") == .unreachable)
        await silent.stop()
    }

    @Test(
        "what means something in a filter is written as its bytes",
        arguments: [
            ("maria", "maria"), ("joão", "joão"), ("a*b", "a\\2ab"), ("(x)", "\\28x\\29"), ("a\\b", "a\\5cb"),
            ("a\0b", "a\\00b"),
        ]
    )
    func escaped(text: String, filter: String) {
        #expect(LDAPConnection.escaped(text) == filter)
    }
}
