import CoreMetrics
import DeskCore

/// Shows how long the oldest notice of each channel has waited, so that an alarm can be set on it, and who waits for whom.
struct NoticeAges: Sendable {
    /// Often enough for an alarm, and one look at an index is cheap.
    private static let interval = Duration.seconds(10)

    let database: any Database
    let worker: NoticeWorker
    let clock: DeskClock
    let metrics: DeskMetrics

    /// Looks until cancelled; while the database does not answer the last figures stand.
    func run() async {
        while !Task.isCancelled {
            await once()
            try? await Task.sleep(for: Self.interval)
        }
    }

    func once() async {
        let senders = worker.health
        for sender in senders {
            let (channel, hands) = (sender.channel.rawValue, sender.hands)
            metrics.noticeHands(channel, "claimed").set(Double(hands.claimed))
            metrics.noticeHands(channel, "sending").set(Double(hands.underWay))
            metrics.noticeHands(channel, "unsettled").set(Double(hands.unsettled))
        }
        guard let ages = try? await NoticeOutbox(database: database).oldestAge(at: clock.now) else { return }
        for channel in senders.map(\.channel) {
            metrics.noticeAge(channel.rawValue).set((ages[channel] ?? .zero) / .seconds(1))
        }
    }
}
