import Foundation
import TestSupport
import Testing

@testable import DeskCore

@Suite("A contact handed over and taken back")
struct HandOverTests {
    /// An open contact of Ana's with its draft.
    private func started(_ engine: DatabaseEngine) async throws -> (TicketUnderTest, Int64) {
        let it = try await TicketUnderTest(engine)
        let id = try await it.attendances.begin(channel: .walkIn, accountID: it.ana.id).id
        try await DraftDesk(database: it.database, clock: it.clock).save(
            attendanceID: id,
            accountID: it.ana.id,
            over: nil,
            revision: 1,
            body: "{}",
            stage: "identify",
            title: "Balcão"
        )
        return (it, id)
    }

    /// Whose the contact is and whose its draft.
    private func holders(_ it: TicketUnderTest, _ id: Int64) async throws -> [Int64?] {
        [
            try await it.attendances.find(id)?.accountID,
            try await DraftDesk(database: it.database, clock: it.clock).find(attendanceID: id)?.accountID,
        ]
    }

    @Test("contact and draft go together, and come back once within two minutes", arguments: TestDatabase.engines)
    func thereAndBack(engine: DatabaseEngine) async throws {
        let (it, id) = try await started(engine)
        let desk = it.attendances
        #expect(try await desk.takeBack(id, by: it.ana.id) == nil)
        #expect(try await desk.handOver(id, heldBy: it.ana.id, by: it.ana.id, to: it.bruno.id))
        #expect(try await holders(it, id) == [it.bruno.id, it.bruno.id])
        it.pass(.milliseconds(119_999))
        #expect(try await desk.takeBack(id, by: it.bruno.id) == nil, "it is the giver's to take back")
        #expect(try await desk.takeBack(id, by: it.ana.id) == it.bruno.id)
        #expect(try await holders(it, id) == [it.ana.id, it.ana.id])
        #expect(try await desk.takeBack(id, by: it.ana.id) == nil)
        // Who took it afterwards was not given it, however lately they had been.
        _ = try await desk.claim(id, by: it.bruno.id, from: it.ana.id)
        #expect(try await desk.takeBack(id, by: it.ana.id) == nil)
    }

    @Test(
        "of two who take it over from the same absent colleague one has it, with its draft",
        arguments: TestDatabase.engines
    )
    func twoAtOnce(engine: DatabaseEngine) async throws {
        let (it, id) = try await started(engine)
        let desk = it.attendances
        #expect(try await desk.claim(id, by: it.bruno.id) == it.ana.id)
        #expect(try await desk.claim(id, by: it.ana.id, from: it.ana.id) == it.ana.id)
        #expect(try await desk.claim(id, by: it.bruno.id, from: it.ana.id) == it.bruno.id)
        #expect(try await desk.claim(id, by: it.chefe.id, from: it.ana.id) == it.bruno.id)
        #expect(try await holders(it, id) == [it.bruno.id, it.bruno.id])
    }

    @Test("after two minutes it is too late", arguments: TestDatabase.engines)
    func late(engine: DatabaseEngine) async throws {
        let (it, id) = try await started(engine)
        #expect(try await it.attendances.handOver(id, heldBy: it.ana.id, by: it.ana.id, to: it.bruno.id))
        it.pass(.seconds(120))
        #expect(try await it.attendances.takeBack(id, by: it.ana.id) == nil)
        #expect(try await holders(it, id) == [it.bruno.id, it.bruno.id])
    }

    @Test("what a supervisor hands over goes back to who had it, or to the supervisor", arguments: TestDatabase.engines)
    func bySupervisor(engine: DatabaseEngine) async throws {
        let (it, id) = try await started(engine)
        #expect(try await it.attendances.handOver(id, heldBy: it.ana.id, by: it.chefe.id, to: it.bruno.id))
        #expect(try await it.attendances.takeBack(id, by: it.chefe.id) == nil)
        #expect(try await it.attendances.takeBack(id, by: it.ana.id) == it.bruno.id)
        let nobodys = try await it.attendances.begin(channel: .phone, accountID: nil).id
        #expect(try await it.attendances.handOver(nobodys, heldBy: nil, by: it.chefe.id, to: it.bruno.id))
        #expect(try await it.attendances.takeBack(nobodys, by: it.chefe.id) == it.bruno.id)
    }

    @Test(
        "what changed hands or ended meanwhile is neither handed over nor taken back",
        arguments: TestDatabase.engines
    )
    func meanwhile(engine: DatabaseEngine) async throws {
        let (it, id) = try await started(engine)
        let desk = it.attendances
        _ = try await desk.claim(id, by: it.chefe.id, from: it.ana.id)
        #expect(try await desk.handOver(id, heldBy: it.ana.id, by: it.ana.id, to: it.bruno.id) == false)
        #expect(try await desk.handOver(id, heldBy: nil, by: it.ana.id, to: it.bruno.id) == false)
        #expect(try await desk.find(id)?.accountID == it.chefe.id)
        #expect(try await desk.handOver(id, heldBy: it.chefe.id, by: it.chefe.id, to: it.bruno.id))
        _ = try await desk.end(id, outcome: .information, reason: nil, by: it.bruno.id)
        #expect(try await desk.takeBack(id, by: it.chefe.id) == nil)
        #expect(try await desk.handOver(id, heldBy: it.bruno.id, by: it.bruno.id, to: it.ana.id) == false)
        #expect(try await desk.handOver(404, heldBy: nil, by: it.ana.id, to: it.bruno.id) == false)
    }
}
