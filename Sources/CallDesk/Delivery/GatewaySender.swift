import AsyncHTTPClient
import DeskCore
import NIOCore
import NIOHTTP1
import NIOPosix

/// Sends SMS notices through an HTTP gateway; redirects are not followed, answers are bounded in time and size.
final class GatewaySender: NoticeSender {
    let channel = NoticeChannel.sms
    let lanes: Int
    /// One lane's messages go one after the other; a gateway that hangs holds up this many at the most.
    let batch = 16
    /// No call of `send` begins another message after this: it stays well below the worker's lease.
    private static let longestCall = Duration.seconds(60)
    /// More than any gateway's answer to one message; the rest is not read.
    private static let longestAnswer = 65_536

    let gateway: SMSGateway
    private let reports: SMSReports?
    let client: HTTPClient

    /// Without `reports`, the gateway is not asked for delivery reports.
    init(
        gateway: SMSGateway,
        reports: SMSReports?,
        group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton
    ) {
        self.gateway = gateway
        self.reports = reports
        lanes = min(max(1, gateway.connections), 64)
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow,
            timeout: .init(connect: .seconds(10), read: .seconds(30)),
            decompression: .disabled
        )
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = lanes
        // A kept connection that the gateway closed is found out before the next message, not by it.
        configuration.connectionPool.idleTimeout = .seconds(20)
        configuration.httpVersion = .http1Only
        client = HTTPClient(eventLoopGroupProvider: .shared(group), configuration: configuration)
    }

    /// Closes the kept connections; nothing can be sent after it.
    func shutDown() async {
        try? await client.shutdown()
    }

    func send(_ notices: [Notice]) async -> [DeliveryResult] {
        let begun = ContinuousClock.now
        var results: [DeliveryResult] = []
        for notice in notices {
            if Task.isCancelled || begun.duration(to: .now) > Self.longestCall { break }
            let result = await send(notice)
            results.append(result)
            if case .refused(let error) = result, error.reach == .sender { break }
        }
        return results + Array(repeating: .untried, count: notices.count - results.count)
    }

    private func send(_ notice: Notice) async -> DeliveryResult {
        let values = gateway.values(
            for: notice,
            reportURL: reports?.url(for: notice.id),
            reportKey: reports?.key(for: notice.id)
        )
        var request = HTTPClientRequest(url: gateway.address(values))
        request.method = gateway.method == .get ? .GET : .POST
        for header in gateway.headers {
            request.headers.add(name: header.name, value: header.value.filled(values, for: .header))
        }
        if let content = gateway.content(values) {
            if !request.headers.contains(name: "Content-Type") {
                request.headers.add(name: "Content-Type", value: content.type)
            }
            request.body = .bytes(ByteBuffer(string: content.text))
        }
        do {
            // The status has told the fate of the message; a broken rest changes nothing.
            let answer = try await client.answer(to: request, within: gateway.timeout, upTo: Self.longestAnswer)
            return SMSAnswer(status: Int(answer.status.code), body: answer.body).judge(by: gateway)
        } catch {
            return .refused(GatewayFault.error(error, gateway: gateway.name))
        }
    }
}

/// Reads what kept a gateway from answering, and tells what to do.
enum GatewayFault {
    static func error(_ error: any Error, gateway: String) -> DeliveryError {
        let name = "the SMS gateway \(gateway)"
        switch error {
        case let error as HTTPClientError where [.invalidURL, .emptyHost, .emptyScheme].contains(error):
            return DeliveryError(.sender, what: "sms.url is no address of \(name)", remedy: "correct sms.url")
        case let error as HTTPClientError
        where [.connectTimeout, .readTimeout, .deadlineExceeded, .getConnectionFromPoolTimeout].contains(error):
            return DeliveryError(
                .sender,
                what: "\(name) did not answer in time",
                remedy: "check its load and log; messages wait and go out by themselves"
            )
        case is CancellationError:
            return DeliveryError(
                .noticeNow,
                what: "sending was cut off by the service's end",
                remedy: "it is sent again"
            )
        case let error as HTTPClientError where error == .cancelled:
            return DeliveryError(
                .noticeNow,
                what: "sending was cut off by the service's end",
                remedy: "it is sent again"
            )
        case is HTTPParserError:
            return DeliveryError(.sender, what: "\(name) does not answer in HTTP", remedy: "check sms.url")
        case let error as HTTPClientError where error == .remoteConnectionClosed:
            return DeliveryError(
                .noticeNow,
                what: "\(name) hung up",
                remedy: "it is tried again by itself; see its log"
            )
        default:
            return DeliveryError(
                .sender,
                what: "\(name) cannot be reached",
                remedy: "start it, or check sms.url and the firewall; messages wait and go out by themselves"
            )
        }
    }
}
