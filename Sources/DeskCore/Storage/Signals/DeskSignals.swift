/// Something that happened on one node of the desk and concerns the others.
public struct DeskSignal: Sendable, Hashable {
    public var channel: String
    /// What was published; nil when signals may have been missed, and what they would have told must be read again.
    public var payload: String?

    public init(channel: String, payload: String?) {
        self.channel = channel
        self.payload = payload
    }
}

/// Carries small messages between all nodes on one database, sent with the transaction that makes them true.
///
/// ```swift
/// let signals = OpenDatabase.signals(for: database)
/// try await database.write { session in
///     …
///     try signals.publish("ticket", payload: "{\"id\":7}", in: session)
/// }
/// for await signal in signals.subscribe(to: "ticket") { … }
/// ```
public protocol DeskSignals: Sendable {
    /// Sends `payload` once the transaction of `session` is committed, and never when it is not.
    ///
    /// One longer than `SignalLimits.longestPayload` bytes arrives as nil: send keys, not contents.
    func publish(_ channel: String, payload: String, in session: any SQLSession) throws(StoreError)

    /// Every signal on `channel`, from this node too, until the reading task ends.
    ///
    /// The first has no payload and says that from now on nothing is missed: read the present state then. A slow reader loses the oldest ones and is told so by a signal without a payload.
    func subscribe(to channel: String) -> AsyncStream<DeskSignal>

    /// Ends all subscriptions.
    func close()
}

/// What a signal may be.
public enum SignalLimits {
    /// PostgreSQL takes payloads below 8,000 bytes, the channel's name included.
    public static let longestPayload = 7_000
    /// Signals waiting for one reader at the most.
    public static let longestWait = 256
}

extension OpenDatabase {
    /// The signals of the nodes on `database`: within the process for SQLite, LISTEN and NOTIFY for PostgreSQL.
    ///
    /// Make one for the process and hand it on: on SQLite, what one publishes only its own subscribers hear.
    public static func signals(for database: any Database) -> any DeskSignals {
        switch database {
        case let postgres as PostgresDatabase: PostgresSignals(setup: postgres.setup)
        default: LocalSignals()
        }
    }
}
