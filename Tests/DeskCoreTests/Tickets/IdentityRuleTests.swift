import TestSupport
import Testing

@testable import DeskCore

@Suite("What a level of identity allows")
struct IdentityRuleTests {
    /// A desk whose tickets lie under a topic that asks for a verified identity.
    private func desk(_ test: TicketUnderTest) throws -> TicketDesk {
        let catalogue = try InterviewFixture.catalogue()
        return TicketDesk(
            database: test.database,
            numbers: test.numbers,
            book: ServiceBook(calendar: test.calendar),
            terms: test.terms,
            catalogue: { catalogue },
            clock: test.clock,
            announce: { _, _ in true }
        )
    }

    private func open(
        _ test: TicketUnderTest,
        as level: IdentityLevel,
        in attendanceID: Int64? = nil
    ) async throws -> Ticket {
        var request = TicketDeskTests.request("k-\(level.word)-\(attendanceID ?? 0)", attendanceID: attendanceID)
        request.topicID = "correcao"
        request.customerID = test.customerID
        request.contactID = test.contactID
        request.identity = level
        request.identityNeeded = .verified
        return try await desk(test).open(request, by: nil).ticket
    }

    private func contact(_ test: TicketUnderTest, _ level: IdentityLevel) async throws -> Attendance {
        let contact = try await test.attendances.begin(channel: .walkIn, accountID: test.ana.id)
        try await test.attendances.identify(contact.id, customerID: test.customerID, contactID: nil, level: level)
        return try #require(try await test.attendances.find(contact.id))
    }

    private func refusal(_ test: TicketUnderTest, _ order: MoveOrder, by actor: TicketActor) async throws
        -> TicketRefusal?
    {
        let desk = try desk(test)
        do throws(StoreError) {
            _ = try await desk.make(order, by: actor)
            return nil
        } catch .refused(let error) {
            return error as? TicketRefusal
        }
    }

    @Test(
        "what is done for a caller takes the level of the topic; what they say is written down whoever they are",
        arguments: TestDatabase.engines,
        IdentityLevel.allCases
    )
    func within(engine: DatabaseEngine, level: IdentityLevel) async throws {
        let test = try await TicketUnderTest(engine)
        let ticket = try await open(test, as: .verified)
        for move in [TicketMove.reply, .reiterate, .cancel] {
            var order = MoveOrder(move, of: ticket.id, text: "Por favor")
            order.attendanceID = try await contact(test, level).id
            let expected: TicketRefusal? = level == .verified ? nil : .identityTooLow(.verified)
            #expect(try await refusal(test, order, by: .account(test.ana)) == expected, "\(move)")
        }
        let other = try await open(test, as: .verified, in: contact(test, .verified).id)
        var link = MoveOrder(.link, of: other.id)
        link.attendanceID = try await contact(test, level).id
        #expect(try await refusal(test, link, by: .account(test.ana)) == nil)
    }

    @Test("whoever opened a ticket goes on with it in that contact as they began", arguments: TestDatabase.engines)
    func opener(engine: DatabaseEngine) async throws {
        let test = try await TicketUnderTest(engine)
        let contact = try await contact(test, .known)
        let ticket = try await open(test, as: .known, in: contact.id)
        var order = MoveOrder(.cancel, of: ticket.id, text: "Engano")
        order.attendanceID = contact.id
        #expect(try await refusal(test, order, by: .account(test.ana)) == nil)
    }

    @Test(
        "what somebody unproven asked for in a customer's name is solved by nobody but a supervisor",
        arguments: TestDatabase.engines
    )
    func solving(engine: DatabaseEngine) async throws {
        let test = try await TicketUnderTest(engine)
        let desk = try desk(test)
        let unproven = try await open(test, as: .known)
        let order = MoveOrder(.solve, of: unproven.id, text: "Feito")
        for actor in [TicketActor.account(test.ana), .program(name: "robô", author: nil)] {
            #expect(try await refusal(test, order, by: actor) == .identityTooLow(.verified))
            #expect(!desk.offers(on: unproven, to: actor).contains { $0.move == .solve })
            #expect(desk.offers(on: unproven, to: actor).contains { $0.move == .ask })
        }
        #expect(try await refusal(test, order, by: .account(test.chefe)) == nil)
        // Proven from the start, or in nobody's name: nothing stands in the way.
        for level in [IdentityLevel.verified, .none] {
            let ticket = try await open(test, as: level)
            let solve = MoveOrder(.solve, of: ticket.id, text: "Feito")
            #expect(try await refusal(test, solve, by: .account(test.ana)) == nil)
        }
    }

    @Test(
        "a proven contact of the customer, or their own word on the portal, raises the ticket and says so",
        arguments: TestDatabase.engines
    )
    func raised(engine: DatabaseEngine) async throws {
        let test = try await TicketUnderTest(engine)
        let desk = try desk(test)
        for isPortal in [true, false] {
            let ticket = try await open(test, as: .known, in: contact(test, .known).id)
            var order = MoveOrder(.reply, of: ticket.id, text: "Sou eu")
            if !isPortal { order.attendanceID = try await contact(test, .verified).id }
            let raised = try await desk.make(order, by: isPortal ? test.customer : .account(test.ana)).ticket
            #expect(raised.identity == .verified)
            #expect(!raised.isUnverified)
            let kinds = try await test.directory.thread(ticket.id).map(\.kind)
            #expect(kinds.filter { $0 == .identified }.count == 1)
            #expect(PublicEntry(try await test.directory.thread(ticket.id)[1]) == nil, "the desk's own")
            let solve = MoveOrder(.solve, of: ticket.id, text: "Feito")
            #expect(try await refusal(test, solve, by: .account(test.ana)) == nil)
        }
    }
}
