import NIOCore
import Synchronization

/// One connection between its event loop, which reads, and the script's task, which waits for answers.
///
/// A handler and continuations instead of an async stream: a dialogue is one question and one answer at a time, and
/// each saved hop counts with hundreds of calls in their menus.
final class AGIWire: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer

    private typealias Answer = Result<AGIReply, AGIError>
    private typealias Start = Result<AGIEnvironment, AGIError>

    private struct State {
        var decoder = AGIDecoder()
        var environment: AGIEnvironment?
        var start: CheckedContinuation<Start, Never>?
        var answer: CheckedContinuation<Answer, Never>?
        /// What the answer that is waited for belongs to.
        var command = ""
        var hasHungUp = false
        var end: AGIError?
        /// When whoever waits has waited too long, and when the whole session has.
        var deadline: NIODeadline
        var lastMoment: NIODeadline
        var commands = 0
    }

    let channel: any Channel
    /// The PBX's address; nil when the connection was gone before it was looked at.
    let address: String?
    private let state: Mutex<State>

    init(channel: any Channel, limits: AGILimits) {
        self.channel = channel
        address = channel.remoteAddress?.ipAddress
        let now = NIODeadline.now()
        state = Mutex(
            State(deadline: now + TimeAmount(limits.environment), lastMoment: now + TimeAmount(limits.session))
        )
    }

    var hasHungUp: Bool { state.withLock { $0.hasHungUp } }
    var commands: Int { state.withLock { $0.commands } }

    // MARK: - The script's side

    func environment() async throws(AGIError) -> AGIEnvironment {
        let start: Start = await withCheckedContinuation { continuation in
            let known: Start? = state.withLock { state in
                if let environment = state.environment { return .success(environment) }
                if let end = state.end { return .failure(end) }
                state.start = continuation
                return nil
            }
            if let known { continuation.resume(returning: known) }
        }
        return try start.get()
    }

    /// Sends a command and waits for its answer.
    func send(_ command: AGICommand) async throws(AGIError) -> AGIReply {
        let bytes = try command.encoded()
        let answer: Answer = await withCheckedContinuation { continuation in
            let refused: AGIError? = state.withLock { state in
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
    func close(_ why: AGIError) {
        end(why)
        channel.close(mode: .all, promise: nil)
    }

    /// Ends what has waited too long.
    func check(_ now: NIODeadline) {
        let late: AGIError? = state.withLock { state in
            if state.end != nil { return nil }
            if now > state.lastMoment { return .sessionTooLong }
            let waits = state.answer != nil || state.environment == nil
            guard waits, now > state.deadline else { return nil }
            return .timedOut(command: state.environment == nil ? "the environment" : state.command)
        }
        if let late { close(late) }
    }

    // MARK: - The event loop's side

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let buffer = unwrapInboundIn(data)
        var start: (CheckedContinuation<Start, Never>, AGIEnvironment)?
        var answer: (CheckedContinuation<Answer, Never>, AGIReply)?
        var fault: AGIFrameError?
        state.withLock { state in
            var decoder = AGIDecoder()
            swap(&decoder, &state.decoder)
            buffer.withUnsafeReadableBytes { bytes in
                do throws(AGIFrameError) {
                    try decoder.feed(bytes) { event in
                        switch event {
                        case .environment(let environment):
                            state.environment = environment
                            if let waiting = state.start { start = (waiting, environment) }
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
            swap(&decoder, &state.decoder)
        }
        if let (continuation, environment) = start { continuation.resume(returning: .success(environment)) }
        if let (continuation, reply) = answer { continuation.resume(returning: .success(reply)) }
        if let fault { close(.notAGI(fault)) }
    }

    func channelInactive(context: ChannelHandlerContext) {
        end(.disconnected)
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // A reset by the PBX is how most calls end; there is nothing to save on this connection.
        close(.disconnected)
    }

    private func end(_ why: AGIError) {
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
