import DeskCore
import IVRBridge
import Logging
import Synchronization

/// Works a PBX line while this node holds its lease, and leaves it to another node otherwise.
///
/// Each tenure has a client of its own, so that nothing it knew of calls before the line was elsewhere is taken for news.
final class LineKeeper: Sendable {
    let name: String
    private let database: any Database
    private let connect: @Sendable () -> any PBXLine
    private let onTakeover: @Sendable () -> Void
    private let onTurn: @Sendable (_ isHere: Bool) -> Void
    private let extensions: @Sendable () async -> Set<PhoneName.Place>
    private let logger: Logger
    private let state = Mutex(State())

    private struct State {
        var client: (any PBXLine)?
        var lease: LeaseState?
    }

    /// - Parameters:
    ///   - name: the line's.
    ///   - database: where its lease is.
    ///   - logger: hears when the line comes and goes.
    ///   - onTakeover: called when the line was another node's before.
    ///   - onTurn: called when this node begins to work the line, before it connects, and when another node does, before this
    ///     one has left it.
    ///   - extensions: the phones that belong to somebody, by which a line tells inside from outside.
    ///   - connect: makes the client of a tenure.
    init(
        name: String,
        database: any Database,
        logger: Logger,
        onTakeover: @escaping @Sendable () -> Void,
        onTurn: @escaping @Sendable (_ isHere: Bool) -> Void = { _ in },
        extensions: @escaping @Sendable () async -> Set<PhoneName.Place>,
        connect: @escaping @Sendable () -> any PBXLine
    ) {
        self.name = name
        self.database = database
        self.logger = logger
        self.onTakeover = onTakeover
        self.onTurn = onTurn
        self.extensions = extensions
        self.connect = connect
    }

    /// The line's client, while this node works the line.
    var client: (any PBXLine)? { state.withLock { $0.client } }

    /// How the line is, as far as this node knows: one that another node works is taken for connected.
    var status: LineStatus {
        let (client, lease) = state.withLock { ($0.client, $0.lease) }
        return client?.status ?? LineStatus(isConnected: lease == .elsewhere)
    }

    /// Runs until the task is cancelled.
    func run() async {
        let lease = LineLease(line: name, database: database)
        defer { lease.close() }
        var changes = lease.changes.makeAsyncIterator()
        var wasElsewhere = false
        while let now = await changes.next() {
            note(now)
            wasElsewhere = wasElsewhere || now == .elsewhere
            guard now == .held else { continue }
            if wasElsewhere { onTakeover() }
            logger.notice("this node works the line", metadata: ["line": "\(name)"])
            let client = connect()
            client.know(extensions: await extensions())
            state.withLock { $0.client = client }
            await withDiscardingTaskGroup { group in
                group.addTask { await client.run() }
                group.addTask { await self.keepKnowing(client) }
                // While nothing is sure the line is worked on: nobody else can have it.
                while let next = await changes.next() {
                    note(next)
                    if next == .elsewhere { break }
                }
                group.cancelAll()
            }
            state.withLock { $0.client = nil }
            wasElsewhere = true
            if !Task.isCancelled { logger.notice("another node works the line now", metadata: ["line": "\(name)"]) }
        }
    }

    /// An extension that is given to somebody counts for the calls that come soon after.
    private func keepKnowing(_ client: any PBXLine) async {
        while !Task.isCancelled {
            try? await Task.sleep(for: .seconds(10))
            client.know(extensions: await extensions())
        }
    }

    private func note(_ lease: LeaseState) {
        state.withLock { $0.lease = lease }
        switch lease {
        case .held: onTurn(true)
        case .elsewhere: onTurn(false)
        // Nobody else can have it, nor can it be known that nobody has.
        case .unsure: break
        }
    }

    /// How the line is, for `/ready`.
    var report: ReadinessReport {
        let (client, lease) = state.withLock { ($0.client, $0.lease) }
        guard let client else {
            switch lease {
            case .elsewhere: return .ready("worked by another node")
            case .held, .unsure, nil:
                return .failing("not asked for yet", remedy: "wait; the database must answer first")
            }
        }
        let status = client.status
        if let trouble = status.trouble {
            return .failing(trouble, remedy: "run 'calldesk doctor'; it is tried again all the time")
        }
        // What an administrator should look at does not keep the line from working.
        let told = ["connected"] + [status.product].compactMap { $0 } + status.warnings
        return status.isConnected
            ? .ready(told.joined(separator: "; "))
            : .failing("not connected yet", remedy: "wait, or run 'calldesk doctor'")
    }
}
