import DeskCore
import Foundation
import TestSupport
import Testing

@Suite("Webhooks out: queue, retries and signatures")
struct WebhookQueueTests {
    /// The data folder goes with the last who holds it.
    private final class Folder: Sendable {
        let url: URL
        init() throws { url = try TestDatabase.folder() }
        deinit { try? FileManager.default.removeItem(at: url) }
    }

    private struct Desk {
        let clock = TestClock()
        let database: any Database
        let folder: Folder
        let webhooks: WebhookDesk
        let queue: WebhookQueue
        let attendances: AttendanceDesk

        init(_ engine: DatabaseEngine) async throws {
            database = try await TestDatabase.make(engine)
            folder = try Folder()
            let vault = SecretVault(database: database, clock: clock.clock, folder: folder.url, term: .seconds(3_600))
            webhooks = WebhookDesk(database: database, vault: vault, clock: clock.clock)
            queue = WebhookQueue(database: database, vault: vault, clock: clock.clock, jitter: { 1 })
            attendances = AttendanceDesk(
                database: database,
                numbers: NumberDesk(format: .standard, tickets: .standardTicket, timeZone: .gmt),
                clock: clock.clock
            )
        }

        func subscriber(_ kinds: Set<WebhookKind> = [.attendance]) async throws -> Webhook {
            let draft = WebhookDraft(name: "ERP", url: "https://erp.test/hook", kinds: kinds)
            return try await webhooks.add(draft, by: .system("test")).webhook
        }

        func contact() async throws -> Attendance { try await attendances.begin(channel: .walkIn, accountID: nil) }
    }

    @Test("the published message is signed as published, and by both secrets while one is changed")
    func signature() {
        let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
        let (id, body) = ("msg_p5jXN8AQM9LWM0D4loKWxJek", Array(#"{"test": 2432232314}"#.utf8))
        let signed = WebhookSignature.header(id: id, timestamp: 1_614_265_330, body: body, secrets: [secret])
        #expect(signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")
        let both = WebhookSignature.header(id: id, timestamp: 1_614_265_330, body: body, secrets: [secret, secret])
        #expect(both == "\(signed) \(signed)")
    }

    @Test("what happens is written with the deed, for those who asked for it alone", arguments: TestDatabase.engines)
    func withTheDeed(engine: DatabaseEngine) async throws {
        let desk = try await Desk(engine)
        _ = try await desk.contact()
        let (yes, no) = (try await desk.subscriber(), try await desk.subscriber([.ticket]))
        let contact = try await desk.contact()
        _ = try await desk.attendances.end(contact.id, outcome: .wrongNumber, reason: nil, by: nil)
        // Ended once: a second end is no news.
        _ = try await desk.attendances.end(contact.id, outcome: .wrongNumber, reason: nil, by: nil)
        let told = try await desk.webhooks.deliveries(of: yes.id, after: nil, limit: 10)
        #expect(told.map(\.kind) == [.attendance, .attendance])
        #expect(told[0].body.contains(#""state":"ended""#) && told[1].body.contains(#""state":"open""#))
        #expect(told[1].body.contains(contact.protocolNumber) && told[1].body.contains(#""account_id":null"#))
        #expect(try await desk.webhooks.deliveries(of: no.id, after: nil, limit: 10).isEmpty)
    }

    @Test("a deed that is undone tells nobody", arguments: TestDatabase.engines)
    func undone(engine: DatabaseEngine) async throws {
        struct Undone: Error {}
        let desk = try await Desk(engine)
        let webhook = try await desk.subscriber()
        await #expect(throws: StoreError.self) {
            try await desk.database.write { session in
                try session.execute(
                    """
                    INSERT INTO webhook_delivery
                        (webhook_id, message_id, kind, body, state, attempts, due_at, created_at)
                    VALUES ($1, 'm', 'test', '{}', 'waiting', 0, 0, 0)
                    """,
                    [.integer(webhook.id)]
                )
                throw Undone()
            }
        }
        #expect(try await desk.queue.claim(except: []).isEmpty)
    }

    @Test("what a clock that was ahead put off is sent when it is right again", arguments: TestDatabase.engines)
    func ahead(engine: DatabaseEngine) async throws {
        let desk = try await Desk(engine)
        _ = try await desk.subscriber()
        desk.clock.advance(by: .seconds(400 * 86_400))
        _ = try await desk.contact()
        let batch = try #require(try await desk.queue.claim(except: []).first)
        try await desk.queue.settle(batch.jobs[0], of: batch, .init(status: 500, error: "500"))
        desk.clock.advance(by: .seconds(-400 * 86_400))
        #expect(try await desk.queue.claim(except: []).isEmpty)
        try await desk.queue.expire()
        #expect(try await desk.queue.claim(except: []).first?.jobs.map(\.messageID) == batch.jobs.map(\.messageID))
    }

    @Test(
        "a clock days ahead gives up nothing and forgets nothing before the desk has run for six hours with it",
        arguments: TestDatabase.engines
    )
    func jump(engine: DatabaseEngine) async throws {
        let desk = try await Desk(engine)
        let webhook = try await desk.subscriber()
        try await desk.queue.expire()
        _ = try await desk.contact()
        let batch = try #require(try await desk.queue.claim(except: []).first)
        try await desk.queue.settle(batch.jobs[0], of: batch, .init(status: 204))
        _ = try await desk.contact()
        for days in [4, 31, 400] {
            desk.clock.advance(by: .seconds(days * 86_400))
            try await desk.queue.expire()
            let states = try await desk.webhooks.deliveries(of: webhook.id, after: nil, limit: 10).map(\.state)
            #expect(states == [.waiting, .delivered], "\(days) days")
            desk.clock.advance(by: .seconds(-days * 86_400))
            try await desk.queue.expire()
        }
    }

    @Test(
        "a failed message waits longer each time, keeps its id, and is given up after three days, never sooner",
        arguments: TestDatabase.engines
    )
    func retries(engine: DatabaseEngine) async throws {
        let desk = try await Desk(engine)
        let webhook = try await desk.subscriber()
        _ = try await desk.contact()
        var ids: Set<String> = []
        var attempts = 0
        let start = desk.clock.now
        while desk.clock.now.since(start) < WebhookQueue.mostAge {
            for batch in try await desk.queue.claim(except: []) {
                #expect(batch.webhook == webhook.id && batch.jobs.count == 1)
                attempts += 1
                ids.insert(batch.jobs[0].messageID)
                try await desk.queue.settle(batch.jobs[0], of: batch, .init(status: 500, error: "500"))
            }
            try await desk.queue.expire()
            let state = try await desk.webhooks.deliveries(of: webhook.id, after: nil, limit: 1).first?.state
            #expect(state == .waiting)
            desk.clock.advance(by: .seconds(7_200))
        }
        #expect(ids.count == 1 && attempts > 20 && attempts < 150)
        desk.clock.advance(by: .seconds(1))
        try await desk.queue.expire()
        let lost = try #require(try await desk.webhooks.deliveries(of: webhook.id, after: nil, limit: 1).first)
        #expect(lost.state == .failed && lost.status == 500)
        let failing = try #require(try await desk.webhooks.find(webhook.id))
        #expect(failing.failingSince == start && !failing.isPaused && failing.lastError == "500")
        // A person sends it again, and then it counts from there.
        #expect(try await desk.webhooks.resend(webhook.id, delivery: nil, by: .system("test")) == 1)
        try await desk.queue.expire()
        let again = try #require(try await desk.queue.claim(except: []).first)
        #expect(again.jobs.map(\.messageID) == Array(ids))
        try await desk.queue.settle(again.jobs[0], of: again, .init(status: 204))
        #expect(try await desk.webhooks.find(webhook.id)?.failingSince == nil)
        #expect(try await desk.queue.claim(except: []).isEmpty)
    }

    @Test(
        "a receiver that fails for days rings for administrators on the fourth, once, and is never switched off",
        arguments: TestDatabase.engines
    )
    func bell(engine: DatabaseEngine) async throws {
        let desk = try await Desk(engine)
        let accounts = AccountDesk(database: desk.database, clock: desk.clock.clock)
        func account(_ login: String, _ role: Account.Role) async throws -> Int64 {
            try await accounts.add(AccountDraft(login: login, name: login, role: role), by: .system("test")).id
        }
        let (root, other) = (try await account("root", .administrator), try await account("rute", .administrator))
        let (ana, gone) = (try await account("ana", .supervisor), try await account("gil", .administrator))
        try await accounts.disable(gone, by: .system("test"))
        let bells = WebhookBells(database: desk.database)
        func rings(_ id: Int64) async throws -> [Int64] { try await bells.list(of: id, limit: 10).map(\.webhookID) }

        let (failing, well, paused) = (
            try await desk.subscriber(), try await desk.subscriber(), try await desk.subscriber()
        )
        _ = try await desk.contact()
        for batch in try await desk.queue.claim(except: []) {
            let error = batch.webhook == well.id ? nil : "500"
            try await desk.queue.settle(batch.jobs[0], of: batch, .init(status: 500, error: error))
        }
        let draft = WebhookDraft(name: "ERP", url: "https://erp.test/hook", kinds: [.attendance], isPaused: true)
        _ = try await desk.webhooks.update(paused.id, draft, by: .system("test"))
        desk.clock.advance(by: .seconds(3 * 86_400 - 1))
        try await desk.queue.expire()
        #expect(try await rings(root).isEmpty)
        desk.clock.advance(by: .seconds(2))
        // On two nodes at once it rings once all the same.
        try await desk.queue.expire()
        try await desk.queue.expire()
        for id in [root, other] { #expect(try await rings(id) == [failing.id]) }
        for id in [ana, gone] { #expect(try await rings(id).isEmpty) }
        let bell = try #require(try await bells.list(of: root, limit: 10).first)
        #expect(bell.name == failing.name && bell.rungAt == desk.clock.now)
        #expect(try await desk.webhooks.find(failing.id)?.isPaused == false)

        // A pause is no failing: one that is taken up again after days begins anew.
        var resumed = draft
        resumed.isPaused = false
        _ = try await desk.webhooks.update(paused.id, resumed, by: .system("test"))
        try await desk.queue.expire()
        #expect(try await rings(root) == [failing.id])
        _ = try await desk.webhooks.update(paused.id, draft, by: .system("test"))

        // Looked at, it is silent for this failure, and goes on ringing for whoever has not looked.
        try await BellDesk(database: desk.database).readAll(of: root)
        desk.clock.advance(by: .seconds(86_400))
        try await desk.queue.expire()
        #expect(try await rings(root).isEmpty)
        #expect(try await rings(other) == [failing.id])

        // What it missed is sent again; well, it rings for nobody, and the next failure rings anew.
        #expect(try await desk.webhooks.resend(failing.id, delivery: nil, by: .system("test")) == 1)
        let again = try #require(try await desk.queue.claim(except: []).first { $0.webhook == failing.id })
        try await desk.queue.settle(again.jobs[0], of: again, .init(status: 204))
        #expect(try await rings(other).isEmpty)
        _ = try await desk.contact()
        let next = try #require(try await desk.queue.claim(except: []).first { $0.webhook == failing.id })
        try await desk.queue.settle(next.jobs[0], of: next, .init(status: nil, error: "away"))
        try await desk.queue.expire()
        #expect(try await rings(other).isEmpty)
        for _ in 0..<3 {
            desk.clock.advance(by: WebhookBells.patience / 3)
            try await desk.queue.expire()
        }
        for id in [root, other] { #expect(try await rings(id) == [failing.id]) }
        // Nobody hears of what is not there any more.
        try await desk.webhooks.remove(failing.id, by: .system("test"))
        #expect(try await rings(other).isEmpty)
    }

    @Test(
        "a message is claimed once, goes back when it was not tried, and is rescued from a process that is gone",
        arguments: TestDatabase.engines
    )
    func claims(engine: DatabaseEngine) async throws {
        let desk = try await Desk(engine)
        let (one, two) = (try await desk.subscriber(), try await desk.subscriber())
        for _ in 0..<20 { _ = try await desk.contact() }
        let batches = try await desk.queue.claim(except: [two.id])
        #expect(batches.map(\.webhook) == [one.id] && batches[0].jobs.count == 16)
        #expect(batches[0].jobs.map(\.id) == batches[0].jobs.map(\.id).sorted())
        let rest = try await desk.queue.claim(except: [])
        #expect(rest.map(\.webhook) == [one.id, two.id] && rest[0].jobs.count == 4)
        try await desk.queue.release(rest[0].jobs)
        #expect(try await desk.queue.claim(except: []).map(\.jobs.count) == [4, 4])
        desk.clock.advance(by: .seconds(301))
        #expect(try await desk.queue.claim(except: [two.id]).map(\.jobs.count) == [16])
    }

    @Test("two nodes never have one message both", arguments: TestDatabase.engines)
    func nodes(engine: DatabaseEngine) async throws {
        let desk = try await Desk(engine)
        _ = try await desk.subscriber()
        for _ in 0..<12 { _ = try await desk.contact() }
        let queue = desk.queue
        async let one = queue.claim(except: [])
        async let two = queue.claim(except: [])
        let jobs = try await (one + two).flatMap(\.jobs).map(\.id)
        #expect(Set(jobs).count == jobs.count && jobs.count == 12)
    }

    @Test(
        "what a receiver refuses of one message holds up no other, however many it has refused",
        arguments: TestDatabase.engines
    )
    func refusals(engine: DatabaseEngine) async throws {
        let desk = try await Desk(engine)
        let webhook = try await desk.subscriber()
        // One message in three is refused for what it says; four days of it.
        var refused: Set<String> = []
        var known: Set<Int64> = []
        let statuses = [400, 404, 409, 410, 413, 415, 422]
        for hour in 0..<96 {
            for _ in 0..<3 { _ = try await desk.contact() }
            let fresh = try await desk.webhooks.deliveries(of: webhook.id, after: nil, limit: 3)
            #expect(fresh.count == 3 && known.isDisjoint(with: fresh.map(\.id)))
            known.formUnion(fresh.map(\.id))
            refused.insert(fresh[2].messageID)
            // The first turn has all that is new.
            var isFirst = true
            while let batch = try await desk.queue.claim(except: []).first {
                if isFirst { #expect(Set(fresh.map(\.messageID)).isSubset(of: batch.jobs.map(\.messageID))) }
                isFirst = false
                for job in batch.jobs {
                    let status = statuses[hour % statuses.count]
                    let isBad = refused.contains(job.messageID)
                    try await desk.queue.settle(
                        job,
                        of: batch,
                        isBad ? .init(status: status, error: "\(status)") : .init(status: 204)
                    )
                }
            }
            desk.clock.advance(by: .seconds(3_600))
            try await desk.queue.expire()
        }
        var (after, states): (Int64?, [WebhookDelivery.State: Int]) = (nil, [:])
        while true {
            let page = try await desk.webhooks.deliveries(of: webhook.id, after: after, limit: 200)
            guard let last = page.last else { break }
            after = last.id
            for delivery in page {
                states[delivery.state, default: 0] += 1
                #expect((delivery.state == .delivered) != refused.contains(delivery.messageID))
                // None is given up that was not tried, for three days.
                if delivery.state == .failed { #expect(delivery.attempts > 30) }
            }
        }
        #expect(states[.delivered] == 192 && (states[.failed] ?? 0) > 20 && (states[.waiting] ?? 0) > 60)
    }

    @Test("a test goes before everything that waits", arguments: TestDatabase.engines)
    func testInFront(engine: DatabaseEngine) async throws {
        let desk = try await Desk(engine)
        let webhook = try await desk.subscriber()
        for _ in 0..<20 { _ = try await desk.contact() }
        let id = try await desk.webhooks.test(webhook.id)
        let batch = try #require(try await desk.queue.claim(webhook.id))
        #expect(batch.jobs.first?.id == id && batch.isFull)
        // Put back, it has its place again, and so have the others.
        try await desk.queue.release(batch.jobs)
        let again = try #require(try await desk.queue.claim(webhook.id))
        #expect(again.jobs.map(\.id) == batch.jobs.map(\.id))
    }

    @Test(
        "what comes of an address that was changed, paused or removed meanwhile says nothing of the new one",
        arguments: TestDatabase.engines
    )
    func changedMeanwhile(engine: DatabaseEngine) async throws {
        let desk = try await Desk(engine)
        let webhook = try await desk.subscriber()
        for _ in 0..<2 { _ = try await desk.contact() }
        let batch = try #require(try await desk.queue.claim(webhook.id))
        #expect(try await desk.queue.holds(batch))
        var draft = WebhookDraft(name: "ERP", url: "https://erp.test/right", kinds: [.attendance])
        _ = try await desk.webhooks.update(webhook.id, draft, by: .system("test"))
        #expect(try await !desk.queue.holds(batch))
        try await desk.queue.settle(batch.jobs[0], of: batch, .init(status: 500, error: "500"))
        try await desk.queue.release([batch.jobs[1]])
        let found = try #require(try await desk.webhooks.find(webhook.id))
        #expect(found.failingSince == nil && found.failures == 0 && found.lastError == nil)
        // All of it goes to the new address, at once and as if for the first time.
        let next = try #require(try await desk.queue.claim(webhook.id))
        #expect(next.url == draft.url && next.jobs == batch.jobs)
        draft.isPaused = true
        _ = try await desk.webhooks.update(webhook.id, draft, by: .system("test"))
        #expect(try await !desk.queue.holds(next))
        #expect(try await desk.queue.claim(webhook.id) == nil)
        try await desk.webhooks.remove(webhook.id, by: .system("test"))
        #expect(try await !desk.queue.holds(next))
        try await desk.queue.settle(next.jobs[0], of: next, .init(status: 500, error: "500"))
    }

    @Test(
        "how long a message has waited untried is told, of receivers that are not paused",
        arguments: TestDatabase.engines
    )
    func oldest(engine: DatabaseEngine) async throws {
        let desk = try await Desk(engine)
        let webhook = try await desk.subscriber()
        #expect(try await desk.webhooks.waitingSince() == nil)
        let start = desk.clock.now
        for _ in 0..<17 { _ = try await desk.contact() }
        #expect(try await desk.webhooks.waitingSince() == start)
        let batch = try #require(try await desk.queue.claim(webhook.id))
        for job in batch.jobs { try await desk.queue.settle(job, of: batch, .init(status: 422, error: "422")) }
        desk.clock.advance(by: .seconds(90))
        #expect(try await desk.webhooks.waitingSince() == start)
        let draft = WebhookDraft(name: "ERP", url: webhook.url, kinds: [.attendance], isPaused: true)
        _ = try await desk.webhooks.update(webhook.id, draft, by: .system("test"))
        #expect(try await desk.webhooks.waitingSince() == nil)
    }

    @Test("a receiver that asks to be left alone is, for an hour at the most", arguments: TestDatabase.engines)
    func wish(engine: DatabaseEngine) async throws {
        let desk = try await Desk(engine)
        _ = try await desk.subscriber()
        _ = try await desk.contact()
        let batch = try #require(try await desk.queue.claim(except: []).first)
        let outcome = WebhookQueue.Outcome(status: 429, error: "429", pause: .seconds(1_000_000))
        try await desk.queue.settle(batch.jobs[0], of: batch, outcome)
        desk.clock.advance(by: .seconds(3_500))
        #expect(try await desk.queue.claim(except: []).isEmpty)
        desk.clock.advance(by: .seconds(101))
        #expect(try await desk.queue.claim(except: []).count == 1)
    }

    @Test("a changed secret signs beside the old one for a day", arguments: TestDatabase.engines)
    func rotation(engine: DatabaseEngine) async throws {
        let desk = try await Desk(engine)
        let draft = WebhookDraft(name: "ERP", url: "https://erp.test/hook", kinds: [.attendance])
        let (webhook, old) = try await desk.webhooks.add(draft, by: .system("test"))
        let new = try await desk.webhooks.rotate(webhook.id, by: .system("test"))
        _ = try await desk.webhooks.test(webhook.id)
        #expect(try await desk.queue.claim(except: []).first?.secrets == [new, old])
        desk.clock.advance(by: .seconds(86_401))
        _ = try await desk.webhooks.test(webhook.id)
        #expect(try await desk.queue.claim(except: []).first?.secrets == [new])
        // Changed twice within the day, each signs on for a day of its own.
        let second = try await desk.webhooks.rotate(webhook.id, by: .system("test"))
        desk.clock.advance(by: .seconds(3_600))
        let third = try await desk.webhooks.rotate(webhook.id, by: .system("test"))
        _ = try await desk.webhooks.test(webhook.id)
        #expect(try await desk.queue.claim(except: []).first?.secrets == [third, second, new])
        desk.clock.advance(by: .seconds(86_400 - 3_599))
        _ = try await desk.webhooks.test(webhook.id)
        #expect(try await desk.queue.claim(except: []).first?.secrets == [third, second])
        // However often: the eldest is what the receiver may still have.
        for _ in 0..<20 { _ = try await desk.webhooks.rotate(webhook.id, by: .system("test")) }
        _ = try await desk.webhooks.test(webhook.id)
        let all = try #require(try await desk.queue.claim(except: []).first?.secrets)
        #expect(all.count == 11 && all.last == second && Set(all).count == 11)
        await #expect(throws: WebhookDesk.Fault.notFound) {
            try await desk.webhooks.rotate(999, by: .system("test"))
        }
    }

    @Test(
        "an address is a web address without a name, a password or a fragment",
        arguments: [
            ("https://erp.test/x?token=1", true), ("http://10.0.0.1:8080/", true), ("ftp://erp.test/", false),
            ("https://u:p@erp.test/", false), ("https://erp.test/#x", false), ("erp.test", false), ("", false),
            ("https:///x", false), ("file:///etc/passwd", false),
            ("https://" + String(repeating: "a", count: 3_000), false), ("https://café.com.br/x", true),
            ("http://[2001:db8::1]:8080/", true), ("https://erp%2etest/", false), ("http://[fe80::1%25eth0]/", false),
        ]
    )
    func addresses(url: String, isGood: Bool) {
        let draft = WebhookDraft(name: "ERP", url: url, kinds: [.call])
        #expect(draft.faults == (isGood ? [] : ["url"]), "\(url.prefix(40))")
    }

    @Test("a receiver's name is the one that is connected to, with accents or without")
    func hosts() {
        for url in ["http://café.test:8080/x", "http://xn--caf-dma.test:8080/x"] {
            #expect(Webhook.host(of: url) == "xn--caf-dma.test")
        }
        #expect(Webhook.host(of: "https://Erp.test/") == "Erp.test")
        #expect(Webhook.host(of: "http://[::1]:80/") == "[::1]")
        for url in ["http://127.0.0.1%2eerp.test/", "http://erp%00.test/", "", "http:///x"] {
            #expect(Webhook.host(of: url) == nil)
        }
    }
}
