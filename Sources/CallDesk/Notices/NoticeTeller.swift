import DeskCore
import Synchronization

/// Tells open screens of notices that moved on: those who may read the ticket, or hold the contact, and supervisors.
///
/// Whom they concern is read beside the sending, for all that came meanwhile at once, so that no notice waits for it; what
/// comes faster than it can be read is told to supervisors alone, whose lists it is.
final class NoticeTeller: Sendable {
    /// More than a mass mailing settles while one group is read; some 100 bytes each.
    private static let most = 4096
    /// Read in one visit; a ticket's page does not wait behind a longer one.
    private static let group = 256

    private let app: App
    private let waiting = Mutex<[NoticeFateChange]>([])
    private let wakeUps: AsyncStream<Void>
    private let wake: AsyncStream<Void>.Continuation

    init(app: App) {
        self.app = app
        (wakeUps, wake) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    func tell(_ change: NoticeFateChange) {
        let place = waiting.withLock { waiting -> Int? in
            guard waiting.count < Self.most else { return nil }
            waiting.append(change)
            return waiting.count
        }
        guard let place else { return app.hub.publish(.notice(change), to: .accounts([])) }
        if place == 1 { wake.yield() }
    }

    func run() async {
        for await _ in wakeUps {
            var rest = waiting.withLock { waiting in
                defer { waiting = [] }
                return waiting
            }[...]
            while !rest.isEmpty, !_Concurrency.Task.isCancelled {
                let group = Array(rest.prefix(Self.group))
                rest = rest.dropFirst(group.count)
                // Unknown is nobody's but the supervisors'.
                let known = try? await audiences(of: group)
                for (index, change) in group.enumerated() {
                    app.hub.publish(.notice(change), to: known?[index] ?? .accounts([]))
                }
            }
        }
    }

    /// For each change whom it concerns.
    func audiences(of changes: [NoticeFateChange]) async throws -> [LiveAudience] {
        let things = changes.map { NoticeReaders.Thing(attendanceID: $0.attendanceID, ticketID: $0.ticketID) }
        let readers = try await NoticeReaders.find(Set(things), in: app.database)
        return things.map { thing in
            var audience = LiveAudience()
            audience.accounts = readers[thing]?.accountIDs ?? []
            audience.department = readers[thing]?.department
            return audience
        }
    }
}
