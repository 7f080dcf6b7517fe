import Foundation
import TestSupport
import Testing

@testable import DeskCore

@Suite("What a call costs does not grow with what came before it")
struct HistoryCostTests {
    /// Steps of SQLite's machine that `body` takes in the writer: what is walked, whatever else the machine does.
    private func steps(
        _ sqlite: SQLiteDatabase,
        _ body: () async throws -> Void
    ) async throws -> Int {
        let before = try await sqlite.write { _ in sqlite.statementsOfWriter.steps }
        try await body()
        return try await sqlite.write { _ in sqlite.statementsOfWriter.steps } - before
    }

    private func talk(_ key: String, from number: String, at now: Moment) -> [CallSignal] {
        func report(_ state: CallState, _ outcome: CallOutcome) -> CallSignal {
            var report = CallSignal(line: "matriz", key: key, direction: .inbound, state: state, outcome: outcome)
            (report.number, report.startedAt) = (number, now.milliseconds * 1_000)
            if outcome == .answered { (report.answeredBy, report.lastParty) = ("PJSIP/1001", "PJSIP/1001") }
            return report
        }
        return [report(.ringing, .ongoing), report(.talking, .answered), report(.ended, .answered)]
    }

    @Test("a number that has called a thousand times is answered as quickly as one that has called a hundred times")
    func numbers() async throws {
        let bench = try await CustomerBench()
        guard let sqlite = bench.database as? SQLiteDatabase else { return }
        let log = CallLog(
            database: sqlite,
            numbers: NumberDesk(format: .standard, timeZone: .gmt),
            clock: bench.clock.clock
        )
        let customer = try await bench.customer("Padaria", kind: .company)
        let often = [("+5511987654321", 1_000), ("+5511912345678", CustomerDirectory.lastCalls)]
        for (number, count) in often {
            for place in 0..<count {
                try await bench.call(from: number, key: "\(number)-\(place)", customerID: customer.id)
            }
        }
        // The first one plans the statements.
        _ = try await log.record(talk("first", from: "+5511955554444", at: bench.clock.now))
        var (answered, known): ([Int], [Int]) = ([], [])
        for (number, _) in often {
            answered.append(
                try await steps(sqlite) { _ = try await log.record(talk(number, from: number, at: bench.clock.now)) }
            )
            let phone = try #require(PhoneNumber.parse(number, region: .brazil))
            known.append(
                try await steps(sqlite) {
                    let evidence = try await sqlite.write { session in
                        try bench.directory.callerEvidence(phone, in: session)
                    }
                    #expect(evidence.map(\.candidate.customerID) == [customer.id])
                }
            )
        }
        #expect(answered[0] < answered[1] * 11 / 10, "\(answered)")
        #expect(known[0] < known[1] * 11 / 10, "\(known)")
    }

    @Test("a caller known only by what is sent is answered as quickly after a thousand calls as after a hundred")
    func onlySent() async throws {
        let bench = try await CustomerBench()
        guard let sqlite = bench.database as? SQLiteDatabase else { return }
        let (clock, numbers) = (bench.clock.clock, NumberDesk(format: .standard, timeZone: .gmt))
        let log = CallLog(database: sqlite, numbers: numbers, clock: clock)
        let callBacks = CallBackDesk(database: OneConnection(base: sqlite), clock: clock)
        func talk(_ key: String, _ number: String, isMissed: Bool) -> CallSignal {
            let state = isMissed ? CallState.ended : .talking
            var talk = CallSignal(line: "matriz", key: key, direction: .inbound, state: state, outcome: .abandoned)
            (talk.numberRaw, talk.startedAt) = (number, clock.now.microseconds)
            return talk
        }
        for (number, count) in [("2001", 1_000), ("2002", 100)] {
            try await sqlite.write { session in
                for place in 0..<count {
                    try session.execute(
                        """
                        INSERT INTO call (line, call_key, direction, number_raw, state, outcome, started_at, answered_at,
                            ended_at) VALUES ('pbx', $1, $2, $3, 'ended', 'answered', $4, $4, $4)
                        """,
                        [
                            .text("\(number)-\(place)"), .text(place % 2 == 0 ? "inbound" : "outbound"), .text(number),
                            .moment(clock.now.adding(.seconds(-3_600))),
                        ]
                    )
                }
            }
        }
        // The first ones plan the statements.
        for key in ["a", "b"] {
            _ = try await log.record([talk(key, "2003", isMissed: true)])
            _ = try await callBacks.list()
            _ = try await log.record([talk(key + "2", "2003", isMissed: false)])
        }
        var walked: [[Int]] = []
        for number in ["2001", "2002"] {
            _ = try await log.record([talk(number, number, isMissed: true)])
            let waiting = try await callBacks.list().map(\.call.numberRaw)
            #expect(waiting == [number])
            walked.append([
                try await steps(sqlite) { _ = try await callBacks.list() },
                try await steps(sqlite) { _ = try await log.record([talk(number + "b", number, isMissed: false)]) },
            ])
        }
        for place in walked[0].indices { #expect(walked[0][place] < walked[1][place] * 11 / 10, "\(walked)") }
        #expect(try await callBacks.list().isEmpty)
    }

    @Test("who holds a contact is found without going through those left open by others, nor those one had before")
    func leftOpen() async throws {
        let bench = try await CustomerBench()
        guard let sqlite = bench.database as? SQLiteDatabase else { return }
        let accounts = AccountDesk(database: sqlite, clock: bench.clock.clock)
        let numbers = NumberDesk(format: .standard, timeZone: .gmt)
        let desk = AttendanceDesk(
            database: OneConnection(base: sqlite),
            numbers: numbers,
            clock: bench.clock.clock
        )
        let ana = try await accounts.add(AccountDraft(login: "ana", name: "Ana"), by: bench.actor).id
        let bia = try await accounts.add(AccountDraft(login: "bia", name: "Bia"), by: bench.actor).id
        let mine = try await bench.customer("Padaria")
        let others = try await bench.customer("Mercado")
        func open(_ count: Int, _ customer: Customer, by account: Int64) async throws {
            for _ in 0..<count {
                let contact = try await desk.begin(channel: .walkIn, accountID: account)
                try await desk.identify(contact.id, customerID: customer.id, contactID: nil, level: .known)
            }
        }
        /// Talks that are over and came to something.
        func talk(_ count: Int, _ customer: Customer, by account: Int64) async throws {
            let now = bench.clock.now
            try await sqlite.write { session in
                for _ in 0..<count {
                    let last = try session.row("SELECT COALESCE(MAX(id), 0) FROM attendance")?.integer(0) ?? 0
                    let call = try session.insert(
                        """
                        INSERT INTO call (line, call_key, direction, state, outcome, started_at, answered_at, ended_at)
                        VALUES ('pbx', $1, 'inbound', 'ended', 'answered', $2, $2, $2)
                        """,
                        [.text("t\(last)"), .moment(now)]
                    )
                    try session.execute(
                        """
                        INSERT INTO attendance (protocol, channel, call_id, account_id, customer_id, state, outcome,
                            started_at, ended_at)
                        VALUES ($1, 'phone', $2, $3, $4, 'ended', 'ticket', $5, $5)
                        """,
                        [.text("t\(last)"), .integer(call), .integer(account), .integer(customer.id), .moment(now)]
                    )
                }
            }
        }
        try await open(3, mine, by: ana)
        var (held, holders): ([Int], [Int]) = ([], [])
        for more in [20, 300] {
            try await open(more, others, by: bia)
            try await talk(more, others, by: bia)
            try await talk(more, others, by: ana)
            held.append(
                try await steps(sqlite) {
                    let found = try await desk.held(by: ana).map(\.customerID)
                    #expect(found == [mine.id, mine.id, mine.id])
                }
            )
            holders.append(
                try await steps(sqlite) {
                    let found = try await desk.holders(with: [mine.id])[mine.id]
                    #expect(found?.keys.sorted() == [ana])
                }
            )
        }
        #expect(held[0] == held[1])
        #expect(holders[0] == holders[1])
    }

    /// A database that reads where it writes, so that all it walks is counted in one place.
    private struct OneConnection: Database {
        let base: SQLiteDatabase

        var engine: DatabaseEngine { base.engine }
        var health: WriteHealth { base.health }

        func read<Value: Sendable>(
            _ body: @escaping @Sendable (any SQLSession) throws -> Value
        ) async throws(StoreError) -> Value { try await base.write(body) }

        func write<Value: Sendable>(
            _ body: @escaping @Sendable (any SQLSession) throws -> Value
        ) async throws(StoreError) -> Value { try await base.write(body) }

        func backUp(to path: String) async throws(StoreError) { try await base.backUp(to: path) }
        func check() async throws(StoreError) { try await base.check() }
        func close() async { await base.close() }
    }

    /// Half a year ago: calls nobody returned, each from another number with a contact of one customer, requests begun on
    /// the portal and left, phones.
    private func age(_ database: any Database, by count: Int, from first: Int, customer: Int64) async throws {
        let now = TestClock().now
        try await database.write { session in
            for place in first..<first + count {
                let at = Moment(milliseconds: now.milliseconds - 180 * 86_400_000 - Int64(place))
                let call = try session.insert(
                    """
                    INSERT INTO call (line, call_key, direction, number, state, outcome, started_at, ended_at)
                    VALUES ('pbx', $1, 'inbound', $2, 'ended', 'abandoned', $3, $3)
                    """,
                    [.text("old-\(place)"), .text("+5511\(900_000_000 + place)"), .moment(at)]
                )
                for (channel, state, owner) in [("phone", "ended", customer as Int64?), ("portal", "open", nil)] {
                    try session.execute(
                        """
                        INSERT INTO attendance (protocol, channel, call_id, customer_id, state, started_at, ended_at)
                        VALUES ($1, $2, $3, $4, $5, $6, $7)
                        """,
                        [
                            .text("\(channel)-\(place)"), .text(channel), .integer(channel == "phone" ? call : nil),
                            .integer(owner), .text(state), .moment(at), .moment(state == "ended" ? at : nil),
                        ]
                    )
                }
                try session.execute(
                    """
                    INSERT INTO phone (customer_id, e164, lookup, kind, created_at) VALUES ($1, $2, $2, 'mobile', $3)
                    """,
                    [.integer(customer), .text("+5521\(900_000_000 + place)"), .moment(at)]
                )
            }
        }
    }

    @Test("what the board, the menu and the minute's chores walk stays as it is while the desk grows old")
    func oldDesk() async throws {
        let bench = try await CustomerBench()
        guard let sqlite = bench.database as? SQLiteDatabase else { return }
        let database = OneConnection(base: sqlite)
        let clock = bench.clock.clock
        let numbers = NumberDesk(format: .standard, timeZone: .gmt)
        let ana = try await AccountDesk(database: database, clock: clock)
            .add(AccountDraft(login: "ana", name: "Ana"), by: bench.actor).id
        let customer = try await bench.customer("Padaria")
        let attendances = AttendanceDesk(database: database, numbers: numbers, clock: clock)
        let calls = CallDirectory(database: database)
        let callBacks = CallBackDesk(database: database, clock: clock)
        let drafts = DraftDesk(database: database, clock: clock)
        let log = CallLog(database: database, numbers: numbers, clock: clock)
        var walked: [[String: Int]] = []
        for (round, count) in [50, 1_000].enumerated() {
            try await age(database, by: count, from: round * 10_000, customer: customer.id)
            var costs: [String: Int] = [:]
            for (place, what) in ["plan", "count"].enumerated() {
                let key = "\(round)-\(place)"
                var missed = CallSignal(line: "matriz", key: key, direction: .inbound, state: .ended, outcome: .failed)
                (missed.number, missed.startedAt) = ("+551133334444", clock.now.milliseconds * 1_000)
                let contact = try #require(try await log.record([missed]).first)
                let id = try #require(contact.attendance?.id)
                let deeds: [(String, () async throws -> Void)] = [
                    ("live calls", { _ = try await calls.live() }),
                    ("drafts", { _ = try await drafts.list(accountID: ana) }),
                    ("to call back", { _ = try await callBacks.list() }),
                    ("menu", { try await attendances.note(id, topic: nil, wantsCallBack: true) }),
                    ("called back", { _ = try await callBacks.done(callIDs: [contact.call.id], by: ana) }),
                    ("recent contacts", { _ = try await attendances.recent(customerID: customer.id, at: clock.now) }),
                    ("unfinished", { _ = try await attendances.countUnfinished(accountID: ana) }),
                    ("unfinished of all", { _ = try await attendances.countUnfinished(accountID: nil) }),
                    ("mails", { _ = try await MailLog(database: database).waiting() }),
                ]
                // Those of half a year ago wait no more.
                let back = try await callBacks.list().map(\.call.id)
                #expect(back == [contact.call.id])
                for (name, deed) in deeds {
                    let steps = try await steps(sqlite, deed)
                    // The first one plans, and is planned anew when SQLite has seen what is bound.
                    if what == "count" { costs[name] = steps }
                }
            }
            walked.append(costs)
        }
        for (name, steps) in walked[0] {
            #expect((walked[1][name] ?? .max) < steps * 3 / 2 + 100, "\(name): \(steps), then \(walked[1][name] ?? 0)")
        }
    }
}
