import AsyncHTTPClient
import DeskCore
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix

/// Posts messages to one subscriber: signed, to an address that was judged, without following anything.
struct WebhookSender: Sendable {
    let rules: ReceiverRules
    let clock: DeskClock
    /// A receiver has this long for each message.
    var patience = TimeAmount.seconds(15)
    var resolve: @Sendable (String) async -> [PeerAddress] = ReceiverRules.resolve

    /// Posts a batch in order until the receiver fails; what it refuses of one message says nothing of the next.
    ///
    /// One that the task's cancellation cuts off is no failure of the receiver's, and has not been tried.
    /// - Parameters:
    ///   - batch: what is due for one subscriber.
    ///   - goesOn: asked before each message; what is left is not begun any more when it says no.
    ///   - settle: told of each attempt.
    /// - Returns: what was not tried.
    func send(
        _ batch: WebhookQueue.Batch,
        goesOn: () async -> Bool = { true },
        settle: (WebhookQueue.Job, WebhookQueue.Outcome) async -> Void
    ) async -> [WebhookQueue.Job] {
        var left = batch.jobs[...]
        let client: HTTPClient
        do throws(ReceiverRules.Refusal) {
            client = try await self.client(for: batch.url)
        } catch {
            // Nobody is looked up for a service that ends.
            if Task.isCancelled { return batch.jobs }
            if let first = left.popFirst() { await settle(first, .init(status: nil, error: error.description)) }
            return Array(left)
        }
        while let job = left.popFirst() {
            guard !Task.isCancelled, await goesOn(), let outcome = await post(job, batch, client) else {
                left = [job] + left
                break
            }
            await settle(job, outcome)
            if outcome.error != nil, !outcome.isRefusal { break }
        }
        try? await client.shutdown()
        return Array(left)
    }

    /// A client that connects to the judged address alone; certificates are held against the name.
    private func client(for url: String) async throws(ReceiverRules.Refusal) -> HTTPClient {
        guard let host = Webhook.host(of: url) else { throw .noAddress }
        let address = try await rules.address(of: host, resolve: resolve)
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow,
            timeout: .init(connect: .seconds(10), read: patience),
            decompression: .disabled
        )
        configuration.httpVersion = .http1Only
        configuration.dnsOverride = [host: address.text]
        return HTTPClient(
            eventLoopGroupProvider: .shared(MultiThreadedEventLoopGroup.singleton),
            configuration: configuration
        )
    }

    /// What came of one message; nil when it was cut off by the task's cancellation, and may have arrived or not.
    private func post(
        _ job: WebhookQueue.Job,
        _ batch: WebhookQueue.Batch,
        _ client: HTTPClient
    ) async -> WebhookQueue.Outcome? {
        let body = Array(job.body.utf8)
        let timestamp = clock.now.milliseconds / 1_000
        var request = HTTPClientRequest(url: batch.url)
        request.method = .POST
        request.headers = [
            "Content-Type": "application/json", "User-Agent": "CallDesk-Webhooks/1", "webhook-id": job.messageID,
            "webhook-timestamp": String(timestamp),
            "webhook-signature": WebhookSignature.header(
                id: job.messageID,
                timestamp: timestamp,
                body: body,
                secrets: batch.secrets
            ),
        ]
        request.body = .bytes(ByteBuffer(bytes: body))
        do {
            let response = try await client.execute(request, deadline: .now() + patience)
            return Self.judge(response)
        } catch {
            return Task.isCancelled ? nil : .init(status: nil, error: Self.words(error))
        }
    }

    private static func judge(_ response: HTTPClientResponse) -> WebhookQueue.Outcome {
        let status = Int(response.status.code)
        if (200..<300).contains(status) { return .init(status: status) }
        let pause = response.headers.first(name: "Retry-After").flatMap { Int($0) }.flatMap { $0 >= 0 ? $0 : nil }
        let what = (300..<400).contains(status) ? "a redirect, which is not followed" : "an error"
        return .init(
            status: status,
            error: "the receiver answered \(status), \(what)",
            pause: pause.map { .seconds($0) }
        )
    }

    /// Never the address: it may hold a token.
    private static func words(_ error: any Error) -> String {
        switch error {
        case let error as HTTPClientError
        where [.connectTimeout, .readTimeout, .deadlineExceeded].contains(error):
            "the receiver did not answer in 15 seconds"
        case is HTTPParserError: "the receiver does not answer in HTTP"
        case let error as HTTPClientError where error == .remoteConnectionClosed: "the receiver hung up"
        default: "the receiver cannot be reached, or its certificate does not hold"
        }
    }
}
