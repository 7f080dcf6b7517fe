import NIOCore
import Synchronization

/// One connection between its event loop, which reads, and the script's task, which waits for answers.
///
/// A handler and continuations instead of an async stream: a dialogue is one question and one answer at a time, and
/// each saved hop counts with hundreds of calls in their menus.
public final class MenuWire<Tongue: MenuTongue>: ChannelInboundHandler, Sendable {
    public typealias InboundIn = ByteBuffer

    private typealias Answer = Result<Tongue.Reply, PhoneCallError>
    private typealias Start = Result<Tongue.Start, PhoneCallError>

    private struct State {
        var tongue = Tongue()
        /// What the PBX told of the call.
        var told: Tongue.Start?
        var start: CheckedContinuation<Start, Never>?
        var answer: CheckedContinuation<Answer, Never>?
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
        let start: Start = await withCheckedContinuation { continuation in
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
        let answer: Answer = await withCheckedContinuation { continuation in
            let refused: PhoneCallError? = state.withLock { state in
                if let end = state.end { return end }
                if state.hasHungUp, command.needsCaller { return .hungUp }
                guard state.answer == nil else { return .busy(command: command.name) }
                state.answer = continuation
                state.command = command.name
                state.commands += 1
                state.deadline = NIODeadline.now() + TimeAmount(command.patience)
                return nil
            }
            if let refused { return continuation.resume(returning: .failure(refused)) }
            channel.writeAndFlush(ByteBuffer(bytes: bytes), promise: nil)
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

    public func channelActive(context: ChannelHandlerContext) {
        // Some PBXs wait for the first word, others tell by themselves.
        if !Tongue.greeting.isEmpty { channel.writeAndFlush(ByteBuffer(bytes: Tongue.greeting), promise: nil) }
        context.fireChannelActive()
    }

    public func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let buffer = unwrapInboundIn(data)
        var start: (CheckedContinuation<Start, Never>, Tongue.Start)?
        var answer: (CheckedContinuation<Answer, Never>, Tongue.Reply)?
        var fault: PhoneCallError?
        state.withLock { state in
            var tongue = Tongue()
            swap(&tongue, &state.tongue)
            buffer.withUnsafeReadableBytes { bytes in
                do throws(PhoneCallError) {
                    try tongue.feed(bytes) { word in
                        switch word {
                        case .start(let told):
                            state.told = told
                            if let waiting = state.start { start = (waiting, told) }
                            state.start = nil
                        case .hangUp: state.hasHungUp = true
                        case .reply(let reply):
                            // An answer nobody waits for belongs to a value with a line break, or to a forger.
                            guard let waiting = state.answer else { return }
                            answer = (waiting, reply)
                            state.answer = nil
                        }
                    }
                } catch {
                    fault = error
                }
            }
            swap(&tongue, &state.tongue)
        }
        executor.directly {
            if let (continuation, told) = start { continuation.resume(returning: .success(told)) }
            if let (continuation, reply) = answer { continuation.resume(returning: .success(reply)) }
        }
        if let fault { close(fault) }
    }

    public func channelInactive(context: ChannelHandlerContext) {
        end(.disconnected)
        context.fireChannelInactive()
    }

    public func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // A reset by the PBX is how most calls end; there is nothing to save on this connection.
        close(.disconnected)
    }

    private func end(_ why: PhoneCallError) {
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
