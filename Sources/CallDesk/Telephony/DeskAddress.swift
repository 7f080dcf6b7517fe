import Foundation
import NIOCore
import NIOPosix

/// Addresses between this machine and a PBX, found without sending anything.
enum DeskAddress {
    /// The address this machine has for a host: what the host sees as the sender, unless something between changes it.
    ///
    /// A datagram socket that is connected sends nothing, but has chosen its own address.
    /// - Returns: nil when the host is unknown or there is no way to it.
    static func toward(_ host: String) -> String? {
        // Any port will do; 9 is nobody's.
        guard let remote = try? SocketAddress.makeAddressResolvingHost(host, port: 9) else { return nil }
        do {
            let channel = try DatagramBootstrap(group: .singletonMultiThreadedEventLoopGroup).connect(to: remote).wait()
            defer { try? channel.close().wait() }
            guard let address = channel.localAddress?.ipAddress, !isWildcard(address) else { return nil }
            return address
        } catch {
            return nil
        }
    }

    /// A host's first address, itself when it is one; nil when it has none.
    static func address(of host: String) -> String? {
        (try? SocketAddress.makeAddressResolvingHost(host, port: 9))?.ipAddress
    }

    static func isLoopback(_ host: String) -> Bool {
        host == "localhost" || host.hasPrefix("127.") || host == "::1"
    }

    static func isWildcard(_ host: String) -> Bool { host == "0.0.0.0" || host == "::" }

    static func isAddress(_ text: String) -> Bool { (try? SocketAddress(ipAddress: text, port: 9)) != nil }

    /// As it stands before a port.
    static func bracketed(_ host: String) -> String { host.contains(":") && !host.hasPrefix("[") ? "[\(host)]" : host }
}
