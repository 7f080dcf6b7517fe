import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

@testable import CallDesk

/// A tiny stand-in for the service's report hook: takes GETs and hands their query fields on.
final class ReportHook: Sendable {
    let url: String
    let reports = Mutex<SMSReports?>(nil)
    private let channel: any Channel

    private init(channel: any Channel) {
        self.channel = channel
        url = "http://127.0.0.1:\(channel.localAddress?.port ?? 0)"
    }

    static func start(
        _ take: @escaping @Sendable (SMSReports, [String: String]) async -> Void
    ) async throws -> ReportHook {
        let holder = Holder()
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline(withErrorHandling: true)
                    try channel.pipeline.syncOperations.addHandler(Handler(holder: holder, take: take))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let hook = ReportHook(channel: channel)
        holder.hook.withLock { $0 = hook }
        return hook
    }

    func stop() async { try? await channel.close().get() }

    private final class Holder: Sendable {
        let hook = Mutex<ReportHook?>(nil)
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = HTTPServerRequestPart
        typealias OutboundOut = HTTPServerResponsePart
        private let holder: Holder
        private let take: @Sendable (SMSReports, [String: String]) async -> Void

        init(holder: Holder, take: @escaping @Sendable (SMSReports, [String: String]) async -> Void) {
            self.holder = holder
            self.take = take
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            guard case .head(let head) = unwrapInboundIn(data) else { return }
            let query = head.uri.split(separator: "?").dropFirst().first ?? ""
            var fields: [String: String] = [:]
            for pair in query.split(separator: "&") {
                let halves = pair.split(separator: "=", maxSplits: 1)
                fields[String(halves[0])] = halves.count > 1 ? String(halves[1]) : ""
            }
            if let reports = holder.hook.withLock({ $0?.reports.withLock { $0 } }) {
                begin(take, reports, fields)
            }
            let response = HTTPResponseHead(version: .http1_1, status: .ok, headers: ["Content-Length": "0"])
            context.write(wrapOutboundOut(.head(response)), promise: nil)
            context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        }
    }
}

/// Runs the hook's work beside the event loop.
private func begin(
    _ take: @escaping @Sendable (SMSReports, [String: String]) async -> Void,
    _ reports: SMSReports,
    _ fields: [String: String]
) {
    Task { await take(reports, fields) }
}
