/// One connection's conversation in a protocol's own words, decided without I/O: what came in, what to do.
///
/// `LineConnector` and `LineSession` do the I/O, the waiting and the watching, the same for every kind of PBX.
protocol LineConversation: Sendable {
    /// What the PBX says to us, as its decoder reads it.
    associatedtype Word
    associatedtype Output: LineOutput

    static var house: LineHouse { get }
    /// Whether the PBX has let us in.
    var isRunning: Bool { get }
    var isWaitingForPing: Bool { get }

    /// What to say first.
    mutating func begin() -> [Output]
    mutating func receive(_ word: Word) -> [Output]
    mutating func ping() -> [Output]
    /// Asks the PBX what it has.
    mutating func compare() -> [Output]
    /// An id for a question of somebody else's.
    mutating func nextID() -> String
    /// The answer is not waited for any more.
    mutating func forget(id: String)
}

extension LineConversation {
    /// A PBX that speaks first is waited for.
    mutating func begin() -> [Output] { [] }
    mutating func forget(id: String) {}
}

/// What a conversation wants done, as far as every protocol has it.
protocol LineOutput: Equatable, Sendable {
    associatedtype Answer: Sendable

    /// What is to be sent; nil when this is something else.
    var bytes: [UInt8]? { get }
    /// The answer to a question of somebody's.
    var answer: (id: String, Answer)? { get }
    /// A question that was taken on: its outcome is only waited for as long as for a refusal.
    var taken: String? { get }
    /// The PBX cannot say yet what it has: ask again in a moment.
    var asksAgainSoon: Bool { get }
}

extension LineOutput {
    var taken: String? { nil }
    var asksAgainSoon: Bool { false }
}

/// What a kind of PBX and its parts are called in the sentences that say what is wrong.
struct LineHouse: Sendable {
    /// What should run there: `Asterisk`.
    var pbx: String
    /// Where it is said who may connect.
    var access: String
    /// What it is connected to: `Asterisk's manager port`.
    var port: String
    /// What it is called for short.
    var short = "PBX"
    /// What a foreign byte is not, after “bytes that are no”.
    var tongue: String
}
