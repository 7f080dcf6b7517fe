import DeskCore
import IVRBridge
import Synchronization

/// The last requests of each hook with our answers, in memory alone: they hold numbers, and are gone with the process.
final class HookLog: Sendable {
    /// Enough to see a call or two from ring to end.
    static let most = 50
    /// Of a body and of an answer; a form is shorter.
    static let longest = 2_048

    struct Entry: Sendable {
        var at: Moment
        var peer: String
        var method: String
        var contentType: String?
        var size: Int
        /// The body's beginning.
        var body: String
        var status: Int
        var answer: String
        /// Why it was not taken.
        var fault: String?
        var forgery: HookForgery?
    }

    private let entries: [String: Ring]

    init(lines: [String]) {
        entries = Dictionary(lines.map { ($0, Ring()) }, uniquingKeysWith: { first, _ in first })
    }

    func note(_ entry: Entry, of line: String) {
        entries[line]?.value.withLock { kept in
            if kept.count >= Self.most { kept.removeFirst() }
            kept.append(entry)
        }
    }

    /// Newest first.
    func entries(of line: String) -> [Entry] { entries[line]?.value.withLock { $0.reversed() } ?? [] }

    static func excerpt(_ bytes: some Sequence<UInt8>) -> String {
        String(decoding: Array(bytes.prefix(longest)), as: UTF8.self)
    }
}

/// One hook's requests behind a lock, which cannot stand in a dictionary by itself.
private final class Ring: Sendable {
    let value = Mutex<[HookLog.Entry]>([])
}
