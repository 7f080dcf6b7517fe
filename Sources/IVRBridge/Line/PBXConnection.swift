import NIOCore
import NIOPosix
import NIOSSL

/// Reaching a line's PBX over TCP or TLS, and saying what is wrong when it cannot be reached.
extension PBXAddress {
    func connect(within timeout: Duration) async throws -> NIOAsyncChannel<ByteBuffer, ByteBuffer> {
        let (tls, host) = (try context(), host)
        let bootstrap = ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .connectTimeout(TimeAmount(timeout))
            .channelOption(.socketOption(.so_keepalive), value: 1)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
        let address = try? SocketAddress(ipAddress: host, port: port)
        let prepare: @Sendable (any Channel) -> EventLoopFuture<NIOAsyncChannel<ByteBuffer, ByteBuffer>> = { channel in
            channel.eventLoop.makeCompletedFuture {
                if let tls {
                    // An address is no name: SNI takes names only (RFC 6066 §3).
                    try channel.pipeline.syncOperations.addHandler(
                        NIOSSLClientHandler(context: tls, serverHostname: address == nil ? host : nil)
                    )
                }
                return try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
            }
        }
        // An address asks no resolver: one that says nothing would keep it waiting behind others' names.
        if let address { return try await bootstrap.connect(to: address, channelInitializer: prepare) }
        return try await bootstrap.connect(host: host, port: port, channelInitializer: prepare)
    }

    private func context() throws -> NIOSSLContext? {
        guard usesTLS else { return nil }
        var configuration = TLSConfiguration.makeClientConfiguration()
        if let authority { configuration.trustRoots = .file(authority) }
        return try NIOSSLContext(configuration: configuration)
    }

    /// What is wrong, in a sentence that says what to do.
    ///
    /// `pbx`: what should run there; `access`: where it is said who may connect.
    func trouble(for error: any Error, pbx: String, access: String) -> String {
        switch error {
        case is NIOSSLError, is NIOSSLExtraError, is BoringSSLError:
            return
                "TLS with \(host):\(port) failed; check the certificate and tls_authority, and that the port is the TLS one"
        case let error as ChannelError:
            if case .connectTimeout = error {
                return "\(host):\(port) does not answer; check address, firewall and that \(pbx) runs"
            }
            return "the connection to \(host):\(port) broke"
        case is NIOConnectionError, is IOError, is SocketAddressError:
            return "cannot be reached at \(host):\(port); check that \(pbx) runs and \(access) allows this machine"
        default:
            return "the connection to \(host):\(port) failed"
        }
    }
}

extension SocketAddress {
    /// Whether the other end is this machine, so that nobody on a wire can listen.
    var isLoopback: Bool {
        switch self {
        case .v4: ipAddress?.hasPrefix("127.") == true
        case .v6: ipAddress == "::1"
        case .unixDomainSocket: true
        }
    }
}
