import NIOCore

/// How long a connection may keep the service waiting: for a head, for a body, for its taking an answer.
///
/// Each wait has an end in all, however little trickles in meanwhile; a pure value that is told what happened and says when
/// the present wait is over. An idle connection between two requests is the HTTP server's own matter
/// (`HTTPLimits.idleSeconds`).
struct RequestWaits: Sendable, Equatable {
    /// What a client failed to do in time.
    enum Overdue: Sendable, Equatable { case head, body, answer }

    private enum Reading: Sendable, Equatable {
        case nothing
        case head(since: NIODeadline)
        case body(since: NIODeadline, received: Int)
    }

    private var reading = Reading.nothing
    /// Until when the bytes that wait for the client must have been taken.
    private var takenBy: NIODeadline?
    /// The service stops: what is half-sent is waited for until then.
    private var endBy: NIODeadline?
    /// The last answer was written: the client may take it until then.
    private var overBy: NIODeadline?

    /// Bytes came in.
    mutating func receivedBytes(at now: NIODeadline) {
        if case .nothing = reading { reading = .head(since: now) }
    }

    mutating func receivedHead(at now: NIODeadline) { reading = .body(since: now, received: 0) }

    mutating func receivedBody(_ bytes: Int) {
        if case .body(let since, let received) = reading { reading = .body(since: since, received: received + bytes) }
    }

    mutating func receivedEnd() { reading = .nothing }

    /// The client's socket takes no more for now, and `waiting` bytes are left.
    mutating func stalled(_ waiting: Int, at now: NIODeadline) {
        guard takenBy == nil else { return }
        takenBy = now + HTTPLimits.answerGrace + Self.time(for: waiting, at: HTTPLimits.answerRate)
    }

    mutating func flows() { takenBy = nil }

    /// The service was asked to stop.
    mutating func stopping(at now: NIODeadline) { endBy = now + HTTPLimits.endGrace }

    /// The connection ends once the client has taken what was written, or a little later.
    mutating func ending(at now: NIODeadline) {
        reading = .nothing
        overBy = now + HTTPLimits.endGrace
    }

    /// Whether part of a request has come and not all of it.
    var isReading: Bool { reading != .nothing }
    /// Whether a request's head has come and not all of its body.
    var isReadingBody: Bool { if case .body = reading { true } else { false } }

    /// When the present wait is over, and for what; nil while nothing is waited for.
    var due: (at: NIODeadline, what: Overdue)? {
        var due: (at: NIODeadline, what: Overdue)?
        switch reading {
        case .nothing: break
        case .head(let since): due = (since + HTTPLimits.headTime, .head)
        case .body(let since, let received):
            // Whoever reads the body says so in words, if it is read at all; this is the last resort.
            let grace = TimeAmount.seconds(Int64(HTTPLimits.bodySeconds) + 5)
            due = (since + grace + Self.time(for: received, at: HTTPLimits.bodyRate), .body)
        }
        if let overBy { due = (overBy, .answer) }
        if let takenBy, due.map({ takenBy < $0.at }) ?? true { due = (takenBy, .answer) }
        if let endBy, let wait = due, endBy < wait.at { due = (endBy, wait.what) }
        return due
    }

    /// What `bytes` may take at a rate of so many a second.
    private static func time(for bytes: Int, at rate: Int) -> TimeAmount {
        .milliseconds(Int64(bytes) * 1_000 / Int64(rate))
    }
}
