import DeskCore
import Synchronization

/// Calls that were told without who calls, because nobody could say: the database was away for a moment.
///
/// Their screens show a number that nobody has; it is asked once more with the next change of the call.
final class UnaskedCalls: Sendable {
    /// As many as ring while a database is away for a moment; beyond it the oldest are left, whose card is found by hand.
    ///
    /// One that another node takes over, or ends, is not heard of again here.
    private static let most = 1_000

    private let calls = Mutex<Set<Int64>>([])

    /// Of which of the changes' calls it is to be asked who calls: those that are new, and those that wait for it.
    func taken(_ changes: some Sequence<CallChange>) -> Set<Int64> {
        calls.withLock { calls in
            var asked: Set<Int64> = []
            for change in changes where calls.remove(change.call.id) != nil || change.isNew {
                asked.insert(change.call.id)
            }
            return asked
        }
    }

    /// Keeps those that go on until they are told of again.
    func keep(_ changes: some Sequence<CallChange>) {
        calls.withLock { calls in
            calls.formUnion(changes.lazy.filter { $0.call.endedAt == nil }.map(\.call.id))
            guard calls.count > Self.most else { return }
            calls = Set(calls.sorted().suffix(Self.most / 2))
        }
    }
}
