import CZlib

/// Compresses what is sent often and never changes.
enum Gzip {
    /// The bytes as a gzip file (RFC 1952); nil when that saves nothing worth a browser's unpacking.
    static func compressed(_ bytes: [UInt8]) -> [UInt8]? {
        guard bytes.count >= 256 else { return nil }
        let room = bytes.count * 9 / 10
        let packed = [UInt8](unsafeUninitializedCapacity: room) { packed, count in
            count = bytes.withUnsafeBufferPointer { bytes in
                czlib_gzip(bytes.baseAddress, bytes.count, packed.baseAddress, room)
            }
        }
        return packed.isEmpty ? nil : packed
    }

    /// Whether a browser says that it unpacks gzip (RFC 9110 §12.5.3); `gzip;q=0` says that it does not.
    static func isAccepted(_ acceptEncoding: String?) -> Bool {
        guard let acceptEncoding, acceptEncoding.utf8.count <= 1_000 else { return false }
        return acceptEncoding.split(separator: ",").contains { coding in
            let parts = coding.split(separator: ";").map { $0.filter { $0 != " " && $0 != "\t" }.lowercased() }
            guard parts.first == "gzip" || parts.first == "x-gzip" else { return false }
            guard let quality = parts.dropFirst().first(where: { $0.hasPrefix("q=") }) else { return true }
            return (Double(quality.dropFirst(2)) ?? 0) > 0
        }
    }
}
