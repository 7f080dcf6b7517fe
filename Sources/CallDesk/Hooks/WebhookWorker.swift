import DeskCore
import Logging
import Synchronization

/// Sends what waits for the subscribers, each at its own pace: one that hangs holds up none of the others.
final class WebhookWorker: Sendable {
    /// How often the queues are looked at.
    private static let beat = Duration.seconds(1)
    private static let beatsToExpire = 60

    private let queue: WebhookQueue
    private let sender: WebhookSender
    private let logger: Logger
    private let busy = Mutex<Set<Int64>>([])
    private let trouble = Mutex<StoreError?>(nil)

    init(queue: WebhookQueue, sender: WebhookSender, logger: Logger) {
        self.queue = queue
        self.sender = sender
        self.logger = logger
    }

    /// What keeps the queues from being read, for `/ready`.
    var error: StoreError? { trouble.withLock { $0 } }

    /// Runs until the task is cancelled; what is under way is finished.
    func run() async {
        await withDiscardingTaskGroup { group in
            var beats = 0
            while !Task.isCancelled {
                for batch in await due() { group.addTask { await self.deliver(batch) } }
                if beats % Self.beatsToExpire == 0 {
                    await note { () async throws(StoreError) in try await queue.expire() }
                }
                beats += 1
                try? await Task.sleep(for: Self.beat)
            }
        }
    }

    /// Sends everything that is due once, for tests.
    func once() async {
        await withDiscardingTaskGroup { group in
            for batch in await due() { group.addTask { await self.deliver(batch) } }
        }
    }

    private func due() async -> [WebhookQueue.Batch] {
        var batches: [WebhookQueue.Batch] = []
        let taken = busy.withLock { $0 }
        await note { () async throws(StoreError) in batches = try await queue.claim(except: taken) }
        busy.withLock { $0.formUnion(batches.map(\.webhook)) }
        return batches
    }

    private func deliver(_ batch: WebhookQueue.Batch) async {
        defer { busy.withLock { _ = $0.remove(batch.webhook) } }
        let left = await sender.send(batch) { job, outcome in
            // What cannot be noted is sent again when its claim has run out: at least once.
            await note { () async throws(StoreError) in try await queue.settle(job, of: batch.webhook, outcome) }
            if let error = outcome.error, batch.failures == 0 {
                logger.warning(
                    "a webhook could not be delivered; it is tried again for three days",
                    metadata: ["webhook": "\(batch.webhook)", "error": "\(error)"]
                )
            }
        }
        if !left.isEmpty { await note { () async throws(StoreError) in try await queue.release(left) } }
    }

    private func note(_ work: () async throws(StoreError) -> Void) async {
        do throws(StoreError) {
            try await work()
            trouble.withLock { $0 = nil }
        } catch {
            trouble.withLock { $0 = error }
        }
    }
}
