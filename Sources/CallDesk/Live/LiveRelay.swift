import Codecs
import DeskCore
import Foundation
import Logging
import Synchronization

/// Carries live events between the nodes of one desk: what this node publishes to the others, theirs to its screens.
///
/// Events are sent after the change they tell is durable, many in one transaction. What cannot be told one by one (the
/// database was away, a node fell behind, an event is too large) is told as `resync`: every screen loads its lists again.
final class LiveRelay: Sendable {
    private static let channel = "live"
    /// Events that wait to be sent; with more, the other nodes load again instead.
    static let mostWaiting = 2_048
    /// Events in one transaction, which is short then.
    private static let batch = 64
    /// A hundred times what sending takes, and little of the time in which the service promises to stop.
    private static let longestGoodbye = Duration.seconds(1)

    /// One event on its way.
    struct Envelope: Codable, Sendable, Equatable {
        /// The process it comes from.
        var from: String
        var kind: String
        /// The event's JSON.
        var payload: String
        var everyone: Bool
        var accounts: [Int64]
        var department: String?
        /// Absent from nodes that know no customers' streams.
        var sight: TicketSight?
        /// Absent from nodes that told customers' streams nothing but their tickets.
        var customers: Bool?
        /// Absent from nodes that tell everybody the same.
        var except: [Int64]?
        var only: [Int64]?
    }

    private struct State {
        var waiting: [Envelope] = []
        /// Something was lost on the way out: the others must load again.
        var owesResync = false
    }

    private let hub: LiveHub
    private let database: any Database
    private let signals: any DeskSignals
    private let process: String
    private let logger: Logger
    private let state = Mutex(State())
    private let wakeUps: AsyncStream<Void>
    private let wake: AsyncStream<Void>.Continuation

    /// Nil on SQLite, where there is one node.
    ///
    /// `process`: this process's name, unlike every other's.
    init?(hub: LiveHub, database: any Database, process: String, logger: Logger) {
        guard database.engine == .postgres else { return nil }
        self.hub = hub
        self.database = database
        self.process = process
        self.logger = logger
        signals = OpenDatabase.signals(for: database)
        (wakeUps, wake) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        hub.carry { [weak self] kind, json, audience in self?.carry(kind, json, audience) }
    }

    /// Sends and receives until the task is cancelled; then sends what was published last.
    func run() async {
        await withDiscardingTaskGroup { group in
            group.addTask { await self.receive() }
            group.addTask { await self.send() }
        }
        await sendLast()
        signals.close()
    }

    /// Takes an event of this node; returns at once.
    private func carry(_ kind: LiveChange.Kind, _ json: [UInt8], _ audience: LiveAudience) {
        let envelope = Envelope(
            from: process,
            kind: kind.rawValue,
            payload: String(decoding: json, as: UTF8.self),
            everyone: audience.everyone,
            accounts: audience.accounts.sorted(),
            department: audience.department,
            sight: audience.sight,
            customers: audience.customers ? true : nil,
            except: audience.except.isEmpty ? nil : audience.except.sorted(),
            only: audience.only?.sorted()
        )
        state.withLock { state in
            if state.waiting.count < Self.mostWaiting {
                state.waiting.append(envelope)
            } else {
                state.waiting.removeAll()
                state.owesResync = true
            }
        }
        wake.yield()
    }

    private func send() async {
        for await _ in wakeUps {
            while !Task.isCancelled, let texts = take() {
                if await !isSent(texts) { try? await Task.sleep(for: .seconds(1)) }
            }
        }
    }

    /// The service stops, and everybody who publishes has stopped: the other nodes hear the last of it while there is time.
    private func sendLast() async {
        let (ends, end) = AsyncStream.makeStream(of: Void.self)
        // No children of the task that has ended, in which nothing waits any more; nor is a write that hangs waited for.
        let sending = Task {
            while !Task.isCancelled, let texts = take(), await isSent(texts) {}
            end.finish()
        }
        let limit = Task {
            try? await Task.sleep(for: Self.longestGoodbye)
            sending.cancel()
            end.finish()
        }
        await Task { for await _ in ends {} }.value
        limit.cancel()
    }

    /// Whether it was sent; if not, the others are told to load again instead.
    private func isSent(_ texts: [String]) async -> Bool {
        do {
            try await database.write { [signals] session in
                for text in texts { try signals.publish(Self.channel, payload: text, in: session) }
            }
            return true
        } catch {
            logger.warning(
                "the other nodes cannot be told now; they load again later",
                metadata: ["error": "\(error)"]
            )
            state.withLock { $0.owesResync = true }
            return false
        }
    }

    /// What to send next; nil when nothing waits.
    private func take() -> [String]? {
        let (batch, owes) = state.withLock { state in
            let batch = Array(state.waiting.prefix(Self.batch))
            state.waiting.removeFirst(batch.count)
            defer { state.owesResync = false }
            return (batch, state.owesResync)
        }
        let resync = Envelope(
            from: process,
            kind: LiveChange.resync.kind.rawValue,
            payload: String(decoding: LiveChange.resync.json, as: UTF8.self),
            everyone: true,
            accounts: [],
            customers: true
        )
        var texts = batch.map { envelope in
            let text = Self.text(envelope)
            return text.utf8.count <= SignalLimits.longestPayload ? text : Self.text(resync)
        }
        if owes { texts.append(Self.text(resync)) }
        return texts.isEmpty ? nil : texts
    }

    private static func text(_ envelope: Envelope) -> String {
        (try? JSONCoding.text(envelope)) ?? ""
    }

    private func receive() async {
        for await signal in signals.subscribe(to: Self.channel) {
            guard let payload = signal.payload else {
                // The first, or one after a lost connection: something may have been missed.
                hub.resync(isLocal: true)
                continue
            }
            guard let envelope = try? JSONCoding.value(Envelope.self, from: payload),
                envelope.from != process
            else { continue }
            guard let kind = LiveChange.Kind(rawValue: envelope.kind) else {
                // A newer node tells something this one does not know; lists are right whoever wrote them.
                hub.resync(isLocal: true)
                continue
            }
            guard kind != .resync else {
                hub.resync(isLocal: true)
                continue
            }
            hub.publish(
                kind,
                json: Array(envelope.payload.utf8),
                to: LiveAudience(
                    accounts: Set(envelope.accounts),
                    department: envelope.department,
                    everyone: envelope.everyone,
                    sight: envelope.sight,
                    customers: envelope.customers ?? false,
                    except: Set(envelope.except ?? []),
                    only: envelope.only.map { Set($0) }
                ),
                isLocal: true
            )
        }
    }
}
