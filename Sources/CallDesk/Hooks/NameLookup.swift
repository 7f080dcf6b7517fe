import Foundation
import NIOPosix
import Synchronization

/// Asks the system's resolver for addresses, within a time in all.
///
/// `getaddrinfo` blocks its thread until the last of its servers has said nothing often enough, half a minute and more, and
/// cannot be ended. So it has threads of its own, and whoever asks leaves when the time is up or the service ends.
enum NameLookup {
    /// A resolver that works answers in milliseconds, one that asks far away in seconds.
    static let patience = Duration.seconds(10)
    /// Names that lead nowhere hold up this many before other names wait.
    private static let threads: NIOThreadPool = {
        let pool = NIOThreadPool(numberOfThreads: 4)
        pool.start()
        return pool
    }()
    /// Looked up or waiting for a thread at the most: what is beyond would not have its turn in time.
    private static let most = 64
    private static let waiting = Atomic(0)

    /// The addresses of a name; none when it has none, or when nobody answered in time.
    static func resolve(
        _ name: String,
        within patience: Duration = patience,
        by lookUp: @escaping @Sendable (String) -> [PeerAddress] = addresses
    ) async -> [PeerAddress] {
        await FirstWord.wait(for: patience, otherwise: []) { word in
            guard waiting.add(1, ordering: .relaxed).newValue <= most else {
                waiting.subtract(1, ordering: .relaxed)
                return word.tell([])
            }
            threads.submit { state in
                defer { waiting.subtract(1, ordering: .relaxed) }
                // Who has left needs no answer.
                guard case .active = state, word.isAwaited else { return word.tell([]) }
                word.tell(lookUp(name))
            }
        }
    }

    /// What the resolver says; blocks the thread.
    private static let addresses: @Sendable (String) -> [PeerAddress] = { name in
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(name, nil, &hints, &list) == 0 else { return [] }
        defer { freeaddrinfo(list) }
        var addresses: [PeerAddress] = []
        var next = list
        while let entry = next {
            var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
            let code = getnameinfo(
                entry.pointee.ai_addr,
                entry.pointee.ai_addrlen,
                &text,
                socklen_t(text.count),
                nil,
                0,
                NI_NUMERICHOST
            )
            let written = String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            if code == 0, let address = PeerAddress(text: written.contains(":") ? "[\(written)]" : written) {
                addresses.append(address)
            }
            next = entry.pointee.ai_next
        }
        return addresses
    }
}
