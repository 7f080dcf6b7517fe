import Synchronization

/// Numbers already read: a call's number comes by in a dozen events, and the library takes tens of microseconds each.
///
/// Reading is a pure function of text and region, so one cache serves everyone.
final class PhoneCache: Sendable {
    struct Key: Hashable, Sendable {
        /// At most `DialledText.longest` bytes.
        let raw: String
        let region: Region
    }

    /// Some 3 MB at the most: the numbers of more simultaneous calls than one machine carries.
    static let shared = PhoneCache(capacity: 8_192)

    private struct State {
        /// Two generations: what is asked for again moves to the young one, and the old one is dropped when that is full.
        var young: [Key: PhoneNumber?] = [:]
        var old: [Key: PhoneNumber?] = [:]
    }

    private let capacity: Int
    private let state = Mutex(State())

    init(capacity: Int) { self.capacity = max(2, capacity) }

    /// The cached value, or what `read` gives, kept.
    func value(for key: Key, read: () -> PhoneNumber?) -> PhoneNumber? {
        if let known = state.withLock({ known(key, in: &$0) }) { return known }
        let value = read()
        state.withLock { keep(value, for: key, in: &$0) }
        return value
    }

    var count: Int { state.withLock { $0.young.count + $0.old.count } }

    private func known(_ key: Key, in state: inout State) -> PhoneNumber?? {
        if let value = state.young[key] { return .some(value) }
        guard let value = state.old[key] else { return nil }
        keep(value, for: key, in: &state)
        return .some(value)
    }

    private func keep(_ value: PhoneNumber?, for key: Key, in state: inout State) {
        if state.young.count >= capacity / 2 {
            state.old = state.young
            state.young = [:]
        }
        state.young[key] = .some(value)
    }
}
