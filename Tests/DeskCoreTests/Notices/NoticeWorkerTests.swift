import Foundation
import Logging
import Synchronization
import TestSupport
import Testing

@testable import DeskCore

/// A sender that does what the test says and remembers what it was given.
final class ScriptedSender: NoticeSender {
    let channel: NoticeChannel
    let lanes: Int
    let batch: Int
    private let answer: @Sendable (Notice) async -> DeliveryResult
    private let given = Mutex<[Notice]>([])

    init(
        _ channel: NoticeChannel,
        lanes: Int = 2,
        batch: Int = 4,
        answer: @escaping @Sendable (Notice) async -> DeliveryResult = { _ in .accepted(reference: nil) }
    ) {
        self.channel = channel
        self.lanes = lanes
        self.batch = batch
        self.answer = answer
    }

    var sent: [Notice] { given.withLock { $0 } }

    func send(_ notices: [Notice]) async -> [DeliveryResult] {
        var results: [DeliveryResult] = []
        for notice in notices {
            given.withLock { $0.append(notice) }
            let result = await answer(notice)
            results.append(result)
            if case .refused(let error) = result, error.reach == .sender { break }
        }
        return results + Array(repeating: .untried, count: notices.count - results.count)
    }
}

/// Collects changes and lets a test wait for a number of them.
final class FateBook: Sendable {
    private let stream: AsyncStream<NoticeFateChange>
    private let continuation: AsyncStream<NoticeFateChange>.Continuation

    init() { (stream, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(100_000)) }

    var note: @Sendable (NoticeFateChange) -> Void {
        { [continuation] change in continuation.yield(change) }
    }

    /// The next changes, as many as asked for.
    func next(_ count: Int) async -> [NoticeFateChange] {
        var changes: [NoticeFateChange] = []
        for await change in stream {
            changes.append(change)
            if changes.count == count { break }
        }
        return changes
    }
}

@Suite("Notice worker", .timeLimit(.minutes(5)))
struct NoticeWorkerTests {
    let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    @discardableResult
    func enqueue(
        _ count: Int,
        _ channel: NoticeChannel = .mail,
        prefix: String = "k",
        at moment: Moment? = nil,
        in database: any Database
    ) async throws -> [NoticeID] {
        let moment = moment ?? DeskClock.system.now
        return try await database.write { session in
            try (0..<count).map { index in
                let draft = NoticeDraft(
                    event: .ticketOpened,
                    channel: channel,
                    recipient: channel == .mail ? "a\(index)@example.com" : "+55319\(10_000_000 + index)",
                    language: .ptBR,
                    subject: "s",
                    body: "body \(index)",
                    dedupeKey: "\(prefix)\(channel)\(index)"
                )
                return try NoticeOutbox.enqueue(draft, at: moment, in: session)
            }
        }
    }

    /// Runs the worker for as long as `body` takes.
    func with(
        _ worker: NoticeWorker,
        _ body: @escaping @Sendable () async throws -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await worker.run() }
            try await body()
            group.cancelAll()
            try await group.waitForAll()
        }
    }

    @Test("every notice is sent once and its fate told", arguments: TestDatabase.engines)
    func once(engine: DatabaseEngine) async throws {
        let database = try await TestDatabase.make(engine)
        let ids = try await enqueue(500, in: database)
        let (sender, fates) = (ScriptedSender(.mail, lanes: 4, batch: 16), FateBook())
        let worker = NoticeWorker(database: database, senders: [sender], node: "n", logger: logger, onFate: fates.note)
        try await with(worker) {
            let changes = await fates.next(500)
            #expect(Set(changes.map(\.noticeID)) == Set(ids))
            #expect(changes.allSatisfy { $0.state == .sent })
        }
        #expect(sender.sent.map(\.id).sorted() == ids)
        #expect(try await NoticeOutbox(database: database).pending().isEmpty)
    }

    @Test("woken after a commit, it sends without waiting for its timer")
    func woken() async throws {
        let database = try await TestDatabase.make()
        let (sender, fates) = (ScriptedSender(.mail), FateBook())
        let worker = NoticeWorker(database: database, senders: [sender], node: "n", logger: logger, onFate: fates.note)
        try await with(worker) {
            let clock = ContinuousClock()
            let begun = clock.now
            for turn in 0..<20 {
                try await enqueue(1, prefix: "t\(turn)", in: database)
                worker.wake()
                _ = await fates.next(1)
            }
            // The timer alone would take five seconds for each; a busy machine takes some for a few.
            #expect(clock.now - begun < .seconds(50))
        }
        #expect(sender.sent.count == 20)
    }

    @Test("a gateway that hangs does not hold up mail")
    func hanging() async throws {
        let database = try await TestDatabase.make()
        try await enqueue(40, .sms, in: database)
        try await enqueue(40, .mail, in: database)
        let hung = ScriptedSender(.sms) { _ in
            try? await Task.sleep(for: .seconds(3600))
            return .refused(DeliveryError(.noticeNow, what: "cut off", remedy: "again"))
        }
        let (mail, fates) = (ScriptedSender(.mail), FateBook())
        let worker = NoticeWorker(
            database: database,
            senders: [hung, mail],
            node: "n",
            drain: .milliseconds(50),
            logger: logger,
            onFate: fates.note
        )
        try await with(worker) {
            let changes = await fates.next(40)
            #expect(changes.allSatisfy { $0.channel == .mail && $0.state == .sent })
            #expect(hung.sent.count <= 2, "one a lane")
        }
    }

    @Test("what failed is tried again until it goes, what is refused for good is dead, with what to do")
    func retried() async throws {
        let database = try await TestDatabase.make()
        let ids = try await enqueue(3, in: database)
        let tries = Mutex<[NoticeID: Int]>([:])
        let sender = ScriptedSender(.mail) { notice in
            let count = tries.withLock { tries in
                tries[notice.id, default: 0] += 1
                return tries[notice.id, default: 0]
            }
            if notice.id == ids[0] {
                return .refused(DeliveryError(.noticeForever, what: "no such mailbox", remedy: "ask the customer"))
            }
            return count < 3
                ? .refused(DeliveryError(.noticeNow, what: "busy", remedy: "wait"))
                : .accepted(reference: "r\(notice.id)")
        }
        let fates = FateBook()
        let worker = NoticeWorker(
            database: database,
            senders: [sender],
            retry: RetryPolicy(base: .milliseconds(2), cap: .milliseconds(4)),
            node: "n",
            logger: logger,
            onFate: fates.note
        )
        try await with(worker) {
            let changes = await fates.next(7)
            #expect(changes.filter { $0.state == .queued }.count == 4)
        }
        let outbox = NoticeOutbox(database: database)
        let dead = try #require(try await outbox.fate(ids[0]))
        #expect(dead.state == .dead && dead.lastError == "no such mailbox; ask the customer" && dead.attempts == 1)
        let sent = try #require(try await outbox.fate(ids[1]))
        #expect(sent.state == .sent && sent.attempts == 3 && sent.lastError == nil)
    }

    @Test("a sender that is down is said, wears nothing out, and everything goes when it works again")
    func outage() async throws {
        let database = try await TestDatabase.make()
        let ids = try await enqueue(50, in: database)
        let attempts = Atomic(0)
        let sender = ScriptedSender(.mail) { _ in
            attempts.add(1, ordering: .relaxed).newValue <= 2
                ? .refused(DeliveryError(.sender, what: "nobody answers", remedy: "start it"))
                : .accepted(reference: nil)
        }
        let fates = FateBook()
        let worker = NoticeWorker(
            database: database,
            senders: [sender],
            retry: RetryPolicy(base: .milliseconds(1), cap: .milliseconds(1)),
            node: "n",
            jitter: { 0 },
            logger: logger,
            onFate: fates.note
        )
        try await with(worker) {
            let first = await fates.next(1)
            #expect(first.first?.state == .queued && first.first?.lastError == "nobody answers; start it")
            #expect(worker.health.first?.error?.what == "nobody answers")
            var sent: Set<NoticeID> = []
            while sent.count < 50 {
                for change in await fates.next(1) where change.state == .sent { sent.insert(change.noticeID) }
            }
            #expect(sent == Set(ids))
            #expect(worker.health.first?.error == nil)
        }
    }

    @Test("cancelled in the middle, it records what was sent and releases the rest")
    func cancelled() async throws {
        let database = try await TestDatabase.make()
        let ids = try await enqueue(100, in: database)
        let begun = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let gate = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let sender = ScriptedSender(.mail, lanes: 1, batch: 1) { _ in
            begun.continuation.yield()
            for await _ in gate.stream { break }
            return .accepted(reference: nil)
        }
        let worker = NoticeWorker(database: database, senders: [sender], node: "n", logger: logger)
        let running = Task { await worker.run() }
        for await _ in begun.stream { break }
        running.cancel()
        gate.continuation.yield()
        await running.value
        let log = try await NoticeOutbox(database: database).log(limit: 200)
        #expect(log.filter { $0.state == .sent }.map(\.id) == [ids[0]])
        #expect(log.filter { $0.state == .queued && $0.attempts == 0 }.count == 99)
    }

    @Test("after a kill, the next life of the node sends what was in hand again, under the same Message-ID")
    func killed() async throws {
        let database = try await TestDatabase.make()
        let ids = try await enqueue(5, in: database)
        let dead = NoticeQueue(database: database, claimant: "n/1", node: "n")
        let claimed = try await dead.claim(.mail, limit: 10, at: DeskClock.system.now).notices
        #expect(claimed.map(\.id) == ids)
        let (sender, fates) = (ScriptedSender(.mail), FateBook())
        let worker = NoticeWorker(
            database: database,
            senders: [sender],
            node: "n",
            life: "2",
            logger: logger,
            onFate: fates.note
        )
        try await with(worker) {
            let changes = await fates.next(10)
            #expect(changes.filter { $0.state == .sent }.count == 5)
        }
        #expect(
            Set(sender.sent.map { $0.messageID(domain: "x") }) == Set(claimed.map { $0.messageID(domain: "x") })
        )
        // What the killed worker would still write changes nothing.
        let late = try await dead.settle(
            [
                NoticeSettlement(notice: claimed[0], outcome: .sent(reference: nil)),
                NoticeSettlement(notice: claimed[1], outcome: .released),
            ],
            at: DeskClock.system.now
        )
        #expect(late.isEmpty)
        #expect(try await NoticeOutbox(database: database).log(state: .sent).count == 5)
    }

    @Test("what a clock that was ahead put off is due when it is right again", arguments: TestDatabase.engines)
    func ahead(engine: DatabaseEngine) async throws {
        let database = try await TestDatabase.make(engine)
        let now = TestClock().now
        let ids = try await enqueue(2, at: now.adding(.seconds(400 * 86_400)), in: database)
        let soon = try await enqueue(1, prefix: "soon", at: now.adding(.seconds(60)), in: database)
        let queue = NoticeQueue(database: database, claimant: "n/1", node: "n")
        #expect(try await queue.claim(.mail, limit: 10, at: now).notices.isEmpty)
        #expect(try await queue.recall(at: now) == 2)
        #expect(try await queue.recall(at: now) == 0)
        let claim = try await queue.claim(.mail, limit: 10, at: now)
        #expect(claim.notices.map(\.id) == ids && claim.nextDue == now.adding(.seconds(60)))
        #expect(try await queue.claim(.mail, limit: 10, at: now.adding(.seconds(61))).notices.map(\.id) == soon)
    }

    @Test("a row this version cannot read is set aside and holds up nobody")
    func unreadable() async throws {
        let database = try await TestDatabase.make()
        let ids = try await enqueue(3, in: database)
        _ = try await database.write { session in
            try session.execute("UPDATE notice SET event = 'from_the_future' WHERE id = $1", [.integer(ids[0])])
        }
        let (sender, fates) = (ScriptedSender(.mail), FateBook())
        let worker = NoticeWorker(database: database, senders: [sender], node: "n", logger: logger, onFate: fates.note)
        try await with(worker) { _ = await fates.next(2) }
        #expect(sender.sent.map(\.id).sorted() == Array(ids[1...]))
    }

    @Test("what is claimed and under way is no other's, however far the clock is set ahead")
    func setAhead() {
        var watch = StuckWatch()
        let (begun, lease) = (ContinuousClock.now, NoticeWorker.lease)
        let claim = NoticeClaim(id: 1, by: "n/1", at: 1_000)
        #expect(watch.saw([claim], lease: lease, at: begun).isEmpty)
        #expect(watch.saw([claim], lease: lease, at: begun + .seconds(60)).isEmpty)
        // Claimed anew meanwhile, it is another claim.
        let again = NoticeClaim(id: 1, by: "n/1", at: 2_000)
        #expect(watch.saw([again], lease: lease, at: begun + lease + .seconds(1)).isEmpty)
        #expect(watch.saw([again], lease: lease, at: begun + lease + lease).isEmpty)
        #expect(watch.saw([again], lease: lease, at: begun + lease + lease + .seconds(2)) == [again])
    }

    @Test("a claim whose holder never answers is put back as it stands, another's of the same notice is not")
    func stuck() async throws {
        let database = try await TestDatabase.make()
        let ids = try await enqueue(2, in: database)
        let queue = NoticeQueue(database: database, claimant: "n/1", node: "n")
        let now = TestClock().now
        _ = try await queue.claim(.mail, limit: 10, at: DeskClock.system.now)
        let held = try await queue.held()
        #expect(held.map(\.id).sorted() == ids)
        let other = Set(held.map { NoticeClaim(id: $0.id, by: $0.by, at: $0.at + 1) })
        #expect(try await queue.rescueStuck(other, at: now, retry: RetryPolicy()).isEmpty)
        let first = held.filter { $0.id == ids[0] }
        #expect(try await queue.rescueStuck(first, at: now, retry: RetryPolicy()).map(\.noticeID) == [ids[0]])
        #expect(try await queue.held() == held.subtracting(first))
    }

    @Test("what is given up or set aside is told to subscribers as well", arguments: TestDatabase.engines)
    func subscribers(engine: DatabaseEngine) async throws {
        let database = try await TestDatabase.make(engine)
        let folder = try TestDatabase.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let vault = SecretVault(database: database, clock: .system, folder: folder, term: .seconds(3_600))
        let webhooks = WebhookDesk(database: database, vault: vault, clock: .system)
        let draft = WebhookDraft(name: "ERP", url: "https://erp.test/hook", kinds: [.notice])
        let webhook = try await webhooks.add(draft, by: .system("test")).webhook
        let ids = try await enqueue(2, in: database)
        func told() async throws -> Int {
            try await webhooks.deliveries(of: webhook.id, after: nil, limit: 50).count
        }
        let before = try await told()
        try await database.write { session in
            try session.execute("UPDATE notice SET attempts = 59 WHERE id = $1", [.integer(ids[0])])
            try session.execute("UPDATE notice SET event = 'from_the_future' WHERE id = $1", [.integer(ids[1])])
        }
        let now = DeskClock.system.now
        let dead = NoticeQueue(database: database, claimant: "n/1", node: "n")
        let claim = try await dead.claim(.mail, limit: 2, at: now)
        #expect(claim.notices.map(\.id) == [ids[0]])
        #expect(claim.changes.map(\.noticeID) == [ids[1]] && claim.changes.map(\.state) == [.dead])
        #expect(try await told() == before + 1)
        let next = NoticeQueue(database: database, claimant: "n/2", node: "n")
        #expect(try await next.rescueOwn(at: now, retry: RetryPolicy()).map(\.state) == [.dead])
        #expect(try await told() == before + 2)
    }

    @Test("a notice that ends its worker every time is given up")
    func poison() async throws {
        let database = try await TestDatabase.make()
        try await enqueue(1, in: database)
        let retry = RetryPolicy(mostAttempts: 3)
        var now = DeskClock.system.now
        for life in 1...3 {
            let queue = NoticeQueue(database: database, claimant: "n/\(life)", node: "n")
            now = now.adding(.seconds(1))
            #expect(try await queue.claim(.mail, limit: 1, at: now).notices.count == 1)
            let next = NoticeQueue(database: database, claimant: "n/\(life + 1)", node: "n")
            let rescued = try await next.rescueOwn(at: now, retry: retry)
            #expect(rescued.map(\.state) == [life == 3 ? .dead : .queued])
        }
    }

    @Test("given up with its worker, a notice that may have arrived says so, and no other does")
    func mayHaveArrived() async throws {
        let database = try await TestDatabase.make()
        let ids = try await enqueue(2, in: database)
        try await database.write { session in
            try session.execute("UPDATE notice SET unanswered = 1 WHERE id = $1", [.integer(ids[0])])
        }
        let now = DeskClock.system.now
        let dead = NoticeQueue(database: database, claimant: "n/1", node: "n")
        #expect(try await dead.claim(.mail, limit: 2, at: now).notices.count == 2)
        let next = NoticeQueue(database: database, claimant: "n/2", node: "n")
        let rescued = try await next.rescueOwn(at: now, retry: RetryPolicy(mostAttempts: 1))
        #expect(rescued.map(\.state) == [.dead, .dead])
        let reasons = try await database.read { session in
            try session.rows("SELECT reason FROM notice ORDER BY id").map { $0.text(0) }
        }
        #expect(reasons == ["may_have_arrived", nil])
    }

    @Test("crashes at random: everything is sent at least once, once when nothing crashed, always the same Message-ID")
    func crashes() async throws {
        var random = SplitMix64(seed: TestSeed.next())
        let database = try await TestDatabase.make()
        var now = Moment(milliseconds: 1_795_262_400_000)
        let ids = try await enqueue(120, at: now, in: database)
        var sent: [NoticeID: [String]] = [:]
        var atRisk: Set<NoticeID> = []
        var life = 1
        let retry = RetryPolicy()
        for _ in 0..<10_000 {
            now = now.adding(.milliseconds(100))
            let queue = NoticeQueue(database: database, claimant: "n/\(life)", node: "n")
            let notices = try await queue.claim(.mail, limit: Int.random(in: 1...20, using: &random), at: now).notices
            if notices.isEmpty, try await NoticeOutbox(database: database).log(limit: 1, state: .queued).isEmpty {
                break
            }
            var settlements: [NoticeSettlement] = []
            for notice in notices {
                switch Int.random(in: 0..<10, using: &random) {
                case 0..<6:
                    sent[notice.id, default: []].append(notice.messageID(domain: "d"))
                    settlements.append(NoticeSettlement(notice: notice, outcome: .sent(reference: nil)))
                case 6..<8:
                    let error = DeliveryError(.noticeNow, what: "busy", remedy: "wait")
                    settlements.append(
                        NoticeSettlement(notice: notice, outcome: .retry(at: now.adding(.milliseconds(50)), error))
                    )
                default: settlements.append(NoticeSettlement(notice: notice, outcome: .released))
                }
            }
            if Int.random(in: 0..<4, using: &random) == 0 {
                // The process dies after sending and before writing anything down.
                atRisk.formUnion(notices.map(\.id))
                life += 1
                let next = NoticeQueue(database: database, claimant: "n/\(life)", node: "n")
                #expect(try await next.rescueOwn(at: now, retry: retry).count == notices.count)
            } else {
                _ = try await queue.settle(settlements, at: now)
            }
        }
        #expect(Set(sent.keys) == Set(ids))
        for (id, messages) in sent {
            #expect(Set(messages).count == 1)
            if !atRisk.contains(id) { #expect(messages.count == 1) }
        }
        #expect(try await NoticeOutbox(database: database).log(limit: 500, state: .sent).count == 120)
    }

    @Test("two workers on one database send nothing twice")
    func twoNodes() async throws {
        let database = try await TestDatabase.make()
        let ids = try await enqueue(400, in: database)
        let fates = FateBook()
        let senders = (0..<2).map { _ in ScriptedSender(.mail) }
        let workers = senders.enumerated().map { index, sender in
            NoticeWorker(
                database: database,
                senders: [sender],
                node: "node\(index)",
                logger: logger,
                onFate: fates.note
            )
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for worker in workers { group.addTask { await worker.run() } }
            _ = await fates.next(400)
            group.cancelAll()
            try await group.waitForAll()
        }
        #expect(senders.flatMap { $0.sent.map(\.id) }.sorted() == ids)
    }

    @Test("a report that overtakes our own note is not undone by it")
    func reportFirst() async throws {
        let database = try await TestDatabase.make()
        let id = try #require(try await enqueue(1, .sms, in: database).first)
        let queue = NoticeQueue(database: database, claimant: "n/1", node: "n")
        let now = DeskClock.system.now
        let notices = try await queue.claim(.sms, limit: 1, at: now).notices
        let outbox = NoticeOutbox(database: database)
        #expect(try await outbox.report(id, delivered: true, fault: nil, at: now) != nil)
        let changes = try await queue.settle(
            notices.map { NoticeSettlement(notice: $0, outcome: .sent(reference: nil)) },
            at: now
        )
        #expect(changes.isEmpty)
        #expect(try await outbox.fate(id)?.state == .delivered)
    }

    @Test("no error carries a recipient, a name or a text")
    func silence() async throws {
        let database = try await TestDatabase.make()
        let ids = try await enqueue(1, in: database)
        let sender = ScriptedSender(.mail) { _ in .refused(DeliveryError(.noticeForever, what: "no", remedy: "ask")) }
        let fates = FateBook()
        let worker = NoticeWorker(database: database, senders: [sender], node: "n", logger: logger, onFate: fates.note)
        try await with(worker) {
            let text = "\(await fates.next(1))"
            #expect(!text.contains("a0@") && !text.contains("body 0"))
        }
        let shown = "\(String(describing: try await NoticeOutbox(database: database).fate(ids[0])))"
        #expect(!shown.contains("a0@") && !shown.contains("body 0"))
    }
}
