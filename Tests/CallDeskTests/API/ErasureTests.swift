import DeskCore
import Foundation
import HTTPTypes
import HummingbirdTesting
import TestSupport
import Testing

@testable import CallDesk

/// A customer asks that what is kept of them be erased: the desk can, and its figures stay.
@Suite("Erasing a customer's data", .timeLimit(.minutes(5)))
struct ErasureTests {
    /// What is known of her, in the spellings it is stored and looked for in.
    private static let traces = [
        "zuleica", "quintanilha", "52998224725", "529.982.247-25", "992710322", "99271-0322", "exemplo.net.br",
        "acácias",
        "acacias", "tela-dela", "diabetes",
    ]

    private static func report(_ key: String, _ number: String, _ state: CallState) -> CallSignal {
        var report = CallSignal(line: "matriz", key: key, direction: .inbound, state: state)
        report.number = number
        report.callerName = "Zuleica Q"
        report.recording = state == .ended ? "2026-11-21-\(key).wav" : nil
        return report
    }

    /// A customer with everything a desk can come to know of one, and a ticket.
    private static func zuleica(
        _ test: DeskUnderTest,
        _ client: some TestClientProtocol
    ) async throws -> (customer: Int64, ticket: Int64) {
        let made = try await test.app.customers.register(
            CustomerRegistration(
                customer: CustomerDraft(
                    kind: .person,
                    name: "Zuleica Quintanilha",
                    document: "529.982.247-25",
                    address: "Rua das Acácias, 12",
                    notes: "Zuleica tem diabetes."
                ),
                contact: ContactDraft(name: "Zuleica Quintanilha", email: "zuleica@exemplo.net.br"),
                phones: ["(31) 99271-0322"]
            ),
            by: .system("test")
        ).customer
        _ = try await test.app.customers.addContract(
            ContractDraft(number: "ZULEICA-1", title: "ERP da Zuleica", hasSMS: true),
            to: made.id,
            by: .system("test")
        )
        _ = try await test.person(of: made, login: "zuleica")
        for state in [CallState.ringing, .ended] {
            _ = try await test.app.callLog.record([report("1.1", "+5531992710322", state)])
        }
        let opened = try await client.send(
            .post,
            "/api/v1/tickets",
            token: test.token,
            json: DeskUnderTest.ticket(made.id, summary: "Zuleica não emite a nota")
        )
        let ticket = try #require(opened.json["id"].integer)
        let attendance = try #require(opened.json["attendance_id"].integer)
        _ = try await test.app.attachments.add(
            Array("diabetes".utf8),
            name: "tela-dela.txt",
            to: attendance,
            ticketID: ticket,
            by: nil
        )
        _ = try await client.send(
            .post,
            "/api/v1/tickets/\(ticket)/reply",
            token: test.token,
            json: #"{"body": "Zuleica, ligue para (31) 99271-0322."}"#
        )
        return (made.id, ticket)
    }

    /// Every text of every table, with where it stands.
    private static func texts(_ database: any Database) async throws -> [(place: String, text: String)] {
        try await database.read { session in
            let columns = try session.rows(
                session.engine == .sqlite
                    ? """
                    SELECT m.name, c.name FROM sqlite_master AS m, pragma_table_info(m.name) AS c
                    WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%' AND m.name NOT LIKE 'search~_%~_%' ESCAPE '~'
                    """
                    : """
                    SELECT table_name, column_name FROM information_schema.columns
                    WHERE table_schema = current_schema() AND data_type = 'text'
                    """,
                [],
                limit: 5_000
            )
            var found: [(String, String)] = []
            for column in columns {
                guard let table = column.text(0), let name = column.text(1) else { continue }
                for row in try session.rows("SELECT \(name) FROM \(table)", [], limit: 5_000) {
                    if let text = row.text(0) { found.append(("\(table).\(name)", text)) }
                }
            }
            return found
        }
    }

    private static func traces(in test: DeskUnderTest) async throws -> Set<String> {
        Set(
            try await texts(test.app.database).filter { _, text in
                traces.contains { text.lowercased().contains($0) }
            }.map(\.place)
        )
    }

    @Test("after it no table says who it was, and the desk counts what it counted", arguments: TestDatabase.engines)
    func nowhere(engine: DatabaseEngine) async throws {
        try await DeskUnderTest.with(engine) { test in
            let admin = try await test.account("adm", role: .administrator)
            let ana = try await test.account("ana")
            try await test.application.test(.router) { client in
                let (id, ticket) = try await Self.zuleica(test, client)
                let before = try await Self.traces(in: test)
                #expect(
                    before.isSuperset(of: [
                        "customer.name", "phone.lookup", "person.login", "entry.body", "call.number",
                    ])
                )
                let (boss, hand) = (try await test.browser(admin, client), try await test.browser(ana, client))
                let path = "/api/v1/customers/\(id)/erasure"
                #expect(try await hand.send(.post, path, #"{"reason": "pedido 12"}"#).status == 403)
                #expect(try await boss.send(.post, path, #"{"reason": " "}"#).status == 422)
                // What is still being worked on needs who it is for.
                let open = try await boss.send(.post, path, #"{"reason": "pedido 12"}"#)
                #expect(open.status == 409 && open.json["type"].string == "/problems/still-open")
                #expect(try await boss.send(.get, path).status == 404)
                #expect(try await Self.traces(in: test) == before)
                let ended = try await boss.send(.post, "/api/v1/tickets/\(ticket)/cancel", #"{"body": "A pedido."}"#)
                #expect(ended.status == 200, "\(ended.body)")
                for attendance in try await test.app.attendances.list(before: nil, limit: 50)
                where attendance.state == .open {
                    _ = try await test.app.attendances.end(attendance.id, outcome: .information, reason: nil, by: nil)
                }
                let erased = try await boss.send(.post, path, #"{"reason": "pedido 12"}"#)
                #expect(erased.status == 200, "\(erased.body)")
                #expect(erased.json["ended_at"].string != nil && erased.json["tickets"].integer == 1)
                #expect(erased.json["recordings"].array?.compactMap(\.string) == ["2026-11-21-1.1.wav"])
                #expect(try await Self.traces(in: test) == [])
                // Nothing is asked for it any more, and once more it takes what may have come late.
                let more = try await client.send(
                    .post,
                    "/api/v1/tickets",
                    token: test.token,
                    json: DeskUnderTest.ticket(id)
                )
                #expect(more.status == 422, "\(more.body)")
                #expect(try await boss.send(.post, path, #"{"reason": "pedido 13"}"#).status == 200)
                // What happened is there, with nobody's name.
                let shown = try await boss.send(.get, "/api/v1/tickets/\(ticket)").json
                #expect(shown["summary"].string == CustomerErasure.mark && shown["state"].string == "cancelled")
                #expect(shown["topic"].string == "erro-sistema" && shown["answers"].array?.isEmpty == true)
                let page = try await boss.get("/admin/customers/\(id)")
                #expect(page.status == 200 && page.body.contains("2026-11-21-1.1.wav"))
                #expect(!page.body.contains("<form class=\"card api\""))
                #expect(try await boss.get("/desk/tickets/\(shown["number"].string ?? "")").status == 200)
                #expect(try await boss.send(.get, "/api/v1/customers?q=zuleica").json["items"].array?.isEmpty == true)
                #expect(try await boss.send(.patch, "/api/v1/customers/\(id)", #"{"name": "Zuleica"}"#).status == 409)
            }
        }
    }

    @Test("a node that ends in between leaves nothing behind: the next one goes on", arguments: TestDatabase.engines)
    func goesOn(engine: DatabaseEngine) async throws {
        try await DeskUnderTest.with(engine) { test in
            try await test.application.test(.router) { client in
                let (id, ticket) = try await Self.zuleica(test, client)
                let admin = try await test.account("adm", role: .administrator)
                _ = try await test.app.tickets.make(
                    MoveOrder(.cancel, of: ticket, text: "A pedido."),
                    by: .account(admin)
                )
                for attendance in try await test.app.attendances.list(before: nil, limit: 50)
                where attendance.state == .open {
                    _ = try await test.app.attendances.end(attendance.id, outcome: .information, reason: nil, by: nil)
                }
                try await test.app.erasure.begin(id, reason: "pedido 12", by: .system("test"))
                #expect(try await Self.traces(in: test).contains("entry.body"))
                while try await test.otherNode().app.erasure.goOn(batches: 1) > 0 {}
                for _ in 0..<10 { try await test.otherNode().app.erasure.goOn(batches: 1) }
                #expect(try await test.app.erasure.state(of: id)?.endedAt != nil)
                #expect(try await Self.traces(in: test) == [])
            }
        }
    }

    @Test("who speaks for another customer too keeps their account there, and a number two have stays the other's")
    func shared() async throws {
        try await DeskUnderTest.with { test in
            let one = try await test.customer(name: "Padaria Um", phone: "(31) 98765-4321")
            let two = try await test.customer(name: "Padaria Dois", phone: "(31) 98765-4321")
            let person = try await test.person(of: one, login: "dona")
            let other = try #require(try await test.app.customers.contacts(of: two.id).first)
            try await test.app.persons.join(person.id, contactID: other.id, reach: .all, by: .system("test"))
            for state in [CallState.ringing, .ended] {
                _ = try await test.app.callLog.record([Self.report("1.1", "+5531987654321", state)])
            }
            for attendance in try await test.app.attendances.list(before: nil, limit: 50)
            where attendance.state == .open {
                _ = try await test.app.attendances.end(attendance.id, outcome: .information, reason: nil, by: nil)
            }
            try await test.app.erasure.begin(one.id, reason: "pedido 12", by: .system("test"))
            try await test.app.erasure.goOn()
            #expect(try await test.app.persons.find(person.id)?.login == "dona")
            #expect(try await test.app.persons.find(contactID: other.id)?.id == person.id)
            #expect(try await test.app.customers.candidates("31987654321").map(\.customerID) == [two.id])
            let number = try await test.app.database.read { try $0.row("SELECT number FROM call")?.text(0) }
            #expect(number == "+5531987654321")
        }
    }

    @Test("a picture that cannot be removed holds up nobody else's erasure, and is come back to")
    func stubbornPicture() async throws {
        try await DeskUnderTest.with { test in
            let (one, two) = (
                try await test.customer(name: "Um"), try await test.customer(name: "Dois", phone: "(31) 98765-0000")
            )
            let person = try await test.person(of: one, login: "um")
            try await test.app.photos.set(Array("retrato".utf8), of: person.id)
            let name = try #require(try await test.app.persons.find(person.id)?.photo)
            // Where it would be set aside something else stands.
            let folder = URL(filePath: test.app.settings.desk.data).appending(path: "photos").appending(
                path: String(name.prefix(2))
            )
            let obstacle = folder.appending(path: ".\(name)")
            try FileManager.default.createDirectory(at: obstacle, withIntermediateDirectories: true)
            for customer in [one, two] {
                try await test.app.erasure.begin(customer.id, reason: "pedido 12", by: .system("test"))
            }
            await #expect(throws: AttachmentError.self) { try await test.app.erasure.goOn() }
            #expect(try await test.app.erasure.state(of: two.id)?.endedAt != nil)
            #expect(try await test.app.erasure.state(of: one.id)?.endedAt == nil)
            try FileManager.default.removeItem(at: obstacle)
            // As a turn left it that ended in between: set aside, and not removed.
            try FileManager.default.moveItem(at: folder.appending(path: name), to: obstacle)
            try await test.app.erasure.goOn()
            #expect(try await test.app.erasure.state(of: one.id)?.endedAt != nil)
            #expect(!FileManager.default.fileExists(atPath: obstacle.path))
        }
    }
}
