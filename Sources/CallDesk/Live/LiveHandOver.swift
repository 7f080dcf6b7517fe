import Foundation
import NIOCore
import NIOPosix

/// Moves a stream's socket out of the HTTP server into a channel with one handler.
///
/// The server serves each connection with a task, an async sequence and a chain of HTTP handlers, some 50 kB, which a
/// stream has no use for once its head is written. The socket is duplicated (`dup(2)`, the connection stays), the server's
/// channel closed with its descriptor, and everything the server holds for it freed.
enum LiveHandOver {
    /// The head of an answer goes to a fresh socket at once; a client that does not even take that is not waited for.
    private static let patience = Duration.seconds(10)
    /// The kernel's part of what may wait for one reader, kept small as there are many.
    private static let sendBuffer = 64 * 1024
    /// A peer that acknowledges nothing for so long has gone (RFC 5482).
    private static let silence = 60_000

    enum Fault: Error, CustomStringConvertible {
        case closed
        case slow
        case descriptor(CInt)

        var description: String {
            switch self {
            case .closed: "the client left before its stream began"
            case .slow: "the client did not take the head of its stream"
            case .descriptor(let code):
                "a stream's socket cannot be duplicated (errno \(code)); raise the limit of open files"
            }
        }
    }

    /// Opens the stream on the socket of `channel`, and closes `channel`.
    static func move(_ channel: any Channel, _ subscription: LiveSubscription, _ hub: LiveHub) async throws {
        let start = ContinuousClock.now
        while try await !channel.eventLoop.flatSubmit({ step(channel, subscription, hub) }).get() {
            guard ContinuousClock.now - start < patience else {
                channel.close(promise: nil)
                throw Fault.slow
            }
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    /// On the loop: true once moved, false while the head waits for the socket.
    private static func step(
        _ channel: any Channel,
        _ subscription: LiveSubscription,
        _ hub: LiveHub
    ) -> EventLoopFuture<Bool> {
        let loop = channel.eventLoop
        do {
            guard channel.isActive else { throw Fault.closed }
            if let waiting = try channel.syncOptions?.getOption(.bufferedWritableBytes), waiting > 0 {
                return loop.makeSucceededFuture(false)
            }
            let copy = try channel.pipeline.syncOperations.withUnsafeTransportIfAvailable(
                of: NIOBSDSocket.Handle.self
            ) { handle in
                let copy = fcntl(handle, F_DUPFD_CLOEXEC, 0)
                guard copy >= 0 else { throw Fault.descriptor(errno) }
                return copy
            }
            guard let copy else { throw Fault.closed }
            let room = hub.room(on: loop)
            let moved = ClientBootstrap(group: loop)
                .channelOption(.writeBufferWaterMark, value: .init(low: 1, high: LiveReader.mostWaiting))
                .channelOption(.socketOption(.so_sndbuf), value: sendBuffer)
                .channelOption(.tcpOption(.init(rawValue: TCP_USER_TIMEOUT)), value: silence)
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(LiveReader(subscription, hub: hub, room: room))
                    }
                }
                .withConnectedSocket(copy)
            channel.close(promise: nil)
            return moved.map { _ in true }
        } catch {
            channel.close(promise: nil)
            return loop.makeFailedFuture(error)
        }
    }
}
