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

    @Test("who holds a contact is found without going through those that were left open by others")
    func leftOpen() async throws {
        let bench = try await CustomerBench()
        guard let sqlite = bench.database as? SQLiteDatabase else { return }
        let accounts = AccountDesk(database: sqlite, clock: bench.clock.clock)
        let numbers = NumberDesk(format: .standard, timeZone: .gmt)
        let desk = AttendanceDesk(database: sqlite, numbers: numbers, clock: bench.clock.clock)
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
        try await open(3, mine, by: ana)
        var walked: [Int] = []
        for more in [20, 300] {
            try await open(more, others, by: bia)
            walked.append(
                try await steps(sqlite) {
                    let (held, holders) = try await sqlite.write { session in
                        (
                            try AttendanceDesk.held(by: ana, in: session),
                            try AttendanceDesk.holders(with: mine.id, in: session)
                        )
                    }
                    #expect(held.map(\.customerID) == [mine.id, mine.id, mine.id])
                    #expect(holders.keys.sorted() == [ana])
                }
            )
        }
        #expect(walked[0] == walked[1])
    }
}
