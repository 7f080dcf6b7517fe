import CoreMetrics
import DeskCore

/// Shows how long the oldest notice of each channel has waited, so that an alarm can be set on it.
struct NoticeAges: Sendable {
    /// Often enough for an alarm, and one look at an index is cheap.
    private static let interval = Duration.seconds(10)

    let database: any Database
    let channels: [NoticeChannel]
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
        guard let ages = try? await NoticeOutbox(database: database).oldestAge(at: clock.now) else { return }
        for channel in channels { metrics.noticeAge(channel.rawValue).set((ages[channel] ?? .zero) / .seconds(1)) }
    }
}
