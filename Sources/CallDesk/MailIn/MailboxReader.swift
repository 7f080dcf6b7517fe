import DeskCore
import Logging
import Synchronization

/// Reads the desk's mailbox: what is new, one mail after the other, and what somebody asked for once more.
///
/// A mail that cannot be read is set aside and the next one read; a server, an account or a database that fails ends the
/// turn, and the next begins where this one stopped.
final class MailboxReader: Sendable {
    /// Windows of numbers in one turn: a renumbered folder of millions is gone through over some turns.
    private static let mostWindows = 50
    /// Mails in one turn, so that what somebody waits for by hand comes in between.
    private static let mostMails = 500

    private let mailbox: any Mailbox
    private let name: String
    private let desk: MailDesk
    private let tell: @Sendable (MailPlace, MailResult) -> Void

    init(
        _ mailbox: any Mailbox,
        name: String,
        desk: MailDesk,
        tell: @escaping @Sendable (MailPlace, MailResult) -> Void
    ) {
        (self.mailbox, self.name, self.desk, self.tell) = (mailbox, name, desk, tell)
    }

    /// Reads what there is.
    ///
    /// - Returns: whether there is more.
    func turn() async throws -> Bool {
        let status = try await mailbox.status()
        let cursor = try await desk.adopt(mailbox: name, uidValidity: status.uidValidity, uidNext: status.uidNext)
        for waiting in try await desk.wanted(name) { try await again(waiting, status) }
        var (from, taken) = (cursor.lastUID + 1, 0)
        let end = status.uidNext - 1
        for _ in 0..<Self.mostWindows {
            guard from <= end else {
                try await desk.advance(name, uidValidity: status.uidValidity, to: max(0, end), isAll: true)
                return false
            }
            // What had other numbers before ends where it did, as it is looked for by day.
            let isOld = from <= cursor.renumberedTo
            let to = min(end, from + IMAPMailbox.window - 1, isOld ? cursor.renumberedTo : .max)
            let since = isOld ? IMAPDate(before: cursor.oldSince) : nil
            for uid in try await mailbox.numbers(from...to, since: since) {
                guard !Task.isCancelled, taken < Self.mostMails else { return true }
                try await take(.next(MailPlace(mailbox: name, uidValidity: status.uidValidity, uid: uid)))
                taken += 1
            }
            try await desk.advance(name, uidValidity: status.uidValidity, to: to, isAll: to == end)
            from = to + 1
        }
        return from <= end
    }

    private func again(_ mail: LoggedMail, _ status: MailboxStatus) async throws {
        // Under its old number it is not found any more; it was read again when the folder was numbered anew.
        guard mail.place.uidValidity == status.uidValidity else {
            return try await park(.again(mail), .renumbered, size: Int(clamping: mail.size))
        }
        try await take(.again(mail))
    }

    private func take(_ arrival: MailArrival) async throws {
        let place = arrival.place
        guard let size = try await mailbox.size(place.uid) else {
            // Somebody moved or deleted it meanwhile.
            if case .again = arrival {
                return try await park(arrival, .gone, size: 0)
            }
            return
        }
        guard size <= MailLimits.largest else {
            return try await park(arrival, .tooLarge, size: size)
        }
        // Asked for by hand too: one that ends every turn would keep all that come after it from being read.
        if try await desk.begin(place) > MailDesk.mostTries {
            return try await park(arrival, .tries, size: size)
        }
        let bytes: [UInt8]
        do throws(MailboxError) {
            bytes = try await mailbox.fetch(place.uid, uidValidity: place.uidValidity, limit: MailLimits.largest)
        } catch {
            guard error.reach == .mail else { throw error }
            return try await park(arrival, .tooLarge, size: size)
        }
        try await read(bytes, arrival)
    }

    private func park(_ arrival: MailArrival, _ why: MailParking, size: Int) async throws {
        try await desk.park(arrival, why, size: size)
        tell(arrival.place, MailResult(outcome: .parked, reason: why.rawValue))
    }

    private func read(_ bytes: [UInt8], _ arrival: MailArrival) async throws {
        let mail: IncomingMail
        do throws(UnreadableMail) {
            mail = try MailReader.read(bytes)
        } catch {
            return try await park(arrival, MailParking(error), size: bytes.count)
        }
        let result: MailResult
        do { result = try await desk.take(mail, size: bytes.count, at: arrival) } catch {
            // With the database gone the try stays counted, and the error is the one that is told.
            if MailDesk.isOurs(error) { try? await desk.putBack(arrival.place) }
            throw error
        }
        tell(arrival.place, result)
    }
}
