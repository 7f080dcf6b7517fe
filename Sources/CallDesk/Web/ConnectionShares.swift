import Synchronization

/// Counts connections by address, so that nobody takes the room of all others.
///
/// A proxy of ours speaks for many and has no share of its own. An open stream has left: it showed who it is, and is
/// counted to its holder.
final class ConnectionShares: Sendable {
    private let proxies: TrustedProxies
    private let open = Mutex<[[UInt8]: Int]>([:])

    init(proxies: TrustedProxies) { self.proxies = proxies }

    /// Takes a place; false when the address has its share already.
    func enter(_ peer: PeerAddress) -> Bool {
        guard isCounted(peer) else { return true }
        return open.withLock { open in
            guard open[peer.subject] ?? 0 < HTTPLimits.connectionsEach else { return false }
            open[peer.subject, default: 0] += 1
            return true
        }
    }

    func leave(_ peer: PeerAddress) {
        guard isCounted(peer) else { return }
        open.withLock { open in
            let left = (open[peer.subject] ?? 1) - 1
            open[peer.subject] = left > 0 ? left : nil
        }
    }

    private func isCounted(_ peer: PeerAddress) -> Bool { !peer.bytes.isEmpty && !proxies.trusts(peer) }
}
