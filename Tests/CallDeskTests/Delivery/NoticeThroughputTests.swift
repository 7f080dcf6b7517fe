import DeskCore
import Foundation
import Logging
import Synchronization
import TestSupport
import Testing

@testable import CallDesk

/// Figures for docs/performance.md, from a durable outbox on disk to real servers; run with `CALLDESK_BENCH=1`, in release.
///
/// `CALLDESK_BENCH_NOTICES` says how many (20,000 unless it does). Nothing is asserted about time.
@Suite("Notice throughput", .enabled(if: ProcessInfo.processInfo.environment["CALLDESK_BENCH"] != nil), .serialized)
struct NoticeThroughputTests {
    static let count =
        ProcessInfo.processInfo.environment["CALLDESK_BENCH_NOTICES"].flatMap(Int.init) ?? 20_000

    @Test("mail to Postfix's smtp-sink over four kept connections", .enabled(if: RealServer.hasSMTPSink))
    func mail() async throws {
        let (process, port) = try await RealServer.start(RealServer.smtpSink) { port in
            ["-u", NSUserName(), "127.0.0.1:\(port)", "1000"]
        }
        defer { RealServer.end(process) }
        let route = MailRoute(url: "smtp://127.0.0.1:\(port)", tls: .off, connections: 4)
        let sender = MailSender(route: route, letterhead: try MailMessageTests.letterhead())
        try await raw("mail, sender alone", sender) { MailMessageTests.notice($0) }
        try await whole("mail", sender)
        await sender.shutDown()
    }

    @Test("SMS to a real Kannel", .enabled(if: RealServer.hasKannel))
    func sms() async throws {
        let folder = try RealServer.folder("kannel")
        defer {
            RealServer.run(RealServer.kannelLab, ["stop", folder.path])
            try? FileManager.default.removeItem(at: folder)
        }
        let port = try await Lab.run("lab/kannel-lab", ["start", folder.path, "quiet"]).trimmingCharacters(
            in: .newlines
        )
        let gateway = SMSGateway.kannel(url: "http://127.0.0.1:\(port)", user: "lab", password: "lab", from: nil)
        let sender = GatewaySender(gateway: gateway, reports: nil)
        try await raw("SMS, sender alone", sender) { SMSGatewayTests.notice(id: $0) }
        try await whole("SMS", sender)
        await sender.shutDown()
    }

    /// The sender without outbox or worker: as many lanes as it has, whole batches.
    private func raw(_ name: String, _ sender: any NoticeSender, _ notice: @escaping @Sendable (Int64) -> Notice)
        async throws
    {
        let clock = ContinuousClock()
        let (begun, cpu) = (clock.now, Self.cpu)
        let share = Self.count / sender.lanes / sender.batch
        let refused = await withTaskGroup(of: Int.self) { group in
            for lane in 0..<sender.lanes {
                group.addTask {
                    var refused = 0
                    for turn in 0..<share {
                        let first = Int64((lane * share + turn) * sender.batch)
                        let results = await sender.send((1...Int64(sender.batch)).map { notice(first + $0) })
                        refused += results.filter { $0 != .accepted(reference: nil) }.count
                    }
                    return refused
                }
            }
            return await group.reduce(0, +)
        }
        #expect(refused == 0)
        tell(name, share * sender.lanes * sender.batch, clock.now - begun, Self.cpu - cpu)
    }

    /// From rows in a database on disk to rows that say “sent”.
    private func whole(_ name: String, _ sender: any NoticeSender) async throws {
        let folder = try RealServer.folder("bench")
        defer { try? FileManager.default.removeItem(at: folder) }
        let database = try await SQLiteDatabase.open(path: folder.appendingPathComponent("b.sqlite").path)
        let clock = ContinuousClock()
        let (filled, filling) = (clock.now, Self.cpu)
        let body = MailMessageTests.notice().body
        for part in 0..<(Self.count / 1000) {
            _ = try await database.write { session in
                for index in 0..<1000 {
                    let number = part * 1000 + index
                    let draft = NoticeDraft(
                        event: .ticketOpened,
                        channel: sender.channel,
                        recipient: sender.channel == .mail ? "a\(number)@example.com" : "+55319\(90_000_000 + number)",
                        language: .ptBR,
                        subject: sender.channel == .mail ? "Solicitação \(number) registrada" : nil,
                        body: sender.channel == .mail ? body : "Protocolo 20261121000017-4",
                        dedupeKey: "\(number)"
                    )
                    try NoticeOutbox.enqueue(draft, at: DeskClock.system.now, in: session)
                }
            }
        }
        tell("\(name), enqueued", Self.count, clock.now - filled, Self.cpu - filling)
        let sent = Atomic(0)
        let (done, finish) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let worker = NoticeWorker(
            database: database,
            senders: [sender],
            node: "n",
            logger: Logger(label: "bench") { _ in SwiftLogNoOpLogHandler() }
        ) { change in
            if change.state == .sent, sent.add(1, ordering: .relaxed).newValue == Self.count { finish.finish() }
        }
        let (begun, cpu) = (clock.now, Self.cpu)
        let running = Task { await worker.run() }
        for await _ in done {}
        tell("\(name), outbox to sent", Self.count, clock.now - begun, Self.cpu - cpu)
        running.cancel()
        await running.value
        await database.close()
    }

    /// What this process alone has used: the figure that other work on the machine does not blur.
    private static var cpu: Duration {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }

    private func tell(_ name: String, _ count: Int, _ duration: Duration, _ cpu: Duration) {
        let rate = Int(Double(count) / (duration / .seconds(1)))
        let each = Int(cpu / .microseconds(1) / Double(count))
        FileHandle.standardError.write(Data("BENCH \(name): \(rate) notices/s, \(each) µs of ours each\n".utf8))
    }
}
