import CCurl
import NIOPosix
import Synchronization

/// A connection that libcurl keeps between transfers, and the flag by which another thread ends one.
protocol KeptConnection: AnyObject, SendableMetatype {
    var flag: TransferFlag { get }
}

/// Threads that each hold one connection while they transfer, and the connections nobody uses now.
///
/// A transfer blocks its thread, so the threads are its own. As many connections are made as transfers run at one time;
/// they go from one thread to the next and are closed with the last use of this.
final class KeptConnections<Connection: KeptConnection>: Sendable {
    private let threads: NIOThreadPool
    private let idle: Mutex<[Idle]>

    /// A connection nobody is using, on its way from one thread to the next.
    // SAFETY: a handle is in `idle` or in the hands of one thread, never both; libcurl allows moving it between threads.
    private struct Idle: @unchecked Sendable {
        let connection: Connection
    }

    /// `count`: transfers that run at the same time.
    init(_ count: Int) {
        _ = libcurl
        idle = Mutex([])
        threads = NIOThreadPool(numberOfThreads: count)
        threads.start()
    }

    /// Has `body` transfer over a connection that is free, or over one that `make` makes; cancellation raises its flag.
    ///
    /// - Returns: what `body` made of it, nil after `shutDown`. `body` gets nil where no connection could be made.
    func use<Value: Sendable>(
        make: @escaping @Sendable () -> Connection?,
        _ body: @escaping @Sendable (Connection?, TransferStop) -> Value
    ) async -> Value? {
        let stop = TransferStop()
        return await withTaskCancellationHandler {
            try? await threads.runIfActive {
                guard let connection = self.idle.withLock({ $0.popLast()?.connection }) ?? make() else {
                    return body(nil, stop)
                }
                let value = stop.during(connection.flag) { body(connection, stop) }
                let kept = Idle(connection: connection)
                self.idle.withLock { $0.append(kept) }
                return value
            }
        } onCancel: {
            stop.request()
        }
    }

    /// Runs `body`, which blocks over a connection of its own, on one of the threads; nil after `shutDown`.
    func aside<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async -> Value? {
        try? await threads.runIfActive(body)
    }

    /// Ends the threads; connections are closed with their handles.
    func shutDown() async {
        try? await threads.shutdownGracefully()
    }
}

/// Once per process, before the first handle.
private let libcurl: CURLcode = curl_global_init(Int(CURL_GLOBAL_DEFAULT))

/// What libcurl looks at while it transfers: raised, the transfer ends within a second or so.
// SAFETY: the pointer never changes, and C reads and writes the number behind it atomically.
final class TransferFlag: @unchecked Sendable {
    let pointer: UnsafeMutablePointer<CInt>

    init() {
        pointer = .allocate(capacity: 1)
        pointer.initialize(to: 0)
    }

    deinit { pointer.deallocate() }

    func set(_ isRaised: Bool) { ccurl_set_flag(pointer, isRaised ? 1 : 0) }
}

/// Lets a cancelled task end a transfer that runs on another thread.
final class TransferStop: Sendable {
    private struct State {
        var isRequested = false
        var flag: TransferFlag?
    }

    private let state = Mutex(State())

    var isRequested: Bool { state.withLock { $0.isRequested } }

    func request() {
        state.withLock { state in
            state.isRequested = true
            state.flag?.set(true)
        }
    }

    /// Runs `body`, whose transfers watch `flag`.
    func during<Value>(_ flag: TransferFlag, _ body: () -> Value) -> Value {
        state.withLock { state in
            flag.set(state.isRequested)
            state.flag = flag
        }
        defer { state.withLock { $0.flag = nil } }
        return body()
    }
}

extension Duration {
    /// As libcurl takes its time limits.
    var wholeMilliseconds: Int {
        let parts = components
        return Int(parts.seconds) * 1000 + Int(parts.attoseconds / 1_000_000_000_000_000)
    }
}
