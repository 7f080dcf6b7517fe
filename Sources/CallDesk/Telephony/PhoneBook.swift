import DeskCore
import Synchronization

/// Which technician has which phone, kept in memory for the pop and read again when it may have changed.
final class PhoneBook: Sendable {
    /// One reading of the table.
    struct Page: Sendable {
        fileprivate var owners: [PhoneName.Place: Int64] = [:]
        fileprivate var names: [Int64: String] = [:]

        /// The technician whose phone a party is.
        func account(of party: String, line: String) -> Int64? {
            PhoneName(party).places(line: line).lazy.compactMap { owners[$0] }.first
        }

        func accounts(of parties: [String], line: String) -> [Int64] {
            var seen: Set<Int64> = []
            return parties.compactMap { account(of: $0, line: line) }.filter { seen.insert($0).inserted }
        }

        /// Every phone that is somebody's.
        var places: Set<PhoneName.Place> { Set(owners.keys) }

        func name(of account: Int64) -> String? { names[account] }

        /// A party as people call it: whose phone it is, else the extension or trunk alone; never the PBX's channel.
        func shown(_ party: String, line: String) -> String {
            let plain = PhoneName(party).plain
            // A Local channel stands before the phone of its number.
            let owner = account(of: party, line: line) ?? account(of: plain, line: line)
            return owner.flatMap { names[$0] } ?? plain
        }

        /// Why a call reaches no screen, nil when it does.
        func whyNot(ringing: [String], answered: String?, line: String) -> String? {
            let parties = ringing + [answered].compactMap { $0 }
            if parties.isEmpty { return "nobody_ringing" }
            return parties.contains { account(of: $0, line: line) != nil } ? nil : "no_extension"
        }
    }

    private struct State {
        var page = Page()
        var readAt: ContinuousClock.Instant?
    }

    /// A new extension shows in pops after this at the latest; reading costs a tenth of a millisecond.
    private static let life = Duration.seconds(2)

    private let state = Mutex(State())
    private let database: any Database

    init(database: any Database) { self.database = database }

    /// The page read last, at once: while the database is away, nobody waits for it.
    var latest: Page { state.withLock { $0.page } }

    /// The newest page; the last one when the database cannot be read.
    func current() async -> Page {
        let (page, readAt) = state.withLock { ($0.page, $0.readAt) }
        if let readAt, ContinuousClock.now - readAt < Self.life { return page }
        guard let phones = try? await AccountDesk.mappedPhones(in: database) else { return page }
        var fresh = Page()
        for phone in phones {
            fresh.owners[PhoneName.Place(line: phone.line, party: phone.party)] = phone.accountID
            fresh.names[phone.accountID] = phone.name
        }
        let read = fresh
        state.withLock { $0 = State(page: read, readAt: .now) }
        return read
    }
}
