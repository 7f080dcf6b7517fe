import CCurl
import DeskCore

/// Sends SMS notices through an HTTP gateway, on threads of its own, over connections that are kept.
final class GatewaySender: NoticeSender {
    let channel = NoticeChannel.sms
    let lanes: Int
    /// One lane's messages go one after the other; a gateway that hangs holds up this many at the most.
    let batch = 16
    /// No call of `send` begins another message after this: it stays well below the worker's lease.
    private static let longestCall = Duration.seconds(60)

    let gateway: SMSGateway
    private let reports: SMSReports?
    let connections: KeptConnections<GatewayConnection>

    /// Without `reports`, the gateway is not asked for delivery reports.
    init(gateway: SMSGateway, reports: SMSReports?) {
        self.gateway = gateway
        self.reports = reports
        lanes = min(max(1, gateway.connections), 64)
        connections = KeptConnections(lanes)
    }

    /// Closes the kept connections; nothing can be sent after it.
    func shutDown() async { await connections.shutDown() }

    func send(_ notices: [Notice]) async -> [DeliveryResult] {
        let results = await connections.use(make: { [gateway] in GatewayConnection(gateway) }) { connection, stop in
            self.transfer(notices, over: connection, stop: stop)
        }
        return results ?? notices.map { _ in .untried }
    }

    static let badSettings = DeliveryError(.sender, .desk(.smsSettings))

    private func transfer(_ notices: [Notice], over connection: GatewayConnection?, stop: TransferStop)
        -> [DeliveryResult]
    {
        guard let connection else {
            return notices.enumerated().map { $0.offset == 0 ? .refused(Self.badSettings) : .untried }
        }
        let begun = ContinuousClock.now
        var results: [DeliveryResult] = []
        results.reserveCapacity(notices.count)
        for notice in notices {
            if stop.isRequested || begun.duration(to: .now) > Self.longestCall { break }
            let result = send(notice, over: connection)
            results.append(result)
            if case .refused(let error) = result, error.stopsSender { break }
        }
        return results + Array(repeating: .untried, count: notices.count - results.count)
    }

    private func send(_ notice: Notice, over connection: GatewayConnection) -> DeliveryResult {
        let marks = reports?.marks(for: notice.id)
        let values = gateway.values(for: notice, reportURL: marks?.url, reportKey: marks?.key)
        switch connection.ask(GatewayRequest(gateway, values)) {
        case .success(let answer): return answer.judge(by: gateway)
        case .failure(let error): return .refused(error)
        }
    }
}

/// Reads what kept a gateway from answering, and tells what to do.
enum GatewayFault {
    /// - Parameters:
    ///   - code: libcurl's verdict on a request whose answer did not come.
    ///   - gateway: its name, for the message.
    ///   - isHandedOver: the whole request went out.
    /// - Returns: the error, reaching as far as the trouble does.
    static func error(_ code: CURLcode, gateway: String, isHandedOver: Bool = false) -> DeliveryError {
        let silences = [
            CURLE_OPERATION_TIMEDOUT, CURLE_ABORTED_BY_CALLBACK, CURLE_GOT_NOTHING, CURLE_RECV_ERROR,
            CURLE_PARTIAL_FILE,
        ]
        if isHandedOver, silences.contains(code) { return unanswered(gateway) }
        func sender(_ complaint: NoticeFault.GatewayComplaint) -> DeliveryError {
            DeliveryError(.sender, .gateway(complaint, name: gateway))
        }
        return switch code {
        case CURLE_URL_MALFORMAT: sender(.address)
        case CURLE_OPERATION_TIMEDOUT: sender(.slow)
        case CURLE_ABORTED_BY_CALLBACK: DeliveryError(.noticeNow, .desk(.cutOff))
        // An answer without a status line is taken for HTTP/0.9, which is not spoken.
        case CURLE_UNSUPPORTED_PROTOCOL, CURLE_WEIRD_SERVER_REPLY: sender(.notHTTP)
        case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CONNECT_ERROR, CURLE_SSL_ISSUER_ERROR: sender(.certificate)
        case CURLE_GOT_NOTHING, CURLE_RECV_ERROR, CURLE_SEND_ERROR:
            DeliveryError(.noticeNow, .gateway(.hungUp, name: gateway))
        default: sender(.unreachable)
        }
    }

    /// Of a gateway that has the message and has not said whether it takes it.
    static func unanswered(_ gateway: String) -> DeliveryError {
        DeliveryError(.unanswered, .gateway(.unanswered, name: gateway))
    }
}
