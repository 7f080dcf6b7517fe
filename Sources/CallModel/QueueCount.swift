/// How many calls of a queue were answered and how many gave up, as a PBX counts them; it begins anew when the PBX does.
public struct QueueCount: Sendable, Hashable {
    /// As the PBX names it.
    public var queue: String
    /// Talks that have ended.
    public var answered: Int64
    /// Callers who hung up or whom the queue let go because nobody took them in time.
    public var abandoned: Int64

    public init(queue: String, answered: Int64, abandoned: Int64) {
        self.queue = queue
        self.answered = answered
        self.abandoned = abandoned
    }
}
