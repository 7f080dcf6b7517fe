import NIOCore
import Synchronization

/// One connection's conversation as its tasks share it: what is to be written, who waits for which answer.
final class ESLSession: Sendable {
    /// More commands than a desk has clicks; a switch that answers none of them is not worth more.
    private static let mostWaiting = 1_000

    private struct Waiting {
        var action: String
        var deadline: NIODeadline
        var continuation: CheckedContinuation<Result<ESLReply, BridgeError>, Never>
    }

    private struct State {
        var conversation: ESLSessionState
        var waiting: [String: Waiting] = [:]
        var next = 0
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

    init(line: PBXAddress, pace: LinePace) {
        self.line = line.name
        self.pace = pace
        // Every waiting command once, and our own.
        (outgoing, queue) = AsyncStream.makeStream(
            of: [UInt8].self,
            bufferingPolicy: .bufferingOldest(Self.mostWaiting + 100)
        )
        let now = NIODeadline.now()
        state = Mutex(
            State(
                conversation: ESLSessionState(user: line.user, secret: line.secret),
                lastPing: now,
                lastComparison: now
            )
        )
    }

    /// Takes a reply of the switch; what it asks to be sent is sent, who waited for it is told.
    func receive(_ reply: ESLReply) -> [ESLSessionState.Output] {
        let (outputs, answered) = state.withLock { state in
            let outputs = state.conversation.receive(reply)
            var answered: [(Waiting, ESLReply)] = []
            for case .answer(let id, let reply) in outputs {
                if let waiting = state.waiting.removeValue(forKey: id) { answered.append((waiting, reply)) }
            }
            return (outputs, answered)
        }
        for (waiting, reply) in answered { waiting.continuation.resume(returning: .success(reply)) }
        write(outputs)
        return outputs
    }

    /// Asks the switch what it has, as after a sign that something was missed.
    func compare() {
        write(
            state.withLock { state in
                state.lastComparison = .now()
                return state.conversation.compare()
            }
        )
    }

    private func write(_ outputs: [ESLSessionState.Output]) {
        for case .send(let text) in outputs { queue.yield(Array((text + "\n\n").utf8)) }
    }

    /// Does something at once and waits for its answer.
    func api(_ command: String) async throws(BridgeError) -> String {
        let id = state.withLock { state in
            state.next += 1
            return "command-\(state.next)"
        }
        let reply = try await ask(command, id: id) { $0.command("api \(command)", id: id) }
        return try good(reply, command)
    }

    /// Has something done in the background and waits for its result.
    ///
    /// `id`: becomes the job's.
    func job(_ command: String, id: String) async throws(BridgeError) -> String {
        let reply = try await ask(command, id: id) { conversation in
            // What the switch says at once is that the job has begun; who waits does so for the job itself.
            conversation.command("bgapi \(command)\nJob-UUID: \(id)", id: id + " begun")
        }
        return try good(reply, command)
    }

    private func good(_ reply: ESLReply, _ command: String) throws(BridgeError) -> String {
        let text = reply.kind == .command ? reply.text : String(decoding: reply.body, as: UTF8.self)
        guard text.hasPrefix("-ERR") else { return text }
        let why = text.dropFirst(4).prefix { !$0.isNewline }.drop { $0 == " " }
        throw .refused(line: line, action: Self.name(command), message: String(why.prefix(200)))
    }

    /// The command's own name: its words may hold numbers.
    private static func name(_ command: String) -> String { String(command.prefix { $0 != " " }) }

    private func ask(
        _ command: String,
        id: String,
        _ send: @Sendable (inout ESLSessionState) -> [ESLSessionState.Output]
    ) async throws(BridgeError) -> ESLReply {
        guard command.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
            throw .unwritable(line: line, why: "it holds a line break or another control character")
        }
        let deadline = NIODeadline.now() + TimeAmount(pace.answer)
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let waiting = Waiting(action: Self.name(command), deadline: deadline, continuation: continuation)
                let (refusal, outputs) = state.withLock { state -> (BridgeError?, [ESLSessionState.Output]) in
                    if state.hasEnded { return (.notConnected(line: line), []) }
                    if Task.isCancelled { return (.cancelled, []) }
                    if state.waiting.count >= Self.mostWaiting { return (.tooManyActions(line: line), []) }
                    state.waiting[id] = waiting
                    return (nil, send(&state.conversation))
                }
                if let refusal { continuation.resume(returning: .failure(refusal)) }
                write(outputs)
            }
        } onCancel: {
            fail(id, .cancelled)
        }
        return try result.get()
    }

    private func fail(_ id: String, _ error: BridgeError) {
        let waiting = state.withLock { $0.waiting.removeValue(forKey: id) }
        waiting?.continuation.resume(returning: .failure(error))
    }

    /// A job that could not even begin fails whoever waits for it.
    func begun(_ id: String, _ reply: ESLReply) {
        guard id.hasSuffix(" begun"), !reply.isGood else { return }
        let waiting = state.withLock { $0.waiting.removeValue(forKey: String(id.dropLast(6))) }
        waiting?.continuation.resume(returning: .success(reply))
    }

    /// What a look at the clock finds: what is wrong, what to send, whose answer is late.
    private typealias Look = (trouble: String?, outputs: [ESLSessionState.Output], late: [String: Waiting])

    /// Watches the clock until the switch stops answering; returns what is wrong.
    func watch() async throws -> String {
        while true {
            try await Task.sleep(for: pace.tick)
            let now = NIODeadline.now()
            let answer = TimeAmount(pace.answer)
            let (trouble, outputs, late) = state.withLock { state -> Look in
                let late = state.waiting.filter { $0.value.deadline <= now }
                guard state.conversation.isRunning else {
                    let isLate = now > begun + answer
                    return (isLate ? "does not answer the login; is this FreeSWITCH's event socket?" : nil, [], late)
                }
                var outputs: [ESLSessionState.Output] = []
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
            if let trouble { return "the switch \(trouble)" }
        }
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
