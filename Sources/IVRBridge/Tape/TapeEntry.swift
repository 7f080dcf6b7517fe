import Crypto

/// One thing a line brought, as it is kept: what a read gave, that a connection began, or that something is missing.
///
/// Written as 17 bytes of head (length of what follows as UInt32, microseconds since 1970 as Int64, kind as UInt8, the
/// first four bytes of a SHA-256 over the other three and what follows; all big-endian), then the bytes.
public struct TapeEntry: Sendable, Equatable {
    public enum Kind: UInt8, Sendable {
        case began = 1
        case bytes = 2
        /// Bytes came faster than they could be written.
        case gap = 3
    }

    public var kind: Kind
    /// By this machine's clock, microseconds since 1970.
    public var at: Int64
    public var bytes: [UInt8]

    public init(_ kind: Kind, at: Int64, bytes: [UInt8] = []) {
        (self.kind, self.at, self.bytes) = (kind, at, bytes)
    }

    static let headLength = 17
    /// A read brings 64 KiB at the most, a longer request is kept in parts; whatever says it is longer is damage.
    static let longest = 1 << 20

    /// As it stands in the file.
    var encoded: [UInt8] {
        let head = Self.head(length: bytes.count, at: at, kind: kind.rawValue)
        return head + Self.check(head, bytes[...]) + bytes
    }

    /// What stands at the beginning of `bytes`, and how long it is there.
    ///
    /// - Returns: nil when more bytes are needed.
    /// - Throws: `TapeDamage` for what was not written so.
    static func decode(_ bytes: ArraySlice<UInt8>) throws(TapeDamage) -> (entry: TapeEntry, length: Int)? {
        guard bytes.count >= headLength else { return nil }
        let start = bytes.startIndex
        let length = Int(whole(bytes[start..<start + 4]))
        guard length <= longest, let kind = Kind(rawValue: bytes[start + 12]) else { throw TapeDamage() }
        guard bytes.count >= headLength + length else { return nil }
        let body = bytes[start + headLength..<start + headLength + length]
        let check = bytes[start + 13..<start + headLength]
        guard Self.check(bytes[start..<start + 13], body).elementsEqual(check) else { throw TapeDamage() }
        let at = Int64(bitPattern: whole(bytes[start + 4..<start + 12]))
        return (TapeEntry(kind, at: at, bytes: Array(body)), headLength + length)
    }

    private static func head(length: Int, at: Int64, kind: UInt8) -> [UInt8] {
        withUnsafeBytes(of: UInt32(length).bigEndian, Array.init)
            + withUnsafeBytes(of: at.bigEndian, Array.init) + [kind]
    }

    private static func check(_ head: some Sequence<UInt8>, _ body: ArraySlice<UInt8>) -> [UInt8] {
        var hash = SHA256()
        hash.update(data: Array(head))
        body.withUnsafeBytes { hash.update(bufferPointer: $0) }
        return Array(hash.finalize().prefix(4))
    }

    private static func whole(_ bytes: ArraySlice<UInt8>) -> UInt64 { bytes.reduce(0) { $0 << 8 | UInt64($1) } }
}

/// What stands on a tape was not written so: a disk's fault, or the end of a power failure.
struct TapeDamage: Error {}
