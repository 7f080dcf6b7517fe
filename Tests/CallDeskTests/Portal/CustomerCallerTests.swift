import DeskCore
import Foundation
import TestSupport
import Testing

@testable import CallDesk

@Suite("What a customer may see", .timeLimit(.minutes(5)))
struct CustomerCallerTests {
    /// Tickets of two customers, by every contact, in two departments, confidential or not, named second or not.
    @Test("the rule for one ticket and the condition for lists agree, for every reach", arguments: TestDatabase.engines)
    func reach(engine: DatabaseEngine) async throws {
        try await DeskUnderTest.with(engine) { test in
            let mine = try await test.customer()
            let other = try await test.customer(name: "Outra Pessoa", phone: "(31) 98765-4322")
            let me = try #require(try await test.app.customers.contacts(of: mine.id).first)
            let colleague = try await test.app.customers.addContact(
                ContactDraft(name: "Colega", email: nil),
                to: mine.id,
                by: .system("test")
            )
            let stranger = try #require(try await test.app.customers.contacts(of: other.id).first)
            var tickets: [Ticket] = []
            for (customer, contact) in [(mine, me), (mine, colleague), (other, stranger)] {
                for department in ["n1", "fiscal"] {
                    for isConfidential in [false, true] {
                        for second in [nil, me.id] {
                            tickets.append(
                                try await test.ticket(customer, contact, department, isConfidential, second: second)
                            )
                        }
                    }
                }
            }
            for reach in [Reach.own, .departments([]), .departments(["n1"]), .all] {
                let rule = TicketReach([PersonContact(contactID: me.id, customerID: mine.id, reach: reach)])
                let condition = rule.condition(from: 2)
                let listed = try await test.app.database.read { session in
                    try session.rows(
                        "SELECT id FROM ticket WHERE id > $1 AND \(condition.sql) ORDER BY id",
                        [.integer(0)] + condition.arguments
                    ).compactMap { $0.integer(0) }
                }
                #expect(listed == tickets.filter(rule.covers).map(\.id), "\(reach)")
                #expect(
                    tickets.filter(rule.covers).allSatisfy { $0.customerID == mine.id || $0.secondContactID == me.id }
                )
                let named = tickets.filter { $0.contactID == me.id || $0.secondContactID == me.id }
                #expect(named.allSatisfy(rule.covers))
                #expect(!tickets.contains { $0.isConfidential && rule.covers($0) && !named.contains($0) })
            }
            let nobody = TicketReach([])
            #expect(!tickets.contains(where: nobody.covers))
            #expect(nobody.condition().sql == "1 = 0")
        }
    }

    @Test("a customer acts on a ticket as the contact it names, and on a stranger's as nobody")
    func actor() async throws {
        try await DeskUnderTest.with { test in
            let mine = try await test.customer()
            let other = try await test.customer(name: "Outra Pessoa", phone: "(31) 98765-4322")
            let person = try await test.person(of: mine)
            let session = try await test.app.personSessions.begin(personID: person.id)
            let signedIn = try #require(try await test.app.known.person(session.token))
            let caller = Caller.customer(.init(signedIn: signedIn, session: session.token))
            let me = try #require(try await test.app.customers.contacts(of: mine.id).first)
            let stranger = try #require(try await test.app.customers.contacts(of: other.id).first)
            let own = try await test.ticket(mine, me, "n1", false, second: nil)
            let strange = try await test.ticket(other, stranger, "n1", false, second: nil)
            #expect(
                caller.ticketActor(on: own) == .customer(customerID: mine.id, contactID: me.id, name: person.name)
            )
            #expect(caller.ticketActor(on: strange) == .customer(customerID: 0, contactID: nil, name: person.name))
            #expect(caller.mayRead(own))
            #expect(!caller.mayRead(strange))
            #expect(try await test.app.ticket(own.id, for: caller).id == own.id)
            await #expect(throws: Problem.self) { try await test.app.ticket(strange.id, for: caller) }
            #expect(caller.actor == .person(person.id))
        }
    }
}

extension DeskUnderTest {
    /// A ticket of a contact's, as the interview would open it.
    func ticket(
        _ customer: Customer,
        _ contact: Contact,
        _ department: String,
        _ isConfidential: Bool = false,
        second: Int64? = nil
    ) async throws -> Ticket {
        let attendance = try await app.attendances.begin(channel: .portal, accountID: nil)
        let opened = try await app.tickets.open(
            try TicketOrderForTests.request(attendance.id, customer.id, contact.id, department, isConfidential),
            by: nil
        ).ticket
        guard let second else { return opened }
        try await app.database.write { session in
            try session.execute(
                "UPDATE ticket SET second_contact_id = $1 WHERE id = $2",
                [.integer(second), .integer(opened.id)]
            )
        }
        return try #require(try await app.directory.find(opened.id))
    }
}

/// Ready-made requests for tickets.
enum TicketOrderForTests {
    static func request(
        _ attendanceID: Int64,
        _ customerID: Int64,
        _ contactID: Int64,
        _ department: String,
        _ isConfidential: Bool
    ) throws -> TicketRequest {
        let json = """
            {"key": "t\(attendanceID)", "attendanceID": \(attendanceID), "customerID": \(customerID),
             "contactID": \(contactID), "identity": 0, "identityNeeded": 0, "channel": "portal", "language": "pt-BR",
             "topicID": "erro-sistema", "topicTitle": "Erro no sistema", "sectionPath": [], "sectionTitles": [],
             "department": "\(department)", "priority": "normal", "serviceLevel": {}, "summary": "Assunto",
             "description": "Texto.", "answers": [], "attachments": [], "formVersion": "v1",
             "isConfidential": \(isConfidential)}
            """
        return try JSONDecoder().decode(TicketRequest.self, from: Data(json.utf8))
    }
}
