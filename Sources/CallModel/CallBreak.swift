/// How it is known that a talk broke off, which neither of the two had ended.
public enum CallBreak: Sendable, Equatable, CaseIterable {
    /// The line told of it as it happened: the PBX went down under the talk, or the network did.
    case seen
    /// Found when the line was heard again: the PBX began anew meanwhile, and the talk may have ended before that.
    case inferred
}

/// The time in which a line was not heard, as far as a comparison after it can tell; microseconds since 1970.
public struct LineSilence: Sendable, Equatable {
    /// A machine that fell and starts by itself is back within this time; after a longer one the PBX had gone on for a
    /// while unheard, and most talks, which last some minutes, have ended in it as talks do.
    public static let longestStart: Int64 = 600 * 1_000_000

    /// When the line was heard last before, nil where nobody knows.
    public var since: Int64?
    /// When the PBX started last by this machine's clock, nil where it does not say.
    public var startedAt: Int64?

    public init(since: Int64? = nil, startedAt: Int64? = nil) {
        self.since = since
        self.startedAt = startedAt
    }

    /// Whether the line fell silent because its PBX went, where it is known to have begun anew.
    public var isFall: Bool {
        guard let since, let startedAt else { return true }
        let (gap, isAbsurd) = startedAt.subtractingReportingOverflow(since)
        return !isAbsurd && gap <= Self.longestStart
    }

    /// How a talk ended that was going on since `answeredAt` and is not there any more; nil for an end like any other.
    public func broke(talkSince answeredAt: Int64) -> CallBreak? {
        guard let startedAt, startedAt > answeredAt, isFall else { return nil }
        return .inferred
    }
}
