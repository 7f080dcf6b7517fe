import NIOHTTP1

/// Whose turn it is on one connection: requests that were passed on and not answered whole, and which is the last.
///
/// Clients may send requests before the answers to earlier ones came (RFC 9112 §9.3.2); a word of the guard's own must wait
/// for its turn, or it would be taken for another's answer.
struct RequestTurns: Sendable, Equatable {
    /// Requests passed on whose answer is not complete.
    private(set) var open = 0
    /// An answer was begun and is not complete.
    private(set) var isAnswering = false
    /// The newest request's client has not sent its body yet, and waits for a word before it does.
    private(set) var isExpecting = false
    /// The newest request is the connection's last: the client said so, or what follows cannot be told apart.
    private(set) var isLast = false
    /// Nothing more is taken of what comes.
    private(set) var isDeaf = false
    /// The last answer was written.
    private(set) var isOver = false
    /// The newest request speaks HTTP/1.0, which knows no chunks.
    private var isOld = false
    /// Answers that go before the guard's own word; nil when it has none to say.
    private var ahead: Int?

    mutating func received(_ head: HTTPRequestHead) {
        open += 1
        isOld = head.version == .http1_0
        isExpecting = !isOld && head.headers[canonicalForm: "expect"].contains { $0.lowercased() == "100-continue" }
        // Keeping an HTTP/1.0 connection is no part of that protocol; its clients take the end of either for both.
        isLast = isOld || !head.isKeepAlive
    }

    /// The body comes, whatever was said.
    mutating func receivedBody() { isExpecting = false }

    mutating func receivedEnd() {
        isExpecting = false
        if isLast { isDeaf = true }
    }

    /// Whether the client must be told to send its body, now that somebody reads it.
    mutating func tellsToGoOn() -> Bool {
        guard isExpecting, open == 1, !isAnswering, !isDeaf else { return false }
        isExpecting = false
        return true
    }

    /// An answer's head as it is to be written; nil when nobody waits for one.
    mutating func answers(_ head: HTTPResponseHead) -> HTTPResponseHead? {
        guard open > 0, !isOver else { return nil }
        guard head.status.code >= 200 else { return head }
        isAnswering = true
        guard open == 1 else { return head }
        if isExpecting {
            // Answered without its body, which may come or not (RFC 9110 §10.1.1).
            isExpecting = false
            isLast = true
            isDeaf = true
        }
        guard isLast else { return head }
        var head = head
        head.headers.replaceOrAdd(name: "Connection", value: "close")
        if isOld, !head.headers.contains(name: "Content-Length") { head.version = .http1_0 }
        return head
    }

    /// What comes after an answer.
    enum Next: Sendable, Equatable { case nothing, refusal, end }

    /// An answer is complete.
    mutating func answered() -> Next {
        isAnswering = false
        open -= 1
        if let left = ahead {
            ahead = left - 1
            if left == 1 { return .refusal }
        }
        guard open == 0, isLast else { return .nothing }
        isDeaf = true
        isOver = true
        return .end
    }

    /// Takes nothing more, as what came last is refused; `isPassed`: it is the newest of those passed on.
    ///
    /// - Returns: `.refusal` when its turn is now, `.end` when it has been answered already or is just being answered.
    mutating func refuse(isPassed: Bool) -> Next {
        isDeaf = true
        isExpecting = false
        let before = isPassed ? open - 1 : open
        if before > 0 {
            ahead = before
            return .nothing
        }
        return before == 0 && !isAnswering ? .refusal : .end
    }

    /// The newest request's body is damaged: who reads it answers, and nothing after it can be told apart.
    ///
    /// - Returns: `.end` when it has been answered already.
    mutating func loseTrack() -> Next {
        isDeaf = true
        isLast = true
        isExpecting = false
        guard open == 0 else { return .nothing }
        isOver = true
        return .end
    }

    /// The guard's own word was written, or none can be.
    mutating func end() {
        isDeaf = true
        isOver = true
    }
}
