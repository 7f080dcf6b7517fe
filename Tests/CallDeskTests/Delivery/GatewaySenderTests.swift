import DeskCore
import Foundation
import Logging
import Rehearsal
import Synchronization
import TestSupport
import Testing

@testable import CallDesk

@Suite("Gateway sender", .timeLimit(.minutes(5)))
struct GatewaySenderTests {
    func notices(_ count: Int, text: String = "Solicitação registrada") -> [Notice] {
        (1...Int64(count)).map { SMSGatewayTests.notice(text, id: $0) }
    }

    func sender(_ url: String, reports: SMSReports? = nil, timeout: Duration = .seconds(30)) -> GatewaySender {
        var gateway = SMSGateway.kannel(url: url, user: "u", password: "p", from: "Mesa")
        gateway.timeout = timeout
        return GatewaySender(gateway: gateway, reports: reports)
    }

    func failure(_ result: DeliveryResult?) -> DeliveryError? {
        if case .refused(let error)? = result { error } else { nil }
    }

    @Test("messages arrive as written, whatever alphabet")
    func sent() async throws {
        let inbox = SinkInbox()
        let sink = try await SMSSink.start(inbox: inbox)
        let sender = self.sender(sink.url)
        let texts = ["Protocolo 1", "Solicitação à mão", "😀 & = + # %41", "a\nb"]
        let results = await sender.send(
            texts.enumerated().map { SMSGatewayTests.notice($0.element, id: Int64($0.offset + 1)) }
        )
        #expect(results == Array(repeating: .accepted(reference: nil), count: 4))
        #expect(inbox.messages.map(\.text) == texts)
        #expect(inbox.messages.allSatisfy { $0.to == ["+5531992710322"] && $0.from == "Mesa" })
        await sender.shutDown()
        await sink.stop()
    }

    @Test("messages of one lane go over one kept connection")
    func kept() async throws {
        let said = "HTTP/1.1 202 Accepted\r\nContent-Length: 11\r\n\r\n0: Accepted"
        let server = try await RawServer.start(answer: Array(said.utf8))
        let sender = self.sender("http://127.0.0.1:\(server.port)")
        for _ in 1...3 {
            #expect(await sender.send(notices(10)).allSatisfy { $0 == .accepted(reference: nil) })
        }
        await sender.shutDown()
        await server.stop()
        #expect(server.connectionCount == 1)
    }

    @Test("cancelled, a gateway that is silent is let go at once, and what was not begun goes back")
    func cancelled() async throws {
        let silent = try await RawServer.start()
        let sender = self.sender("http://127.0.0.1:\(silent.port)", timeout: .seconds(50))
        let clock = ContinuousClock()
        let begun = clock.now
        let task = Task { await sender.send(notices(2)) }
        var connections = silent.connections.makeAsyncIterator()
        await connections.next()
        task.cancel()
        let results = await task.value
        // The gateway's silence alone would take fifty.
        #expect(clock.now - begun < .seconds(40))
        // Whether the request was out already is a matter of microseconds.
        let reach = try #require(failure(results[0])?.reach)
        #expect([.noticeNow, .unanswered].contains(reach) && results[1] == .untried)
        await sender.shutDown()
        await silent.stop()
    }

    @Test("a gateway that has the whole message and says nothing may have sent it: it is not asked over and over")
    func unanswered() async throws {
        let silent = try await RawServer.start()
        let sender = self.sender("http://127.0.0.1:\(silent.port)", timeout: .milliseconds(700))
        let results = await sender.send(notices(2))
        #expect(failure(results[0])?.reach == .unanswered, "\(results)")
        #expect(results[1] == .untried)
        #expect(await sender.check()?.reach == .sender, "doctor hands nothing over")
        await sender.shutDown()
        await silent.stop()
    }

    @Test("a wrong password stops the lane with what to correct, a refused number does not")
    func refused() async throws {
        let inbox = SinkInbox()
        let turn = Atomic(0)
        let sink = try await SMSSink.start(inbox: inbox) { _ in
            switch turn.add(1, ordering: .relaxed).newValue {
            case 1: (400, "Empty receiver number")
            case 3: (403, "Authorization failed for sendsms")
            default: nil
            }
        }
        let sender = self.sender(sink.url)
        let results = await sender.send(notices(5))
        #expect(failure(results[0])?.reach == .noticeForever)
        #expect(results[1] == .accepted(reference: nil))
        #expect(failure(results[2])?.remedy == "correct sms.user and sms.password")
        #expect(results[3...].allSatisfy { $0 == .untried })
        await sender.shutDown()
        await sink.stop()
    }

    @Test(
        "nobody there, silence, garbage, a redirect and an endless answer end in time, without a recipient in the error"
    )
    func broken() async throws {
        let closed = try ClosedPort()
        let silent = try await RawServer.start()
        let garbage = try await RawServer.start(answer: Array("\u{1}\u{2}\u{3} not http\r\n\r\n".utf8))
        let hangUp = try await RawServer.start(close: true)
        let redirect = try await RawServer.start(
            answer: Array("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n".utf8)
        )
        let endless = try await RawServer.start(
            answer: Array("HTTP/1.1 200 OK\r\nContent-Length: 50000000\r\n\r\n".utf8)
                + Array(repeating: 0x41, count: 3_000_000)
        )
        for (name, port) in [
            ("nobody", closed.port), ("silent", silent.port), ("garbage", garbage.port), ("hang up", hangUp.port),
            ("redirect", redirect.port), ("endless", endless.port),
        ] {
            let sender = self.sender("http://127.0.0.1:\(port)", timeout: .milliseconds(700))
            let results = await sender.send(notices(1))
            let error = try #require(failure(results.first), "\(name): \(results)")
            #expect(error.isTransient, "\(name): \(error)")
            #expect(!error.description.contains("5531") && !error.description.contains("Solicita"))
            await sender.shutDown()
        }
        for server in [silent, garbage, hangUp, redirect, endless] { await server.stop() }
    }

    @Test("an answer that trickles for ever ends in its time, in its head or its body, and what it said by then counts")
    func trickling() async throws {
        for (said, isTaken) in [
            ("", false), ("HTTP/1.1 202 Accepted\r\nX: ", false), ("HTTP/1.1 202 Accepted\r\n\r\n0: Accepted", true),
            // What goes before an answer is none.
            ("HTTP/1.1 102 Processing\r\n\r\n", false),
            ("HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 202 Accepted\r\n\r\n0: Accepted", true),
        ] {
            let server = try await RawServer.start(answer: Array(said.utf8), trickles: true)
            let sender = self.sender("http://127.0.0.1:\(server.port)", timeout: .milliseconds(700))
            let results = await sender.send(notices(1))
            #expect((results == [.accepted(reference: nil)]) == isTaken, "\(said): \(results)")
            if !isTaken { #expect(failure(results.first)?.isTransient == true) }
            await sender.shutDown()
            await server.stop()
        }
    }

    @Test("a huge answer that begins with yes is a yes: nothing is sent twice for it")
    func longYes() async throws {
        let server = try await RawServer.start(
            answer: Array("HTTP/1.1 202 Accepted\r\nContent-Length: 3000000\r\n\r\n0: Accepted".utf8)
                + Array(repeating: 0x41, count: 200_000)
        )
        let sender = self.sender("http://127.0.0.1:\(server.port)")
        #expect(await sender.send(notices(1)) == [.accepted(reference: nil)])
        await sender.shutDown()
        await server.stop()
    }

    @Test("messages go to a file one JSON line each, readable by nobody else; a folder in its place is said")
    func file() async throws {
        let folder = try RealServer.folder("sms-file")
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appendingPathComponent("sms.jsonl").path
        let sender = FileSender(path: path)
        #expect(await sender.send(notices(3)).allSatisfy { $0 == .accepted(reference: nil) })
        let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
        let read = try lines.map { try JSONDecoder().decode(FileSender.Line.self, from: Data($0.utf8)) }
        #expect(read.map(\.notice) == [1, 2, 3] && read.allSatisfy { $0.text == "Solicitação registrada" })
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        let results = await FileSender(path: folder.path).send(notices(2))
        #expect(failure(results[0])?.reach == .sender && results[1] == .untried)
    }

    /// Everything of one Kannel run: its folder, and where to send.
    struct Kannel {
        var folder: URL
        var url: String
        /// What reached the telephones, once both texts have; the centre writes it down a moment after it acknowledges.
        func delivered(_ expected: [String]) async throws -> String {
            let log = folder.appendingPathComponent("delivered.log")
            var text = ""
            // The suite's time limit ends it.
            while !expected.allSatisfy(text.contains) {
                try await Task.sleep(for: .milliseconds(50))
                text = try String(contentsOf: log, encoding: .isoLatin1)
            }
            return text
        }
    }

    func withKannel(_ body: (Kannel) async throws -> Void) async throws {
        let folder = try RealServer.folder("kannel")
        defer {
            RealServer.run(RealServer.kannelLab, ["stop", folder.path])
            try? FileManager.default.removeItem(at: folder)
        }
        let port = try await Lab.run("lab/kannel-lab", ["start", folder.path]).trimmingCharacters(in: .newlines)
        try await body(Kannel(folder: folder, url: "http://127.0.0.1:\(port)"))
    }

    @Test(
        "through a real Kannel: from the outbox to the telephone network, and its reports back",
        .enabled(if: RealServer.hasKannel)
    )
    func kannel() async throws {
        try await withKannel { kannel in
            let database = try await TestDatabase.make()
            let outbox = NoticeOutbox(database: database)
            let now = DeskClock.system.now
            let texts = ["Protocolo 20261121000017-4", "Solicitação registrada às 18h"]
            let ids = try await database.write { session in
                try texts.enumerated().map { index, text in
                    try NoticeOutbox.enqueue(
                        NoticeDraft(
                            event: .ticketOpened,
                            channel: .sms,
                            recipient: "+553199271032\(index)",
                            language: .ptBR,
                            body: text,
                            dedupeKey: "k\(index)"
                        ),
                        at: now,
                        in: session
                    )
                }
            }
            let gateway = SMSGateway.kannel(url: kannel.url, user: "lab", password: "lab", from: nil)
            let (fates, note) = AsyncStream.makeStream(
                of: NoticeFateChange.self,
                bufferingPolicy: .bufferingNewest(100)
            )
            // Stands in for /hooks/sms/kannel.
            let hook = try await ReportHook.start { reports, query in
                guard let report = try? reports.read(query: query) else { return }
                if let change = try? await outbox.report(
                    report.noticeID,
                    delivered: report.delivered,
                    fault: report.fault,
                    at: DeskClock.system.now
                ) {
                    note.yield(change)
                }
            }
            let reports = SMSReports(gateway: gateway, publicURL: hook.url, secret: "s")
            hook.reports.withLock { $0 = reports }
            let sender = GatewaySender(gateway: gateway, reports: reports)
            let worker = NoticeWorker(
                database: database,
                senders: [sender],
                node: "n",
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
                onFate: { note.yield($0) }
            )
            let running = Task { await worker.run() }
            var delivered: Set<NoticeID> = []
            for await change in fates where change.state == .delivered {
                delivered.insert(change.noticeID)
                if delivered.count == 2 { break }
            }
            #expect(delivered == Set(ids))
            running.cancel()
            await running.value
            await sender.shutDown()
            await hook.stop()
            let expected = [
                "+5531992710320 text Protocolo 20261121000017-4",
                "+5531992710321 ucs-2 %00S%00o%00l%00i%00c%00i%00t%00a%00%E7%00%E3%00o",
            ]
            let arrived = try await kannel.delivered(expected)
            for line in expected { #expect(arrived.contains(line)) }
        }
    }

    @Test("a real Kannel's refusal of a wrong password is said as one", .enabled(if: RealServer.hasKannel))
    func kannelPassword() async throws {
        try await withKannel { kannel in
            let gateway = SMSGateway.kannel(url: kannel.url, user: "lab", password: "wrong", from: nil)
            let sender = GatewaySender(gateway: gateway, reports: nil)
            let results = await sender.send(notices(2))
            #expect(failure(results[0])?.remedy == "correct sms.user and sms.password")
            #expect(results[1] == .untried)
            await sender.shutDown()
        }
    }
}
