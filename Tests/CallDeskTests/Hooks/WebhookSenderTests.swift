import DeskCore
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import NIOCore
import Synchronization
import TestSupport
import Testing

@testable import CallDesk

@Suite("Webhooks out over HTTP", .timeLimit(.minutes(5)))
struct WebhookSenderTests {
    /// A receiver that notes what it gets and answers as it is told.
    private final class Receiver: Sendable {
        struct Post: Sendable {
            var headers: [String: String]
            var body: [UInt8]
        }

        let posts = Mutex<[Post]>([])
        /// One for each message that came.
        let arrivals: AsyncStream<Void>
        private let arrived: AsyncStream<Void>.Continuation
        let statuses: Mutex<[Int]>
        /// Answers nothing until it is opened; nil: at once.
        private let gate: AsyncStream<Void>?

        init(_ statuses: [Int], gate: AsyncStream<Void>? = nil) {
            self.statuses = Mutex(statuses)
            self.gate = gate
            (arrivals, arrived) = AsyncStream.makeStream()
        }

        func with(_ body: @escaping @Sendable (_ port: Int) async throws -> Void) async throws {
            let router = Router()
            router.post("/hook") { request, _ -> Response in
                let whole = try await request.body.collect(upTo: 1_048_576)
                var headers: [String: String] = [:]
                for field in request.headers { headers[field.name.canonicalName] = field.value }
                let post = Post(headers: headers, body: Array(whole.readableBytesView))
                self.posts.withLock { $0.append(post) }
                self.arrived.yield()
                if let gate = self.gate { for await _ in gate { break } }
                let status = self.statuses.withLock { $0.count > 1 ? $0.removeFirst() : $0.first ?? 200 }
                return Response(status: .init(code: status), headers: status == 302 ? [.location: "/other"] : [:])
            }
            let (ports, told) = AsyncStream.makeStream(of: Int.self)
            let application = Application(
                router: router,
                configuration: .init(address: .hostname("127.0.0.1", port: 0)),
                onServerRunning: { channel in told.yield(channel.localAddress?.port ?? 0) },
                logger: Logger(label: "receiver") { _ in SwiftLogNoOpLogHandler() }
            )
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await application.run() }
                for await port in ports {
                    try await body(port)
                    break
                }
                group.cancelAll()
            }
        }
    }

    /// A port that listens and never accepts: the kernel takes what is sent, and nothing is ever answered.
    private final class SilentPort: Sendable {
        let port: Int
        private let descriptor: Mutex<Int32?>

        init() throws {
            let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_addr.s_addr = inet_addr("127.0.0.1")
            var size = socklen_t(MemoryLayout<sockaddr_in>.size)
            let isThere = withUnsafeMutablePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    bind(descriptor, $0, size) == 0 && listen(descriptor, 8) == 0
                        && getsockname(descriptor, $0, &size) == 0
                }
            }
            try #require(isThere)
            port = Int(UInt16(bigEndian: address.sin_port))
            self.descriptor = Mutex(descriptor)
        }

        /// Lets go of whoever waits.
        func close() {
            descriptor.withLock { descriptor in
                if let open = descriptor { _ = Foundation.close(open) }
                descriptor = nil
            }
        }
    }

    private static func worker(
        _ test: DeskUnderTest,
        allowed: [String] = ["127.0.0.0/8"],
        patience: TimeAmount = .seconds(15),
        drain: Duration = WebhookWorker.drain
    ) -> WebhookWorker {
        WebhookWorker(
            queue: WebhookQueue(database: test.app.database, vault: test.app.vault, clock: test.app.clock),
            sender: WebhookSender(rules: ReceiverRules(allowed: allowed), clock: test.app.clock, patience: patience),
            drain: drain,
            logger: test.quiet
        )
    }

    @Test("a subscriber gets what happened, signed, in order, and once when it takes it")
    func delivered() async throws {
        try await DeskUnderTest.with { test in
            let receiver = Receiver([500, 200])
            try await receiver.with { port in
                let draft = WebhookDraft(name: "ERP", url: "http://127.0.0.1:\(port)/hook", kinds: [.attendance])
                let (webhook, secret) = try await test.app.webhooks.add(draft, by: .system("test"))
                for _ in 0..<3 { _ = try await test.app.attendances.begin(channel: .walkIn, accountID: nil) }
                let worker = Self.worker(test)
                await worker.once()
                // The first failed: the others were not tried behind it.
                #expect(receiver.posts.withLock { $0.count } == 1)
                test.clock.advance(by: .seconds(120))
                await worker.once()
                test.clock.advance(by: .seconds(120))
                await worker.once()
                await worker.once()
                let posts = receiver.posts.withLock { $0 }
                #expect(posts.count == 4)
                #expect(Set(posts.map { $0.headers["webhook-id"] }).count == 3)
                for post in posts {
                    let id = try #require(post.headers["webhook-id"])
                    let time = try #require(post.headers["webhook-timestamp"].flatMap { Int64($0) })
                    let right = WebhookSignature.header(id: id, timestamp: time, body: post.body, secrets: [secret])
                    #expect(post.headers["webhook-signature"] == right)
                    #expect(post.headers["content-type"] == "application/json")
                    #expect(try JSONParser.parse(post.body)["type"].string == "attendance")
                }
                let log = try await test.app.webhooks.deliveries(of: webhook.id, after: nil, limit: 10)
                #expect(log.map(\.state) == [.delivered, .delivered, .delivered])
                #expect(log.map(\.attempts).reduce(0, +) == 4)
            }
        }
    }

    @Test("one that takes messages and never answers holds up none of the others")
    func hanging() async throws {
        try await DeskUnderTest.with { test in
            // Bound and listening, and nobody accepts: the kernel takes the connection, and nothing is ever said on it.
            let silent = try SilentPort()
            defer { silent.close() }
            let receiver = Receiver([200])
            try await receiver.with { port in
                let hanging = WebhookDraft(
                    name: "A",
                    url: "http://127.0.0.1:\(silent.port)/hook",
                    kinds: [.attendance]
                )
                let quick = WebhookDraft(name: "B", url: "http://127.0.0.1:\(port)/hook", kinds: [.attendance])
                let first = try await test.app.webhooks.add(hanging, by: .system("test")).webhook
                let second = try await test.app.webhooks.add(quick, by: .system("test")).webhook
                for _ in 0..<3 { _ = try await test.app.attendances.begin(channel: .walkIn, accountID: nil) }
                // However slow the machine is: the first hangs until it is let go.
                let worker = Self.worker(test, patience: .hours(1))
                let running = Task { await worker.once() }
                var arrivals = receiver.arrivals.makeAsyncIterator()
                for _ in 0..<3 { await arrivals.next() }
                // What comes while the first still hangs is delivered too, and the first is not asked twice.
                _ = try await test.app.attendances.begin(channel: .walkIn, accountID: nil)
                while receiver.posts.withLock({ $0.count }) < 4 { await worker.once() }
                let held = try await test.app.webhooks.deliveries(of: first.id, after: nil, limit: 10)
                #expect(held.map(\.state) == [.waiting, .sending, .sending, .sending])
                // Its end is a failure of its own, told as such; the others stay well.
                silent.close()
                await running.value
                let (failing, well) = (
                    try await test.app.webhooks.find(first.id), try await test.app.webhooks.find(second.id)
                )
                #expect(failing?.failingSince != nil && failing?.lastError != nil)
                #expect(well?.failingSince == nil && well?.failures == 0)
            }
        }
    }

    @Test("a receiver that takes everything gets a long queue without waiting for the next beat")
    func longQueue() async throws {
        try await DeskUnderTest.with { test in
            let receiver = Receiver([200])
            try await receiver.with { port in
                let draft = WebhookDraft(name: "ERP", url: "http://127.0.0.1:\(port)/hook", kinds: [.call])
                let webhook = try await test.app.webhooks.add(draft, by: .system("test")).webhook
                let now = test.clock.now
                try await test.app.database.write { session in
                    for number in 0..<2_000 {
                        try session.execute(
                            """
                            INSERT INTO webhook_delivery
                                (webhook_id, message_id, kind, body, state, attempts, due_at, created_at)
                            VALUES ($1, $2, 'call', '{}', 'waiting', 0, $3, $4)
                            """,
                            [.integer(webhook.id), .text("msg_\(number)"), .moment(now), .moment(now)]
                        )
                    }
                }
                await Self.worker(test).once()
                let ids = receiver.posts.withLock { $0.map { $0.headers["webhook-id"] } }
                #expect(ids == (0..<2_000).map { "msg_\($0)" })
                #expect(try await test.app.webhooks.waitingSince() == nil)
            }
        }
    }

    @Test("what it refuses of one message stops neither the others nor what waits behind them")
    func refusal() async throws {
        try await DeskUnderTest.with { test in
            let receiver = Receiver([422, 200])
            try await receiver.with { port in
                let draft = WebhookDraft(name: "ERP", url: "http://127.0.0.1:\(port)/hook", kinds: [.attendance])
                let webhook = try await test.app.webhooks.add(draft, by: .system("test")).webhook
                for _ in 0..<20 { _ = try await test.app.attendances.begin(channel: .walkIn, accountID: nil) }
                await Self.worker(test).once()
                let log = try await test.app.webhooks.deliveries(of: webhook.id, after: nil, limit: 30)
                #expect(log.map(\.state) == Array(repeating: .delivered, count: 19) + [.waiting])
                #expect(log.last?.status == 422 && log.last?.attempts == 1)
                #expect(try await test.app.webhooks.find(webhook.id)?.failingSince == nil)
            }
        }
    }

    @Test("no message more goes out once its subscriber was paused")
    func pausedMeanwhile() async throws {
        try await DeskUnderTest.with { test in
            let (gate, open) = AsyncStream.makeStream(of: Void.self)
            let receiver = Receiver([200], gate: gate)
            try await receiver.with { port in
                var draft = WebhookDraft(name: "ERP", url: "http://127.0.0.1:\(port)/hook", kinds: [.attendance])
                let webhook = try await test.app.webhooks.add(draft, by: .system("test")).webhook
                for _ in 0..<3 { _ = try await test.app.attendances.begin(channel: .walkIn, accountID: nil) }
                let running = Task { await Self.worker(test).once() }
                var arrivals = receiver.arrivals.makeAsyncIterator()
                await arrivals.next()
                draft.isPaused = true
                _ = try await test.app.webhooks.update(webhook.id, draft, by: .system("test"))
                open.finish()
                await running.value
                #expect(receiver.posts.withLock { $0.count } == 1)
                let log = try await test.app.webhooks.deliveries(of: webhook.id, after: nil, limit: 10)
                #expect(log.map(\.state) == [.waiting, .waiting, .delivered] && log.map(\.attempts) == [0, 0, 1])
            }
        }
    }

    @Test("a receiver with accents in its name is judged, and reached, by the name that is connected to")
    func accents() async throws {
        try await DeskUnderTest.with { test in
            let receiver = Receiver([200])
            try await receiver.with { port in
                for name in ["xn--caf-dma.test", "café.test"] {
                    let draft = WebhookDraft(name: "ERP", url: "http://\(name):\(port)/hook", kinds: [.call])
                    let webhook = try await test.app.webhooks.add(draft, by: .system("test")).webhook
                    _ = try await test.app.webhooks.test(webhook.id)
                }
                let asked = Mutex<[String]>([])
                var sender = WebhookSender(rules: ReceiverRules(allowed: ["CAFÉ.test"]), clock: test.app.clock)
                sender.resolve = { name in
                    asked.withLock { $0.append(name) }
                    return [PeerAddress(bytes: [127, 0, 0, 1])]
                }
                let worker = WebhookWorker(
                    queue: WebhookQueue(database: test.app.database, vault: test.app.vault, clock: test.app.clock),
                    sender: sender,
                    logger: test.quiet
                )
                await worker.once()
                #expect(asked.withLock { $0 } == ["xn--caf-dma.test", "xn--caf-dma.test"])
                let hosts = receiver.posts.withLock { $0.map { $0.headers["host"] } }
                #expect(receiver.posts.withLock { $0.count } == 2, "\(hosts)")
            }
        }
    }

    @Test("at a stop what is under way is finished, and nothing more is begun")
    func stopped() async throws {
        try await DeskUnderTest.with { test in
            let (gate, open) = AsyncStream.makeStream(of: Void.self)
            let receiver = Receiver([200], gate: gate)
            try await receiver.with { port in
                let draft = WebhookDraft(name: "ERP", url: "http://127.0.0.1:\(port)/hook", kinds: [.attendance])
                let webhook = try await test.app.webhooks.add(draft, by: .system("test")).webhook
                for _ in 0..<2 { _ = try await test.app.attendances.begin(channel: .walkIn, accountID: nil) }
                let worker = Self.worker(test, drain: .seconds(3_600))
                let running = Task { await worker.run() }
                var arrivals = receiver.arrivals.makeAsyncIterator()
                await arrivals.next()
                running.cancel()
                open.yield()
                await running.value
                let log = try await test.app.webhooks.deliveries(of: webhook.id, after: nil, limit: 10)
                #expect(log.map(\.state) == [.waiting, .delivered] && log.map(\.attempts) == [0, 1])
                #expect(receiver.posts.withLock { $0.count } == 1)
                #expect(try await test.app.webhooks.find(webhook.id)?.failingSince == nil)
                open.finish()
            }
        }
    }

    @Test("a receiver that is cut off by a stop has not failed, and its message has not been tried")
    func cutOff() async throws {
        try await DeskUnderTest.with { test in
            let silent = try SilentPort()
            defer { silent.close() }
            let draft = WebhookDraft(name: "A", url: "http://127.0.0.1:\(silent.port)/hook", kinds: [.attendance])
            let webhook = try await test.app.webhooks.add(draft, by: .system("test")).webhook
            for _ in 0..<2 { _ = try await test.app.attendances.begin(channel: .walkIn, accountID: nil) }
            let worker = Self.worker(test, patience: .hours(1), drain: .milliseconds(1))
            let running = Task { await worker.run() }
            func log() async throws -> [WebhookDelivery] {
                try await test.app.webhooks.deliveries(of: webhook.id, after: nil, limit: 10)
            }
            while try await log().first?.state != .sending { await Task.yield() }
            running.cancel()
            await running.value
            #expect(try await log().map(\.state) == [.waiting, .waiting])
            #expect(try await log().allSatisfy { $0.attempts == 0 && $0.error == nil })
            let found = try #require(try await test.app.webhooks.find(webhook.id))
            #expect(found.failingSince == nil && found.failures == 0 && found.lastError == nil)
        }
    }

    @Test("a redirect is a failure, and is not followed")
    func redirect() async throws {
        try await DeskUnderTest.with { test in
            let receiver = Receiver([302])
            try await receiver.with { port in
                let draft = WebhookDraft(name: "ERP", url: "http://127.0.0.1:\(port)/hook", kinds: [.call])
                let webhook = try await test.app.webhooks.add(draft, by: .system("test")).webhook
                _ = try await test.app.webhooks.test(webhook.id)
                await Self.worker(test).once()
                let log = try await test.app.webhooks.deliveries(of: webhook.id, after: nil, limit: 10)
                #expect(log.first?.status == 302 && log.first?.state == .waiting)
                #expect(log.first?.error?.contains("not followed") == true)
            }
        }
    }

    @Test("a private address is refused before anything is connected to, and says what to do")
    func refused() async throws {
        try await DeskUnderTest.with { test in
            let receiver = Receiver([200])
            try await receiver.with { port in
                let draft = WebhookDraft(name: "ERP", url: "http://127.0.0.1:\(port)/hook", kinds: [.call])
                let webhook = try await test.app.webhooks.add(draft, by: .system("test")).webhook
                _ = try await test.app.webhooks.test(webhook.id)
                await Self.worker(test, allowed: []).once()
                #expect(receiver.posts.withLock { $0.isEmpty })
                #expect(
                    try await test.app.webhooks.find(webhook.id)?.lastError?.contains("hooks.allow_private") == true
                )
            }
        }
    }

    @Test(
        "addresses that are nobody's on the Internet are refused, however they are written",
        arguments: [
            "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",
            "224.0.0.1",
            "255.255.255.255", "::1", "::", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "fe80::1", "fc00::1", "fd12::1",
            "64:ff9b::7f00:1", "2002:7f00:1::", "::7f00:1",
        ]
    )
    func special(text: String) throws {
        let address = try #require(PeerAddress(text: text.contains(":") ? "[\(text)]" : text))
        #expect(!ReceiverRules(allowed: []).allows(address, named: "x"))
        #expect(ReceiverRules(allowed: ["interno.test"]).allows(address, named: "INTERNO.test"))
    }

    @Test("a name is judged by where it leads now, and leads to the address that was judged")
    func names() async throws {
        let rules = ReceiverRules(allowed: ["10.0.0.0/8"])
        let (inner, own) = (PeerAddress(bytes: [10, 0, 0, 1]), PeerAddress(bytes: [127, 0, 0, 1]))
        let outer = PeerAddress(bytes: [93, 184, 215, 14])
        #expect(try await rules.address(of: "a.test", resolve: { _ in [own, outer] }) == outer)
        #expect(try await rules.address(of: "a.test", resolve: { _ in [inner] }) == inner)
        await #expect(throws: ReceiverRules.Refusal.isPrivate) {
            try await rules.address(of: "a.test", resolve: { _ in [own] })
        }
        await #expect(throws: ReceiverRules.Refusal.unknownName) {
            try await rules.address(of: "a.test", resolve: { _ in [] })
        }
        // Other ways to write this machine are names to the resolver, which says where they lead.
        for host in ["2130706433", "0x7f.1", "127.1", "localhost"] {
            await #expect(throws: ReceiverRules.Refusal.self) { try await ReceiverRules(allowed: []).address(of: host) }
        }
    }

    @Test("who would be refused now is named with host and remedy, never with an address that may hold a token")
    func refusedNow() async throws {
        try await DeskUnderTest.with { test in
            func add(_ name: String, _ url: String, isPaused: Bool = false) async throws {
                let draft = WebhookDraft(name: name, url: url, kinds: [.call], isPaused: isPaused)
                _ = try await test.app.webhooks.add(draft, by: .system("test"))
            }
            try await add("ERP", "https://erp.interno/hook/t0ken")
            try await add("Fora", "https://fora.test/hook")
            try await add("Folha", "http://10.1.2.3:8080/t0ken")
            try await add("Sumiu", "https://sumiu.test/hook")
            try await add("Parado", "http://10.1.2.4/", isPaused: true)
            let resolve: @Sendable (String) async -> [PeerAddress] = { name in
                switch name {
                case "erp.interno": [PeerAddress(bytes: [192, 168, 0, 9])]
                case "fora.test": [PeerAddress(bytes: [93, 184, 215, 14])]
                default: []
                }
            }
            let all = try await test.app.webhooks.list()
            let closed = await ReceiverCheck(rules: ReceiverRules(allowed: []), resolve: resolve).refused(among: all)
            #expect(closed.count == 3 && closed.allSatisfy { !$0.contains("t0ken") && !$0.contains("hook/") })
            #expect(closed[0].hasPrefix("'ERP' at erp.interno: ") && closed[0].contains("hooks.allow_private"))
            #expect(closed[1].hasPrefix("'Folha' at 10.1.2.3: ") && closed[2].hasPrefix("'Sumiu' at sumiu.test: "))
            let open = ReceiverRules(allowed: ["10.0.0.0/8", "erp.interno"])
            let left = await ReceiverCheck(rules: open, resolve: resolve).refused(among: all)
            #expect(left.map { $0.prefix(7) } == ["'Sumiu'"])
        }
    }

    @Test("an administrator's bell names who has taken nothing for three days, and leads to its page")
    func bell() async throws {
        try await DeskUnderTest.with { test in
            let root = try await test.account("root", role: .administrator)
            let ana = try await test.account("ana")
            let draft = WebhookDraft(name: "ERP", url: "https://erp.test/hook", kinds: [.attendance])
            let webhook = try await test.app.webhooks.add(draft, by: .system("test")).webhook
            let queue = WebhookQueue(database: test.app.database, vault: test.app.vault, clock: test.app.clock)
            _ = try await test.app.attendances.begin(channel: .walkIn, accountID: nil)
            let batch = try #require(try await queue.claim(except: []).first)
            try await queue.settle(batch.jobs[0], of: batch, .init(status: 500, error: "500"))
            test.clock.advance(by: WebhookBells.patience)
            try await queue.expire()
            try await test.application.test(.router) { client in
                let browser = try await test.browser(root, client)
                let told = try await browser.send(.get, "/api/v1/bells").json["items"]
                #expect(told.array?.count == 1 && told[0]["webhook_id"].integer == webhook.id)
                #expect(told[0]["path"].string == "/admin/webhooks/\(webhook.id)" && told[0]["summary"].string == "ERP")
                #expect(told[0]["kind"].string == "webhook" && told[0]["number"] == .null)
                #expect(try await browser.get("/admin/webhooks/\(webhook.id)").body.contains("/resend"))
                let technician = try await test.browser(ana, client)
                #expect(try await technician.send(.get, "/api/v1/bells").json["items"].array?.isEmpty == true)
                #expect(try await browser.send(.delete, "/api/v1/bells").status == 204)
                #expect(try await browser.send(.get, "/api/v1/bells").json["items"].array?.isEmpty == true)
            }
        }
    }

    @Test("a resolver that says nothing keeps nobody longer than its time, nor others' names, nor the end")
    func silentResolver() async throws {
        let gate = DispatchSemaphore(value: 0)
        let silent: @Sendable (String) -> [PeerAddress] = { name in
            if name == "a.test" { return [PeerAddress(bytes: [10, 0, 0, 1])] }
            gate.wait()
            return [PeerAddress(bytes: [10, 0, 0, 2])]
        }
        #expect(await NameLookup.resolve("silent.test", within: .milliseconds(50), by: silent).isEmpty)
        let cancelled = Task { await NameLookup.resolve("silent.test", within: .seconds(3600), by: silent) }
        cancelled.cancel()
        #expect(await cancelled.value.isEmpty)
        #expect(await NameLookup.resolve("a.test", within: .seconds(3600), by: silent).count == 1)
        // Whoever was asked in time is heard.
        let later = Task { await NameLookup.resolve("late.test", within: .seconds(3600), by: silent) }
        for _ in 0..<3 { gate.signal() }
        #expect(await later.value.count == 1)
    }

    @Test("subscribers are made, changed, tested and removed by API, for administrators alone")
    func api() async throws {
        try await DeskUnderTest.with { test in
            let admin = try await test.app.tokens.add(
                name: "adm",
                scopes: [.administration],
                by: .system("test")
            ).secret
            try await test.application.test(.router) { client in
                let body = #"{"name": "ERP", "url": "https://erp.test/hook", "events": ["call", "ticket"]}"#
                let stranger = try await client.send(.post, "/api/v1/webhooks", token: test.token, json: body)
                #expect(stranger.status == 403)
                let made = try await client.send(.post, "/api/v1/webhooks", token: admin, json: body)
                #expect(made.status == 201 && made.json["secret"].string?.hasPrefix("whsec_") == true)
                let id = try #require(made.json["id"].integer)
                let list = try await client.send(.get, "/api/v1/webhooks", token: admin)
                #expect(list.json["items"][0]["events"].array?.count == 2 && list.json["items"][0]["secret"] == .null)
                let wrong = #"{"name": "", "url": "ftp://x", "events": ["all"]}"#
                let refused = try await client.send(.post, "/api/v1/webhooks", token: admin, json: wrong)
                #expect(refused.status == 422)
                let path = "/api/v1/webhooks/\(id)"
                let second = #"{"name": "ERP 2", "url": "https://erp.test/2", "events": ["notice"], "paused": true}"#
                #expect(try await client.send(.put, path, token: admin, json: second).status == 428)
                let tag = try #require(list.json["items"][0]["tag"].string)
                #expect(made.headers[.eTag] == "\"\(tag)\"")
                func change(_ json: String) async throws -> Answered {
                    try await client.send(.put, path, token: admin, json: json, headers: [.ifMatch: "\"\(tag)\""])
                }
                let changed = try await change(second)
                #expect(try await change(body).status == 412)
                #expect(changed.json["paused"].bool == true && changed.json["events"][0].string == "notice")
                let rotated = try await client.send(.post, path + "/secret", token: admin)
                #expect(rotated.json["secret"].string != made.json["secret"].string)
                let tested = try await client.send(.post, path + "/test", token: admin)
                #expect(tested.status == 202)
                let log = try await client.send(.get, path + "/deliveries", token: admin)
                #expect(log.json["items"][0]["id"] == tested.json["delivery_id"])
                #expect(try await client.send(.post, path + "/resend", token: admin).json["messages"].integer == 0)
                #expect(try await client.send(.delete, path, token: admin).status == 204)
                #expect(try await client.send(.delete, path, token: admin).status == 404)
                #expect(try await client.send(.get, path + "/deliveries", token: admin).status == 404)
            }
        }
    }
}
