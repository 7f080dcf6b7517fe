import Synchronization

/// Hears of whatever may end or change a right: accounts, sessions and tokens that were changed, on this node or another.
///
/// What was read about a caller before a change is worth nothing after it; whoever keeps such knowledge compares `count`.
public final class AccessChanges: Sendable {
    private static let channel = "access"

    /// As members of a value: a closure kept in a generic by itself is wrapped once more at each look.
    private struct State {
        var count: UInt64 = 0
        var listeners: [Listener] = []
    }

    private struct Listener {
        var hear: @Sendable () -> Void
    }

    private let signals: (any DeskSignals)?
    private let state = Mutex(State())

    /// `signals` carry changes between the nodes; nil where there is one node.
    public init(signals: (any DeskSignals)? = nil) { self.signals = signals }

    /// How often something has changed since the start.
    public var count: UInt64 { state.withLock { $0.count } }

    /// Whether there may be other nodes to hear of, so that `run` has something to do.
    public var hasOthers: Bool { signals != nil }

    /// Calls `body`, which must be quick, after each change.
    public func listen(_ body: @escaping @Sendable () -> Void) {
        state.withLock { $0.listeners.append(Listener(hear: body)) }
    }

    /// Something changed: knowledge from before is void.
    public func note() {
        let listeners = state.withLock { state in
            state.count += 1
            return state.listeners
        }
        for listener in listeners { listener.hear() }
    }

    /// Hears of the other nodes' changes until the task is cancelled.
    ///
    /// A signal that may have been missed counts as a change.
    public func run() async {
        guard let signals else { return }
        for await _ in signals.subscribe(to: Self.channel) { note() }
        signals.close()
    }

    /// Tells the other nodes, with the transaction that makes the change.
    func publish(in session: any SQLSession) throws(StoreError) {
        try signals?.publish(Self.channel, payload: "", in: session)
    }

    /// Writes a change of accounts, sessions or tokens, and tells this node and the others.
    ///
    /// Also after a failure: whether the change was made may not be known.
    @discardableResult
    func write<Value: Sendable>(
        to database: any Database,
        _ body: @escaping @Sendable (any SQLSession) throws(StoreError) -> Value
    ) async throws(StoreError) -> Value {
        defer { note() }
        return try await database.write { session throws(StoreError) in
            let value = try body(session)
            try self.publish(in: session)
            return value
        }
    }
}
