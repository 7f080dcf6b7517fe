import DeskCore
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import TestSupport
import Testing

@testable import CallDesk

@Suite("What is switched off needs a new home for what it holds", .timeLimit(.minutes(5)))
struct HandOverTests {
    /// A catalogue that has nothing of the shipped one.
    private static let small = """
        <catalogue xmlns="urn:calldesk:catalogue"><title>Central</title>
        <department id="outro"><name>Outro</name></department>
        <section id="s"><title>S</title><topic id="t" department="outro"><title>T</title></topic></section></catalogue>
        """

    private func ticket(_ test: DeskUnderTest, _ client: any TestClientProtocol, key: String) async throws -> Int64 {
        let made = try await client.send(
            .post,
            "/api/v1/tickets",
            token: test.token,
            json: DeskUnderTest.ticket(nil, more: #", "caller_name": "Rui Costa""#),
            headers: [.idempotencyKey: key]
        )
        return try #require(made.json["id"].integer, "\(made.body)")
    }

    @Test("a person who is shut out leaves no open ticket behind", arguments: TestDatabase.engines)
    func person(engine: DatabaseEngine) async throws {
        try await DeskUnderTest.with(engine) { test in
            let admin = try await test.account("adm", role: .administrator)
            let ana = try await test.account("ana", departments: ["suporte"])
            let bia = try await test.account("bia", departments: ["suporte"])
            let rui = try await test.account("rui", departments: ["financeiro"])
            try await test.application.test(.router) { client in
                let browser = try await test.browser(admin, client)
                var ids: [Int64] = []
                for key in ["a", "b"] {
                    let id = try await ticket(test, client, key: key)
                    _ = try await test.app.tickets.make(MoveOrder(.take, of: id), by: .account(ana))
                    ids.append(id)
                }
                let path = "/api/v1/users/\(ana.id)/disabled"
                let refused = try await browser.send(.put, path, #"{"disabled": true}"#)
                #expect(refused.status == 409)
                #expect(refused.json["type"].string == "/problems/holds-tickets")
                // To somebody who does not work there, or to herself, nothing moves and nobody is shut out.
                for wrong in [rui.id, ana.id] {
                    let body = "{\"disabled\": true, \"successor_id\": \(wrong)}"
                    #expect(try await browser.send(.put, path, body).status == 422)
                }
                #expect(try await test.app.accounts.find(ana.id)?.isDisabled == false)
                #expect(try await test.app.directory.find(ids[0])?.assignedTo == ana.id)
                let done = try await browser.send(.put, path, "{\"disabled\": true, \"successor_id\": \(bia.id)}")
                #expect(done.status == 200, "\(done.body)")
                #expect(try await test.app.accounts.find(ana.id)?.isDisabled == true)
                for id in ids { #expect(try await test.app.directory.find(id)?.assignedTo == bia.id) }
                // Who holds nothing needs nobody, but for the department whose last they are.
                let way = "/api/v1/users/\(rui.id)/disabled"
                let last = try await browser.send(.put, way, #"{"disabled": true}"#)
                #expect(last.json["type"].string == "/problems/leaves-nobody", "\(last.body)")
                _ = try await test.account("lia", departments: ["financeiro"])
                #expect(try await browser.send(.put, way, #"{"disabled": true}"#).status == 200)
            }
        }
    }

    @Test(
        "a department's last is not moved, made less or shut out while customers write there, unless that is meant",
        arguments: TestDatabase.engines
    )
    func last(engine: DatabaseEngine) async throws {
        try await DeskUnderTest.with(engine) { test in
            let admin = try await test.account("adm", role: .administrator)
            let ana = try await test.account("ana", departments: ["suporte", "financeiro"])
            _ = try await test.account("rui", departments: ["financeiro"])
            try await test.application.test(.router) { client in
                let browser = try await test.browser(admin, client)
                let id = try await ticket(test, client, key: "a")
                let path = "/api/v1/users/\(ana.id)"
                let changes: [(HTTPRequest.Method, String, String)] = [
                    (.patch, path, #""departments": ["financeiro"]"#),
                    (.put, path, #""login": "ana", "name": "Ana", "departments": ["financeiro"], "revision": 0"#),
                    (.put, path + "/disabled", #""disabled": true"#),
                ]
                for (method, path, change) in changes {
                    let refused = try await browser.send(method, path, "{\(change)}")
                    #expect(refused.status == 409, "\(change): \(refused.body)")
                    #expect(refused.json["type"].string == "/problems/leaves-nobody")
                    let title = refused.json["title"].string ?? ""
                    #expect(title.contains("1 chamado aberto") && title.contains("assunto"), "\(title)")
                    #expect(!title.contains("inanceiro"), "somebody is left there: \(title)")
                }
                let now = try #require(try await test.app.accounts.find(ana.id))
                #expect(now.departments == ["suporte", "financeiro"] && !now.isDisabled)
                // What names no department, or adds one, asks nothing.
                #expect(try await browser.send(.patch, path, #"{"name": "Ana Lima"}"#).status == 200)
                for page in ["/admin/users", "/admin/catalogue"] {
                    let body = try await browser.get(page).body
                    #expect(!body.contains("chamado aberto"), "\(page): somebody attends to it")
                }
                let meant = #"{"departments": ["financeiro"], "leave_unattended": true}"#
                #expect(try await browser.send(.patch, path, meant).status == 200)
                for page in ["/admin/users", "/admin/catalogue"] {
                    #expect(
                        try await browser.get(page).body.contains("1 chamado aberto"),
                        "\(page) says that nobody does"
                    )
                }
                // It lies where supervisors see it, and comes to whoever is put there.
                _ = try await browser.send(.patch, path, #"{"departments": ["suporte"]}"#)
                let hers = try await test.browser(try #require(try await test.app.accounts.find(ana.id)), client)
                let list = try await hers.send(.get, "/api/v1/work/unassigned")
                #expect(list.json["items"][0]["ticket"]["id"].integer == id, "\(list.body)")
            }
        }
    }

    @Test("a catalogue whose topics lead where nobody works is taken up, and says so")
    func unattendedCatalogue() async throws {
        let folder = try TestDatabase.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "catalogo.xml")
        try Data(Self.small.utf8).write(to: file)
        try await DeskUnderTest.with(settings: { $0.catalogue = file.path }) { test in
            let admin = try await test.account("adm", role: .administrator)
            _ = try await test.account("ana", departments: ["suporte"])
            try await test.application.test(.router) { client in
                let browser = try await test.browser(admin, client)
                let taken = try await browser.send(.post, "/api/v1/catalogue/reload")
                #expect(taken.json["changed"].bool == true, "\(taken.body)")
                let pages = ["/admin/users", "/admin/catalogue"]
                for page in pages { #expect(try await browser.get(page).body.contains("Outro (1 assunto)"), "\(page)") }
                _ = try await test.account("bia", departments: ["outro"])
                for page in pages {
                    #expect(try await !browser.get(page).body.contains("Outro (1 assunto)"), "\(page)")
                }
            }
        }
    }

    @Test("the command that shuts somebody out refuses who has open tickets, unless it must be now")
    func command() async throws {
        try await DeskUnderTest.with { test in
            let ana = try await test.account("ana", departments: ["suporte"])
            let bia = try await test.account("bia", departments: ["suporte"])
            try await test.application.test(.router) { client in
                let id = try await ticket(test, client, key: "a")
                _ = try await test.app.tickets.make(MoveOrder(.take, of: id), by: .account(ana))
                func run(undo: Bool = false, atOnce: Bool = false) async throws {
                    try await UserCommand.Disable.apply(
                        "ana",
                        undo: undo,
                        atOnce: atOnce,
                        of: test.app.catalogue.current,
                        to: test.app.database
                    )
                }
                func isOut() async throws -> Bool? { try await test.app.accounts.find(ana.id)?.isDisabled }
                await #expect(throws: (any Error).self) { try await run() }
                #expect(UserCommand.holds(1).contains("--at-once"))
                #expect(try await isOut() == false)
                try await run(atOnce: true)
                #expect(try await isOut() == true)
                #expect(try await test.app.directory.find(id)?.assignedTo == ana.id, "to be assigned by the department")
                try await run(undo: true)
                #expect(try await isOut() == false)
                _ = try await test.app.tickets.make(MoveOrder(.solve, of: id, text: "Feito"), by: .account(ana))
                try await run()
                #expect(try await isOut() == true, "who holds nothing needs nobody")
                // Nobody is left where topics lead once she was the last.
                try await run(undo: true)
                try await test.app.accounts.disable(bia.id, by: .system("test"))
                await #expect(throws: (any Error).self) { try await run() }
                #expect(try await isOut() == false)
                try await run(atOnce: true)
                #expect(try await isOut() == true)
            }
        }
    }

    @Test("the page of a person offers who may take over what they hold")
    func page() async throws {
        try await DeskUnderTest.with { test in
            let admin = try await test.account("adm", role: .administrator)
            let ana = try await test.account("ana", departments: ["suporte"])
            let bia = try await test.account("bia", departments: ["suporte"])
            try await test.application.test(.router) { client in
                let body = try await test.browser(admin, client).get("/admin/users/\(ana.id)").body
                #expect(body.contains("name=\"successor_id\""))
                #expect(body.contains("value=\"\(bia.id)\""))
                #expect(!body.contains("<option value=\"\(ana.id)\""))
            }
        }
    }

    @Test(
        "who is given another role, other departments or none goes on with what they hold",
        arguments: [
            #"{"role": "technician", "departments": ["financeiro"]}"#, #"{"departments": ["financeiro"]}"#,
            #"{"departments": ["inexistente"]}"#, #"{"departments": []}"#,
        ]
    )
    func changed(change: String) async throws {
        try await DeskUnderTest.with { test in
            let admin = try await test.account("adm", role: .administrator)
            let ana = try await test.account("ana", role: .supervisor, departments: ["suporte"])
            _ = try await test.account("bia", departments: ["suporte"])
            try await test.application.test(.router) { client in
                let id = try await ticket(test, client, key: "a")
                _ = try await test.app.tickets.make(MoveOrder(.take, of: id), by: .account(ana))
                let path = "/api/v1/users/\(ana.id)"
                let adm = try await test.browser(admin, client)
                let changed = try await adm.send(.patch, path, change)
                // A department that is not there is refused, and nothing is changed.
                #expect([200, 422].contains(changed.status), "\(changed.body)")
                // Her screen is her own: what she holds is hers to read, to answer and to end.
                let browser = try await test.browser(try #require(try await test.app.accounts.find(ana.id)), client)
                let mine = try await browser.send(.get, "/api/v1/work/mine")
                #expect(mine.json["items"].array?.count == 1, "\(mine.body)")
                #expect(try await browser.send(.get, "/api/v1/tickets/\(id)").status == 200)
                let reply = try await browser.send(
                    .post,
                    "/api/v1/tickets/\(id)/entries",
                    #"{"kind": "reply", "body": "Estamos vendo."}"#
                )
                #expect(reply.status == 201, "\(reply.body)")
                let solved = try await browser.send(
                    .post,
                    "/api/v1/tickets/\(id)/solve",
                    #"{"body": "Feito."}"#
                )
                #expect(solved.status == 200, "\(solved.body)")
            }
        }
    }

    @Test(
        "a changed file that takes the place of open tickets is not taken up by itself",
        arguments: TestDatabase.engines
    )
    func changedFile(engine: DatabaseEngine) async throws {
        let folder = try TestDatabase.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "catalogo.xml")
        try Data(Self.small.utf8).write(to: file)
        try await DeskUnderTest.with(engine) { test in
            let ana = try await test.account("ana")
            try await test.application.test(.router) { client in
                let id = try await ticket(test, client, key: "a")
                func change() async {
                    let watch = CatalogueWatch(
                        file.path,
                        on: test.app.catalogue,
                        database: test.app.database,
                        clock: test.app.clock,
                        logger: test.quiet
                    )
                    #expect(await watch.take() == nil)
                }
                await change()
                #expect(test.app.catalogue.current.department("suporte") != nil)
                _ = try await test.app.tickets.make(MoveOrder(.solve, of: id, text: "Feito"), by: .account(ana))
                await change()
                #expect(test.app.catalogue.current.department("suporte") == nil)
                // A faulty one is told to the administration, as before.
                try Data("<catalogue".utf8).write(to: file)
                await change()
                #expect(!test.app.catalogue.faults.isEmpty)
            }
        }
    }

    @Test(
        "a catalogue without the department or topic of open tickets is not taken; once they moved it is",
        arguments: TestDatabase.engines
    )
    func catalogue(engine: DatabaseEngine) async throws {
        let folder = try TestDatabase.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "catalogo.xml")
        try Data(Self.small.utf8).write(to: file)
        try await DeskUnderTest.with(engine, settings: { $0.catalogue = file.path }) { test in
            let admin = try await test.account("adm", role: .administrator)
            try await test.application.test(.router) { client in
                let browser = try await test.browser(admin, client)
                let id = try await ticket(test, client, key: "a")
                let refused = try await browser.send(.post, "/api/v1/catalogue/reload")
                #expect(refused.status == 409, "\(refused.body)")
                #expect(refused.json["type"].string == "/problems/holds-tickets")
                #expect(refused.json["title"].string?.contains("erro-sistema: 1") == true)
                #expect(test.app.catalogue.current.department("suporte") != nil)
                _ = try await test.app.tickets.make(
                    MoveOrder(.solve, of: id, text: "Feito"),
                    by: .account(admin)
                )
                let taken = try await browser.send(.post, "/api/v1/catalogue/reload")
                #expect(taken.json["changed"].bool == true, "\(taken.body)")
                #expect(test.app.catalogue.current.department("suporte") == nil)
            }
        }
    }
}
