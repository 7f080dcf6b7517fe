import Foundation
import NIOCore

/// Where a request comes from, as bytes: 4 for IPv4, 16 for IPv6, none for a Unix socket or a test.
struct PeerAddress: Sendable, Hashable {
    let bytes: [UInt8]

    init(bytes: [UInt8]) { self.bytes = bytes }

    init(_ address: SocketAddress?) {
        switch address {
        case .v4(let address):
            self.init(bytes: withUnsafeBytes(of: address.address.sin_addr) { Array($0) })
        case .v6(let address):
            self.init(ofSix: withUnsafeBytes(of: address.address.sin6_addr) { Array($0) })
        case .unixDomainSocket, nil: self.init(bytes: [])
        }
    }

    /// ::ffff:192.0.2.1 is 192.0.2.1, whichever socket took the connection.
    private init(ofSix all: [UInt8]) {
        let mapped = all[..<10].allSatisfy { $0 == 0 } && all[10] == 0xFF && all[11] == 0xFF
        bytes = mapped ? Array(all[12...]) : all
    }

    /// Reads `192.0.2.1`, `2001:db8::1`, `[2001:db8::1]:443` or `192.0.2.1:443`; nil for anything else.
    init?(text: String) {
        var host = text.trimmingCharacters(in: .whitespaces)
        // The longest form of an IPv6 address with brackets, zone-free, and a port has 54 characters.
        guard host.utf8.count <= 60 else { return nil }
        if host.hasPrefix("["), let end = host.firstIndex(of: "]") {
            host = String(host[host.index(after: host.startIndex)..<end])
        } else if host.filter({ $0 == ":" }).count == 1, let colon = host.firstIndex(of: ":") {
            host = String(host[..<colon])
        }
        var four = [UInt8](repeating: 0, count: 4)
        if inet_pton(AF_INET, host, &four) == 1 {
            self.init(bytes: four)
            return
        }
        var all = [UInt8](repeating: 0, count: 16)
        guard inet_pton(AF_INET6, host, &all) == 1 else { return nil }
        self.init(ofSix: all)
    }

    /// This machine itself: its loopback, or a socket that has no address.
    var isOwnMachine: Bool {
        bytes.isEmpty || (bytes.count == 4 && bytes[0] == 127)
            || (bytes.count == 16 && bytes.last == 1 && bytes.dropLast().allSatisfy { $0 == 0 })
    }

    /// As it is written: `192.0.2.1`, `2001:db8:0:0:0:0:0:1`.
    var text: String {
        if bytes.count == 4 { return bytes.map(String.init).joined(separator: ".") }
        return stride(from: 0, to: bytes.count - 1, by: 2).map {
            String(UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1]), radix: 16)
        }.joined(separator: ":")
    }

    /// What a throttle counts by: an IPv4 address, or the /64 an IPv6 subscriber is given.
    var subject: [UInt8] { bytes.count == 16 ? Array(bytes[..<8]) : bytes }
}

/// A network such as `10.0.0.0/8` or a single address.
struct NetworkRange: Sendable, Hashable {
    private let base: [UInt8]
    private let prefix: Int

    /// Reads an address with an optional prefix length; nil when it is none.
    init?(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = parts.first, let address = PeerAddress(text: String(first)) else { return nil }
        base = address.bytes
        if parts.count == 2 {
            guard let length = Int(parts[1]), (0...base.count * 8).contains(length) else { return nil }
            prefix = length
        } else {
            prefix = base.count * 8
        }
    }

    func contains(_ address: PeerAddress) -> Bool {
        guard address.bytes.count == base.count else { return false }
        let whole = prefix / 8
        guard address.bytes[..<whole].elementsEqual(base[..<whole]) else { return false }
        let rest = prefix % 8
        guard rest > 0 else { return true }
        let mask = UInt8(truncatingIfNeeded: 0xFF << (8 - rest))
        return address.bytes[whole] & mask == base[whole] & mask
    }
}

/// Proxies of ours in front of the service, whose word about the peer is believed.
struct TrustedProxies: Sendable {
    let ranges: [NetworkRange]

    /// The peer behind `connection`: the last address of `X-Forwarded-For` that is no proxy of ours.
    ///
    /// Read from the right, as everything left of the last trusted hop can be written by anybody.
    func peer(connection: PeerAddress, forwarded: String?) -> PeerAddress {
        guard !ranges.isEmpty, trusts(connection), let forwarded, forwarded.utf8.count <= HTTPLimits.headerField else {
            return connection
        }
        var peer = connection
        for hop in forwarded.split(separator: ",").reversed() {
            guard let address = PeerAddress(text: String(hop)) else { return peer }
            peer = address
            guard trusts(address) else { return address }
        }
        return peer
    }

    /// Whether an address is one of them.
    func trusts(_ address: PeerAddress) -> Bool { ranges.contains { $0.contains(address) } }
}
