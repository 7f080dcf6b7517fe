import Synchronization

/// What a gateway reports about a notice it had accepted.
public struct NoticeReport: Sendable, Equatable {
    public var noticeID: NoticeID
    public var delivered: Bool
    /// The gateway's code for a failure; never its words.
    public var fault: NoticeFault?
    public var at: Moment

    public init(noticeID: NoticeID, delivered: Bool, fault: NoticeFault? = nil, at: Moment) {
        self.noticeID = noticeID
        self.delivered = delivered
        self.fault = fault
        self.at = at
    }
}

/// Takes up gateways' reports in groups: what comes while one group is written makes the next, in one transaction.
///
/// Each report is answered once it is durable, and for itself: one that the database refuses holds up no other.
public final class ReportIntake: Sendable {
    /// Reports that wait at the most: some seconds of a fast gateway's; with more the database has stopped, and a gateway
    /// that is refused reports again.
    static let mostWaiting = 8_192
    /// Reports in one transaction at the most, so that tickets' writes do not wait behind a long one.
    static let largestGroup = 128

    private struct Waiting: Sendable {
        var report: NoticeReport
        var answer: CheckedContinuation<Result<NoticeFateChange?, StoreError>, Never>
    }

    private struct State {
        var waiting: [Waiting] = []
        var isWriting = false
    }

    private let outbox: NoticeOutbox
    private let state = Mutex(State())

    public init(outbox: NoticeOutbox) { self.outbox = outbox }

    /// Takes up a report.
    ///
    /// - Returns: the change to publish, or nil when the report changed nothing.
    /// - Throws: what kept the report from being written; `unavailable` when too many wait.
    public func take(_ report: NoticeReport) async throws(StoreError) -> NoticeFateChange? {
        let result: Result<NoticeFateChange?, StoreError> = await withCheckedContinuation { answer in
            let (isTaken, isFirst) = state.withLock { state in
                guard state.waiting.count < Self.mostWaiting else { return (false, false) }
                state.waiting.append(Waiting(report: report, answer: answer))
                defer { state.isWriting = true }
                return (true, !state.isWriting)
            }
            guard isTaken else {
                let remedy = "too many reports wait for the disk; the gateway reports again"
                return answer.resume(returning: .failure(.unavailable(what: "delivery reports", remedy: remedy)))
            }
            // Not a child of the request that happens to be first: the others' reports must not end with it.
            if isFirst { Task { await self.write() } }
        }
        return try result.get()
    }

    /// Reports that no transaction has taken up yet.
    var waitingCount: Int { state.withLock { $0.waiting.count } }
    var isWriting: Bool { state.withLock { $0.isWriting } }

    private func write() async {
        while let group = next() {
            let outcome = await Halving.write(Array(group.enumerated())) { part throws(StoreError) in
                let changes = try await outbox.report(part.map(\.element.report))
                return Array(zip(part.map(\.offset), changes))
            }
            for (index, change) in outcome.values { group[index].answer.resume(returning: .success(change)) }
            for (item, error) in outcome.refused { item.element.answer.resume(returning: .failure(error)) }
            let error = outcome.error ?? .unavailable(what: "the database", remedy: "the gateway reports again")
            for item in outcome.left { item.element.answer.resume(returning: .failure(error)) }
        }
    }

    /// The next group; nil when none waits, from when on the next report begins anew.
    private func next() -> [Waiting]? {
        state.withLock { state in
            guard !state.waiting.isEmpty else {
                state.isWriting = false
                return nil
            }
            let group = Array(state.waiting.prefix(Self.largestGroup))
            state.waiting.removeFirst(group.count)
            return group
        }
    }
}
