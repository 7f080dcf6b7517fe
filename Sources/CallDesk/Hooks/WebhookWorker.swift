import DeskCore
import Logging
import Synchronization

/// Sends what waits for the subscribers, each at its own pace: one that hangs holds up none of the others.
final class WebhookWorker: Sendable {
    /// How often the queues are looked at.
    private static let beat = Duration.seconds(1)
    private static let beatsToExpire = 60
    /// Batches a receiver that takes everything gets one after the other before the beat is waited for again: four thousand
    /// messages, so that a queue of a day is through in a minute and no turn goes on for ever.
    private static let turns = 250
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

    /// Sends a batch, and at once the next where a full one got through.
    private func deliver(_ first: WebhookQueue.Batch) async {
        var batch = first
        for _ in 0..<Self.turns {
            guard await send(batch), batch.isFull, !isEnding else { return }
            var next: WebhookQueue.Batch?
            let webhook = batch.webhook
            await note { () async throws(StoreError) in next = try await queue.claim(webhook) }
            guard let next else { return }
            batch = next
        }
    }

    private var isEnding: Bool { isStopping.load(ordering: .sequentiallyConsistent) }

    /// Sends one batch, and asks before each message whether its subscriber still wants it there.
    ///
    /// - Returns: whether all was tried and the receiver took some of it.
    private func send(_ batch: WebhookQueue.Batch) async -> Bool {
        var (taken, isWarned) = (0, batch.failures > 0)
        let left = await sender.send(batch, goesOn: { await goesOn(batch) }) { job, outcome in
            // What cannot be noted is sent again when its claim has run out: at least once.
            await note { () async throws(StoreError) in try await queue.settle(job, of: batch, outcome) }
            guard let error = outcome.error else { return taken += 1 }
            guard !isWarned else { return }
            isWarned = true
            logger.warning(
                "a webhook could not be delivered; it is tried again for three days",
                metadata: ["webhook": "\(batch.webhook)", "error": "\(error)"]
            )
        }
        if !left.isEmpty { await note { () async throws(StoreError) in try await queue.release(left) } }
        return left.isEmpty && taken > 0
    }

    private func goesOn(_ batch: WebhookQueue.Batch) async -> Bool {
        guard !isEnding else { return false }
        // Where that cannot be asked nothing could be noted either.
        var holds = false
        await note { () async throws(StoreError) in holds = try await queue.holds(batch) }
        return holds && !isEnding
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
