import DeskCore

/// Where webhooks may be sent: the public Internet, and what the settings allow besides.
///
/// The address is judged when it is connected to, and the connection goes to that very address: a name that leads elsewhere
/// a moment later leads nowhere.
struct ReceiverRules: Sendable {
    enum Refusal: Error, Equatable, CustomStringConvertible {
        case noAddress
        case unknownName
        case isPrivate

        var description: String {
            switch self {
            case .noAddress: "the address of the receiver cannot be read"
            case .unknownName: "the name of the receiver leads nowhere, or nobody answered for it in time"
            case .isPrivate:
                "the receiver's address is a private one; name its network or its name under hooks.allow_private"
            }
        }
    }

    /// Networks that are nobody's on the Internet (RFC 6890 and its registries).
    private static let special = [
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/3",
        // What leads to IPv4 by another way would get round the list above.
        "::/96", "64:ff9b::/32", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16", "fc00::/7", "fe80::/9",
        "ff00::/8",
    ].compactMap(NetworkRange.init)

    private let networks: [NetworkRange]
    private let names: Set<String>

    /// `allowed`: networks and names of `hooks.allow_private`.
    init(allowed: [String]) {
        networks = allowed.compactMap(NetworkRange.init)
        // As receivers' names are connected to: those with accents in the form the domain name system knows.
        names = Set(
            allowed.filter { NetworkRange($0) == nil }.map { (InternationalDomain.ascii($0) ?? $0).lowercased() }
        )
    }

    func allows(_ address: PeerAddress, named name: String) -> Bool {
        guard !address.bytes.isEmpty else { return false }
        guard Self.special.contains(where: { $0.contains(address) }) else { return true }
        return networks.contains { $0.contains(address) } || names.contains(name.lowercased())
    }

    /// The address to connect to, as text.
    func address(
        of host: String,
        resolve: @Sendable (String) async -> [PeerAddress] = Self.resolve
    ) async throws(Refusal) -> PeerAddress {
        let bare = host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host
        guard !bare.isEmpty else { throw .noAddress }
        // A name in digits and dots could be read as an address in more than one way (`0x7f.1`, `2130706433`).
        let found: [PeerAddress]
        if let address = PeerAddress(text: bare.contains(":") ? "[\(bare)]" : bare) {
            found = [address]
        } else {
            found = await resolve(bare)
        }
        guard !found.isEmpty else { throw .unknownName }
        guard let good = found.first(where: { allows($0, named: bare) }) else { throw .isPrivate }
        return good
    }

    /// Asks the system's resolver, for so long and no longer.
    static let resolve: @Sendable (String) async -> [PeerAddress] = { await NameLookup.resolve($0) }
}
