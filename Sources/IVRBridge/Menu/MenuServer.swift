import Logging
import NIOCore
import NIOPosix
import Synchronization

/// Takes calls that a PBX hands over: one structured task a call, which runs the script and no other thing.
///
/// The script's task runs on the event loop of its connection, so that an answer wakes it without another thread. When
/// the server is stopped or full, the PBX's dialplan goes on by itself.
final class MenuServer<Tongue: MenuTongue>: Sendable {
    typealias Script = @Sendable (Tongue.Call) async throws -> Void
    private typealias Wire = MenuWire<Tongue>

    private let host: String
    private let port: Int
    private let allow: MenuAllowList
    private let limits: MenuLimits
    private let threads: Int
    private let logger: Logger
    private let script: Script

    private struct State {
        var wires: [ObjectIdentifier: Wire] = [:]
        var figures = MenuFigures()
        var trouble: String?
        var isListening = false
    }

    private let state = Mutex(State())

    /// Connections that wait to be taken; the kernel refuses more.
    private static var backlog: Int { 1_024 }

    /// A server that does not listen yet.
    ///
    /// `threads`: half of the cores unless told; one event loop serves hundreds of dialogues, and wakes less often the
    /// more of them it has.
    init(
        host: String,
        port: Int,
        allow: MenuAllowList,
        limits: MenuLimits,
        threads: Int,
        logger: Logger,
        script: @escaping Script
    ) {
        self.host = host
        self.port = port
        self.allow = allow
        self.limits = limits
        self.threads = threads
        self.logger = logger
        self.script = script
    }

    var figures: MenuFigures { state.withLock { $0.figures } }
    /// Why nothing listens, nil while something does.
    var trouble: String? { state.withLock { $0.isListening ? nil : $0.trouble ?? "not started yet" } }

    /// Listens until the task is cancelled; a port that is taken is tried again.
    ///
    /// `onListening` is told the port.
    func run(onListening: @escaping @Sendable (Int) -> Void = { _ in }) async {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: max(1, threads))
        while !Task.isCancelled {
            do {
                try await listen(on: group, onListening)
            } catch {
                let trouble =
                    "port \(port) of \(host) cannot be used; another program has it, or the address is not ours"
                let isNew = state.withLock { state in
                    state.isListening = false
                    defer { state.trouble = trouble }
                    return state.trouble != trouble
                }
                if isNew, !Task.isCancelled {
                    logger.error("\(Tongue.name) does not listen", metadata: ["trouble": "\(trouble)"])
                }
            }
            if !Task.isCancelled { try? await Task.sleep(for: .seconds(2)) }
        }
        state.withLock { $0.isListening = false }
        try? await group.shutdownGracefully()
    }

    private func listen(on group: MultiThreadedEventLoopGroup, _ onListening: (Int) -> Void) async throws {
        let limits = limits
        var executors: [ObjectIdentifier: EventLoopTaskExecutor] = [:]
        for loop in group.makeIterator() { executors[ObjectIdentifier(loop)] = EventLoopTaskExecutor(loop) }
        let loops = executors
        // As many as wait for the kernel to hand them over; they are taken in the turn of the loop they came in.
        let (arrivals, arrival) = AsyncStream.makeStream(of: Wire.self, bufferingPolicy: .bufferingOldest(Self.backlog))
        let listener = try await ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: CInt(Self.backlog))
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelInitializer { channel in
                // Without descriptors to take a call with, the loop that carries the others waits a second and tries again.
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations
                        .addHandler(AcceptBackoffHandler(shouldForwardIOErrorCaught: false))
                }
            }
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let options = channel.syncOptions
                    try options?.setOption(.tcpOption(.tcp_nodelay), value: 1)
                    // The PBX sends an answer and waits: to look for more at once would be a system call in vain.
                    try options?.setOption(.maxMessagesPerRead, value: 1)
                    let executor =
                        loops[ObjectIdentifier(channel.eventLoop)] ?? EventLoopTaskExecutor(channel.eventLoop)
                    let wire = Wire(channel: channel, limits: limits, executor: executor)
                    try channel.pipeline.syncOperations.addHandler(Tongue.ear(of: wire))
                    guard case .enqueued = arrival.yield(wire) else { return wire.close(.disconnected) }
                }
            }
            .bind(host: host, port: port).get()
        // A listener that breaks by itself is opened again.
        listener.closeFuture.whenComplete { _ in arrival.finish() }
        state.withLock { state in
            state.isListening = true
            state.trouble = nil
        }
        onListening(listener.localAddress?.port ?? port)
        // On the listener's own loop: on another thread, each call would wake that one and be handed back.
        await withTaskExecutorPreference(loops[ObjectIdentifier(listener.eventLoop)]) {
            await withDiscardingTaskGroup { tasks in
                tasks.addTask { await self.watch() }
                for await wire in arrivals {
                    guard take(wire) else { continue }
                    tasks.addTask(executorPreference: wire.executor) {
                        await self.serve(wire)
                    }
                }
                listener.close(promise: nil)
                tasks.cancelAll()
            }
        }
    }

    /// Whether a new connection is served.
    private func take(_ wire: Wire) -> Bool {
        guard let address = wire.address else {
            wire.close(.disconnected)
            return false
        }
        guard allow.allows(address) else {
            refuse(wire, "its address is not in \(Tongue.setting).allow", address)
            return false
        }
        let isFull = state.withLock { state in
            guard state.wires.count < limits.sessions else { return true }
            state.wires[ObjectIdentifier(wire)] = wire
            state.figures.live += 1
            return false
        }
        if isFull { refuse(wire, "\(limits.sessions) calls are in their menus already", address) }
        return !isFull
    }

    private func refuse(_ wire: Wire, _ why: String, _ address: String) {
        let refused = state.withLock { state in
            state.figures.refused += 1
            return state.figures.refused
        }
        // The first few are worth a line each; a flood is not worth a full disk.
        if refused <= 100 || refused % 1_000 == 0 {
            logger.warning(
                "a \(Tongue.name) connection was refused",
                metadata: ["from": "\(address)", "why": "\(why)", "refused": "\(refused)"]
            )
        }
        wire.close(.disconnected)
    }

    private func serve(_ wire: Wire) async {
        await withTaskCancellationHandler {
            do {
                let call = Tongue.call(try await wire.start(), over: wire)
                try await script(call)
            } catch PhoneCallError.hungUp, PhoneCallError.disconnected {
                logger.debug("a caller hung up in the menu")
            } catch {
                logger.warning("a \(Tongue.name) session broke off", metadata: ["error": "\(error)"])
            }
        } onCancel: {
            wire.close(.disconnected)
        }
        wire.close(.disconnected)
        state.withLock { state in
            state.wires[ObjectIdentifier(wire)] = nil
            state.figures.live -= 1
            state.figures.served += 1
            state.figures.commands += wire.commands
        }
    }

    /// Ends sessions whose PBX has fallen silent, until the task is cancelled.
    private func watch() async {
        while !Task.isCancelled {
            try? await Task.sleep(for: limits.tick)
            let wires = state.withLock { Array($0.wires.values) }
            let now = NIODeadline.now()
            for wire in wires { wire.check(now) }
        }
    }
}
