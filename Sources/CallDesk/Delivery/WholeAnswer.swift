import AsyncHTTPClient
import NIOCore
import NIOHTTP1

/// Another server's answer, read as far as it came within its time and its size.
struct WholeAnswer: Sendable {
    var status: HTTPResponseStatus
    var headers: HTTPHeaders
    var body: [UInt8]
    /// Whether the body came to its end.
    var isWhole: Bool
}

extension HTTPClient {
    /// Asks, and reads head and body within `time` in all.
    ///
    /// The client's own deadline ends with the head of an answer, and its limit of silence begins anew with every byte: a
    /// body that trickles would be read for days. What came of it by then is returned, as the head has told the fate of
    /// what was asked. Of the body `limit` bytes are read; the rest is not.
    ///
    /// - Returns: the answer, and whether it came to its end.
    /// - Throws: what the client throws when no head came in time.
    func answer(to request: HTTPClientRequest, within time: Duration, upTo limit: Int) async throws -> WholeAnswer {
        let end = ContinuousClock.now + time
        let response = try await execute(request, timeout: TimeAmount(time))
        let (bytes, isWhole) = await Self.read(response.body, until: end, upTo: limit)
        return WholeAnswer(status: response.status, headers: response.headers, body: bytes, isWhole: isWhole)
    }

    private typealias Part = (bytes: [UInt8], isWhole: Bool)

    private static func read(
        _ body: HTTPClientResponse.Body,
        until end: ContinuousClock.Instant,
        upTo limit: Int
    ) async -> Part {
        await withTaskGroup(of: Part?.self) { group in
            group.addTask { await read(body, upTo: limit) }
            group.addTask {
                try? await _Concurrency.Task.sleep(until: end, clock: .continuous)
                return nil
            }
            var part: Part = ([], false)
            for await done in group {
                // The other ends by it: who reads hands out what came so far.
                group.cancelAll()
                if let done { part = done }
            }
            return part
        }
    }

    private static func read(_ body: HTTPClientResponse.Body, upTo limit: Int) async -> Part {
        var bytes: [UInt8] = []
        do {
            for try await part in body {
                bytes += part.readableBytesView.prefix(limit - bytes.count)
                if bytes.count >= limit { return (bytes, false) }
            }
        } catch {
            return (bytes, false)
        }
        // A cancelled reader is told that the body is over.
        return (bytes, !_Concurrency.Task.isCancelled)
    }
}
