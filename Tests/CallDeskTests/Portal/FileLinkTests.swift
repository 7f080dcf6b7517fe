import DeskCore
import HTTPTypes
import HummingbirdTesting
import TestSupport
import Testing

@testable import CallDesk

@Suite("Addresses of files", .timeLimit(.minutes(5)))
struct FileLinkTests {
    /// Where a page of a customer's ticket leads for its one file.
    private func led(
        _ settings: (inout Settings) -> Void = { _ in },
        _ body: @escaping @Sendable (DeskUnderTest, any TestClientProtocol, String) async throws -> Void
    ) async throws {
        try await DeskUnderTest.with(settings: settings) { test in
            let customer = try await test.customer()
            let person = try await test.person(of: customer)
            let session = try await test.app.personSessions.begin(personID: person.id)
            try await test.application.test(.router) { client in
                let contact = try #require(try await test.app.customers.contacts(of: customer.id).first)
                let opened = try await client.send(
                    .post,
                    "/api/v1/tickets",
                    token: test.token,
                    json: DeskUnderTest.ticket(customer.id, more: ", \"contact_id\": \(contact.id)")
                )
                let id = try #require(opened.json["id"].integer)
                let ticket = try #require(try await test.app.directory.find(id))
                let file = try await test.app.attachments.add(
                    Array("<script>alert(1)</script>".utf8),
                    name: "tela.txt",
                    to: ticket.attendanceID,
                    ticketID: id,
                    by: nil
                )
                var order = MoveOrder(.reply, of: id, text: "Veja o arquivo.")
                order.fileIDs = [file.id]
                _ = try await test.app.tickets.make(order, by: .program(name: "prova", author: nil))
                let browser = PortalBrowser(client)
                browser.enter(session)
                let answer = try await browser.get("/chamados/\(ticket.number)/arquivos/\(file.id)")
                #expect(answer.status == 303 && answer.headers[.cacheControl] == "no-store")
                try await body(test, client, try #require(answer.headers[.location]))
            }
        }
    }

    @Test("read no cookie, come as attachments that nothing runs in, and are over after two minutes")
    func life() async throws {
        try await led { test, client, address in
            let file = try await client.send(.get, address)
            #expect(file.status == 200 && file.body.contains("alert"))
            #expect(file.headers[.contentDisposition]?.hasPrefix("attachment") == true)
            #expect(file.headers[.xContentTypeOptions] == "nosniff")
            #expect(file.headers[.contentSecurityPolicy]?.contains("sandbox") == true)
            #expect(file.headers[.setCookie] == nil)
            test.clock.advance(by: FileLinks.life + .seconds(1))
            #expect(try await client.send(.get, address).status == 410)
        }
    }

    @Test("open nothing else when they are changed, nor for a desk with another key")
    func signature() async throws {
        try await led { test, client, address in
            let parts = address.split(separator: "/").map(String.init)
            try #require(parts.count == 4)
            let (id, end, mark) = (parts[1], parts[2], parts[3])
            let later = "\((Int64(end) ?? 0) + 1)"
            let flipped = (mark.hasPrefix("0") ? "1" : "0") + mark.dropFirst()
            for changed in [
                "/arquivos/\((Int64(id) ?? 0) + 1)/\(end)/\(mark)", "/arquivos/\(id)/\(later)/\(mark)",
                "/arquivos/\(id)/\(end)/\(flipped)", "/arquivos/\(id)/\(end)/\(mark.dropLast(2))",
                "/arquivos/\(id)/\(end)/x", "/arquivos/x/\(end)/\(mark)", "/arquivos/\(id)/9223372036854775807/",
            ] {
                let answer = try await client.send(.get, changed)
                #expect([404, 410].contains(answer.status), "\(changed)")
                #expect(!answer.body.contains("alert"))
            }
            let folder = try TestDatabase.folder()
            let other = try FileLinks(folder: folder, base: nil, clock: test.clock.clock)
            #expect(!other.opens(Int64(id) ?? 0, until: Int64(end) ?? 0, mark))
        }
    }

    @Test("lie at a host of their own where the settings name one, and at no other")
    func host() async throws {
        try await led({ $0.desk.filesURL = "https://arquivos.exemplo.com.br" }) { _, client, address in
            #expect(address.hasPrefix("https://arquivos.exemplo.com.br/arquivos/"))
            let path = String(address.dropFirst("https://arquivos.exemplo.com.br".count))
            let elsewhere = try await client.send(.get, path)
            #expect(elsewhere.status == 410)
        }
    }
}
