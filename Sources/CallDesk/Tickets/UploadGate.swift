import DeskCore
import HTTPTypes
import Hummingbird
import NIOCore
import Synchronization

/// Reads uploaded files, a few at a time: each may take 25 MiB of memory until it lies on disk.
final class UploadGate: Sendable {
    /// 200 MiB at the very most.
    static let atOnce = 8

    private let running = Mutex(0)

    init() {}

    /// The body of a raw upload (`PUT`), read as it comes.
    ///
    /// - Throws: `Problem` 413 for a body over `AttachmentStore.largest`, 429 when too many are under way.
    func read(_ request: Request) async throws -> [UInt8] {
        let limit = AttachmentStore.largest
        let announced = request.headers[.contentLength].flatMap { Int($0) } ?? 0
        guard announced <= limit else { throw Problem.tooLarge(limit: limit) }
        guard enter() else { throw Problem.tooMany(retryAfter: 2) }
        defer { running.withLock { $0 -= 1 } }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(min(announced, limit))
        try await request.body.read(upTo: limit) { bytes.append(contentsOf: $0.readableBytesView) }
        return bytes
    }

    private func enter() -> Bool {
        running.withLock { running in
            guard running < Self.atOnce else { return false }
            running += 1
            return true
        }
    }
}

/// Files as downloads: never shown inside a page of ours, whatever they hold.
enum FileResponse {
    static func download(_ attachment: Attachment, from store: AttachmentStore) throws -> Response {
        let bytes = try store.bytes(of: attachment)
        return Response(
            status: .ok,
            headers: [
                .contentType: attachment.mediaType,
                .contentDisposition: disposition(attachment.name),
                .contentSecurityPolicy: SecurityHeaders.dataPolicy,
                .cacheControl: "private, no-store",
            ],
            body: .init(byteBuffer: ByteBuffer(bytes: bytes))
        )
    }

    /// The name in both forms of RFC 6266: plain ASCII for old clients, UTF-8 for all others.
    static func disposition(_ name: String) -> String {
        let plain = String(
            name.unicodeScalars.map { scalar in
                let isSafe =
                    scalar.isASCII && scalar.value >= 0x20 && scalar.value != 0x7F
                    && !"\"\\%;".unicodeScalars.contains(scalar)
                return isSafe ? Character(scalar) : "_"
            }
        )
        return "attachment; filename=\"\(plain)\"; filename*=UTF-8''\(PercentEncoding.encode(name))"
    }
}
