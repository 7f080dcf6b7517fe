import DeskCore
import Foundation
import IVRBridge
import Logging
import Synchronization

/// What the desk asks of its PBXs: calls from a technician's phone, and their pause in the queues.
final class Switchboard: Sendable {
    /// A call under way to a technician's phone; its events bring the rest.
    struct Order: Sendable, Equatable {
        var line: String
        /// The call's key: `Call.key` once the phone rings.
        var key: String
        var number: String
        /// The phone that rings first.
        var phone: String
    }

    /// A technician's place in one queue.
    struct Membership: Sendable, Equatable {
        var line: String
        var member: QueueMember
    }

    /// A technician's places in the queues, and the lines with a phone of theirs that could not be asked.
    struct Memberships: Sendable, Equatable {
        var items: [Membership] = []
        /// In the order of the settings.
        var unheard: [String] = []
    }

    enum Refusal: Error, Equatable {
        case noLine
        case noPhone
        case number(OutgoingNumber.Refusal)
        case line(BridgeError)
    }

    /// Whether a call that failed so may have been made all the same: the technician's phone may be ringing.
    static func mayHaveDialled(_ error: any Error) -> Bool {
        switch error {
        case Refusal.line(let fault): fault.mayBeDone
        // Whose phone it is, and where it may call, is found out before anybody is asked to ring it.
        case is Refusal, is StoreError: false
        default: true
        }
    }

    /// Somebody waits before a screen; the PBX answers a login within milliseconds, and what it is asked then as soon.
    private static let longestVisit = Duration.seconds(8)

    private let settings: Settings
    private let region: Region
    private let accounts: AccountDesk
    private let logger: Logger
    private let lines = Mutex<[String: LineKeeper]>([:])

    init(settings: Settings, region: Region, accounts: AccountDesk, logger: Logger) {
        self.logger = logger
        self.settings = settings
        self.region = region
        self.accounts = accounts
    }

    /// Takes the lines once the service has made them.
    func connect(_ keepers: [LineKeeper]) {
        lines.withLock { lines in
            for keeper in keepers { lines[keeper.name] = keeper }
        }
    }

    // MARK: - Calling

    /// Rings the technician's phone and, when it is answered, calls the number from there.
    ///
    /// `name`: the line to call over; unless given, of the technician's own one that can call the number now.
    /// - Throws: `Refusal`, `StoreError`.
    func dial(_ number: String, for accountID: Int64, over name: String? = nil) async throws -> Order {
        let phones = try await accounts.extensions(of: accountID)
        let candidates = settings.pbx.filter { line in
            (name == nil || line.line == name)
                && phones.contains { $0.line.isEmpty || $0.line == line.line }
        }
        guard !candidates.isEmpty else {
            let isKnown = settings.pbx.contains { name == nil || $0.line == name }
            throw isKnown ? Refusal.noPhone : Refusal.noLine
        }
        let (line, outgoing) = try choose(among: candidates, for: number)
        guard let phone = phones.first(where: { $0.line == line.line }) ?? phones.first(where: \.line.isEmpty) else {
            throw Refusal.noPhone
        }
        // Unique on the line and unlike any Uniqueid of the PBX's own.
        let key = "calldesk-\(UUID().uuidString.lowercased())"
        let order = DialOrder(phone: phone.party, number: outgoing.dialled, context: line.dialContext, key: key)
        let ringing = try await use(line) { try await $0.dial(order) }
        return Order(line: line.line, key: key, number: outgoing.e164, phone: ringing)
    }

    /// The line to call a number over: the first whose rules allow it, of those one that is there.
    private func choose(
        among candidates: [Settings.PBX],
        for number: String
    ) throws(Refusal) -> (Settings.PBX, OutgoingNumber) {
        var best: (line: Settings.PBX, number: OutgoingNumber, rank: Int)?
        var refusal: OutgoingNumber.Refusal?
        for line in candidates {
            do throws(OutgoingNumber.Refusal) {
                let outgoing = try OutgoingNumber(number, region: region, line: line)
                let rank = rank(line)
                if best.map({ rank < $0.rank }) ?? true { best = (line, outgoing, rank) }
            } catch {
                refusal = refusal ?? error
            }
        }
        guard let best else { throw .number(refusal ?? .noNumber) }
        return (best.line, best.number)
    }

    /// How surely a line can be asked to call, the surest first: it is connected here, another node works it, it is not
    /// connected, it can call nobody.
    private func rank(_ line: Settings.PBX) -> Int {
        guard line.kind.hook == nil, let keeper = lines.withLock({ $0[line.line] }) else { return 3 }
        guard keeper.status.isConnected else { return 2 }
        return keeper.client == nil ? 1 : 0
    }

    // MARK: - Queues

    /// The queues a technician's phones are members of, on the lines that can be asked now.
    ///
    /// - Throws: `Refusal` when none of the technician's lines can be; `StoreError`.
    func queues(of accountID: Int64) async throws -> Memberships {
        let (found, refusal) = try await places(of: accountID)
        guard let found else { throw refusal ?? Refusal.noPhone }
        return found
    }

    /// The memberships on the lines that can be asked now, nil where there are lines and none can; and what the first line
    /// said that cannot.
    private func places(of accountID: Int64) async throws -> (found: Memberships?, refusal: Refusal?) {
        let phones = try await accounts.extensions(of: accountID)
        let asked = settings.pbx.compactMap { line -> (line: Settings.PBX, mine: Set<AccountExtension>)? in
            let mine = Set(phones.filter { $0.line.isEmpty || $0.line == line.line })
            // What only reports calls has no queues to tell of.
            guard !mine.isEmpty, line.kind.hook == nil, lines.withLock({ $0[line.line] }) != nil else { return nil }
            return (line, mine)
        }
        // Side by side: one that is down keeps nobody waiting for the others.
        typealias Answer = Result<[Membership], Refusal>
        let answers = try await withThrowingTaskGroup(
            of: (Int, Answer).self,
            returning: [Int: Answer].self
        ) { group in
            for (place, one) in asked.enumerated() {
                group.addTask {
                    do {
                        return (place, .success(try await self.queues(on: one.line, one.mine, of: accountID)))
                    } catch let refusal as Refusal {
                        return (place, .failure(refusal))
                    }
                }
            }
            return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
        var (found, refusal): (Memberships, Refusal?) = (Memberships(), nil)
        for (place, one) in asked.enumerated() {
            switch answers[place] {
            case .success(let members): found.items += members
            case .failure(let error):
                refusal = refusal ?? error
                found.unheard.append(one.line.line)
            case nil: break
            }
        }
        return (!asked.isEmpty && found.unheard.count == asked.count ? nil : found, refusal)
    }

    /// The queues on one line in which one of these phones, the technician's, is a member.
    private func queues(
        on line: Settings.PBX,
        _ mine: Set<AccountExtension>,
        of accountID: Int64
    ) async throws -> [Membership] {
        var found: [Membership] = []
        for member in try await use(line, { try await $0.queueMembers() }) {
            for party in member.parties where Self.mayBe(party, one: mine, line: line.line) {
                // Somebody else's phone may be called the same on this very line.
                guard try await accounts.account(party: party, line: line.line)?.id == accountID else { continue }
                found.append(Membership(line: line.line, member: member))
                break
            }
        }
        return found
    }

    private static func mayBe(_ party: String, one phones: Set<AccountExtension>, line: String) -> Bool {
        PhoneName(party).places(line: line).contains {
            phones.contains(AccountExtension(line: $0.line, party: $0.party))
        }
    }

    /// Pauses a technician in their queues, or takes the pause back; in one queue where `queue` is given.
    ///
    /// What one queue or line refuses keeps the others from nothing; lines that could not be asked are told.
    /// - Returns: the memberships as they are now.
    /// - Throws: `Refusal`, after every queue was asked; `StoreError`.
    func pause(_ isPaused: Bool, reason: String?, queue: String?, for accountID: Int64) async throws -> Memberships {
        let (found, unheard) = try await places(of: accountID)
        let before = (found?.items ?? []).filter { queue == nil || $0.member.queue == queue }
        // A line that cannot be asked may have them: that is not the same as having none.
        guard !before.isEmpty else { throw unheard ?? Refusal.noPhone }
        var refusal: Refusal?
        for place in before where place.member.isPaused != isPaused {
            guard let line = settings.pbx.first(where: { $0.line == place.line }) else { continue }
            do {
                try await use(line) { try await $0.pause(place.member, isPaused, reason: reason) }
            } catch let error as Refusal {
                refusal = refusal ?? error
            }
        }
        if let refusal { throw refusal }
        var now = try await queues(of: accountID)
        now.items.removeAll { queue != nil && $0.member.queue != queue }
        // One that is there again by now was not asked all the same.
        let missed = Set(now.unheard).union(found?.unheard ?? [])
        now.unheard = settings.pbx.map(\.line).filter(missed.contains)
        return now
    }

    /// Asks a line: over the connection this node has, or by a visit when another node works the line.
    private func use<Value: Sendable>(
        _ line: Settings.PBX,
        _ body: @escaping @Sendable (any PBXLine) async throws -> Value
    ) async throws -> Value {
        guard let keeper = lines.withLock({ $0[line.line] }) else { throw Refusal.noLine }
        if let hook = line.kind.hook { throw Refusal.line(hook.cannot("a question", line: line.line)) }
        do {
            if let client = keeper.client { return try await body(client) }
            return try await visit(line, body)
        } catch let error as BridgeError {
            throw Refusal.line(error)
        }
    }

    private func visit<Value: Sendable>(
        _ line: Settings.PBX,
        _ body: @escaping @Sendable (any PBXLine) async throws -> Value
    ) async throws -> Value {
        let (states, told) = AsyncStream.makeStream(of: LineStatus.self, bufferingPolicy: .bufferingNewest(4))
        let sinks = LineSinks(signal: { _ in }, status: { _, status in told.yield(status) })
        let visitor = line.line(sinks: sinks, logger: logger)
        let asked = Asked()
        do {
            return try await visit(visitor, line, states) { line in
                asked.note()
                return try await body(line)
            }
        } catch  where !asked.isSo && (error is CancellationError || error as? BridgeError == .cancelled) {
            // Given up before anybody was asked anything.
            throw BridgeError.notConnected(line: line.line)
        }
    }

    private func visit<Value: Sendable>(
        _ visitor: any PBXLine,
        _ line: Settings.PBX,
        _ states: AsyncStream<LineStatus>,
        _ body: @escaping @Sendable (any PBXLine) async throws -> Value
    ) async throws -> Value {
        try await withThrowingTaskGroup(of: Value?.self) { group in
            defer { group.cancelAll() }
            group.addTask {
                await visitor.run()
                return nil
            }
            group.addTask {
                for await status in states where status.isConnected { return try await body(visitor) }
                return nil
            }
            group.addTask {
                try await Task.sleep(for: Self.longestVisit)
                guard visitor.status.isConnected else { throw BridgeError.notConnected(line: line.line) }
                // It was asked, and may have done it.
                try await Task.sleep(for: Self.longestVisit)
                throw BridgeError.timedOut(line: line.line, action: "a visit")
            }
            for try await value in group {
                if let value { return value }
            }
            throw BridgeError.cancelled
        }
    }
}

/// Whether a line was asked what a visit is for.
private final class Asked: Sendable {
    private let asked = Atomic<Bool>(false)

    var isSo: Bool { asked.load(ordering: .acquiring) }

    func note() { asked.store(true, ordering: .releasing) }
}
