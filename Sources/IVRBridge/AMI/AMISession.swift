import NIOCore
import Synchronization

/// One connection's conversation as its tasks share it: what is to be written, who waits for which answer.
final class AMISession: Sendable {
    /// More actions than a desk has clicks; a PBX that answers none of them is not worth more.
    private static let mostWaiting = 1_000

    private struct Waiting {
        var action: String
        var deadline: NIODeadline
        var continuation: CheckedContinuation<Result<AMIResponse, BridgeError>, Never>
    }

    private struct State {
        var conversation: AMISessionState
        var waiting: [String: Waiting] = [:]
        var hasEnded = false
        var lastPing: NIODeadline
        var lastComparison: NIODeadline
    }

    /// Bytes for the writing task.
    let outgoing: AsyncStream<[UInt8]>
    private let queue: AsyncStream<[UInt8]>.Continuation
    private let state: Mutex<State>
    private let line: String
    private let pace: LinePace
    private let begun = NIODeadline.now()

    init(line: PBXAddress, mayTellSecret: Bool, pace: LinePace) {
        self.line = line.name
        self.pace = pace
        // Every waiting action once, and our own pings and lists.
        (outgoing, queue) = AsyncStream.makeStream(
            of: [UInt8].self,
            bufferingPolicy: .bufferingOldest(Self.mostWaiting + 100)
        )
        let now = NIODeadline.now()
        state = Mutex(
            State(
                conversation: AMISessionState(user: line.user, secret: line.secret, mayTellSecret: mayTellSecret),
                lastPing: now,
                lastComparison: now
            )
        )
    }

    /// Says the first word.
    func begin() { write(state.withLock { $0.conversation.begin() }) }

    /// Whether somebody waits for an answer: a list may come whole in the read that begins it.
    var collectsLists: Bool { state.withLock { !$0.waiting.isEmpty || $0.conversation.collectsLists } }

    /// Takes an answer of the PBX; what it asks to be sent is sent, who waited for it is told.
    func receive(_ packet: AMIPacket) -> [AMISessionState.Output] {
        let (outputs, answered) = state.withLock { state in
            let outputs = state.conversation.receive(packet)
            if outputs.contains(.notYet) {
                state.lastComparison = .now() + TimeAmount(pace.startingUp) - TimeAmount(pace.comparison)
            }
            var answered: [(Waiting, AMIResponse)] = []
            for case .answer(let id, let response) in outputs {
                if let waiting = state.waiting.removeValue(forKey: id) { answered.append((waiting, response)) }
            }
            return (outputs, answered)
        }
        for (waiting, response) in answered { waiting.continuation.resume(returning: .success(response)) }
        write(outputs)
        return outputs
    }

    private func write(_ outputs: [AMISessionState.Output]) {
        for case .send(let action, let id) in outputs {
            // Ours hold a user and a secret from the settings, which refuse line breaks already.
            if let bytes = try? action.encoded(id: id) { queue.yield(bytes) }
        }
    }

    /// Sends an action and waits for its answer.
    func send(_ action: AMIAction) async throws(BridgeError) -> AMIResponse {
        let id = state.withLock { $0.conversation.nextID() }
        let bytes: [UInt8]
        do { bytes = try action.encoded(id: id) } catch {
            throw .unwritable(line: line, why: "\(error)")
        }
        let deadline = NIODeadline.now() + TimeAmount(pace.answer)
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let waiting = Waiting(action: action.name, deadline: deadline, continuation: continuation)
                let refusal: BridgeError? = state.withLock { state in
                    if state.hasEnded { return .notConnected(line: line) }
                    if Task.isCancelled { return .cancelled }
                    if state.waiting.count >= Self.mostWaiting { return .tooManyActions(line: line) }
                    state.waiting[id] = waiting
                    return nil
                }
                if let refusal {
                    continuation.resume(returning: .failure(refusal))
                } else {
                    queue.yield(bytes)
                }
            }
        } onCancel: {
            fail(id, .cancelled)
        }
        return try result.get()
    }

    private func fail(_ id: String, _ error: BridgeError) {
        let waiting = state.withLock { state in
            state.conversation.forget(id: id)
            return state.waiting.removeValue(forKey: id)
        }
        waiting?.continuation.resume(returning: .failure(error))
    }

    /// What a look at the clock finds: what is wrong, what to send, whose answer is late.
    private typealias Look = (trouble: String?, outputs: [AMISessionState.Output], late: [String: Waiting])

    /// Watches the clock until the PBX stops answering; returns what is wrong.
    func watch() async throws -> String {
        while true {
            try await Task.sleep(for: pace.tick)
            let now = NIODeadline.now()
            let answer = TimeAmount(pace.answer)
            let (trouble, outputs, late) = state.withLock { state -> Look in
                let late = state.waiting.filter { $0.value.deadline <= now }
                guard state.conversation.isRunning else {
                    let isLate = now > begun + answer
                    return (isLate ? "does not answer the login; is this Asterisk's manager port?" : nil, [], late)
                }
                var outputs: [AMISessionState.Output] = []
                if state.conversation.isWaitingForPing {
                    if now > state.lastPing + answer { return ("does not answer any more", [], late) }
                } else if now > state.lastPing + TimeAmount(pace.ping) {
                    state.lastPing = now
                    outputs += state.conversation.ping()
                }
                if now > state.lastComparison + TimeAmount(pace.comparison) {
                    state.lastComparison = now
                    outputs += state.conversation.compare()
                }
                return (nil, outputs, late)
            }
            for (id, waiting) in late { fail(id, .timedOut(line: line, action: waiting.action)) }
            write(outputs)
            if let trouble { return "the PBX \(trouble)" }
        }
    }

    /// The connection is over: whoever waits is told so.
    func end() {
        let waiting = state.withLock { state in
            state.hasEnded = true
            defer { state.waiting = [:] }
            return state.waiting.values.map(\.self)
        }
        queue.finish()
        for one in waiting {
            one.continuation.resume(returning: .failure(.disconnected(line: line, action: one.action)))
        }
    }
}
