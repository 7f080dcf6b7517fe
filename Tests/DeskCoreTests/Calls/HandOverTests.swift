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
        try await draft(it, id)
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

    @Test(
        "an outgoing call that is passed on takes contact and draft to the colleague, and back to who dialled it",
        arguments: TestDatabase.engines
    )
    func passedOn(engine: DatabaseEngine) async throws {
        let it = try await TicketUnderTest(engine)
        try await givePhones(it)
        let log = CallLog(database: it.database, numbers: it.numbers, clock: it.clock)
        var call = CallSignal(line: "matriz", key: "1.1", direction: .outbound, state: .talking)
        (call.callerParty, call.answeredBy, call.lastParty) = ("PJSIP/1001", "PJSIP/trunk", "PJSIP/trunk")
        let begun = try #require(try await log.record([call]).first)
        let id = try #require(begun.attendance?.id)
        try await draft(it, id)
        #expect(try await holders(it, id) == [it.ana.id, it.ana.id])
        for (phone, holder) in [("PJSIP/1002", it.bruno), ("PJSIP/1001", it.ana), ("PJSIP/1002", it.bruno)] {
            (call.passedTo, call.lastParty) = (phone, phone)
            let change = try #require(try await log.record([call]).first)
            #expect(change.call.lastParty == phone && change.accountID == holder.id)
            #expect(try await holders(it, id) == [holder.id, holder.id])
        }
        call.isEnded = true
        _ = try await log.record([call])
        #expect(try await holders(it, id) == [it.bruno.id, it.bruno.id])
        let calls = CallDirectory(database: it.database)
        #expect(try await calls.tookPart(it.ana.id, in: [begun.call.id]) == [begun.call.id])
        #expect(try await calls.tookPart(it.bruno.id, in: [begun.call.id]) == [begun.call.id], "who talked may hear it")
    }

    /// Ana, Bruno and the supervisor have a phone each.
    private func givePhones(_ it: TicketUnderTest) async throws {
        let accounts = AccountDesk(database: it.database, clock: it.clock)
        for (account, phone) in [(it.ana, "PJSIP/1001"), (it.bruno, "PJSIP/1002"), (it.chefe, "PJSIP/1003")] {
            _ = try await accounts.update(account.id, by: .system("test")) {
                $0.extensions = [AccountExtension(party: phone)]
            }
        }
    }

    /// Ana begins the interview of a contact.
    private func draft(_ it: TicketUnderTest, _ id: Int64) async throws {
        try await DraftDesk(database: it.database, clock: it.clock).save(
            attendanceID: id,
            accountID: it.ana.id,
            over: nil,
            revision: 1,
            body: "{}",
            stage: "identify",
            title: "Balcão"
        )
    }

    @Test(
        "what was given away or taken over during its call stays so, until another phone has the call",
        arguments: TestDatabase.engines,
        [true, false]
    )
    func duringItsCall(engine: DatabaseEngine, isClaimed: Bool) async throws {
        let it = try await TicketUnderTest(engine)
        try await givePhones(it)
        let log = CallLog(database: it.database, numbers: it.numbers, clock: it.clock)
        var talk = CallSignal(line: "matriz", key: "1.1", direction: .inbound, state: .talking)
        (talk.answeredBy, talk.lastParty) = ("PJSIP/1001", "PJSIP/1001")
        let id = try #require(try await log.record([talk]).first?.attendance?.id)
        try await draft(it, id)
        if isClaimed {
            _ = try await it.attendances.claim(id, by: it.bruno.id, from: it.ana.id)
        } else {
            #expect(try await it.attendances.handOver(id, heldBy: it.ana.id, by: it.ana.id, to: it.bruno.id))
        }
        talk.holds = 1
        _ = try await log.record([talk])
        talk.recording = "a.wav"
        #expect(try await log.record([talk]).first?.attendance?.accountID == it.bruno.id)
        #expect(try await holders(it, id) == [it.bruno.id, it.bruno.id])
        talk.lastParty = "PJSIP/1003"
        _ = try await log.record([talk])
        #expect(try await holders(it, id) == [it.chefe.id, it.chefe.id], "the phone passed the call on")
        _ = try await it.attendances.claim(id, by: it.bruno.id, from: it.chefe.id)
        talk.isEnded = true
        talk.endedBy = .caller
        _ = try await log.record([talk])
        #expect(try await holders(it, id) == [it.bruno.id, it.bruno.id])
    }
}
