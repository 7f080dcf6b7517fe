/// What each queue of a line has counted: what Asterisk listed last (`QueueParams`), and what was heard to end since.
///
/// Asterisk counts where it sends `AgentComplete` and `QueueCallerAbandon` (app_queue.c: update_queue, record_abandoned).
struct AMIQueueTally: Sendable {
    /// More queues than a PBX has; what a broken stream makes up beyond it is left out.
    static let mostQueues = 1_000
    /// No queue has served so many callers; an absurd counter is none.
    private static let mostCalls: Int64 = 1_000_000_000_000

    private var now: [String: QueueCount] = [:]
    /// What ended in front of our ears since this connection began, until its first comparison.
    private var heard: [String: QueueCount] = [:]
    private var isFirst = true
    private var hasBegunAnew = false
    private var isChanged = false
    /// Queues that this connection has listed, and whether it was told of any call that ended in one.
    private var listed: Set<String> = []
    private var hasHeard = false
    /// A queue has counted on between two listings of a connection that was told of no end: the manager user has no
    /// `read = agent`, and what was heard cannot be told from what was missed.
    private(set) var isDeaf = false

    mutating func beginConnection() {
        listed = []
        hasHeard = false
        heard = [:]
        isFirst = true
        hasBegunAnew = false
    }

    /// The PBX has started since the connection before: its counters have too.
    mutating func noteRestart() { hasBegunAnew = isFirst }

    /// One queue of a listing.
    mutating func listed(_ fields: AMIFields) {
        var fields = fields
        guard let queue = fields.known("Queue")?.string else { return }
        var rest = fields
        guard let answered = fields.value("Completed")?.integer, let abandoned = rest.value("Abandoned")?.integer,
            (0...Self.mostCalls).contains(answered), (0...Self.mostCalls).contains(abandoned),
            now[queue] != nil || now.count < Self.mostQueues
        else { return }
        let count = QueueCount(queue: queue, answered: answered, abandoned: abandoned)
        if !hasHeard, listed.contains(queue), let known = now[queue],
            answered > known.answered || abandoned > known.abandoned, !isDeaf
        {
            isDeaf = true
            isChanged = true
        }
        listed.insert(queue)
        isChanged = isChanged || now[queue] != count
        now[queue] = count
    }

    mutating func answered(_ fields: AMIFields) { ended(fields, \.answered) }
    mutating func abandoned(_ fields: AMIFields) { ended(fields, \.abandoned) }

    private mutating func ended(_ fields: AMIFields, _ counter: WritableKeyPath<QueueCount, Int64>) {
        var fields = fields
        guard let queue = fields.known("Queue")?.string else { return }
        hasHeard = true
        isDeaf = false
        if now[queue] != nil {
            now[queue]?[keyPath: counter] += 1
            isChanged = true
        }
        guard isFirst, heard[queue] != nil || heard.count < Self.mostQueues else { return }
        heard[queue, default: QueueCount(queue: queue, answered: 0, abandoned: 0)][keyPath: counter] += 1
    }

    /// The counters as they were when the line was heard again, or are now when it was all the time; a comparison's.
    ///
    /// - Returns: nil when they began anew since the connection before, or ends are not told, and there is nothing to
    ///   compare them with.
    mutating func compared() -> [QueueCount]? {
        defer {
            heard = [:]
            isFirst = false
            hasBegunAnew = false
        }
        guard !hasBegunAnew, !isDeaf else { return nil }
        return now.values.map { count in
            var count = count
            count.answered = max(0, count.answered - (heard[count.queue]?.answered ?? 0))
            count.abandoned = max(0, count.abandoned - (heard[count.queue]?.abandoned ?? 0))
            return count
        }
    }

    /// All counters as they are now, where one is another than when this was asked last; none while ends are not told.
    mutating func takeChanges() -> [QueueCount]? {
        guard isChanged else { return nil }
        isChanged = false
        return isDeaf ? [] : Array(now.values)
    }
}
