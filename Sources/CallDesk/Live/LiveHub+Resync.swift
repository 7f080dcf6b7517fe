import Synchronization

/// How often a node tells its streams to load again.
///
/// Much says so at once: a database that is back, nodes that could not be told meanwhile, a line that is taken over. Each
/// word of it makes every screen load its lists, and one load answers all that was said before it.
struct ResyncPace: Sendable {
    /// Less than anybody waits for a list that is old, and enough for what one event brings about.
    static let rest = Duration.seconds(1)

    enum Answer: Equatable {
        case now
        case later(Duration)
        /// One that waits to be told says this too.
        case covered
    }

    private var last: ContinuousClock.Instant?
    /// Whether what waits concerns this node's streams only; nil when nothing waits.
    private var waitsLocally: Bool?

    /// When to tell a wish.
    mutating func wish(isLocal: Bool, at now: ContinuousClock.Instant) -> Answer {
        if let known = waitsLocally {
            waitsLocally = known && isLocal
            return .covered
        }
        guard let last, now - last < Self.rest else {
            last = now
            return .now
        }
        waitsLocally = isLocal
        return .later(Self.rest - (now - last))
    }

    /// Takes what waits; whether it concerns this node's streams only.
    mutating func take(at now: ContinuousClock.Instant) -> Bool? {
        defer { waitsLocally = nil }
        if waitsLocally != nil { last = now }
        return waitsLocally
    }
}

extension LiveHub {
    /// Tells every open stream, customers' too, to load its lists again: at once, or within a second of the last time.
    ///
    /// `isLocal`: it concerns this node's streams only.
    func resync(isLocal: Bool = false) {
        switch resyncs.withLock({ $0.wish(isLocal: isLocal, at: .now) }) {
        case .now: publish(.resync, to: .everyStream, isLocal: isLocal)
        case .covered: break
        case .later(let time):
            // No child of anybody: who publishes waits for nothing.
            Task { [weak self] in
                try? await Task.sleep(for: time)
                guard let self, let isLocal = resyncs.withLock({ $0.take(at: .now) }) else { return }
                publish(.resync, to: .everyStream, isLocal: isLocal)
            }
        }
    }
}
