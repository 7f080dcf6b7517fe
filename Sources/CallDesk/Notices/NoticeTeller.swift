import DeskCore

/// Tells open screens of notices that moved on: those who may read the ticket, or hold the contact, and supervisors.
///
/// Whom it concerns is read beside the sending, so that no notice waits for it; what comes faster than it can be read is
/// told to supervisors alone, whose lists it is.
final class NoticeTeller: Sendable {
    /// More than a mass mailing settles while one ticket is read; 64 bytes each.
    private static let most = 4096

    private let app: App
    private let changes: AsyncStream<NoticeFateChange>
    private let input: AsyncStream<NoticeFateChange>.Continuation

    init(app: App) {
        self.app = app
        (changes, input) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(Self.most))
    }

    func tell(_ change: NoticeFateChange) {
        if case .dropped = input.yield(change) { app.hub.publish(.notice(change), to: .accounts([])) }
    }

    func run() async {
        for await change in changes {
            // Unknown is nobody's but the supervisors'.
            let audience = (try? await audience(of: change)) ?? .accounts([])
            app.hub.publish(.notice(change), to: audience)
        }
    }

    func audience(of change: NoticeFateChange) async throws -> LiveAudience {
        let readers = try await NoticeReaders.find(
            attendanceID: change.attendanceID,
            ticketID: change.ticketID,
            in: app.database
        )
        var audience = LiveAudience()
        audience.accounts = readers.accountIDs
        audience.department = readers.department
        return audience
    }
}
