import DeskCore
import Foundation
import Logging
import Synchronization

/// What the outbox itself can do: rows in a database on disk, through the worker, to rows that say “sent”.
///
/// The sender here takes everything at once, so that only claiming, deciding and settling are measured. The way to real
/// servers is measured by `NoticeThroughputTests`, which has the senders at hand.
enum NoticeBenchmarks {
    private struct InstantSender: NoticeSender {
        let channel: NoticeChannel
        let lanes = 4
        let batch = 16

        func send(_ notices: [Notice]) async -> [DeliveryResult] {
            notices.map { _ in .accepted(reference: nil) }
        }
    }

    /// Enqueues `notices` in batches of a hundred, then sends them all; prints a line for each half.
    static func run(in folder: URL, notices: Int = 50_000) async throws {
        let path = folder.appendingPathComponent("notices-\(UUID().uuidString).sqlite").path
        let database = try await SQLiteDatabase.open(path: path)
        let clock = ContinuousClock()
        let filling = clock.now
        let batch = 100
        for part in 0..<(notices / batch) {
            _ = try await database.write { session in
                for index in 0..<batch {
                    try NoticeOutbox.enqueue(draft(part * batch + index), at: DeskClock.system.now, in: session)
                }
            }
        }
        let count = notices / batch * batch
        tell("notices enqueued", count, clock.now - filling)
        let sent = Atomic(0)
        let (done, finish) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let worker = NoticeWorker(
            database: database,
            senders: [InstantSender(channel: .mail)],
            node: "bench",
            logger: Logger(label: "bench") { _ in SwiftLogNoOpLogHandler() }
        ) { change in
            if change.state == .sent, sent.add(1, ordering: .relaxed).newValue == count { finish.finish() }
        }
        let sending = clock.now
        let running = Task { await worker.run() }
        for await _ in done {}
        tell("notices through the worker", count, clock.now - sending)
        running.cancel()
        await running.value
        await database.close()
        for ending in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + ending) }
    }

    private static func draft(_ number: Int) -> NoticeDraft {
        NoticeDraft(
            event: .ticketOpened,
            channel: .mail,
            recipient: "a\(number)@example.com",
            language: .ptBR,
            subject: "Solicitação \(number) registrada",
            body: String(repeating: "Registramos a sua solicitação. ", count: 20),
            dedupeKey: "bench/\(number)"
        )
    }

    private static func tell(_ name: String, _ count: Int, _ duration: Duration) {
        print("\(name): \(Int(Double(count) / (duration / .seconds(1)))) a second")
    }
}
