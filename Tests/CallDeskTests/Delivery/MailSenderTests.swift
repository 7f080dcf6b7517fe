import DeskCore
import Foundation
import NIOCore
import Synchronization
import Testing

@testable import CallDesk
@testable import Rehearsal

@Suite("Mail sender", .timeLimit(.minutes(5)))
struct MailSenderTests {
    func notices(_ count: Int) -> [Notice] { (1...Int64(count)).map { MailMessageTests.notice($0) } }

    func sender(_ port: Int, connections: Int = 1, _ change: (inout MailRoute) -> Void = { _ in }) throws -> MailSender
    {
        var route = MailRoute(url: "smtp://127.0.0.1:\(port)", connections: connections)
        route.connectTimeout = .seconds(30)
        route.timeout = .seconds(30)
        change(&route)
        return MailSender(route: route, letterhead: try MailMessageTests.letterhead())
    }

    /// Sends through a sink that answers as the script says.
    func results(
        _ notices: [Notice],
        login: MailSinkSession.Login? = nil,
        route: (inout MailRoute) -> Void = { _ in },
        script: MailSinkSession.Script? = nil,
        confirmsAfter: TimeAmount? = nil
    ) async throws -> (results: [DeliveryResult], inbox: [SinkMessage]) {
        let inbox = SinkInbox()
        let sink = try await MailSink.start(inbox: inbox, login: login, script: script, confirmsAfter: confirmsAfter)
        let sender = try self.sender(sink.port, route)
        let results = await sender.send(notices)
        await sender.shutDown()
        await sink.stop()
        return (results, inbox.messages)
    }

    func failure(_ result: DeliveryResult?) -> DeliveryError? {
        if case .refused(let error)? = result { error } else { nil }
    }

    @Test("mails arrive whole, over one kept connection")
    func sent() async throws {
        let greetings = Atomic(0)
        let (results, inbox) = try await results(
            notices(20),
            script: { command in
                if command.hasPrefix("EHLO") { greetings.add(1, ordering: .relaxed) }
                return nil
            }
        )
        #expect(results == Array(repeating: .accepted(reference: nil), count: 20))
        #expect(inbox.count == 20)
        #expect(greetings.load(ordering: .relaxed) == 1)
        #expect(inbox[0].subject == "Solicitação 2026-000017")
        #expect(inbox[0].text == notices(1)[0].body)
        #expect(inbox[0].from == "desk@example.org" && inbox[0].to == ["jose@example.com"])
    }

    @Test("user and password are given, and a wrong one says what to correct")
    func login() async throws {
        let login = MailSinkSession.Login(user: "desk", password: "segredo ç")
        let (good, inbox) = try await results(
            notices(2),
            login: login,
            route: { route in
                route.user = "desk"
                route.password = "segredo ç"
            }
        )
        #expect(good.allSatisfy { $0 == .accepted(reference: nil) } && inbox.count == 2)
        let (bad, none) = try await results(
            notices(3),
            login: login,
            route: { route in
                route.user = "desk"
                route.password = "errado"
            }
        )
        let wrong = try #require(failure(bad.first))
        #expect(wrong.reach == .sender && wrong.remedy.contains("mail.password"))
        #expect(!wrong.description.contains("errado"))
        #expect(bad.dropFirst().allSatisfy { $0 == .untried } && none.isEmpty)
        let (missing, _) = try await results(notices(1), login: login)
        #expect(failure(missing.first)?.reach == .sender)
    }

    @Test("a password goes to no unencrypted server away from this machine")
    func passwordNeedsTLS() {
        var route = MailRoute(url: "smtp://mail.example.com:587", user: "u", password: "p")
        #expect(route.effectiveTLS == .required)
        route.url = "smtp://127.0.0.1:25"
        #expect(route.effectiveTLS == .opportunistic)
        route.password = nil
        route.url = "smtp://mail.example.com"
        #expect(route.effectiveTLS == .opportunistic)
    }

    @Test("where encryption is required, a server without it gets no mail")
    func tlsRequired() async throws {
        let (results, inbox) = try await results(notices(1), route: { $0.tls = .required })
        let error = try #require(failure(results.first))
        #expect(error.reach == .sender && error.what.contains("no encryption"))
        #expect(inbox.isEmpty)
    }

    @Test(
        "replies mean what RFC 5321 says, for this mail or for all",
        arguments: [
            ("RCPT", "550 5.1.1 no such user jose@example.com", DeliveryError.Reach.noticeForever),
            ("RCPT", "450 4.2.1 greylisted", .noticeNow), ("RCPT", "452 4.2.2 mailbox full", .noticeNow),
            ("RCPT", "421 4.3.2 shutting down", .sender), ("MAIL", "550 5.7.1 sender rejected", .sender),
            ("MAIL", "552 5.3.4 too large", .noticeForever), ("MAIL", "451 4.7.1 try later", .noticeNow),
            ("MAIL", "530 5.7.0 must issue STARTTLS", .sender), ("DATA", "554 5.6.0 no", .noticeForever),
            (".", "554 5.7.1 spam", .noticeForever), (".", "451 4.3.0 queue trouble", .noticeNow),
            ("EHLO", "554 5.7.1 go away", .sender),
        ]
    )
    func replies(verb: String, reply: String, reach: DeliveryError.Reach) async throws {
        let (results, inbox) = try await results(
            notices(1),
            script: { command in
                if command.hasPrefix(verb) { return reply }
                return verb == "EHLO" && command.hasPrefix("HELO") ? reply : nil
            }
        )
        let error = try #require(failure(results.first))
        #expect(error.reach == reach, "\(error)")
        #expect(!error.description.contains("jose") && !error.remedy.isEmpty)
        #expect(inbox.isEmpty)
    }

    @Test("a server that relays to nobody stops the channel; a receiver that bars us stops its own mail alone")
    func relays() async throws {
        func mails(_ domains: [String]) -> [Notice] {
            domains.enumerated().map { MailMessageTests.notice(Int64($0.offset) + 1, to: "jose@\($0.element)") }
        }
        func refuse(_ isRefused: @escaping @Sendable (String) -> Bool) -> @Sendable (String) -> String? {
            { $0.hasPrefix("RCPT") && isRefused($0) ? "554 5.7.1 <jose@a.example>: Relay access denied" : nil }
        }
        let all = mails(["a.example", "b.example", "a.example", "c.example", "d.example"])
        let (stopped, none) = try await results(all, script: refuse { _ in true })
        #expect(stopped.map { failure($0)?.reach } == [.noticeNow, .noticeNow, .noticeNow, .sender, nil])
        #expect(failure(stopped[3])?.remedy.contains("operator") == true && none.isEmpty)
        let few = mails(["bars.example", "a.example", "bars.example", "b.example", "bars.example", "c.example"])
        let (judged, sent) = try await results(few, script: refuse { $0.contains("bars.example") })
        #expect(
            judged.map { failure($0)?.reach }
                == [.noticeNow, nil, .noticeForever, nil, .noticeForever, nil]
        )
        #expect(sent.count == 3)
        #expect(judged.compactMap { failure($0) }.allSatisfy { !$0.description.contains("jose") })
    }

    @Test("a server that takes the mail and says so late is waited for, longer than for every step before")
    func slowConfirmation() async throws {
        let (results, inbox) = try await results(
            notices(1),
            route: { route in
                route.timeout = .seconds(1)
                route.answerTimeout = .seconds(60)
            },
            confirmsAfter: .seconds(3)
        )
        #expect(results == [.accepted(reference: nil)])
        #expect(inbox.count == 1)
    }

    @Test("a mail behind one that is not confirmed goes back at once, not when the wait is over")
    func behindOne() async throws {
        let (results, inbox) = try await results(
            notices(3),
            route: { $0.answerTimeout = .milliseconds(500) },
            confirmsAfter: .seconds(300)
        )
        #expect(failure(results[0])?.reach == .unanswered)
        #expect(results.dropFirst().allSatisfy { $0 == .untried })
        #expect(inbox.count == 1)
    }

    @Test("while a mail waits long for its answer, the rest of its call is given back and nothing of it is sent")
    func givenBack() async throws {
        let turn = MailTurn(5)
        #expect(turn.begin() && turn.begin())
        let last = Atomic(0)
        await turn.watch(patience: .milliseconds(20)) { count in last.add(count, ordering: .relaxed) }
        #expect(last.load(ordering: .relaxed) == 3)
        #expect(!turn.begin(), "who was given back is another's")
        #expect(turn.close() == 2)
    }

    @Test("a server that stores every mail and never confirms it gets each twice in an hour, and four times in all")
    func neverConfirmed() async throws {
        let inbox = SinkInbox()
        let sink = try await MailSink.start(inbox: inbox, confirmsAfter: .seconds(300))
        let sender = try self.sender(sink.port) { $0.answerTimeout = .milliseconds(300) }
        let begun = Moment(milliseconds: 1_700_000_000_000)
        var first = notices(1)[0]
        first.createdAt = begun
        var outbox = RehearsedOutbox(first, at: begun)
        try await outbox.pump(sender, for: .seconds(3_600))
        #expect(inbox.messages.count == 2)
        try await outbox.pump(sender, for: .seconds(47 * 3_600))
        #expect(inbox.messages.count == 4)
        #expect(Set(inbox.messages.map { MailReading(Array($0.raw.utf8)).header("Message-ID") }).count == 1)
        #expect(outbox.end?.remedy.contains("may have arrived") == true)
        await sender.shutDown()
        await sink.stop()
    }

    @Test("one refused mail does not stop those after it")
    func oneRefused() async throws {
        let turn = Atomic(0)
        let (results, inbox) = try await results(
            notices(5),
            script: { command in
                guard command.hasPrefix("RCPT") else { return nil }
                return turn.add(1, ordering: .relaxed).newValue == 2 ? "550 5.1.1 no" : nil
            }
        )
        #expect(results.filter { $0 == .accepted(reference: nil) }.count == 4)
        #expect(failure(results[1])?.reach == .noticeForever)
        #expect(inbox.count == 4)
    }

    @Test("a server that hangs up in the middle is tried again, and others' mails go on")
    func hangUp() async throws {
        let turn = Atomic(0)
        let (results, inbox) = try await results(
            notices(3),
            script: { command in
                command == "." && turn.add(1, ordering: .relaxed).newValue == 1 ? "" : nil
            }
        )
        #expect(failure(results[0])?.isTransient == true)
        let rest = results.dropFirst()
        #expect(rest.allSatisfy { $0 == .accepted(reference: nil) } || rest.allSatisfy { $0 == .untried })
        #expect(inbox.count == rest.filter { $0 == .accepted(reference: nil) }.count)
    }

    @Test("nobody there, silence, garbage and endless lines each end in time with something to do")
    func noServer() async throws {
        let closed = try ClosedPort()
        let silent = try await RawServer.start()
        let garbage = try await RawServer.start(greeting: Array("HTTP/1.1 400 Bad Request\r\n\r\n".utf8), close: true)
        let endless = try await RawServer.start(greeting: Array(repeating: 0x41, count: 5_000_000))
        for port in [closed.port, silent.port, garbage.port, endless.port] {
            let sender = try self.sender(port) { route in
                route.timeout = .milliseconds(700)
                route.connectTimeout = .milliseconds(700)
            }
            let results = await sender.send(notices(3))
            let error = try #require(failure(results.first), "\(results)")
            #expect(error.isTransient && !error.remedy.isEmpty)
            #expect(error.reach == .sender, "\(error)")
            #expect(results.dropFirst().allSatisfy { $0 == .untried })
            await sender.shutDown()
        }
        for server in [silent, garbage, endless] { await server.stop() }
    }

    @Test("cancelled, a hanging transfer ends at once")
    func cancelled() async throws {
        let silent = try await RawServer.start()
        let sender = try self.sender(silent.port) { $0.timeout = .seconds(50) }
        let clock = ContinuousClock()
        let begun = clock.now
        let task = Task { await sender.send(notices(2)) }
        var connections = silent.connections.makeAsyncIterator()
        await connections.next()
        task.cancel()
        let results = await task.value
        // The server's silence alone would take fifty.
        #expect(clock.now - begun < .seconds(40))
        #expect(results.allSatisfy { $0 != .accepted(reference: nil) })
        await sender.shutDown()
        await silent.stop()
    }

    @Test("a bad address is refused for good without asking the server")
    func badAddress() async throws {
        let (results, inbox) = try await results([MailMessageTests.notice(to: "x@y.z>\r\nDATA"), notices(1)[0]])
        #expect(failure(results[0])?.reach == .noticeForever)
        #expect(results[1] == .accepted(reference: nil) && inbox.count == 1)
    }

    @Test("Postfix's smtp-sink takes our mails as they are", .enabled(if: RealServer.hasSMTPSink))
    func smtpSink() async throws {
        let folder = try RealServer.folder("smtp-sink")
        defer { try? FileManager.default.removeItem(at: folder) }
        let (process, port) = try await RealServer.start(RealServer.smtpSink) { port in
            ["-u", NSUserName(), "-d", "\(folder.path)/%M.", "127.0.0.1:\(port)", "100"]
        }
        defer { RealServer.end(process) }
        let sender = try self.sender(port, connections: 4)
        let results = await withTaskGroup(of: [DeliveryResult].self) { group in
            for lane in 0..<4 {
                group.addTask { await sender.send((1...10).map { MailMessageTests.notice(Int64(lane * 100 + $0)) }) }
            }
            return await group.reduce(into: []) { $0 += $1 }
        }
        #expect(results.count == 40 && results.allSatisfy { $0 == .accepted(reference: nil) })
        await sender.shutDown()
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        var ids: Set<String> = []
        for file in files {
            let mail = MailReading(Array(try Data(contentsOf: file)))
            #expect(mail.subject == "Solicitação 2026-000017")
            #expect(mail.text.hasPrefix("Olá, José!\n\nProtocolo: 20261121000017-4\n.\n"))
            ids.insert(mail.header("Message-ID") ?? "")
        }
        #expect(ids.count == 40)
    }
}

@Suite("Checking senders", .timeLimit(.minutes(5)))
struct SenderCheckTests {
    @Test("a mail server is tried up to the login, and nothing is sent")
    func mail() async throws {
        let inbox = SinkInbox()
        let sink = try await MailSink.start(inbox: inbox, login: .init(user: "u", password: "p"))
        for (password, good) in [("p", true), ("x", false)] {
            let route = MailRoute(url: "smtp://127.0.0.1:\(sink.port)", user: "u", password: password)
            let sender = MailSender(route: route, letterhead: try MailMessageTests.letterhead())
            let error = await sender.check()
            #expect((error == nil) == good, "\(String(describing: error))")
            await sender.shutDown()
        }
        #expect(inbox.messages.isEmpty)
        await sink.stop()
        let closed = try ClosedPort()
        let gone = MailSender(
            route: MailRoute(url: "smtp://127.0.0.1:\(closed.port)"),
            letterhead: try MailMessageTests.letterhead()
        )
        #expect(await gone.check()?.reach == .sender)
        await gone.shutDown()
    }

    @Test("a gateway is tried without a message")
    func gateway() async throws {
        let inbox = SinkInbox()
        let sink = try await SMSSink.start(inbox: inbox) { request in
            request.fields["password"] == "p" ? nil : (403, "Authorization failed for sendsms")
        }
        for (password, good) in [("p", true), ("x", false)] {
            let gateway = SMSGateway.kannel(url: sink.url, user: "u", password: password, from: nil)
            let sender = GatewaySender(gateway: gateway, reports: nil)
            #expect((await sender.check() == nil) == good)
            await sender.shutDown()
        }
        #expect(inbox.messages.isEmpty)
        await sink.stop()
    }
}
