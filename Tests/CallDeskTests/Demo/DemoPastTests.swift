import DeskCore
import Foundation
import Logging
import TestSupport
import Testing

@testable import CallDesk
@testable import Rehearsal

@Suite("The weeks before the demonstration", .timeLimit(.minutes(5)))
struct DemoPastTests {
    /// A desk with the story behind it, and what its customers were sent.
    private func played(
        before now: Moment,
        _ check: (App, SinkInbox) async throws -> Void
    ) async throws {
        let folder = try TestDatabase.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        var settings = Settings()
        settings.desk = .init(name: "Suporte", url: "http://127.0.0.1:1", data: folder.path)
        let time = DemoClock(DemoTime.day(20, "08:00").moment(before: now, in: settings.timeZone))
        let inbox = SinkInbox()
        let mail = try await MailSink.start(inbox: inbox, now: time.date)
        let sms = try await SMSSink.start(inbox: inbox, reports: false, now: time.date)
        settings.mail = .init(url: "smtp://127.0.0.1:\(mail.port)", from: "atendimento@exemplo.com.br", tls: .off)
        settings.sms = .init(gateway: .kannel, url: sms.url, user: "demo", password: "demo", from: "CallDesk")
        let app = try await App(
            settings: settings,
            clock: time.clock,
            database: TestDatabase.make(TestDatabase.usual),
            catalogue: try CatalogueFile.shelf(nil),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        #expect(try await DemoSeed.fill(app))
        try await DemoSeed.load(DemoStory.customers, into: app, by: .system("test"))
        let senders = try Senders(settings)
        var past = DemoPast(app: app, time: time, senders: senders)
        try await past.play(DemoStory.weeks, before: now)
        await senders.shutDown()
        await mail.stop()
        await sms.stop()
        #expect(time.now == now)
        try await check(app, inbox)
    }

    private func tickets(of app: App) async throws -> [Ticket] {
        var query = TicketQuery()
        query.limit = 200
        return try await app.directory.list(query)
    }

    private static let monday = Moment(milliseconds: 1_795_402_860_000)  // 23/11/2026, 00:01 in São Paulo
    private static let saturday = Moment(milliseconds: 1_795_310_400_000)  // 21/11/2026, 22:20 in São Paulo

    @Test("leave tickets in every state, late and reiterated ones, surveys, opinions and calls of every end")
    func everyState() async throws {
        try await played(before: Self.monday) { app, inbox in
            let tickets = try await tickets(of: app)
            #expect(Set(tickets.map(\.state)) == Set(TicketState.allCases))
            #expect(tickets.contains { $0.state.isOpen && $0.dueAt.map { $0 < Self.monday } == true })
            #expect(tickets.contains { $0.reiterations > 0 && $0.state.isOpen })
            var kinds: Set<EntryKind> = []
            var marks: [Int] = []
            for ticket in tickets {
                kinds.formUnion(try await app.directory.thread(ticket.id).map(\.kind))
                if let mark = try await app.surveys.survey(of: ticket.id)?.mark { marks.append(mark) }
            }
            #expect(kinds.isSuperset(of: [.opinion, .reopened, .restarted, .reiterated, .note, .asked, .confirmed]))
            #expect(Set(marks).count > 2)
            let calls = try await app.calls.list(before: nil, limit: 200)
            #expect(calls.allSatisfy { $0.endedAt != nil && $0.startedAt < Self.monday })
            #expect(Set(calls.map(\.outcome)).isSuperset(of: [.answered, .abandoned, .noAnswer]))
            #expect(Set(calls.map(\.direction)) == [.inbound, .outbound])
            #expect(try await app.callBacks.list().count >= 3)
            let people = try await app.accounts.list()
            var drafts = 0
            for person in people { drafts += try await app.drafts.list(accountID: person.id).count }
            #expect(drafts == 1)
            #expect(try await app.outbox.pending().allSatisfy { $0.count == 0 })
            let days = Set(inbox.messages.map { Int($0.receivedAt.timeIntervalSince1970) / 86_400 })
            #expect(days.count > 10)
            #expect(
                inbox.messages.allSatisfy {
                    $0.receivedAt.timeIntervalSince1970 * 1_000 <= Double(Self.monday.milliseconds)
                }
            )
        }
    }

    @Test("can be told on any day at any hour")
    func anyDay() async throws {
        try await played(before: Self.saturday) { app, _ in
            let numbers = try await tickets(of: app).map(\.number)
            let requests = DemoStory.weeks.chapters.count { chapter in
                switch chapter.deed {
                case .call(_, _, _, let opens, _): opens != nil
                case .portal: true
                default: false
                }
            }
            #expect(Set(numbers).count == requests)
        }
    }
}
