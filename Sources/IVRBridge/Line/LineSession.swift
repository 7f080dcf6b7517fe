import NIOCore
import Synchronization

/// One connection's conversation as its tasks share it: what is to be written, who waits for which answer.
final class LineSession<Conversation: LineConversation>: Sendable {
    typealias Output = Conversation.Output
    typealias Answer = Conversation.Output.Answer

    /// More questions than a desk has clicks; a PBX that answers none of them is not worth more.
    private static var mostWaiting: Int { 1_000 }

    private struct Waiting {
        var action: String
        var deadline: NIODeadline
        var continuation: CheckedContinuation<Result<Answer, BridgeError>, Never>
    }

    private struct State {
        var conversation: Conversation
        var waiting: [String: Waiting] = [:]
        var hasEnded = false
        var lastPing: NIODeadline
        var lastComparison: NIODeadline
    }

    /// Bytes for the writing task.
    let outgoing: AsyncStream<[UInt8]>
    private let queue: AsyncStream<[UInt8]>.Continuation
    private let state: Mutex<State>
    let line: String
    private let pace: LinePace
    private let clock: @Sendable () -> NIODeadline
    private let begun: NIODeadline

    /// `clock`: what time it is, by a clock that only runs.
    init(
        line: String,
        conversation: Conversation,
        pace: LinePace,
        clock: @escaping @Sendable () -> NIODeadline = { .now() }
    ) {
        self.line = line
        self.pace = pace
        self.clock = clock
        // Every waiting question once, and our own pings and lists.
        (outgoing, queue) = AsyncStream.makeStream(
            of: [UInt8].self,
            bufferingPolicy: .bufferingOldest(Self.mostWaiting + 100)
        )
        begun = clock()
        state = Mutex(State(conversation: conversation, lastPing: begun, lastComparison: begun))
    }

    /// Says the first word.
    func begin() { write(state.withLock { $0.conversation.begin() }) }

    /// Whether somebody waits for an answer.
    var isAwaited: Bool { state.withLock { !$0.waiting.isEmpty } }

    /// Looks at the conversation or lets it move on.
    func with<Value: Sendable>(_ body: @Sendable (inout Conversation) -> Value) -> Value {
        state.withLock { body(&$0.conversation) }
    }

    /// Takes a word of the PBX; what it asks to be sent is sent, who waited for it is told.
    func receive(_ word: Conversation.Word) -> [Output] {
        let (outputs, answered) = state.withLock { state in
            let wasAsked = state.conversation.isWaitingForPing
            let outputs = state.conversation.receive(word)
            // What a conversation asks by itself, as right after the login, has its whole time from then on.
            if !wasAsked, state.conversation.isWaitingForPing { state.lastPing = clock() }
            if outputs.contains(where: \.asksAgainSoon) {
                state.lastComparison = clock() + TimeAmount(pace.startingUp) - TimeAmount(pace.comparison)
            }
            for id in outputs.compactMap(\.taken) {
                state.waiting[id]?.deadline = clock() + TimeAmount(pace.refusal)
            }
            var answered: [(Waiting, Answer)] = []
            for (id, answer) in outputs.compactMap(\.answer) {
                if let waiting = state.waiting.removeValue(forKey: id) { answered.append((waiting, answer)) }
            }
            return (outputs, answered)
        }
        for (waiting, answer) in answered { waiting.continuation.resume(returning: .success(answer)) }
        write(outputs)
        return outputs
    }

    /// Asks the PBX what it has, as after a sign that something was missed.
    func compare() {
        write(
            state.withLock { state in
                state.lastComparison = clock()
                return state.conversation.compare()
            }
        )
    }

    private func write(_ outputs: [Output]) {
        for bytes in outputs.compactMap(\.bytes) { queue.yield(bytes) }
    }

    /// Asks something and waits for its answer.
    ///
    /// - Parameters:
    ///   - action: what is asked, as errors name it.
    ///   - id: what the answer will be known by.
    ///   - patience: how long it is waited for; as long as for any answer unless given.
    ///   - question: what is said; not called when nobody would hear it.
    /// - Returns: the answer, good or bad.
    /// - Throws: `BridgeError` when nobody answers, or nobody waits any more.
    func ask(
        _ action: String,
        id: String,
        within patience: Duration? = nil,
        _ question: @Sendable (inout Conversation) -> [Output]
    ) async throws(BridgeError) -> Answer {
        let deadline = clock() + TimeAmount(patience ?? pace.answer)
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let waiting = Waiting(action: action, deadline: deadline, continuation: continuation)
                let (refusal, outputs) = state.withLock { state -> (BridgeError?, [Output]) in
                    if state.hasEnded { return (.notConnected(line: line), []) }
                    if Task.isCancelled { return (.cancelled, []) }
                    if state.waiting.count >= Self.mostWaiting { return (.tooManyActions(line: line), []) }
                    state.waiting[id] = waiting
                    return (nil, question(&state.conversation))
                }
                if let refusal { continuation.resume(returning: .failure(refusal)) }
                write(outputs)
            }
        } onCancel: {
            finish(id, .failure(.cancelled))
        }
        return try result.get()
    }

    /// Tells whoever waits for it how a question ended.
    func finish(_ id: String, _ result: Result<Answer, BridgeError>) {
        let waiting = state.withLock { state in
            state.conversation.forget(id: id)
            return state.waiting.removeValue(forKey: id)
        }
        waiting?.continuation.resume(returning: result)
    }

    /// What a look at the clock finds: what is wrong, what to send, whose answer is late.
    private typealias Look = (trouble: String?, outputs: [Output], late: [String: Waiting])

    /// Watches the clock until the PBX stops answering; returns what is wrong.
    func watch() async throws -> String {
        while true {
            try await Task.sleep(for: pace.tick)
            if let trouble = look() { return trouble }
        }
    }

    /// Looks at the clock once: asks what is due, ends what is late; answers what is wrong with the PBX, nil when nothing is.
    func look() -> String? {
        let house = Conversation.house
        let now = clock()
        let answer = TimeAmount(pace.answer)
        let (trouble, outputs, late) = state.withLock { state -> Look in
            let late = state.waiting.filter { $0.value.deadline <= now }
            guard state.conversation.isRunning else {
                let isLate = now > begun + answer
                return (isLate ? "does not answer the login; is this \(house.port)?" : nil, [], late)
            }
            var outputs: [Output] = []
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
        for (id, waiting) in late { finish(id, .failure(.timedOut(line: line, action: waiting.action))) }
        write(outputs)
        return trouble.map { "the \(house.short) \($0)" }
    }

    /// The connection is over: whoever waits is told so, and nothing is ever sent again for them.
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
