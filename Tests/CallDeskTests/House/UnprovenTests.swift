import DeskCore
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import TestSupport
import Testing

@testable import CallDesk

/// Everything a technician can read, read while they talk to somebody who has proven nothing.
///
/// The lists of operations and pages are the desk's own: a new one is asked too, and fails here until it is told what its
/// address names.
@Suite("What is read aloud to somebody who has proven nothing", .timeLimit(.minutes(5)))
struct UnprovenTests {
    static let name = "Zulmira Canário"
    /// Of the customer's record, in every form it is written; the number of the call itself is none of it.
    static let secrets = [
        "CONTRATO-77", "91234-56", "9123456", "secreto@exemplo.com.br", "Rua do Vinhático 77", "52998224725",
        "529.982.247-25",
    ]

    /// What is no reading of a record, and why.
    private static let apart = [
        "/desk/events": "a stream without end: `everyEvent` reads what it pushes"
    ]

    /// A desk with the customer, what they asked, whence they called before, and Ana on the line with somebody.
    struct Scene {
        var customer: Customer
        var person: Contact
        var contact: Int64
        var earlier: Attendance
        var call: Int64
        /// A call from the desk to their other telephone.
        var dialled: Int64
        var ticket: JSONValue
        /// One whose form asked for the person's own e-mail.
        var personal: JSONValue
        var ana: Account
    }

    static func call(
        _ key: String,
        _ number: String,
        _ outcome: CallOutcome = .ongoing,
        isEnded: Bool = false,
        by party: String? = nil
    ) -> CallSignal {
        let state: CallState = isEnded ? .ended : party == nil ? .ringing : .talking
        var report = CallSignal(line: "matriz", key: key, direction: .inbound, state: state, outcome: outcome)
        (report.number, report.numberRaw, report.callerName) = (number, number, name)
        (report.isEnded, report.answeredBy) = (isEnded, party)
        return report
    }

    /// A mail that waits for somebody, from the person's own address.
    private static func setAside(_ test: DeskUnderTest) async throws {
        let now = test.clock.now
        try await test.app.database.write { session in
            try session.execute(
                """
                INSERT INTO mail_in (mailbox, uid_validity, uid, identity, sender, sender_name, subject, size, received_at,
                    outcome, reason, answered, again)
                VALUES ('desk', 7, 1, 'one', $1, $2, 'Nada imprime', 10, $3, 'held', 'unknown_sender', 0, 0)
                """,
                [.text("Canario.\(secrets[3])"), .text(name), .moment(now)]
            )
        }
    }

    /// A call from the desk to the customer's other telephone, which has ended.
    private static func callOut(_ test: DeskUnderTest, to customer: Int64) async throws -> Int64 {
        func told(_ state: CallState) -> CallSignal {
            var report = CallSignal(line: "matriz", key: "out", direction: .outbound, state: state, outcome: .answered)
            (report.number, report.numberRaw, report.dialled) = ("+5531912345678", "031912345678", "031912345678")
            report.answeredBy = "PJSIP/1001"
            return report
        }
        let begun = try await test.app.callLog.record([told(.talking)]).first
        try await test.app.attendances.identify(
            try #require(begun?.attendance?.id),
            customerID: customer,
            contactID: nil,
            level: .verified
        )
        test.clock.advance(by: .seconds(30))
        _ = try await test.app.callLog.record([told(.ended)])
        return try #require(try await test.app.calls.find(line: "matriz", key: "out")?.id)
    }

    static func scene(_ test: DeskUnderTest, _ client: any TestClientProtocol) async throws -> Scene {
        let department = try #require(test.app.catalogue.current.topic("erro-sistema")?.department)
        let ana = try await test.account(
            "ana",
            role: .administrator,
            departments: [department],
            extensions: [AccountExtension(party: "PJSIP/1001")]
        )
        let browser = try await test.browser(ana, client)
        let subscriber = #"{"name": "fora", "url": "https://ex.br/fora", "events": ["call"]}"#
        let webhook = try await browser.send(.post, "/api/v1/webhooks", subscriber)
        #expect(webhook.json["id"].integer == 1, "\(webhook.body)")
        let customers = test.app.customers
        let made = try await customers.register(
            CustomerRegistration(
                customer: CustomerDraft(kind: .person, name: name, document: secrets[5], address: secrets[4]),
                contact: ContactDraft(name: name, email: "canario.\(secrets[3])"),
                phones: ["(31) 98765-4321", "(31) 91234-5678"]
            ),
            by: .system("test")
        )
        let id = made.customer.id
        _ = try await customers.addContract(
            ContractDraft(number: secrets[0] + "31", title: "ERP", hasSMS: true),
            to: id,
            by: .system("test")
        )
        let person = try #require(try await customers.contacts(of: id).first)
        // The desk called their other telephone, before they did from it: a later call would be the answer to theirs.
        let dialled = try await callOut(test, to: id)
        // They called from their other telephone before, and reached nobody the second time.
        var earlier: Attendance?
        var called: Int64?
        for key in ["talked", "missed"] {
            let wasTaken = key == "talked"
            let begun = try await test.app.callLog.record([
                call(key, "+5531912345678", wasTaken ? .answered : .ongoing, by: wasTaken ? "PJSIP/1002" : nil)
            ]).first
            let contact = try #require(begun?.attendance)
            try await test.app.attendances.identify(
                contact.id,
                customerID: id,
                contactID: person.id,
                level: .verified
            )
            if earlier == nil { (earlier, called) = (contact, begun?.call.id) }
            test.clock.advance(by: .seconds(60))
            let outcome: CallOutcome = wasTaken ? .answered : .abandoned
            _ = try await test.app.callLog.record([
                call(key, "+5531912345678", outcome, isEnded: true, by: wasTaken ? "PJSIP/1002" : nil)
            ])
        }
        let opened = try await client.send(
            .post,
            "/api/v1/tickets",
            token: test.token,
            json: DeskUnderTest.ticket(id, more: ", \"attendance_id\": \(try #require(earlier).id)")
        )
        #expect(opened.status == 201, "\(opened.body)")
        let personal = try await client.send(
            .post,
            "/api/v1/tickets",
            token: test.token,
            json: """
                {"topic": "primeiro-acesso", "customer_id": \(id), "contact_id": \(person.id), "summary": "Conta pendente",
                 "description": "O link não chegou.",
                 "answers": {"tem_conta": true, "link_venceu": false, "email_conta": "canario.\(secrets[3])"}}
                """
        )
        #expect(personal.status == 201, "\(personal.body)")
        try await setAside(test)
        let now = try await test.app.callLog.record([
            call("now", "+5531987654321", .answered, by: "PJSIP/1001")
        ]).first
        let contact = try #require(now?.attendance?.id)
        _ = try await browser.send(.post, "/api/v1/contacts/\(person.id)/account", "{}")
        return Scene(
            customer: made.customer,
            person: person,
            contact: contact,
            earlier: try #require(earlier),
            call: try #require(called),
            dialled: dialled,
            ticket: opened.json,
            personal: personal.json,
            ana: ana
        )
    }

    /// The address with what it names; nil where that is not known here.
    private static func address(_ path: String, _ scene: Scene, _ values: [String: String]) -> [String]? {
        let words = path.split(separator: "/").map(String.init)
        let subjects = ["admin", "desk", "api", "v1"]
        let subject = words.first { !subjects.contains($0) } ?? ""
        let ids: [String]? =
            switch subject {
            case "customers": ["\(scene.customer.id)"]
            case "contacts": ["\(scene.person.id)"]
            case "attendances", "interviews": ["\(scene.contact)", "\(scene.earlier.id)"]
            case "calls": ["\(scene.call)", "\(scene.dialled)"]
            case "tickets": [scene.ticket, scene.personal].map { $0["id"].integer.map { "\($0)" } ?? "?" }
            case "notices": [values["notice"] ?? "1"]
            case "attachments", "webhooks", "users", "mails", "callbacks": ["1"]
            default: nil
            }
        if path.contains("{number}") {
            let numbers = [scene.ticket, scene.personal].compactMap { $0["number"].string }
            return numbers.map { path.replacing("{number}", with: $0) }
        }
        var filled = path.replacing("{topic}", with: "erro-sistema").replacing("{code}", with: "30140071")
            .replacing("{list}", with: "mine").replacing("{name}", with: "board.js")
            .replacing("{event}", with: "ticket_opened").replacing("{channel}", with: "sms")
            .replacing("{language}", with: "pt-BR")
        guard filled.contains("{") else { return [filled] }
        return ids.flatMap { ids in
            let all = ids.map { filled.replacing("{id}", with: $0).replacing("{attendance}", with: $0) }
            filled = all.first ?? "{"
            return filled.contains("{") ? nil : all
        }
    }

    static func isStaff(_ permission: Permission) -> Bool {
        if case .staff = permission { true } else { false }
    }

    /// Everything there is to read, each with a search for the customer where it has one.
    private static func addresses(_ test: DeskUnderTest, _ scene: Scene) throws -> [(name: String, path: String)] {
        let api = try API(app: test.app, streams: test.streams, uploads: UploadGate())
        var found: [(name: String, path: String)] = []
        for operation in api.operations where operation.method == .get && operation.who.contains(where: Self.isStaff) {
            guard let paths = address(operation.path, scene, [:]) else {
                Issue.record("\(operation.id): say what its address names")
                continue
            }
            var query: [(String, String)] = []
            for parameter in operation.parameters where parameter.place == .query {
                switch parameter.name {
                case "q", "words": query.append((parameter.name, name))
                case "customer", "customer_id": query.append((parameter.name, "\(scene.customer.id)"))
                case "number": query.append((parameter.name, "+5531987654321"))
                case "attendance", "contact": query.append((parameter.name, "\(scene.contact)"))
                default: break
                }
            }
            for path in paths {
                let path = API.base + path
                found.append((operation.id, path))
                for one in query { found.append((operation.id, QueryText.path(path, [one]))) }
                if query.count > 1 { found.append((operation.id, QueryText.path(path, query))) }
            }
        }
        for way in test.ways where way.method == .get && (way.path.hasPrefix("/desk") || way.path.hasPrefix("/admin")) {
            guard apart[way.path] == nil, !way.path.contains("sign-in") else { continue }
            guard let paths = address(way.path, scene, [:]) else {
                Issue.record("\(way.path): say what its address names")
                continue
            }
            for path in paths {
                found.append((way.path, path))
                found.append((way.path, QueryText.path(path, [("q", name)])))
            }
        }
        return found
    }

    @Test("no operation and no page says what the record holds; once proven, they do")
    func everyReading() async throws {
        try await DeskUnderTest.with { test in
            try await test.application.test(.router) { client in
                let scene = try await Self.scene(test, client)
                let browser = try await test.browser(scene.ana, client)
                let addresses = try Self.addresses(test, scene)
                #expect(addresses.count > 80)
                var open: Set<String> = []
                for level in [IdentityLevel.none, .known, .verified] {
                    try await test.app.attendances.identify(
                        scene.contact,
                        customerID: scene.customer.id,
                        contactID: nil,
                        level: level
                    )
                    for (name, path) in addresses {
                        let answer = try await browser.get(path, headers: [.accept: "*/*"])
                        #expect(answer.status < 500, "\(path)")
                        let said = Self.secrets.filter(answer.body.contains)
                        if level == .verified {
                            if !said.isEmpty { open.insert(name) }
                        } else {
                            #expect(said.isEmpty, "\(level) \(path) says \(said)")
                        }
                    }
                }
                // Nothing is covered for ever: the test would hold of a desk that shows nothing at all.
                for name in [
                    "getCustomer", "listContacts", "listPhones", "listContracts", "findContracts", "search",
                    "getCallerCard", "getCaller", "getContactAccount", "getBoard", "/admin/customers/{id}",
                    "/desk/calls",
                    "/desk/calls/{id}", "/desk/attendances/{id}", "/desk/tickets/{number}", "getTicket", "listTickets",
                    "getCustomerTimeline", "/admin/mails", "listWebhookDeliveries", "/admin/webhooks/{id}",
                ] {
                    #expect(open.contains(name), "\(name) says nothing to whom has proven it: \(open.sorted())")
                }
            }
        }
    }

    @Test("a ticket uncovers nothing while its caller is on the line, nor while another request of theirs is written")
    func afterTheTicket() async throws {
        try await DeskUnderTest.with { test in
            try await test.application.test(.router) { client in
                let scene = try await Self.scene(test, client)
                let browser = try await test.browser(scene.ana, client)
                /// The record's own page and the calls of a colleague's view, as the caller is known so far.
                func said() async throws -> [String] {
                    try await test.app.attendances.identify(
                        scene.contact,
                        customerID: scene.customer.id,
                        contactID: nil,
                        level: .known
                    )
                    let answer = try await browser.send(.get, "/api/v1/customers/\(scene.customer.id)")
                    #expect(answer.status == 200, "\(answer.body)")
                    return Self.secrets.filter(answer.body.contains)
                }
                #expect(try await said().isEmpty)
                let opened = try await client.send(
                    .post,
                    "/api/v1/tickets",
                    token: test.token,
                    json: DeskUnderTest.ticket(scene.customer.id, more: ", \"attendance_id\": \(scene.contact)"),
                    headers: [.account: "ana"]
                )
                #expect(opened.status == 201, "\(opened.body)")
                #expect(try await said().isEmpty)
                _ = try await test.app.callLog.record([
                    Self.call("now", "+5531987654321", .answered, isEnded: true, by: "PJSIP/1001")
                ])
                #expect(try await !said().isEmpty)
                let interview = "/api/v1/interviews/\(scene.contact)"
                #expect(try await browser.send(.post, interview + "/another").status == 200)
                #expect(try await said().isEmpty)
                let end = #"{"reason": "other", "text": "engano"}"#
                #expect(try await browser.send(.post, interview + "/end", end).status == 200)
                #expect(try await !said().isEmpty)
            }
        }
    }
}
