import DeskCore
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import TestSupport
import Testing

@testable import CallDesk

@Suite("Changes made of a copy that has grown old", .timeLimit(.minutes(5)))
struct StaleCopyTests {
    /// A record that several people change: where it is, what two of them change, and how to read it.
    struct Record: Sendable, CustomTestStringConvertible {
        var name: String
        var first: (json: String, member: String)
        var second: (json: String, member: String)
        /// The same member as the first changes.
        var clash: String
        var testDescription: String { name }
    }

    static let records = [
        Record(
            name: "user",
            first: (#""role": "supervisor""#, "role"),
            second: (#""name": "Bia Souza""#, "name"),
            clash: #""role": "administrator""#
        ),
        Record(
            name: "customer",
            first: (#""notes": "liga à tarde""#, "notes"),
            second: (#""address": "Rua B, 2""#, "address"),
            clash: #""notes": null"#
        ),
        Record(
            name: "contact",
            first: (#""email": "bia@ex.br""#, "email"),
            second: (#""role": "Compras""#, "role"),
            clash: #""email": null"#
        ),
        Record(
            name: "contract",
            first: (#""sms": true"#, "sms"),
            second: (#""products": ["Portal"]"#, "products"),
            clash: #""sms": false"#
        ),
    ]

    @Test("what was not meant stays, and an old copy is refused with what the record says now", arguments: records)
    func stale(record: Record) async throws {
        for engine in TestDatabase.engines {
            try await DeskUnderTest.with(engine) { test in
                let admin = try await test.account("admin", role: .administrator)
                let session = try await test.app.sessions.begin(accountID: admin.id)
                let place = try await Self.place(record, test)
                try await test.application.test(.router) { client in
                    func change(_ members: String) async throws -> Answered {
                        try await client.send(
                            .patch,
                            place,
                            json: "{\(members)}",
                            headers: [
                                .cookie: "calldesk_session=\(session.token)",
                                .csrfToken: Side.staff.csrf(session.csrf),
                            ]
                        )
                    }
                    let begun = try await change(record.second.json)
                    #expect(begun.status == 200, "\(begun.body)")
                    let revision = try #require(begun.json["revision"].integer)
                    let changed = try await change(record.first.json + ", \"revision\": \(revision)")
                    #expect(changed.status == 200, "\(changed.body)")
                    // Somebody who still has the form from before: refused, and told what the record says now.
                    let late = try await change(record.clash + ", \"revision\": \(revision)")
                    #expect(late.status == 409)
                    #expect(late.json["type"].string == "/problems/stale")
                    #expect(late.json["errors"][0]["field"].string == record.first.member)
                    #expect(late.json["current"][record.first.member] == changed.json[record.first.member])
                    #expect(late.json["current"]["revision"].integer == revision + 1)
                    // Two who mean different columns and name no revision: neither takes the other's back.
                    let last = try await change(record.second.json)
                    #expect(last.json[record.first.member] == changed.json[record.first.member])
                    #expect(last.json[record.second.member] == begun.json[record.second.member])
                    // Asked again with what it says now, it is done.
                    let again = try await change(record.clash + ", \"revision\": \(revision + 2)")
                    #expect(again.status == 200, "\(again.body)")
                }
            }
        }
    }

    @Test("If-Match names the copy as revision does, and nobody writes a whole record without", arguments: records)
    func tags(record: Record) async throws {
        for engine in TestDatabase.engines {
            try await DeskUnderTest.with(engine) { test in
                let admin = try await test.account("admin", role: .administrator)
                let session = try await test.app.sessions.begin(accountID: admin.id)
                let place = try await Self.place(record, test)
                try await test.application.test(.router) { client in
                    func change(_ method: HTTPRequest.Method, _ members: String, match: String?) async throws
                        -> Answered
                    {
                        var headers: HTTPFields = [
                            .cookie: "calldesk_session=\(session.token)", .csrfToken: Side.staff.csrf(session.csrf),
                        ]
                        headers[.ifMatch] = match
                        return try await client.send(method, place, json: "{\(members)}", headers: headers)
                    }
                    let begun = try await change(.patch, record.second.json, match: nil)
                    let tag = try #require(begun.headers[.eTag])
                    let revision = try #require(begun.json["revision"].integer)
                    #expect(tag == "\"\(revision)\"")
                    let changed = try await change(.patch, record.first.json, match: tag)
                    #expect(changed.status == 200, "\(changed.body)")
                    let late = try await change(.patch, record.clash, match: tag)
                    #expect(late.status == 412)
                    #expect(late.json["type"].string == "/problems/stale")
                    #expect(late.json["errors"][0]["field"].string == record.first.member)
                    #expect(late.json["current"]["revision"].integer == revision + 1)
                    let huge = "\"99999999999999999999\""
                    for strange in ["W/\(tag)", "\(tag), \"9\"", "\"x\"", "\"\"", "9", huge] {
                        #expect(try await change(.patch, record.clash, match: strange).status == 412, "\(strange)")
                    }
                    let newer = changed.headers[.eTag]
                    let both = try await change(.patch, record.clash + ", \"revision\": 0", match: newer)
                    #expect(both.status == 422 && both.json["errors"][0]["field"].string == "revision")
                    // Nothing of all that was written; and whoever writes over everything says so.
                    let now = try await change(.patch, record.second.json, match: "*")
                    #expect(now.status == 200 && now.json["revision"].integer == revision + 2)
                    #expect(now.json[record.first.member] == changed.json[record.first.member])
                    // A customer is never written whole.
                    guard record.name != "customer" else { return }
                    let whole = Self.whole(record)
                    let blind = try await change(.put, whole, match: nil)
                    #expect(blind.status == 428)
                    #expect(blind.json["type"].string == "/problems/revision-needed")
                    #expect(try await change(.put, whole, match: tag).status == 412)
                    let old = try await change(.put, whole + ", \"revision\": \(revision)", match: nil)
                    #expect(old.status == 409)
                    let done = try await change(.put, whole, match: now.headers[.eTag])
                    #expect(done.status == 200, "\(done.body)")
                }
            }
        }
    }

    @Test("a ticket's tag is taken by its moves and its facts", arguments: TestDatabase.engines)
    func ticketTags(engine: DatabaseEngine) async throws {
        try await DeskUnderTest.with(engine) { test in
            let customer = try await test.customer()
            try await test.application.test(.router) { client in
                let made = try await client.send(
                    .post,
                    "/api/v1/tickets",
                    token: test.token,
                    json: DeskUnderTest.ticket(customer.id)
                )
                let place = "/api/v1/tickets/\(try #require(made.json["id"].integer))"
                let shown = try await client.send(.get, place, token: test.token)
                let tag = try #require(shown.headers[.eTag])
                func change(_ priority: String, _ match: String) async throws -> Answered {
                    try await client.send(
                        .patch,
                        place,
                        token: test.token,
                        json: "{\"priority\": \"\(priority)\"}",
                        headers: [.ifMatch: match]
                    )
                }
                let first = try await change("urgent", tag)
                #expect(first.status == 200, "\(first.body)")
                let late = try await change("low", tag)
                #expect(late.status == 412 && late.json["type"].string == "/problems/stale")
                #expect(try await change("low", #require(first.headers[.eTag])).status == 200)
            }
        }
    }

    @Test("of many who change one revision at once, one does", arguments: TestDatabase.engines)
    func race(engine: DatabaseEngine) async throws {
        try await DeskUnderTest.with(engine) { test in
            let customer = try await test.customer(name: "Padaria")
            let done = try await withThrowingTaskGroup(of: Bool.self) { group in
                for number in 0..<8 {
                    group.addTask {
                        do throws(CustomerError) {
                            _ = try await test.app.customers.update(
                                customer.id,
                                revision: customer.revision,
                                by: .system("test")
                            ) { $0.notes = "\(number)" }
                            return true
                        } catch .stale {
                            return false
                        }
                    }
                }
                return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
            #expect(done == 1)
        }
    }

    /// The members a whole record needs, beside what was changed last.
    private static func whole(_ record: Record) -> String {
        switch record.name {
        case "user": #""login": "bia", "name": "Bia""#
        case "contact": #""name": "Bia""#
        default: #""number": "K-77", "title": "Suporte""#
        }
    }

    private static func place(_ record: Record, _ test: DeskUnderTest) async throws -> String {
        switch record.name {
        case "user":
            let user = try await test.account("bia", role: .technician)
            return "/api/v1/users/\(user.id)"
        case "customer":
            let customer = try await test.customer(name: "Padaria")
            return "/api/v1/customers/\(customer.id)"
        case "contact":
            let customer = try await test.customer(name: "Padaria")
            let contact = try await test.app.customers.addContact(
                ContactDraft(name: "Bia"),
                to: customer.id,
                by: .system("test")
            )
            return "/api/v1/customers/\(customer.id)/contacts/\(contact.id)"
        default:
            let customer = try await test.customer(name: "Padaria")
            let contract = try await test.app.customers.addContract(
                ContractDraft(number: "K-77", title: "Suporte"),
                to: customer.id,
                by: .system("test")
            )
            return "/api/v1/customers/\(customer.id)/contracts/\(contract.id)"
        }
    }
}
