import DeskCore
import Logging
import Synchronization

/// What has to be done at certain times: questions reminded of, solved tickets closed, deadlines told, the desk's people written to, passwords erased when
/// their term is over, and their keys after them, contacts forgotten that are older than the settings keep them, old
/// answers to repeated requests forgotten, ended sessions removed.
///
/// Each is done by itself: one that fails holds up none of the others, and `/ready` names it.
final class Housekeeping: Sendable {
    /// Repeated requests are answered alike for a day; a client that retries later asks anew.
    private static let idempotencyLife = Duration.seconds(24 * 3600)
    /// A minute brings a session's requests back; its row is kept for some more, whatever the nodes' clocks say.
    private static let rateLife = Duration.seconds(3_600)
    /// Batches in one turn; a desk that is switched to a shorter term catches up over some minutes.
    private static let batches = 50
    /// Between two turns of what goes through a folder, or through all that stays.
    private static let longPace = Duration.seconds(3_600)

    let app: App
    let logger: Logger
    /// What failed the last time, and how.
    private let troubles = Mutex<[String: String]>([:])
    /// When no contact was old enough to go.
    private let foundNothingAt = Mutex<Moment?>(nil)
    private let clockGuard: ClockGuard
    private let endUnheard: @Sendable () -> Void
    private let filesSweptAt = Mutex<Moment?>(nil)

    /// `endUnheard` has the calls ended of which nobody was told anything for hours.
    init(app: App, logger: Logger, endUnheard: @escaping @Sendable () -> Void = {}) {
        self.app = app
        self.logger = logger
        self.endUnheard = endUnheard
        clockGuard = ClockGuard(database: app.database)
    }

    /// The chores that failed the last time, with why.
    var failing: [(chore: String, error: String)] {
        troubles.withLock { $0.sorted { $0.key < $1.key }.map { (chore: $0.key, error: $0.value) } }
    }

    /// Works once a minute until cancelled; what failed is tried again the next time.
    func run() async {
        while !Task.isCancelled {
            await once()
            try? await Task.sleep(for: .seconds(60))
        }
    }

    func once() async {
        let now = app.clock.now
        await chore("search") {
            let found = try await SearchRebuild(database: self.app.database, customers: self.app.customers).run()
            self.say("search index filled anew", found)
        }
        await chore("signing secrets") {
            self.say("signing secrets of webhooks sealed", try await self.app.webhooks.renewSecrets())
        }
        // Within a day of the contact; a clock far ahead finds none, and tells them once it is right again.
        await chore("callers told their protocol") {
            let tellings = ProtocolTellings(
                database: self.app.database,
                notices: self.app.protocolNotices,
                clock: self.app.clock
            )
            self.say("callers told the protocol of their contact", try await tellings.run())
        }
        // What erases, or ends a ticket, waits after a jump of the clock; calls that nobody hears of end all the same, and the
        // desk's own work goes on, as after days of rest.
        var mayErase = false
        await chore("clock") {
            mayErase = try await self.clockGuard.trusts(now)
            guard !mayErase else { return }
            throw ClockJump()
        }
        endUnheard()
        await chore("passwords", if: mayErase) {
            let erased = try await self.app.vault.eraseExpired()
            self.say("passwords erased at the end of their term", erased)
        }
        await chore("keys", if: mayErase) {
            self.say("keys destroyed that seal nothing any more", try await self.app.vault.destroyKeys())
        }
        await chore("contacts", if: mayErase) {
            let days = self.app.settings.retention.attendanceDays
            try await self.eraseOld(before: now.adding(.seconds(-days * 86_400)), at: now)
        }
        // Somebody asked for it: no clock has a say.
        await chore("erasures") {
            self.say("rows of customers emptied at their request", try await self.app.erasure.goOn())
        }
        // After the rows.
        if mayErase, isDue(after: filesSweptAt, at: now) {
            await chore("files") {
                self.say("files removed that nothing refers to", try await self.app.attachments.sweep())
                self.filesSweptAt.withLock { $0 = now }
            }
        }
        await chore("changed promises") {
            for _ in 0..<Self.batches where try await self.app.tickets.adoptRules() == 0 { break }
        }
        // Customers are told of reminders and ends, and no clock set right opens a closed ticket: their terms are days long.
        await chore("clocks of tickets") {
            self.say("clocks of tickets ran", try await self.app.tickets.runClocks(ends: mayErase))
        }
        await chore("mail to the desk's people") { _ = try await self.app.staffMail.run() }
        await chore("mails that came", if: mayErase) {
            self.say(
                "mails forgotten that came long ago",
                try await self.app.mailLog.forget(before: now.adding(.zero - MailLog.life))
            )
        }
        await chore("moves that cannot be taken back", if: mayErase) { _ = try await self.app.tickets.forgetUndo() }
        await chore("times without a line", if: mayErase) {
            try await LineGaps(database: self.app.database).forget(before: now.adding(.zero - LineGaps.life))
        }
        let old = now.adding(.zero - Self.idempotencyLife)
        await chore("repeated requests", if: mayErase) {
            try await Retention(database: self.app.database).forgetRepeated(before: old)
        }
        await chore("sessions", if: mayErase) {
            try await self.app.sessions.removeEnded()
            try await self.app.personSessions.removeEnded()
            try await self.app.entry.forgetEnded()
            let idle = now.adding(.zero - Self.rateLife)
            try await RateLevels(database: self.app.database).forgetSessions(before: idle)
        }
    }

    /// An hour after the last time, whenever in it the turns fall; a clock that was set back is no reason to wait for it.
    private func isDue(after last: borrowing Mutex<Moment?>, at now: Moment) -> Bool {
        last.withLock { last in last.map { now < $0 || now.since($0) >= Self.longPace } ?? true }
    }

    /// The clock is days ahead of the last time seen.
    private struct ClockJump: Error, CustomStringConvertible {
        var description: String {
            "the clock is days ahead of when the desk last ran: nothing is erased, and no ticket closed by itself, until the desk has run for six hours; set it if it is wrong"
        }
    }

    private func chore(_ name: String, if isDue: Bool = true, _ work: () async throws -> Void) async {
        guard isDue else { return }
        do {
            try await work()
            troubles.withLock { $0[name] = nil }
        } catch {
            let isNew = troubles.withLock { $0.updateValue("\(error)", forKey: name) == nil }
            if isNew { logger.error("housekeeping waits", metadata: ["chore": "\(name)", "error": "\(error)"]) }
        }
    }

    private func say(_ what: String, _ count: Int) {
        if count > 0 { logger.notice("\(what)", metadata: ["count": "\(count)"]) }
    }

    /// Each minute while there is something to erase, then once an hour: it goes through what stays, too.
    private func eraseOld(before moment: Moment, at now: Moment) async throws(StoreError) {
        guard isDue(after: foundNothingAt, at: now) else { return }
        let erased = try await Retention(database: app.database).erase(before: moment, batches: Self.batches)
        foundNothingAt.withLock { $0 = erased == 0 ? now : nil }
        say("contacts, calls and notices erased at the end of their term", erased)
    }
}
