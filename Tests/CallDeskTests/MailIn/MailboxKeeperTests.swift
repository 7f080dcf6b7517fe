import DeskCore
import Foundation
import Logging
import Synchronization
import TestSupport
import Testing

@testable import CallDesk

@Suite("Who reads the mailbox", .timeLimit(.minutes(5)))
struct MailboxKeeperTests {
    private static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private static func withMailIn(
        _ engine: DatabaseEngine,
        _ body: (DeskUnderTest, MailIn, PlayedMailbox) async throws -> Void
    ) async throws {
        try await DeskUnderTest.with(
            engine,
            settings: { settings in
                settings.mailIn = .init(
                    url: "imaps://imap.exemplo.com.br",
                    user: "desk",
                    password: "segredo",
                    address: "desk@exemplo.com.br",
                    voicemailFrom: ["pbx@exemplo.com.br"]
                )
            }
        ) { test in
            let mailIn = try #require(test.app.mailIn)
            _ = try await mailIn.desk.adopt(mailbox: mailIn.route.name, uidValidity: 7, uidNext: 1)
            try await body(test, mailIn, PlayedMailbox())
        }
    }

    private static func reader(_ mailbox: PlayedMailbox, _ mailIn: MailIn) -> MailboxReader {
        MailboxReader(mailbox, name: mailIn.route.name, desk: mailIn.desk) { _, _ in }
    }

    private static func keeper(
        _ mailbox: PlayedMailbox,
        _ mailIn: MailIn,
        _ test: DeskUnderTest,
        tell: @escaping @Sendable () -> Void
    ) -> MailboxKeeper {
        MailboxKeeper(
            mailIn,
            database: test.app.database,
            clock: test.clock.clock,
            logger: logger,
            open: { _ in mailbox },
            tell: { _ in tell() }
        )
    }

    private static func mail(_ number: Int) -> String {
        "From: a\(number)@else.com\nTo: desk@exemplo.com.br\nSubject: x\nMessage-ID: <\(number)@else.com>\n\nOlá\n"
    }

    @Test(
        "of two nodes one reads alone, and the other goes on when it is gone",
        .enabled(if: TestDatabase.postgresServer != nil)
    )
    func failover() async throws {
        try await Self.withMailIn(.postgres) { test, mailIn, first in
            let second = PlayedMailbox()
            let (told, tell) = AsyncStream.makeStream(of: Int.self)
            for mailbox in [first, second] { mailbox.put(Self.mail(1)) }
            let (one, two) = (
                Self.keeper(first, mailIn, test) { tell.yield(1) }, Self.keeper(second, mailIn, test) { tell.yield(2) }
            )
            var readers = told.makeAsyncIterator()
            let running = Task { await one.run() }
            defer { running.cancel() }
            #expect(await readers.next() == 1)
            let waiting = Task { await two.run() }
            defer { waiting.cancel() }
            // It says so as soon as it knows; the suite's time limit ends the wait.
            while await two.report().what != "read by another node" { await Task.yield() }
            #expect(second.looks == 0)
            second.put(Self.mail(2))
            running.cancel()
            #expect(await readers.next() == 2)
            // What the first had read has had its effect.
            #expect(second.fetched == [2])
            let log = try await test.app.mailLog.list()
            #expect(log.count == 2)
        }
    }

    @Test(
        "a node that dies with a mail in hand loses nothing: the next reads it, once",
        arguments: TestDatabase.engines
    )
    func death(engine: DatabaseEngine) async throws {
        try await Self.withMailIn(engine) { test, mailIn, mailbox in
            mailbox.put(Self.mail(1))
            mailbox.letDie(1)
            await #expect(throws: MailboxError.self) { try await Self.reader(mailbox, mailIn).turn() }
            let nothing = try await test.app.mailLog.list()
            #expect(nothing.isEmpty)
            #expect(try await !Self.reader(mailbox, mailIn).turn())
            #expect(try await test.app.mailLog.list().map(\.outcome) == [.refused])
            #expect(try await !Self.reader(mailbox, mailIn).turn())
            #expect(mailbox.fetched == [1, 1])
        }
    }

    @Test(
        "a mail that ends every attempt is set aside, and the mails after it are read",
        arguments: TestDatabase.engines
    )
    func poison(engine: DatabaseEngine) async throws {
        try await Self.withMailIn(engine) { test, mailIn, mailbox in
            let reader = Self.reader(mailbox, mailIn)
            mailbox.put(Self.mail(1))
            mailbox.put(Self.mail(2))
            mailbox.letDie(MailDesk.mostTries)
            for _ in 1...MailDesk.mostTries { await #expect(throws: MailboxError.self) { try await reader.turn() } }
            #expect(try await !reader.turn())
            let log = try await test.app.mailLog.list()
            #expect(log.map(\.outcome) == [.refused, .parked])
            #expect(log.last?.reason == MailParking.tries.rawValue)
            #expect(mailbox.fetched == [1, 1, 1, 2])
            // Asked for once more and no better, it is set aside again, and what came meanwhile is read.
            let id = try #require(log.last?.id)
            #expect(try await test.app.mailLog.again(id, at: test.clock.now, by: .system("test")))
            mailbox.letDie(MailDesk.mostTries)
            mailbox.put(Self.mail(3))
            for _ in 1...MailDesk.mostTries { await #expect(throws: MailboxError.self) { try await reader.turn() } }
            #expect(try await !reader.turn())
            #expect(
                try await test.app.mailLog.list().map(\.outcome.rawValue).sorted() == ["parked", "refused", "refused"]
            )
            #expect(mailbox.fetched == [1, 1, 1, 2, 1, 1, 1, 3])
            // Each time it is asked for it has its tries.
            let parked = try await test.app.mailLog.list().first { $0.outcome == .parked }
            let once = try #require(parked?.id)
            #expect(try await test.app.mailLog.again(once, at: test.clock.now, by: .system("test")))
            #expect(try await !reader.turn())
            #expect(mailbox.fetched.last == 1)
            #expect(try await test.app.mailLog.list().map(\.outcome) == [.refused, .refused, .refused])
        }
    }

    @Test(
        "a mail whose file finds no room waits until there is some, however often it is tried",
        arguments: TestDatabase.engines
    )
    func fullDisk(engine: DatabaseEngine) async throws {
        try await Self.withMailIn(engine) { test, mailIn, mailbox in
            let reader = Self.reader(mailbox, mailIn)
            mailbox.put(
                """
                From: pbx@exemplo.com.br
                To: desk@exemplo.com.br
                Message-ID: <v@pbx>
                X-Asterisk-VM-Caller-ID-Num: 31992710322
                X-Asterisk-VM-Duration: 12
                Content-Type: multipart/mixed; boundary=v

                --v
                Content-Type: audio/x-wav; name="msg0001.wav"
                Content-Transfer-Encoding: base64
                Content-Disposition: attachment; filename="msg0001.wav"

                UklGRiQAAABXQVZFZm10IBAAAAABAAEAQB8AAIA+AAACABAAZGF0YQAAAAA=
                --v--
                """
            )
            // Nothing can be written where a file stands in place of the folder, whoever runs the test.
            let folder = test.app.settings.desk.data + "/attachments"
            try? FileManager.default.removeItem(atPath: folder)
            try Data("x".utf8).write(to: URL(fileURLWithPath: folder))
            for _ in 0..<(2 * MailDesk.mostTries) {
                await #expect(throws: AttachmentError.cannotWrite) { try await reader.turn() }
            }
            #expect(try await test.app.mailLog.list().isEmpty)
            try FileManager.default.removeItem(atPath: folder)
            #expect(try await !reader.turn())
            #expect(try await test.app.mailLog.list().map(\.outcome) == [.voicemail])
        }
    }

    @Test(
        "a server that is away is asked more and more rarely, and after a quarter of an hour it is told",
        arguments: [(pauses: [60, 120, 240], isWell: true), (pauses: [60, 120, 240, 480, 600, 600], isWell: false)]
    )
    func away(pauses: [Int], isWell: Bool) async throws {
        try await Self.withMailIn(TestDatabase.usual) { test, mailIn, mailbox in
            let (slept, sleep) = AsyncStream.makeStream(of: Int.self)
            let count = Mutex(0)
            let keeper = MailboxKeeper(
                mailIn,
                database: test.app.database,
                clock: test.clock.clock,
                logger: Self.logger,
                open: { _ in mailbox },
                sleep: { pause in
                    sleep.yield(Int(pause.components.seconds))
                    let isLast = count.withLock { count in
                        count += 1
                        return count == pauses.count
                    }
                    // The last pause lasts until the keeper is ended.
                    if isLast { try await Task.sleep(for: .seconds(3_600)) }
                    test.clock.advance(by: pause)
                    mailbox.goAway()
                },
                tell: { _ in }
            )
            let running = Task { await keeper.run() }
            defer { running.cancel() }
            var seen: [Int] = []
            for await pause in slept {
                seen.append(pause)
                if seen.count == pauses.count { break }
            }
            let report = await keeper.report()
            #expect(seen == pauses)
            #expect(report.ok == isWell, "\(report.what)")
        }
    }
}
