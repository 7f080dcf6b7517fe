import NIOCore
import Synchronization

/// One connection between its event loop, which reads, and the script's task, which waits for answers.
///
/// Continuations instead of an async stream: a dialogue is one question and one answer at a time, and each saved hop
/// counts with hundreds of calls in their menus. What reads is the tongue's `MenuEar`.
///
/// The continuations are unchecked: one is taken out of the state under its lock before it is resumed, so that nobody
/// finds it a second time, and whatever ends the connection takes out what is left.
public final class MenuWire<Tongue: MenuTongue>: Sendable {
    private typealias Answer = Result<Tongue.Reply, PhoneCallError>
    private typealias Start = Result<Tongue.Start, PhoneCallError>

    private struct State {
        /// What the PBX told of the call.
        var told: Tongue.Start?
        var start: UnsafeContinuation<Start, Never>?
        var answer: UnsafeContinuation<Answer, Never>?
        /// The command's bytes; its room is used again once they have been written.
        var line = ByteBuffer()
        /// What the answer that is waited for belongs to.
        var command = ""
        var hasHungUp = false
        var end: PhoneCallError?
        /// When whoever waits has waited too long, and when the whole session has.
        var deadline: NIODeadline
        var lastMoment: NIODeadline
        var commands = 0
    }

    let channel: any Channel
    /// The PBX's address; nil when the connection was gone before it was looked at.
    let address: String?
    let executor: EventLoopTaskExecutor
    private let state: Mutex<State>

    /// `executor`: runs the script's task, on the channel's event loop.
    init(channel: any Channel, limits: MenuLimits, executor: EventLoopTaskExecutor) {
        self.channel = channel
        self.executor = executor
        address = channel.remoteAddress?.ipAddress
        let now = NIODeadline.now()
        state = Mutex(
            State(deadline: now + TimeAmount(limits.environment), lastMoment: now + TimeAmount(limits.session))
        )
    }

    var hasHungUp: Bool { state.withLock { $0.hasHungUp } }
    var commands: Int { state.withLock { $0.commands } }

    // MARK: - The script's side

    /// What the PBX tells of the call, once it has.
    func start() async throws(PhoneCallError) -> Tongue.Start {
        let start: Start = await withUnsafeContinuation { continuation in
            let known: Start? = state.withLock { state in
                if let told = state.told { return .success(told) }
                if let end = state.end { return .failure(end) }
                state.start = continuation
                return nil
            }
            if let known { continuation.resume(returning: known) }
        }
        return try start.get()
    }

    /// Sends a command and waits for its answer.
    func send(_ command: Tongue.Command) async throws(PhoneCallError) -> Tongue.Reply {
        let bytes = try command.encoded()
        let answer: Answer = await withUnsafeContinuation { continuation in
            let line: Result<ByteBuffer, PhoneCallError> = state.withLock { state in
                if let end = state.end { return .failure(end) }
                if state.hasHungUp, command.needsCaller { return .failure(.hungUp) }
                guard state.answer == nil else { return .failure(.busy(command: command.name)) }
                state.answer = continuation
                state.command = command.name
                state.commands += 1
                state.deadline = NIODeadline.now() + TimeAmount(command.patience)
                state.line.clear()
                state.line.writeBytes(bytes)
                return .success(state.line)
            }
            switch line {
            case .success(let line): channel.writeAndFlush(line, promise: nil)
            case .failure(let refused): continuation.resume(returning: .failure(refused))
            }
        }
        return try answer.get()
    }

    /// Ends the connection; whoever waits is told why.
    func close(_ why: PhoneCallError) {
        end(why)
        channel.close(mode: .all, promise: nil)
    }

    /// Ends what has waited too long.
    func check(_ now: NIODeadline) {
        let late: PhoneCallError? = state.withLock { state in
            if state.end != nil { return nil }
            if now > state.lastMoment { return .sessionTooLong }
            let waits = state.answer != nil || state.told == nil
            guard waits, now > state.deadline else { return nil }
            return .timedOut(command: state.told == nil ? "the beginning" : state.command)
        }
        if let late { close(late) }
    }

    // MARK: - The event loop's side

    /// Some PBXs wait for the first word, others tell by themselves.
    func greet() {
        if !Tongue.greeting.isEmpty { channel.writeAndFlush(ByteBuffer(bytes: Tongue.greeting), promise: nil) }
    }

    /// Takes what the PBX said, and wakes who waits for it.
    func hear(_ word: MenuWord<Tongue.Start, Tongue.Reply>) {
        switch word {
        case .start(let told):
            let waiting = state.withLock { state in
                state.told = told
                defer { state.start = nil }
                return state.start
            }
            waiting?.resume(returning: .success(told))
        case .hangUp: state.withLock { $0.hasHungUp = true }
        case .reply(let reply):
            // An answer nobody waits for belongs to a value with a line break, or to a forger.
            let waiting = state.withLock { state in
                defer { state.answer = nil }
                return state.answer
            }
            waiting?.resume(returning: .success(reply))
        }
    }

    func end(_ why: PhoneCallError) {
        let waiting = state.withLock { state in
            if state.end == nil { state.end = why }
            defer {
                state.start = nil
                state.answer = nil
            }
            return (state.start, state.answer, state.end ?? why)
        }
        waiting.0?.resume(returning: .failure(waiting.2))
        waiting.1?.resume(returning: .failure(waiting.2))
    }
}
