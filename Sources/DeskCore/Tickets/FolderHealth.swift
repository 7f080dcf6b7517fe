import Synchronization

/// What the work itself met in the folders of files: a look from outside may find room where a customer's file found none.
public final class FolderHealth: Sendable {
    /// A refusal nothing has repeated or disproved for so long is no news any more.
    static let memory = WriteHealth.memory
    /// What nobody has asked for again is told no longer: its ticket may be gone meanwhile.
    static let told = Duration.seconds(86_400)
    /// Files that are damaged or gone and told of; whoever has more restores the folder.
    static let most = 100

    private struct State {
        /// How large what was refused was: a smaller one that fits proves nothing.
        var refusal: (error: AttachmentError, size: Int, at: ContinuousClock.Instant)?
        var broken: [String: ContinuousClock.Instant] = [:]
    }

    private let state = Mutex(State())

    public init() {}

    /// What is wrong now, without a name; nil while files are kept and read.
    public var trouble: String? { trouble(at: .now) }

    func trouble(at now: ContinuousClock.Instant) -> String? {
        state.withLock { state in
            if let at = state.refusal?.at, now - at > Self.memory { state.refusal = nil }
            if let refusal = state.refusal { return "\(refusal.error)" }
            state.broken = state.broken.filter { now - $0.value <= Self.told }
            guard let first = state.broken.keys.min() else { return nil }
            let more = state.broken.count > 1 ? " and \(state.broken.count - 1) more" : ""
            return "files that were asked for are damaged, gone or cannot be read: \(first.prefix(2))/\(first)\(more)"
        }
    }

    func refused(_ error: AttachmentError, size: Int, at now: ContinuousClock.Instant = .now) {
        state.withLock { $0.refusal = (error, size, now) }
    }

    func kept(_ hash: String, size: Int) {
        state.withLock { state in
            if let refused = state.refusal?.size, size >= refused { state.refusal = nil }
            state.broken[hash] = nil
        }
    }

    /// Notes what became of reading a file that was given.
    func read(_ hash: String, isWhole: Bool, at now: ContinuousClock.Instant = .now) {
        state.withLock { state in
            if isWhole {
                state.broken[hash] = nil
            } else if state.broken.count < Self.most || state.broken[hash] != nil {
                state.broken[hash] = now
            }
        }
    }
}
