/// The addresses AGI is taken from: `127.0.0.1`, `10.1.0.0/16`, `fd00::/8`.
public struct MenuAllowList: Sendable, Equatable {
    private struct Network: Sendable, Equatable {
        var bytes: [UInt8]
        var bits: Int
    }

    private let networks: [Network]

    /// - Throws: `MenuAllowListError` naming the first entry that is no address.
    public init(_ entries: [String]) throws(MenuAllowListError) {
        var networks: [Network] = []
        for entry in entries { networks.append(try Self.network(entry)) }
        self.networks = networks
    }

    private init(networks: [Network]) { self.networks = networks }

    /// This machine alone.
    public static let loopback = MenuAllowList(networks: [
        Network(bytes: [127], bits: 8), Network(bytes: [UInt8](repeating: 0, count: 15) + [1], bits: 128),
    ])

    /// Whether AGI is taken from an address as the socket tells it.
    public func allows(_ address: String?) -> Bool {
        guard let address, let bytes = Self.bytes(address) else { return false }
        return networks.contains { Self.matches(bytes, $0) }
    }

    private static func network(_ entry: String) throws(MenuAllowListError) -> Network {
        let parts = entry.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count <= 2, let bytes = bytes(String(parts[0])) else { throw MenuAllowListError(entry: entry) }
        guard parts.count == 2 else { return Network(bytes: bytes, bits: bytes.count * 8) }
        guard let bits = Int(parts[1]), (0...bytes.count * 8).contains(bits) else {
            throw MenuAllowListError(entry: entry)
        }
        return Network(bytes: bytes, bits: bits)
    }

    private static func matches(_ address: [UInt8], _ network: Network) -> Bool {
        guard address.count * 8 >= network.bits, (network.bytes.count > 4) == (address.count > 4) else { return false }
        for bit in 0..<network.bits {
            let mask = UInt8(0x80) >> UInt8(bit % 8)
            if address[bit / 8] & mask != network.bytes[bit / 8] & mask { return false }
        }
        return true
    }

    /// Four or sixteen bytes; an IPv4 address in IPv6 dress is the IPv4 address.
    private static func bytes(_ text: String) -> [UInt8]? {
        if !text.contains(":") { return ipv4(text) }
        var lower = text.lowercased()
        if lower.hasPrefix("::ffff:"), lower.contains(".") {
            lower.removeFirst(7)
            return ipv4(lower)
        }
        return ipv6(lower)
    }

    private static func ipv4(_ text: String) -> [UInt8]? {
        // Bytes, not characters: every connection asks.
        var (bytes, number): ([UInt8], Int?) = ([], nil)
        bytes.reserveCapacity(4)
        for sign in text.utf8 {
            switch sign {
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                let grown = (number ?? 0) * 10 + Int(sign - UInt8(ascii: "0"))
                guard grown <= 255 else { return nil }
                number = grown
            case UInt8(ascii: "."):
                guard let whole = number, bytes.count < 3 else { return nil }
                bytes.append(UInt8(whole))
                number = nil
            default: return nil
            }
        }
        guard let last = number, bytes.count == 3 else { return nil }
        return bytes + [UInt8(last)]
    }

    private static func ipv6(_ text: String) -> [UInt8]? {
        // A zone (`fe80::1%eth0`) says by which interface, not who.
        let address = text.prefix { $0 != "%" }
        let gaps = address.ranges(of: "::")
        guard gaps.count <= 1 else { return nil }
        func words(_ text: Substring) -> [UInt16]? {
            if text.isEmpty { return [] }
            let parts = text.split(separator: ":", omittingEmptySubsequences: false)
            let words = parts.compactMap { $0.count <= 4 ? UInt16($0, radix: 16) : nil }
            return words.count == parts.count ? words : nil
        }
        var all: [UInt16]
        if let gap = gaps.first {
            guard let head = words(address[..<gap.lowerBound]), let tail = words(address[gap.upperBound...]),
                head.count + tail.count < 8
            else { return nil }
            all = head + [UInt16](repeating: 0, count: 8 - head.count - tail.count) + tail
        } else {
            guard let whole = words(address), whole.count == 8 else { return nil }
            all = whole
        }
        return all.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }
    }
}

/// An entry that is no address.
public struct MenuAllowListError: Error, Sendable, Equatable, CustomStringConvertible {
    public let entry: String

    public var description: String { "'\(entry)' is no address; write 192.0.2.10, 192.0.2.0/24 or fd00::/8" }
}
