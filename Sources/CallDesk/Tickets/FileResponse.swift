import Codecs
import DeskCore
import HTTPTypes
import Hummingbird
import NIOCore

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
