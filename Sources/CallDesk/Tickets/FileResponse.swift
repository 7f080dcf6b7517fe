import Codecs
import DeskCore
import HTTPTypes
import Hummingbird
import NIOCore

/// Files as downloads: never shown inside a page of ours, whatever they hold.
enum FileResponse {
    /// The file, or the part of it that `request` asks for.
    static func download(
        _ attachment: Attachment,
        from store: AttachmentStore,
        for request: Request
    ) throws -> Response {
        // Read whole, as its mark says of the whole only that it is what was given.
        let bytes = try store.bytes(of: attachment)
        let answer = try ByteRange(request, size: bytes.count).answer(size: bytes.count)
        var headers = answer.headers
        headers[.contentType] = attachment.mediaType
        headers[.contentDisposition] = disposition(attachment.name)
        headers[.contentSecurityPolicy] = SecurityHeaders.dataPolicy
        headers[.cacheControl] = "private, no-store"
        return Response(
            status: answer.status,
            headers: headers,
            body: .init(byteBuffer: ByteBuffer(bytes: bytes[answer.bytes]))
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
