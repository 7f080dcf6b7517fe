import Foundation
import TestSupport
import Testing

@testable import DeskCore

@Suite("The call log")
struct CallLogTests {
    private let clock = DeskClock { Moment(milliseconds: 1_795_236_570_000) }

    private func desk(_ database: any Database) -> (log: CallLog, calls: CallDirectory, attendances: AttendanceDesk) {
        let numbers = NumberDesk(format: .standard, timeZone: .gmt)
        return (
            CallLog(database: database, numbers: numbers, clock: clock), CallDirectory(database: database),
            AttendanceDesk(database: database, numbers: numbers, clock: clock)
        )
    }

    private func report(_ key: String, _ state: CallState, _ outcome: CallOutcome = .ongoing) -> CallSignal {
        var report = CallSignal(line: "matriz", key: key, direction: .inbound, state: state, outcome: outcome)
        report.number = "+5511987654321"
        report.numberRaw = "11987654321"
        report.dialled = "5000"
        report.startedAt = 1_795_236_560_000_000
        return report
    }

    @Test("a call that rings makes one attendance with a valid protocol number, however often it is reported")
    func oneAttendance() async throws {
        let (log, calls, attendances) = desk(try await TestDatabase.make())
        let first = try await log.record([report("1.1", .ringing)])
        let again = try await log.record([report("1.1", .ringing), report("1.1", .queued), report("1.1", .queued)])
        let number = try #require(first.first?.attendance?.protocolNumber)
        #expect(first.first?.isNew == true)
        #expect(ProtocolFormat.standard.accepts(number))
        #expect(again.map(\.isNew) == [false])
        #expect(again.first?.attendance?.protocolNumber == number)
        #expect(try await attendances.list(before: nil, limit: 10).map(\.protocolNumber) == [number])
        #expect(try await calls.live().map(\.key) == ["1.1"])
    }

    @Test("two PBX lines may use the same key for different calls")
    func keysBelongToTheirLine() async throws {
        let (log, calls, _) = desk(try await TestDatabase.make())
        var other = report("1.1", .ringing)
        other.line = "filial"
        let changes = try await log.record([report("1.1", .ringing), other])
        #expect(Set(changes.compactMap { $0.attendance?.protocolNumber }).count == 2)
        #expect(try await calls.live().count == 2)
    }

    @Test("a late report never brings an ended call back, nor turns an answered one into a missed one")
    func endedStaysEnded() async throws {
        let (log, calls, _) = desk(try await TestDatabase.make())
        var talking = report("1.1", .talking, .answered)
        talking.answeredBy = "PJSIP/1001"
        talking.lastParty = "PJSIP/1001"
        var ended = talking
        ended.isEnded = true
        ended.endedBy = .caller
        // Who gave it up hours later, having missed its end, says nothing of who ended it.
        var givenUp = ended
        givenUp.endedBy = .unknown
        _ = try await log.record([talking, ended, report("1.1", .ringing)])
        _ = try await log.record([givenUp])
        let call = try #require(try await calls.find(line: "matriz", key: "1.1"))
        #expect(call.state == .ended)
        #expect(call.outcome == .answered)
        #expect(call.answeredBy == "PJSIP/1001")
        #expect(call.endedBy == .caller)
        #expect(try await calls.toReturn(at: clock.now).isEmpty)
    }

    @Test("a caller on the block list is told as blocked, and never waits to be returned", arguments: [true, false])
    func blocked(isWithheld: Bool) async throws {
        let database = try await TestDatabase.make()
        let rules = CallerRuleBook(database: database, clock: clock)
        let (_, calls, attendances) = desk(database)
        let log = CallLog(
            database: database,
            numbers: NumberDesk(format: .standard, timeZone: .gmt),
            clock: clock,
            rules: rules
        )
        func report(_ key: String, _ state: CallState, _ outcome: CallOutcome = .ongoing) -> CallSignal {
            var report = self.report(key, state, outcome)
            report.isWithheld = isWithheld
            if isWithheld { (report.number, report.numberRaw) = (nil, nil) }
            return report
        }
        // Missed before anybody was blocked: it stays what it was.
        _ = try await log.record([report("1.0", .ended, .abandoned)])
        let block = isWithheld ? CallerRules.Block(.withheld) : .init(.prefix, "+55119")
        try await rules.replace(with: CallerRules(blocks: [block]), by: .system("test"))
        let changes = try await log.record([
            report("1.0", .ended, .abandoned), report("1.1", .ringing), report("1.1", .ended, .abandoned),
        ])
        #expect(changes.last?.call.outcome == .blocked && changes.last?.call.wasMissed == false)
        #expect(changes.last?.attendance?.outcome == .blocked && changes.last?.attendance?.state == .ended)
        #expect(try await calls.find(line: "matriz", key: "1.0")?.outcome == .abandoned)
        #expect(try await calls.toReturn(at: clock.now).map(\.key) == ["1.0"])
        // Told again after the rule is gone: what it was stays.
        try await rules.replace(with: CallerRules(), by: .system("test"))
        var again = report("1.1", .ended, .noAnswer)
        again.cause = 16
        _ = try await log.record([again])
        let kept = try #require(try await calls.find(line: "matriz", key: "1.1"))
        #expect(kept.outcome == .blocked && kept.cause == 16)
        #expect(try await attendances.find(try #require(kept.attendanceID))?.outcome == .blocked)
        // Somebody answered all the same: a contact like any other.
        try await rules.replace(with: CallerRules(blocks: [block]), by: .system("test"))
        var talking = report("1.2", .talking, .answered)
        talking.answeredBy = "PJSIP/1001"
        var over = talking
        over.isEnded = true
        let answered = try await log.record([talking, over])
        #expect(answered.last?.call.outcome == .answered)
    }

    @Test("an unanswered call waits to be returned, once for each number, until somebody talks to that number")
    func missedCallsAreReturned() async throws {
        let (log, calls, attendances) = desk(try await TestDatabase.make())
        _ = try await log.record([report("1.1", .ended, .abandoned), report("1.2", .ended, .noAnswer)])
        #expect(try await calls.toReturn(at: clock.now).map(\.key) == ["1.2"])
        #expect(try await attendances.list(before: nil, limit: 10).map(\.outcome) == [.missed, .missed])
        var back = report("1.3", .talking, .answered)
        back.direction = .outbound
        back.dialledNumber = back.number
        back.answeredBy = "PJSIP/trunk"
        let change = try #require(try await log.record([back]).first)
        #expect(change.returned.count == 2)
        #expect(try await calls.toReturn(at: clock.now).isEmpty)
    }

    @Test("a call between two phones of the desk is kept and makes no attendance")
    func internalCalls() async throws {
        let (log, calls, attendances) = desk(try await TestDatabase.make())
        var inside = report("1.1", .talking, .answered)
        inside.direction = .internal
        _ = try await log.record([inside])
        #expect(try await calls.live().count == 1)
        #expect(try await attendances.list(before: nil, limit: 10).isEmpty)
    }

    @Test("the consultation of an attended transfer becomes part of the customer's call")
    func consultationIsAbsorbed() async throws {
        let (log, calls, attendances) = desk(try await TestDatabase.make())
        _ = try await log.record([report("1.1", .talking, .answered), report("1.9", .talking, .answered)])
        var joined = report("1.1", .talking, .answered)
        joined.absorbed = ["1.9"]
        joined.lastParty = "PJSIP/1002"
        let change = try #require(try await log.record([joined]).first)
        #expect(change.absorbed.count == 1)
        #expect(try await calls.live().map(\.key) == ["1.1"])
        let open = try await attendances.list(before: nil, limit: 10).filter { $0.state == .open }
        #expect(open.map(\.id) == [change.attendance?.id])
        #expect(try await log.record([report("1.9", .talking, .answered)]).isEmpty)
    }

    @Test(
        "a key that a line uses again is another call's, and a late word of the first is not",
        arguments: TestDatabase.engines
    )
    func keyUsedAgain(engine: DatabaseEngine) async throws {
        let (log, calls, attendances) = desk(try await TestDatabase.make(engine))
        let (began, day) = (1_795_236_560_000_000 as Int64, 86_400_000_000 as Int64)
        var first = report("1", .ended, .abandoned)
        (first.startedAt, first.endedAt) = (began, began + 20_000_000)
        let old = try #require(try await log.record([first]).first)
        // Told again after its end, by who knows only when it ended, or a while later.
        var late = first
        (late.startedAt, late.endedAt, late.recording) = (began + day, began + day, "a.wav")
        _ = try await log.record([late])
        var soon = report("1", .ringing)
        soon.startedAt = began + 500_000_000
        #expect(try await log.record([soon]).allSatisfy { !$0.isNew && $0.call.state == .ended })
        var second = report("1", .ringing)
        (second.number, second.startedAt) = ("+5531912345678", began + day)
        let new = try #require(try await log.record([second]).first)
        #expect(new.isNew && new.call.id != old.call.id && new.attendance?.id != old.attendance?.id)
        second.isEnded = true
        second.endedAt = began + day + 5_000_000
        #expect(try await log.record([second]).map(\.call.id) == [new.call.id])
        #expect(try await calls.find(line: "matriz", key: "1")?.id == new.call.id)
        let kept = try #require(try await calls.find(old.call.id))
        #expect(kept.lineKey == "1" && kept.number == "+5511987654321" && kept.recording == "a.wav")
        #expect(kept.endedAt == old.call.endedAt && kept.outcome == .abandoned)
        // And again, and in the menu.
        second.startedAt = began + 2 * day
        (second.isEnded, second.endedAt, second.outcome) = (false, nil, .ongoing)
        #expect(try await log.record([second]).first?.isNew == true)
        #expect(try await attendances.list(before: nil, limit: 10).count == 3)
    }

    @Test("whoever meets the menu under a key of a call long over is somebody else", arguments: TestDatabase.engines)
    func menuUnderOldKey(engine: DatabaseEngine) async throws {
        let (log, calls, _) = desk(try await TestDatabase.make(engine))
        for (key, ended, isSame) in [("a", -601, false), ("b", -599, true)] as [(String, Int64, Bool)] {
            var old = report(key, .ended, .abandoned)
            old.startedAt = clock.now.adding(.seconds(ended - 20)).microseconds
            old.endedAt = clock.now.adding(.seconds(ended)).microseconds
            let id = try #require(try await log.record([old]).first?.call.id)
            var met = report(key, .ringing)
            met.startedAt = nil
            let arrival = try await log.arrive(met)
            #expect((arrival.call.id == id) == isSame)
            #expect(try await calls.find(line: "matriz", key: key)?.id == arrival.call.id)
        }
    }

    @Test("calls that are gone when the desk comes back have ended, by whom nobody saw")
    func lostCallsAreClosed() async throws {
        let (log, calls, _) = desk(try await TestDatabase.make())
        _ = try await log.record([
            report("1.1", .talking, .answered), report("1.2", .queued), report("1.3", .ringing),
        ])
        let closed = try await log.closeLost(line: "matriz", except: ["1.3"])
        #expect(closed.map(\.call.key) == ["1.1", "1.2"])
        #expect(closed.map(\.call.outcome) == [.answered, .failed])
        #expect(closed.allSatisfy { $0.call.endedBy == .unknown })
        #expect(try await calls.live().map(\.key) == ["1.3"])
    }

    @Test(
        "what the menu let a caller go for is what the contact came to, and no failure; the caller waits to be called",
        arguments: [(true, AttendanceOutcome.callBackAsked), (false, .afterHours)],
        [true, false]
    )
    func letGo(_ case: (wantsCallBack: Bool, outcome: AttendanceOutcome), isNotedLate: Bool) async throws {
        let database = try await TestDatabase.make()
        let (log, calls, attendances) = desk(database)
        let began = try #require(try await log.record([report("1.1", .ringing)]).first?.attendance)
        let end = { _ = try await log.record([report("1.1", .ended, .failed)]) }
        if isNotedLate { try await end() }
        // Every call after hours is one from the beginning; some then ask to be called back.
        try await attendances.note(began.id, topic: nil, isAfterHours: true)
        if `case`.wantsCallBack { try await attendances.note(began.id, topic: "vpn", wantsCallBack: true) }
        // Told again, it fails no more than the first time.
        for _ in 0..<2 { try await end() }
        let call = try #require(try await calls.find(line: "matriz", key: "1.1"))
        #expect(call.outcome == .noAnswer)
        #expect(try await attendances.list(before: nil, limit: 10).map(\.outcome) == [`case`.outcome])
        let items = try await CallBackDesk(database: database, clock: clock).list()
        #expect(items.map(\.isAskedFor) == [`case`.wantsCallBack])
    }

    @Test("a call the menu knows nothing of keeps its failure, and a caller who left has given up all the same")
    func failuresStay() async throws {
        let (log, calls, attendances) = desk(try await TestDatabase.make())
        _ = try await log.record([report("1.1", .ended, .failed)])
        #expect(try await calls.find(line: "matriz", key: "1.1")?.outcome == .failed)
        let began = try #require(try await log.record([report("1.2", .ringing)]).first?.attendance)
        try await attendances.note(began.id, topic: nil, wantsCallBack: true)
        _ = try await log.record([report("1.2", .ended, .abandoned)])
        #expect(try await calls.find(line: "matriz", key: "1.2")?.outcome == .abandoned)
    }

    @Test("the number as it was sent and as it was shown are both kept, and shown where they differ")
    func bothNumbers() async throws {
        let (log, calls, _) = desk(try await TestDatabase.make())
        var told = report("1.1", .ringing)
        told.numberRaw = "987654321"
        told.numberShown = "987654321"
        told.number = nil
        _ = try await log.record([told])
        #expect(try await calls.find(line: "matriz", key: "1.1")?.sentOtherwise == nil)
        told.numberShown = "+5511987654321"
        told.number = "+5511987654321"
        told.isWaiting = true
        _ = try await log.record([told])
        let call = try #require(try await calls.find(line: "matriz", key: "1.1"))
        #expect(call.number == "+5511987654321")
        #expect(call.numberRaw == "987654321")
        #expect(call.numberShown == "+5511987654321")
        #expect(call.sentOtherwise == "987654321")
    }

    @Test(
        "a caller whose number is a network's word for none is withheld, and waits for no call",
        arguments: ["privado", "\"Restrito\"", "0000000000", "oculto", "withheld", "Blocked", "anonymous", "2001"]
    )
    func withheldWords(sent: String) async throws {
        let database = try await TestDatabase.make()
        let (log, calls, _) = desk(database)
        var missed = report("1.1", .ended, .abandoned)
        (missed.number, missed.numberRaw) = (nil, sent)
        _ = try await log.record([missed])
        let isWithheld = sent != "2001"
        #expect(try await calls.find(line: "matriz", key: "1.1")?.withheld == isWithheld)
        #expect(try await CallBackDesk(database: database, clock: clock).list().isEmpty == isWithheld)
    }

    @Test("a number that the dialplan finds is shown, and one that was sent and is not to be shown never is")
    func shownLater() async throws {
        let (log, calls, _) = desk(try await TestDatabase.make())
        for (key, sent, isHidden) in [("1.1", "anonymous", false), ("1.2", "11987654321", true)] {
            var told = report(key, .ringing)
            (told.number, told.numberRaw, told.isWithheld) = (nil, sent, isHidden)
            _ = try await log.record([told])
            #expect(try await calls.find(line: "matriz", key: key)?.withheld == true)
            told.number = "+5511987654321"
            told.numberShown = told.number
            told.isWithheld = false
            _ = try await log.record([told])
            #expect(try await calls.find(line: "matriz", key: key)?.withheld == isHidden)
        }
    }

    @Test("a call that turns out to go outside is with whom it called, not with who called")
    func turnsOutward() async throws {
        let (log, calls, _) = desk(try await TestDatabase.make())
        var told = report("1.1", .ringing)
        (told.direction, told.number, told.numberRaw, told.numberShown) = (.internal, nil, "1001", "1001")
        told.callerName = "Ana Souza"
        told.callerParty = "PJSIP/trunk"
        told.isWithheld = true
        _ = try await log.record([told])
        (told.direction, told.dialled, told.dialledNumber) = (.outbound, "011912345678", "+5511912345678")
        told.callerParty = nil
        _ = try await log.record([told])
        told.callerParty = "PJSIP/1001"
        _ = try await log.record([told])
        let call = try #require(try await calls.find(line: "matriz", key: "1.1"))
        #expect(call.other == OtherParty(number: "+5511912345678", numberRaw: "011912345678"))
        #expect(call.callerParty == "PJSIP/1001")
        #expect(call.holder == "PJSIP/1001")
    }

    @Test("a party that called from outside and from inside was mistaken once; one that did either was not")
    func mistaken() async throws {
        let (log, calls, _) = desk(try await TestDatabase.make())
        let made: [(String, CallDirection)] = [
            ("SIP/701", .inbound), ("SIP/701", .internal), ("PJSIP/trunk", .inbound), ("PJSIP/1001", .outbound),
            ("PJSIP/1001", .internal), ("SIP/9", .inbound), ("SIP/9", .outbound),
        ]
        for (number, call) in made.enumerated() {
            var told = report("1.\(number)", .ended, .answered)
            (told.callerParty, told.direction) = call
            _ = try await log.record([told])
        }
        let began = Moment(milliseconds: 1_795_236_560_000)
        #expect(try await calls.mistaken(line: "matriz", since: began) == ["SIP/701", "SIP/9"])
        #expect(try await calls.mistaken(line: "filial", since: began).isEmpty)
        #expect(try await calls.mistaken(line: "matriz", since: Moment(milliseconds: began.milliseconds + 1)).isEmpty)
    }

    @Test("what led outside and which phones took part is told from the calls, and what did both is neither")
    func seen() async throws {
        let (log, calls, _) = desk(try await TestDatabase.make())
        let made: [(String, String, CallDirection)] = [
            ("DAHDI/i1", "PJSIP/balcao", .inbound), ("PJSIP/balcao", "Khomp/B0C1", .outbound),
            ("SIP/701", "SIP/702", .internal), ("SIP/701", "PJSIP/1001", .inbound),
        ]
        for (number, call) in made.enumerated() {
            var told = report("2.\(number)", .ended, .answered)
            (told.callerParty, told.answeredBy, told.direction) = (call.0, call.1, call.2)
            _ = try await log.record([told])
        }
        let seen = try await calls.seen(line: "matriz", since: Moment(milliseconds: 1_795_236_560_000))
        #expect(seen.outside == ["DAHDI/i1", "Khomp/B0C1"])
        #expect(seen.phones == ["PJSIP/1001", "PJSIP/balcao", "SIP/702"])
        #expect(try await calls.seen(line: "filial", since: Moment(milliseconds: 0)).phones.isEmpty)
    }

    @Test("a call taken for one from outside may turn out to go there, and never becomes talk of the house")
    func directions() async throws {
        let (log, calls, attendances) = desk(try await TestDatabase.make())
        for (direction, expected) in [
            (CallDirection.internal, CallDirection.internal), (.inbound, .inbound), (.outbound, .outbound),
            (.internal, .outbound), (.inbound, .inbound),
        ] {
            var told = report("1.1", .ringing)
            told.direction = direction
            told.dialledNumber = "+5511987654321"
            _ = try await log.record([told])
            #expect(try await calls.find(line: "matriz", key: "1.1")?.direction == expected)
        }
        #expect(try await attendances.list(before: nil, limit: 10).count == 1)
    }

    @Test(
        "whatever the order and repetition of a call's reports, its end is the same",
        arguments: 0..<40 as Range<UInt64>
    )
    func anyOrder(seed: UInt64) async throws {
        var random = SplitMix64(seed: seed)
        let (log, calls, attendances) = desk(try await TestDatabase.make())
        var answered = report("1.1", .talking, .answered)
        answered.answeredBy = "PJSIP/1001"
        answered.lastParty = "PJSIP/1001"
        answered.offered = ["PJSIP/1001", "PJSIP/1002"]
        var ended = answered
        ended.isEnded = true
        ended.endedBy = .agent
        ended.holds = 1
        let story = [report("1.1", .ringing), report("1.1", .queued), answered, ended]
        var told = (0..<12).map { _ in story[Int.random(in: 0..<story.count, using: &random)] } + story
        told.shuffle(using: &random)
        for report in told { _ = try await log.record([report]) }
        let call = try #require(try await calls.find(line: "matriz", key: "1.1"), "seed \(seed)")
        #expect(call.state == .ended, "seed \(seed)")
        #expect(call.outcome == .answered, "seed \(seed)")
        #expect(call.answeredBy == "PJSIP/1001", "seed \(seed)")
        #expect(call.endedBy == .agent, "seed \(seed)")
        #expect(call.holds == 1, "seed \(seed)")
        #expect(call.offered == ["PJSIP/1001", "PJSIP/1002"], "seed \(seed)")
        #expect(try await attendances.list(before: nil, limit: 10).count == 1, "seed \(seed)")
    }
}
