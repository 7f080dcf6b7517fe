import NIOCore

/// How events are written on the wire: server-sent events (WHATWG HTML §9.2), each a chunk of its own (RFC 9112 §7.1).
///
/// A stream's head is written by the HTTP server; what follows goes to the socket as it is, so that the framing is part
/// of the bytes that all readers share. To a client of HTTP/1.0, which has no chunks, their sizes are lines of no field's
/// name, which a reader of events ignores.
enum LiveFrame {
    /// A comment, so that proxies and browsers see the stream begin, and when to try again after a loss (milliseconds).
    static let opening = ": calldesk\nretry: 2000\n\n"
    /// A comment, which clients do not see.
    static let ping = chunk(Array(": ping\n\n".utf8))
    /// The stream's end.
    static let end = ByteBuffer(string: "0\r\n\r\n")

    /// One event; `json` on one line.
    static func event(id: UInt64, kind: String, json: [UInt8]) -> ByteBuffer {
        var bytes = Array("id: \(id)\nevent: \(kind)\n".utf8)
        // Our JSON has no line breaks; one that did would end the event early or forge another.
        let isBreak: (UInt8) -> Bool = { $0 == 0x0A || $0 == 0x0D }
        for line in json.split(omittingEmptySubsequences: false, whereSeparator: isBreak) {
            bytes.append(contentsOf: "data: ".utf8)
            bytes.append(contentsOf: line)
            bytes.append(0x0A)
        }
        bytes.append(0x0A)
        return chunk(bytes)
    }

    private static func chunk(_ bytes: [UInt8]) -> ByteBuffer {
        var buffer = ByteBuffer()
        buffer.reserveCapacity(bytes.count + 12)
        buffer.writeString("\(String(bytes.count, radix: 16))\r\n")
        buffer.writeBytes(bytes)
        buffer.writeString("\r\n")
        return buffer
    }
}
