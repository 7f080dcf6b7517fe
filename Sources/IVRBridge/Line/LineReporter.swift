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

extension LinePace {
    /// Connects again and again, with pauses that grow, until the task is cancelled.
    ///
    /// - Parameters:
    ///   - connect: one connection, from its beginning to its end.
    ///   - ended: told of each end.
    func keepConnecting(_ connect: () async -> LineEnd, ended: (LineEnd) -> Void) async {
        var pause = firstPause
        while !Task.isCancelled {
            let begun = ContinuousClock.now
            let end = await connect()
            if Task.isCancelled { break }
            ended(end)
            if ContinuousClock.now - begun > healthy { pause = firstPause }
            if let least = end.pause { pause = max(pause, least) }
            // Never less than the first pause: an unreachable PBX must not be tried in a tight loop.
            let shortened = pause * min(max(jitter(), 0), 1)
            try? await Task.sleep(for: max(firstPause, end.isFinal ? pause : shortened))
            pause = min(pause * 2, longestPause)
        }
    }
}

extension LineEnd {
    /// Nothing but the administrator can change it: the pause is kept whole.
    var isFinal: Bool { pause.map { $0 >= .seconds(60) } ?? false }
}
