import Synchronization

@testable import CallDesk

/// A folder of mails in memory, which all its readers share as they share a server.
final class PlayedMailbox: Mailbox {
    private struct State {
        var mails: [[UInt8]] = []
        var looks = 0
        var fetched: [Int64] = []
        var deaths = 0
        var isAway = false
    }

    private let state = Mutex(State())

    /// How often the folder was asked about.
    var looks: Int { state.withLock { $0.looks } }
    /// The numbers of the mails that were given out, in order.
    var fetched: [Int64] { state.withLock { $0.fetched } }

    func put(_ text: String) {
        state.withLock { $0.mails.append(Array(text.replacing("\n", with: "\r\n").utf8)) }
    }

    /// Whoever fetches dies with the mail in hand, this many times.
    func letDie(_ times: Int) { state.withLock { $0.deaths = times } }

    /// Its server answers nobody from now on.
    func goAway() { state.withLock { $0.isAway = true } }

    func status() async throws(MailboxError) -> MailboxStatus {
        let status = state.withLock { state in
            state.looks += 1
            return state.isAway ? nil : MailboxStatus(uidValidity: 7, uidNext: Int64(state.mails.count) + 1)
        }
        guard let status else { throw MailboxError(what: "no server answers", remedy: "start it") }
        return status
    }

    func numbers(_ range: ClosedRange<Int64>, since: IMAPDate?) async throws(MailboxError) -> [Int64] {
        let count = Int64(state.withLock { $0.mails.count })
        return range.lowerBound > count ? [] : Array(range.lowerBound...min(count, range.upperBound))
    }

    func size(_ uid: Int64) async throws(MailboxError) -> Int? { mail(uid)?.count }

    func fetch(_ uid: Int64, uidValidity: Int64, limit: Int) async throws(MailboxError) -> [UInt8] {
        let dies = state.withLock { state in
            state.fetched.append(uid)
            guard state.deaths > 0 else { return false }
            state.deaths -= 1
            return true
        }
        if dies { throw MailboxError(what: "the node died", remedy: "start it") }
        return mail(uid) ?? []
    }

    func shutDown() async {}

    private func mail(_ uid: Int64) -> [UInt8]? {
        state.withLock { uid >= 1 && uid <= Int64($0.mails.count) ? $0.mails[Int(uid) - 1] : nil }
    }
}
