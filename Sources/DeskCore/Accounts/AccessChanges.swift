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
        var hear: @Sendable (AuditActor?) -> Void
    }

    private let signals: (any DeskSignals)?
    private let state = Mutex(State())

    /// `signals` carry changes between the nodes; nil where there is one node.
    public init(signals: (any DeskSignals)? = nil) { self.signals = signals }

    /// The changes of every process on `database`: one node hears itself, several hear each other through it.
    public convenience init(over database: any Database) {
        self.init(signals: database.engine == .postgres ? OpenDatabase.signals(for: database) : nil)
    }

    /// How often something has changed since the start.
    public var count: UInt64 { state.withLock { $0.count } }

    /// Whether there may be other nodes to hear of, so that `run` has something to do.
    public var hasOthers: Bool { signals != nil }

    /// Calls `body`, which must be quick, after each change, with the account or token it concerns; nil when that is not
    /// known and it may be any.
    public func listen(_ body: @escaping @Sendable (AuditActor?) -> Void) {
        state.withLock { $0.listeners.append(Listener(hear: body)) }
    }

    /// Something changed: knowledge from before is void.
    ///
    /// `who`: the account or token it concerns; nil when it may be any.
    public func note(_ who: AuditActor? = nil) {
        let listeners = state.withLock { state in
            state.count += 1
            return state.listeners
        }
        for listener in listeners { listener.hear(who) }
    }

    /// Hears of the other nodes' changes until the task is cancelled.
    ///
    /// A signal that may have been missed counts as a change.
    public func run() async {
        guard let signals else { return }
        for await signal in signals.subscribe(to: Self.channel) { note(signal.payload.flatMap(Self.holder)) }
        signals.close()
    }

    /// Tells the other nodes, with the transaction that makes the change.
    func publish(_ who: AuditActor?, in session: any SQLSession) throws(StoreError) {
        try signals?.publish(Self.channel, payload: who?.text ?? "", in: session)
    }

    /// The account or token that a signal names.
    private static func holder(_ text: String) -> AuditActor? {
        let parts = text.split(separator: ":")
        guard parts.count == 2, let id = Int64(parts[1]) else { return nil }
        return switch parts[0] {
        case "account": .account(id)
        case "person": .person(id)
        case "token": .token(id)
        default: nil
        }
    }

    /// Writes a change of accounts, sessions or tokens, and tells this node and the others.
    ///
    /// Also after a failure: whether the change was made may not be known. `who`: the account or token it concerns.
    @discardableResult
    func write<Value: Sendable>(
        to database: any Database,
        of who: @escaping @Sendable (Value) -> AuditActor?,
        _ body: @escaping @Sendable (any SQLSession) throws(StoreError) -> Value
    ) async throws(StoreError) -> Value {
        do throws(StoreError) {
            let value = try await database.write { session throws(StoreError) in
                let value = try body(session)
                try self.publish(who(value), in: session)
                return value
            }
            note(who(value))
            return value
        } catch {
            note()
            throw error
        }
    }
}
