import Foundation
import TestSupport
import Testing

@testable import DeskCore

@Suite("Callers who wait to be called back")
struct CallBackTests {
    private struct Desk {
        let time = TestClock()
        let log: CallLog
        let attendances: AttendanceDesk
        let callBacks: CallBackDesk
        let ana: Int64
        let bruno: Int64

        init(_ engine: DatabaseEngine) async throws {
            let database = try await TestDatabase.make(engine)
            let numbers = NumberDesk(format: .standard, timeZone: .gmt)
            let clock = time.clock
            log = CallLog(database: database, numbers: numbers, clock: clock)
            attendances = AttendanceDesk(database: database, numbers: numbers, clock: clock)
            callBacks = CallBackDesk(database: database, clock: clock) { $0.adding(.seconds(3_600)) }
            let accounts = AccountDesk(database: database, clock: clock)
            ana = try await accounts.add(AccountDraft(login: "ana", name: "Ana Souza"), by: .system("test")).id
            bruno = try await accounts.add(AccountDraft(login: "bruno", name: "Bruno Lima"), by: .system("test")).id
        }

        /// A call from or to the number, as it is reported at its end.
        @discardableResult
        func call(
            _ key: String,
            _ outcome: CallOutcome,
            _ direction: CallDirection = .inbound,
            sent: String? = nil,
            isEnded: Bool = true
        ) async throws -> CallChange? {
            var report = CallSignal(
                line: "matriz",
                key: key,
                direction: direction,
                state: isEnded ? .ended : outcome == .answered ? .talking : .ringing,
                outcome: outcome
            )
            if let sent {
                // No number that can be called from everywhere; the line puts a zero before numbers outside.
                if direction == .outbound { report.dialled = "0" + sent } else { report.numberRaw = sent }
                report.call = LineNumbers(dialPrefix: "0") { _ in nil }.read(report.call)
            } else if direction == .inbound {
                report.number = "+5511987654321"
            } else {
                report.dialledNumber = "+5511987654321"
            }
            report.startedAt = time.now.milliseconds * 1_000
            if outcome == .answered { report.answeredBy = direction == .inbound ? "PJSIP/1001" : "PJSIP/trunk" }
            report.isEnded = isEnded
            let change = try await log.record([report]).first
            time.advance(by: .seconds(60))
            return change
        }

        func take(_ callID: Int64, for account: Int64) async throws -> CallBackDesk.Refusal? {
            do throws(StoreError) {
                try await callBacks.take(callID: callID, for: account)
                return nil
            } catch .refused(let refusal as CallBackDesk.Refusal) {
                return refusal
            }
        }
    }

    @Test("are to be called within the desk's time, counted from their first call", arguments: TestDatabase.engines)
    func due(engine: DatabaseEngine) async throws {
        let desk = try await Desk(engine)
        let first = desk.time.now
        try await desk.call("1", .abandoned)
        try await desk.call("2", .noAnswer)
        let item = try #require(try await desk.callBacks.list().first)
        #expect(item.since == first)
        #expect(item.dueAt == first.adding(.seconds(3_600)))
        #expect(item.calls == 2)
        #expect(!item.wasDropped)
    }

    @Test(
        "are there when a talk with them broke off, until somebody talks to them again",
        arguments: TestDatabase.engines
    )
    func dropped(engine: DatabaseEngine) async throws {
        let desk = try await Desk(engine)
        let talk = try #require(try await desk.call("1", .answered))
        let contact = try #require(talk.attendance?.id)
        _ = try await desk.attendances.end(contact, outcome: .dropped, reason: nil, by: desk.ana)
        let ended = desk.time.now
        let item = try #require(try await desk.callBacks.list().first)
        #expect(item.wasDropped)
        #expect(item.since == ended)
        #expect(item.id == talk.call.id)
        try await desk.call("2", .answered, .outbound)
        #expect(try await desk.callBacks.list().isEmpty)
    }

    @Test(
        "are there when the PBX went down under the talk, and not when nobody saw how it ended",
        arguments: TestDatabase.engines
    )
    func brokeOff(engine: DatabaseEngine) async throws {
        let desk = try await Desk(engine)
        for (key, number, isSeen) in [("1", "+5511987654321", true), ("2", "+5531987654321", false)] {
            var report = CallSignal(
                line: "matriz",
                key: key,
                direction: .inbound,
                state: .talking,
                outcome: .answered
            )
            report.number = number
            report.answeredBy = "PJSIP/1001"
            _ = try await desk.log.record([report])
            guard isSeen else { continue }
            report.isEnded = true
            report.endedBy = .pbx
            report.brokeOff = .seen
            // Told twice, they wait once.
            for _ in 0..<2 { _ = try await desk.log.record([report]) }
        }
        _ = try await desk.log.closeLost(line: "matriz", except: [])
        let items = try await desk.callBacks.list()
        #expect(items.map(\.call.number) == ["+5511987654321"])
        #expect(items.map(\.wasDropped) == [true])
        let contact = try #require(items.first?.call.attendanceID)
        #expect(try await desk.attendances.find(contact)?.state == .open, "who had it finishes it")
        try await desk.call("3", .answered, .outbound)
        #expect(try await desk.callBacks.list().isEmpty)
    }

    @Test(
        "are there when the PBX fell while the service was away too, and nobody has finished their contact",
        arguments: TestDatabase.engines
    )
    func awayTogether(engine: DatabaseEngine) async throws {
        let desk = try await Desk(engine)
        for (key, number) in [("talk", "+5511987654321"), ("finished", "+5531987654321"), ("queue", "+5521987654321")] {
            let isTalk = key != "queue"
            var report = CallSignal(
                line: "matriz",
                key: key,
                direction: .inbound,
                state: isTalk ? .talking : .queued,
                outcome: isTalk ? .answered : .ongoing
            )
            report.number = number
            report.startedAt = desk.time.now.microseconds
            if isTalk { report.answeredBy = "PJSIP/1001" }
            let change = try #require(try await desk.log.record([report]).first)
            guard key == "finished", let contact = change.attendance?.id else { continue }
            _ = try await desk.attendances.end(contact, outcome: .information, reason: nil, by: desk.ana)
        }
        try await desk.log.noteHeard(lines: ["matriz"])
        desk.time.advance(by: .seconds(120))
        let started = desk.time.now.microseconds
        desk.time.advance(by: .seconds(30))
        let changes = try await desk.log.closeLost(line: "matriz", except: [], pbxStartedAt: started)
        #expect(changes.count == 3)
        let items = try await desk.callBacks.list()
        #expect(Set(items.map(\.call.number)) == ["+5511987654321", "+5521987654321"])
        #expect(items.filter(\.wasDropped).map(\.call.number) == ["+5511987654321"])
        #expect(items.first { $0.wasDropped }?.call.endedBy == .pbx)
    }

    @Test(
        "are not there when the talk ended while the service was away and the PBX went on, or fell long after",
        arguments: TestDatabase.engines
    )
    func awayAlone(engine: DatabaseEngine) async throws {
        for startedAfter in [nil, 3_600] as [Int64?] {
            let desk = try await Desk(engine)
            try await desk.call("1", .answered, isEnded: false)
            try await desk.log.noteHeard(lines: ["matriz"])
            let left = desk.time.now
            desk.time.advance(by: .seconds(4_000))
            let started = startedAfter.map { left.adding(.seconds($0)).microseconds }
            let changes = try await desk.log.closeLost(line: "matriz", except: [], pbxStartedAt: started)
            #expect(changes.map(\.call.outcome) == [.answered])
            #expect(changes.map(\.call.endedBy) == [.unknown])
            #expect(try await desk.callBacks.list().isEmpty)
        }
    }

    @Test("do not wait when they called again before the broken talk was noted", arguments: TestDatabase.engines)
    func calledAgain(engine: DatabaseEngine) async throws {
        let desk = try await Desk(engine)
        let talk = try #require(try await desk.call("1", .answered))
        try await desk.call("2", .answered)
        let contact = try #require(talk.attendance?.id)
        _ = try await desk.attendances.end(contact, outcome: .dropped, reason: nil, by: desk.ana)
        #expect(try await desk.callBacks.list().isEmpty)
    }

    @Test("are called by one person at a time, and by another when the first gave up", arguments: TestDatabase.engines)
    func lease(engine: DatabaseEngine) async throws {
        let desk = try await Desk(engine)
        try await desk.call("1", .abandoned)
        let id = try #require(try await desk.callBacks.list().first?.id)
        #expect(try await desk.take(id, for: desk.ana) == nil)
        #expect(try await desk.take(id, for: desk.ana) == .underWay)
        let taken = try #require(try await desk.callBacks.list().first?.lease)
        #expect(taken.name == "Ana Souza")
        #expect(try await desk.take(id, for: desk.bruno) == .taken(taken))
        // Somebody else's hand opens no lease.
        try await desk.callBacks.letGo(callID: id, by: desk.bruno)
        #expect(try await desk.take(id, for: desk.bruno) == .taken(taken))
        try await desk.callBacks.letGo(callID: id, by: desk.ana)
        #expect(try await desk.take(id, for: desk.bruno) == nil)
        desk.time.advance(by: CallBackDesk.leaseTime)
        #expect(try await desk.callBacks.list().first?.lease == nil)
        #expect(try await desk.take(id, for: desk.ana) == nil)
    }

    @Test("keep who tried in vain, and are free again when that call has ended", arguments: TestDatabase.engines)
    func tries(engine: DatabaseEngine) async throws {
        let desk = try await Desk(engine)
        try await desk.call("1", .abandoned)
        let id = try #require(try await desk.callBacks.list().first?.id)
        _ = try await desk.take(id, for: desk.ana)
        let begun = desk.time.now
        let ringing = try await desk.call("2", .ongoing, .outbound, isEnded: false)
        if let contact = ringing?.attendance?.id { _ = try await desk.attendances.claim(contact, by: desk.ana) }
        #expect(try await desk.callBacks.list().first?.lease?.accountID == desk.ana)
        try await desk.call("2", .noAnswer, .outbound)
        let item = try #require(try await desk.callBacks.list().first)
        #expect(item.lease == nil)
        #expect(item.tries.map(\.at) == [begun])
        #expect(item.tries.map(\.outcome) == [.noAnswer])
        #expect(item.tries.map(\.name) == ["Ana Souza"])
        #expect(item.id == id)
    }

    @Test(
        "who is known only by what was sent is called, tried and done like anybody",
        arguments: TestDatabase.engines,
        ["40041234", "2001", "joao"]
    )
    func onlySent(engine: DatabaseEngine, sent: String) async throws {
        let desk = try await Desk(engine)
        try await desk.call("other", .abandoned, sent: "2002")
        for (key, direction) in [("back", CallDirection.outbound), ("again", .inbound)] {
            try await desk.call("\(key)-missed", .abandoned, sent: sent)
            let id = try #require(try await desk.callBacks.list().last?.id)
            _ = try await desk.take(id, for: desk.ana)
            try await desk.call("\(key)-tried", .noAnswer, .outbound, sent: sent)
            let item = try #require(try await desk.callBacks.list().last)
            #expect(item.lease == nil, "the call to them has ended")
            #expect(item.tries.map(\.outcome) == [.noAnswer])
            // A colleague who has the same extension here is somebody else.
            try await desk.call("\(key)-inside", .answered, .internal, sent: sent)
            #expect(try await desk.callBacks.list().count == 2)
            let change = try await desk.call("\(key)-answered", .answered, direction, sent: sent)
            #expect(change?.returned.count == 1)
            #expect(try await desk.callBacks.list().map(\.call.numberRaw) == ["2002"])
        }
        let talk = try #require(try await desk.call("talk", .answered, sent: sent))
        try await desk.call("later", .answered, sent: sent)
        let contact = try #require(talk.attendance?.id)
        _ = try await desk.attendances.end(contact, outcome: .dropped, reason: nil, by: desk.ana)
        #expect(try await desk.callBacks.list().count == 1, "they called again before the broken talk was noted")
    }

    @Test(
        "are taken off many at once, each number once, and those done already are left out",
        arguments: TestDatabase.engines
    )
    func many(engine: DatabaseEngine) async throws {
        let desk = try await Desk(engine)
        try await desk.call("1", .abandoned)
        try await desk.call("2", .noAnswer)
        let ids = try await desk.callBacks.list().map(\.id)
        let unknown = (ids.max() ?? 0) + 7
        #expect(try await desk.callBacks.done(callIDs: ids + ids + [unknown], by: desk.ana).count == 2)
        #expect(try await desk.callBacks.list().isEmpty)
        #expect(try await desk.take(ids[0], for: desk.ana) == .notWaiting)
    }
}
