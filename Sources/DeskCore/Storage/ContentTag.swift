import Codecs
import Crypto

/// What a record that is written whole said when it was read, in short; for records that count no revisions.
public struct ContentTag: Sendable, Equatable {
    /// The record says something else than the copy a change was made of.
    public struct Stale: Error, Equatable {
        public init() {}
    }

    /// 32 hexadecimal digits, or whatever a program sent for them.
    public let text: String

    public init(_ text: String) { self.text = text }

    public init(of parts: [String?]) {
        var hash = SHA256()
        for part in parts {
            // Lengths keep a text from passing for two.
            hash.update(data: Array("\(part?.utf8.count ?? -1):".utf8))
            hash.update(data: Array((part ?? "").utf8))
        }
        text = Hexadecimal.text(Array(hash.finalize().prefix(16)))
    }
}
