/// Writes many things at once without letting one that is refused for good stop the others.
public enum Halving {
    /// What came of a batch.
    public struct Outcome<Item: Sendable, Value: Sendable>: Sendable {
        /// What the writes that succeeded returned, in the order of their items.
        public var values: [Value] = []
        /// Items that were refused by themselves, and would be again.
        public var refused: [(item: Item, error: StoreError)] = []
        /// Items that were not tried to the end because the database cannot be used now, and why.
        public var left: [Item] = []
        public var error: StoreError?
    }

    /// Writes `items` in one transaction; a refusal that would be repeated is followed down to the item that earns it.
    ///
    /// A batch of n with one culprit costs some 2·log₂(n) transactions more. A fault that passes (the database is away, the
    /// disk full) stops at once: what is left can be tried again as it is.
    ///
    /// - Parameters:
    ///   - items: in an order that is kept.
    ///   - body: one transaction, all or nothing.
    /// - Returns: what was written, what never will be, and what was left.
    public static func write<Item: Sendable, Value: Sendable>(
        _ items: [Item],
        _ body: ([Item]) async throws(StoreError) -> [Value]
    ) async -> Outcome<Item, Value> {
        var outcome = Outcome<Item, Value>()
        var waiting = [items]
        while let batch = waiting.popLast() {
            guard !batch.isEmpty else { continue }
            do {
                outcome.values += try await body(batch)
            } catch  where error.isTransient {
                outcome.left = batch + waiting.reversed().flatMap(\.self)
                outcome.error = error
                return outcome
            } catch {
                if batch.count == 1 {
                    outcome.refused += batch.map { (item: $0, error: error) }
                } else {
                    let middle = batch.count / 2
                    // The first half comes off the end next: order is kept.
                    waiting.append(Array(batch[middle...]))
                    waiting.append(Array(batch[..<middle]))
                }
            }
        }
        return outcome
    }
}
