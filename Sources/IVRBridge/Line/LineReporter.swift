import Synchronization

/// How a line is doing, told whenever that is news.
final class LineReporter: Sendable {
    private let line: String
    private let sinks: LineSinks
    private let current = Mutex(LineStatus())

    init(line: String, sinks: LineSinks) {
        self.line = line
        self.sinks = sinks
    }

    var status: LineStatus { current.withLock { $0 } }

    /// The PBX has said something.
    func heard(at now: Int64) { current.withLock { $0.heardAt = now } }

    /// Changes what is told; counts alone are no news.
    func change(tellingAlways: Bool = false, _ edit: (inout LineStatus) -> Void) {
        let (before, status) = current.withLock { status in
            let before = status
            edit(&status)
            return (before, status)
        }
        if tellingAlways || before.isConnected != status.isConnected || before.trouble != status.trouble
            || before.warnings != status.warnings || before.product != status.product
        {
            sinks.status(line, status)
        }
    }
}

/// Why one connection of a line ended.
struct LineEnd: Sendable {
    var trouble: String
    /// How long to leave the PBX alone at the least, where it would not have us.
    var pause: Duration?
}

/// How long a line leaves its PBX alone between two connections.
struct LinePauses: Sendable {
    private let pace: LinePace
    private var pause: Duration

    init(_ pace: LinePace) {
        self.pace = pace
        pause = pace.firstPause
    }

    /// The pause after a connection that lasted so long and ended so.
    mutating func next(after end: LineEnd, lasted: Duration) -> Duration {
        if lasted > pace.healthy { pause = pace.firstPause }
        // Never less than the first pause: an unreachable PBX must not be tried in a tight loop. Chance makes no pause
        // shorter than one that was asked for, or who watches the PBX's log would lock us out.
        let least = end.pause ?? pace.firstPause
        pause = max(pause, least)
        let shortened = pause * min(max(pace.jitter(), 0), 1)
        pause = min(pause * 2, pace.longestPause)
        return max(least, shortened)
    }
}

extension LinePace {
    /// Connects again and again, with pauses that grow, until the task is cancelled.
    ///
    /// - Parameters:
    ///   - connect: one connection, from its beginning to its end.
    ///   - ended: told of each end.
    func keepConnecting(_ connect: () async -> LineEnd, ended: (LineEnd) -> Void) async {
        var pauses = LinePauses(self)
        while !Task.isCancelled {
            let begun = ContinuousClock.now
            let end = await connect()
            if Task.isCancelled { break }
            ended(end)
            try? await Task.sleep(for: pauses.next(after: end, lasted: ContinuousClock.now - begun))
        }
    }
}
