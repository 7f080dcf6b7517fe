import DeskCore
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore

extension Request {
    /// The body as JSON values.
    ///
    /// - Throws: `Problem` 415 for another media type, 413 for a body over `HTTPLimits.jsonBody`; `JSONFault`.
    func json() async throws -> JSONValue {
        try mustBeJSON()
        let buffer = try await bytes(upTo: HTTPLimits.jsonBody)
        return try JSONParser.parse(Array(buffer.readableBytesView))
    }

    /// The body as JSON values where there is one; nil without a byte of any.
    ///
    /// - Throws: as `json`.
    func anyJSON() async throws -> JSONValue? {
        let buffer = try await bytes(upTo: HTTPLimits.jsonBody)
        guard buffer.readableBytes > 0 else { return nil }
        try mustBeJSON()
        return try JSONParser.parse(Array(buffer.readableBytesView))
    }

    /// The body whole, refused before it is read when the client says that it is larger.
    ///
    /// - Throws: `Problem` 413.
    func bytes(upTo limit: Int) async throws -> ByteBuffer {
        if let text = headers[.contentLength], let length = Int(text), length > limit {
            throw Problem.tooLarge(limit: limit)
        }
        var whole = ByteBuffer()
        try await read(upTo: limit) { chunk in
            var chunk = chunk
            whole.writeBuffer(&chunk)
        }
        return whole
    }

    /// Reads the body as it comes, bounded; who waits for a word before sending it gets it now (RFC 9110 §10.1.1).
    ///
    /// - Throws: `Problem` 413 for more than `limit` bytes, 408 for a body that trickles.
    func read(upTo limit: Int, _ take: (ByteBuffer) throws -> Void) async throws {
        if headers[.expect] != nil {
            HTTPConnection.current?.triggerUserOutboundEvent(ConnectionGuard.BodyWanted(), promise: nil)
        }
        try await body.read(upTo: limit, take)
    }

    /// Its media type is `application/json`, or a kind of it (`application/merge-patch+json`), whatever its parameters.
    private func mustBeJSON() throws(Problem) {
        let essence = (headers[.contentType] ?? "").prefix { $0 != ";" }.lowercased().filter { !$0.isWhitespace }
        guard essence == "application/json" || (essence.hasPrefix("application/") && essence.hasSuffix("+json")) else {
            throw .wrongMediaType("application/json")
        }
    }

    /// One value of the query, decoded; nil when it is not there.
    func query(_ name: String) -> String? {
        FormFields.parse(uri.query ?? "").first { $0.name == name }?.value
    }
}

extension AsyncSequence where Element == ByteBuffer {
    /// Reads to the end, bounded in size and in time: a few seconds, and more for what has come at a least rate.
    ///
    /// Nothing at all for a minute closes the connection (`HTTPLimits.idleSeconds`).
    ///
    /// - Throws: `Problem` 413 for more than `limit` bytes, 408 for a body that trickles.
    func read(
        upTo limit: Int,
        now: () -> ContinuousClock.Instant = { .now },
        _ take: (ByteBuffer) throws -> Void
    ) async throws {
        let start = now()
        var count = 0
        for try await chunk in self {
            count += chunk.readableBytes
            guard count <= limit else { throw Problem.tooLarge(limit: limit) }
            let allowed = Duration.seconds(HTTPLimits.bodySeconds + count / HTTPLimits.bodyRate)
            guard start.duration(to: now()) <= allowed else { throw Problem.tooSlow }
            try take(chunk)
        }
    }
}

extension Response {
    /// A JSON answer written by hand.
    static func json(_ status: HTTPResponse.Status = .ok, _ writer: consuming JSONWriter) -> Response {
        Response(
            status: status,
            headers: [.contentType: "application/json", .cacheControl: "no-store"],
            body: .init(byteBuffer: ByteBuffer(bytes: writer.bytes))
        )
    }
}
