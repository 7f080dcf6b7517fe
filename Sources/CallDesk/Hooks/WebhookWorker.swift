import DeskCore
import Logging
import Synchronization

/// Sends what waits for the subscribers, each at its own pace: one that hangs holds up none of the others.
final class WebhookWorker: Sendable {
    /// How often the queues are looked at.
    private static let beat = Duration.seconds(1)
    private static let beatsToExpire = 60
    /// How long what is under way may take at a stop.
    ///
    /// Receivers answer within a second; one that does not is asked again by the next life. The parts of the service end one
    /// after the other, and have twenty seconds for all.
    static let drain = Duration.seconds(1)

    private let queue: WebhookQueue
    private let sender: WebhookSender
    private let drain: Duration
    private let logger: Logger
    private let isStopping = Atomic(false)
    /// What is being sent, by subscriber; no children of `run`, whose end is no reason to hang up on a receiver.
    private let underWay = Mutex<[Int64: Task<Void, Never>]>([:])
    private let trouble = Mutex<StoreError?>(nil)

    init(queue: WebhookQueue, sender: WebhookSender, drain: Duration = WebhookWorker.drain, logger: Logger) {
        self.queue = queue
        self.sender = sender
        self.drain = drain
        self.logger = logger
    }

    /// What keeps the queues from being read, for `/ready`.
    var error: StoreError? { trouble.withLock { $0 } }

    /// Runs until the task is cancelled.
    ///
    /// Then nothing more is begun, and what is under way is finished; what does not end within `drain` goes back as it was, and
    /// its receiver has not failed.
    func run() async {
        await withTaskCancellationHandler {
            var beats = 0
            while !Task.isCancelled {
                await begin()
                if beats % Self.beatsToExpire == 0 {
                    await note { () async throws(StoreError) in try await queue.expire() }
                }
                beats += 1
                try? await Task.sleep(for: Self.beat)
            }
        } onCancel: {
            isStopping.store(true, ordering: .sequentiallyConsistent)
        }
        let left = underWay.withLock { Array($0.values) }
        let limit = Task { [drain] in
            try await Task.sleep(for: drain)
            for delivery in left { delivery.cancel() }
        }
        for delivery in left { await delivery.value }
        limit.cancel()
    }

    /// Sends everything that is due once, for tests.
    func once() async {
        for delivery in await begin() { await delivery.value }
    }

    /// Begins to send what is due.
    @discardableResult
    private func begin() async -> [Task<Void, Never>] {
        var batches: [WebhookQueue.Batch] = []
        let taken = underWay.withLock { Set($0.keys) }
        await note { () async throws(StoreError) in batches = try await queue.claim(except: taken) }
        return batches.map { batch in
            // Within the lock: it is there before it can be over.
            underWay.withLock { underWay in
                let delivery = Task {
                    await self.deliver(batch)
                    self.underWay.withLock { $0[batch.webhook] = nil }
                }
                underWay[batch.webhook] = delivery
                return delivery
            }
        }
    }

    private func deliver(_ batch: WebhookQueue.Batch) async {
        let left = await sender.send(batch, goesOn: { !isStopping.load(ordering: .sequentiallyConsistent) }) {
            job,
            outcome in
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
