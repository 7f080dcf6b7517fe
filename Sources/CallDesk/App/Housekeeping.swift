import DeskCore
import Logging

/// What has to be done at certain times: questions reminded of, solved tickets closed, deadlines told, passwords erased when their term is over, contacts forgotten that are older than
/// the settings keep them, old answers to repeated requests forgotten, ended sessions removed.
struct Housekeeping: Sendable {
    /// Repeated requests are answered alike for a day; a client that retries later asks anew.
    private static let idempotencyLife = Duration.seconds(24 * 3600)

    let app: App
    let logger: Logger

    /// Works once a minute until cancelled; a database that cannot be written is tried again the next time.
    func run() async {
        while !Task.isCancelled {
            await once()
            try? await Task.sleep(for: .seconds(60))
        }
    }

    func once() async {
        let now = app.clock.now
        do {
            let erased = try await app.vault.eraseExpired()
            if erased > 0 {
                logger.notice("passwords erased at the end of their term", metadata: ["count": "\(erased)"])
            }
            try await eraseOld(before: now.adding(.zero - .seconds(app.settings.retention.attendanceDays * 86_400)))
            let moved = try await app.tickets.runClocks()
            if moved > 0 { logger.notice("clocks of tickets ran", metadata: ["count": "\(moved)"]) }
            let old = now.adding(.zero - Self.idempotencyLife)
            try await Retention(database: app.database).forgetRepeated(before: old)
            try await app.sessions.removeEnded()
        } catch {
            logger.error("housekeeping waits", metadata: ["error": "\(error)"])
        }
    }

    /// Batches in one turn; a desk that is switched to a shorter term catches up over some minutes.
    private static let batches = 50

    private func eraseOld(before moment: Moment) async throws(StoreError) {
        let retention = Retention(database: app.database)
        var erased = 0
        for _ in 0..<Self.batches {
            let count = try await retention.erase(before: moment)
            erased += count
            if count == 0 { break }
        }
        if erased > 0 {
            logger.notice("contacts and calls erased at the end of their term", metadata: ["count": "\(erased)"])
        }
    }
}
