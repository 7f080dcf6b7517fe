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
        var queue: String
        /// As the PBX calls the member: `PJSIP/1001`.
        var interface: String
        var isPaused: Bool
        var reason: String?
        /// Callers who wait in it now.
        var waiting: Int
    }

    enum Refusal: Error, Equatable {
        case noLine
        case noPhone
        case number(OutgoingNumber.Refusal)
        case line(BridgeError)
    }

    /// Somebody waits before a screen; the PBX answers a login within milliseconds.
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
    /// `name`: the line to call over; the technician's own unless given.
    /// - Throws: `Refusal`, `StoreError`.
    func dial(_ number: String, for accountID: Int64, over name: String? = nil) async throws -> Order {
        let phones = try await accounts.extensions(of: accountID)
        let candidates = settings.pbx.filter { line in
            line.kind == .asterisk && (name == nil || line.line == name)
                && phones.contains { $0.line.isEmpty || $0.line == line.line }
        }
        guard let line = candidates.first else {
            let isKnown = settings.pbx.contains { $0.kind == .asterisk && (name == nil || $0.line == name) }
            throw isKnown ? Refusal.noPhone : Refusal.noLine
        }
        let outgoing: OutgoingNumber
        do throws(OutgoingNumber.Refusal) {
            outgoing = try OutgoingNumber(number, region: region, line: line)
        } catch {
            throw Refusal.number(error)
        }
        guard let phone = phones.first(where: { $0.line == line.line }) ?? phones.first(where: \.line.isEmpty) else {
            throw Refusal.noPhone
        }
        // Unique on the line and unlike any Uniqueid of the PBX's own.
        let key = "calldesk-\(UUID().uuidString.lowercased())"
        let channel = phone.party.contains("/") ? phone.party : "PJSIP/\(phone.party)"
        try await use(line) { client in
            try await client.originate(
                channel: channel,
                context: line.dialContext,
                exten: outgoing.dialled,
                id: key,
                caller: "<\(outgoing.dialled)>"
            )
        }
        return Order(line: line.line, key: key, number: outgoing.e164, phone: channel)
    }

    // MARK: - Queues

    /// The queues a technician's phones are members of.
    func queues(of accountID: Int64) async throws -> [Membership] {
        let phones = try await accounts.extensions(of: accountID)
        var found: [Membership] = []
        for line in settings.pbx where line.kind == .asterisk {
            let mine = Set(phones.filter { $0.line.isEmpty || $0.line == line.line }.map(\.party))
            guard !mine.isEmpty, lines.withLock({ $0[line.line] }) != nil else { continue }
            let answer = try await use(line) { try await $0.send(AMIAction("QueueStatus")) }
            found += Self.memberships(answer.items, line: line.line, phones: mine)
        }
        return found
    }

    /// Pauses a technician in their queues, or takes the pause back; in one queue where `queue` is given.
    ///
    /// - Returns: the memberships as they are now.
    func pause(_ isPaused: Bool, reason: String?, queue: String?, for accountID: Int64) async throws -> [Membership] {
        let before = try await queues(of: accountID).filter { queue == nil || $0.queue == queue }
        guard !before.isEmpty else { throw Refusal.noPhone }
        for member in before where member.isPaused != isPaused {
            guard let line = settings.pbx.first(where: { $0.line == member.line }) else { continue }
            let headers =
                [
                    ("Queue", member.queue), ("Interface", member.interface), ("Paused", isPaused ? "true" : "false"),
                ] + (reason.map { [("Reason", $0)] } ?? [])
            _ = try await use(line) { try await $0.send(AMIAction("QueuePause", headers)) }
        }
        return try await queues(of: accountID).filter { queue == nil || $0.queue == queue }
    }

    /// Asks a line: over the connection this node has, or by a visit when another node works the line.
    private func use<Value: Sendable>(
        _ line: Settings.PBX,
        _ body: @escaping @Sendable (AMIClient) async throws -> Value
    ) async throws -> Value {
        guard let keeper = lines.withLock({ $0[line.line] }) else { throw Refusal.noLine }
        do {
            if let client = keeper.client { return try await body(client) }
            return try await visit(line, body)
        } catch let error as BridgeError {
            throw Refusal.line(error)
        }
    }

    private func visit<Value: Sendable>(
        _ line: Settings.PBX,
        _ body: @escaping @Sendable (AMIClient) async throws -> Value
    ) async throws -> Value {
        let (states, told) = AsyncStream.makeStream(of: LineStatus.self, bufferingPolicy: .bufferingNewest(4))
        let sinks = LineSinks(signal: { _ in }, status: { _, status in told.yield(status) })
        let visitor = AMIClient(line: AMILine(line), normalise: { _ in nil }, sinks: sinks, logger: logger)
        return try await withThrowingTaskGroup(of: Value?.self) { group in
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
                throw BridgeError.notConnected(line: line.line)
            }
            for try await value in group {
                if let value { return value }
            }
            throw BridgeError.cancelled
        }
    }

    /// Reads QueueStatus: QueueMember names interface and state interface, QueueEntry stands for a caller.
    static func memberships(_ items: [AMIPacket], line: String, phones: Set<String>) -> [Membership] {
        let bare = Set(phones.map { $0.split(separator: "/").last.map(String.init) ?? $0 })
        var waiting: [String: Int] = [:]
        for item in items where item.event == "QueueEntry" { waiting[item["Queue"] ?? "", default: 0] += 1 }
        return items.compactMap { item in
            guard item.event == "QueueMember", let queue = item["Queue"] else { return nil }
            // Asterisk 16 and 22 say Location; the Interface of the other events is the same.
            guard let interface = item["Location"] ?? item["Interface"] else { return nil }
            let names = [interface, item["StateInterface"]].compactMap(\.self)
            guard names.contains(where: { phones.contains($0) || bare.contains($0) }) else { return nil }
            return Membership(
                line: line,
                queue: queue,
                interface: interface,
                isPaused: item["Paused"] == "1",
                reason: item["PausedReason"].flatMap { $0.isEmpty ? nil : $0 },
                waiting: waiting[queue] ?? 0
            )
        }
    }
}
