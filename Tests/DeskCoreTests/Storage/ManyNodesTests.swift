import Foundation
import Logging
import TestSupport
import Testing

@testable import DeskCore

@Suite(
    "Several nodes on one PostgreSQL are one desk",
    .enabled(if: TestDatabase.postgresServer != nil, "needs CALLDESK_TEST_POSTGRES"),
    .timeLimit(.minutes(2))
)
struct ManyNodesTests {
    private let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private func nodes(_ count: Int) async throws -> [PostgresDatabase] {
        let url = try await TestDatabase.freshPostgres()
        var nodes: [PostgresDatabase] = []
        for _ in 0..<count { nodes.append(try await PostgresDatabase.open(url)) }
        return nodes
    }

    @Test("a session begun on one node is valid on the other, and its end too")
    func sessions() async throws {
        let nodes = try await nodes(2)
        let clock = TestClock().clock
        let accounts = AccountDesk(database: nodes[0], clock: clock)
        let draft = AccountDraft(login: "ana", name: "Ana", role: .technician)
        let ana = try await accounts.add(draft, password: "uma senha longa 1", by: .system("test"))
        let here = SessionDesk(database: nodes[0], clock: clock)
        let there = SessionDesk(database: nodes[1], clock: clock)
        let session = try await here.begin(accountID: ana.id)
        #expect(try await there.find(session.token)?.account.id == ana.id)
        try await there.end(session.token)
        #expect(try await here.find(session.token) == nil)
    }

    @Test("a change of an account on one node is heard of on the other", .timeLimit(.minutes(1)))
    func accessChanges() async throws {
        let nodes = try await nodes(2)
        let here = AccessChanges(signals: OpenDatabase.signals(for: nodes[0]))
        let there = AccessChanges(signals: OpenDatabase.signals(for: nodes[1]))
        let accounts = AccountDesk(database: nodes[0], clock: TestClock().clock, changes: here)
        let ana = try await accounts.add(AccountDraft(login: "ana", name: "Ana"), by: .system("test"))
        let (heard, tell) = AsyncStream.makeStream(of: AuditActor?.self)
        there.listen { tell.yield($0) }
        let listening = Task { await there.run() }
        defer { listening.cancel() }
        var changes = heard.makeAsyncIterator()
        // The first says that from now on nothing is missed.
        _ = await changes.next()
        try await accounts.disable(ana.id, by: .system("test"))
        let told = await changes.next() ?? nil
        #expect(told == .account(ana.id))
        #expect(there.count >= 2)
    }

    @Test("calls that both nodes report at once make one attendance each, and no protocol number is given twice")
    func calls() async throws {
        let nodes = try await nodes(2)
        let numbers = NumberDesk(format: .standard, timeZone: .gmt)
        let count = 60
        try await withThrowingTaskGroup(of: Void.self) { group in
            for database in nodes {
                let log = CallLog(database: database, numbers: numbers, clock: .system)
                for number in 0..<count {
                    group.addTask {
                        var report = CallSignal(
                            line: "matriz",
                            key: "\(number).1",
                            direction: .inbound,
                            state: .ringing
                        )
                        report.number = "+551198765\(1_000 + number)"
                        // One that loses to the other node's is recorded again, as the feed does.
                        while (try? await log.record([report])) == nil {}
                    }
                    group.addTask {
                        _ = try await AttendanceDesk(database: database, numbers: numbers, clock: .system)
                            .begin(channel: .walkIn, accountID: nil)
                    }
                }
            }
            try await group.waitForAll()
        }
        let attendances = AttendanceDesk(database: nodes[0], numbers: numbers, clock: .system)
        let first = try await attendances.list(before: nil, limit: 200)
        #expect(first.count == 3 * count)
        #expect(Set(first.map(\.protocolNumber)).count == 3 * count)
        #expect(try await CallDirectory(database: nodes[1]).live().count == count)
    }

    @Test("what a dead process had in hand is sent by the next life of its node at once, and by another node soon")
    func rescue() async throws {
        let nodes = try await nodes(2)
        let database = nodes[0]
        let living = try #require(NodePresence(name: "c/1", database: nodes[1]))
        try await database.write { session in
            for name in ["a", "b", "c"] {
                let draft = NoticeDraft(
                    event: .ticketOpened,
                    channel: .mail,
                    recipient: "\(name)@example.com",
                    language: .ptBR,
                    subject: "s",
                    body: name,
                    dedupeKey: name
                )
                let id = try NoticeOutbox.enqueue(draft, at: DeskClock.system.now, in: session)
                try session.execute(
                    "UPDATE notice SET state = 'sending', attempts = 1, claimed_at = $1, claimed_by = $2 WHERE id = $3",
                    [.moment(DeskClock.system.now), .text("\(name)/1"), .integer(id)]
                )
            }
        }
        while try await living.absent(of: ["c/1"]) != [] { await Task.yield() }
        let (sender, fates) = (ScriptedSender(.mail), FateBook())
        let worker = NoticeWorker(
            database: database,
            senders: [sender],
            node: "a",
            life: "2",
            presence: NodePresence(name: "a/2", database: database),
            logger: logger,
            onFate: fates.note
        )
        let start = ContinuousClock.now
        let running = Task { await worker.run() }
        // Taken up and sent, each.
        let first = await fates.next(2)
        #expect(Set(first.map(\.noticeID)).count == 1, "its own first")
        _ = await fates.next(2)
        #expect(sender.sent.map(\.body) == ["a", "b"])
        #expect(ContinuousClock.now - start >= AbsenceWatch.patience)
        running.cancel()
        await running.value
        let rest = try await NoticeOutbox(database: database).log(state: .sending)
        #expect(rest.count == 1, "what a living node has in hand stays there")
    }
}
