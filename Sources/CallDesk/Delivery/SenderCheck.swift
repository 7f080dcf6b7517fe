import CCurl
import DeskCore

/// Trying a sender without sending anything, for doctor and for a settings page.
extension MailSender {
    /// Connects, encrypts and signs in as for a mail, then says NOOP.
    ///
    /// - Returns: what is wrong and what to do, or nil.
    func check() async -> DeliveryError? {
        let route = route
        let error = await connections.aside { () -> DeliveryError? in
            guard let connection = MailConnection(route: route) else { return Self.badSettings }
            return connection.check()
        }
        return error ?? nil
    }
}

extension GatewaySender {
    /// Asks the gateway for nothing and reads from its refusal whether it is there and knows us.
    ///
    /// Kannel checks user and password before it misses the number; of other gateways only an answer is expected.
    /// - Returns: what is wrong and what to do, or nil.
    func check() async -> DeliveryError? {
        var gateway = gateway
        gateway.timeout = .seconds(10)
        var values = gateway.constants
        values[.coding] = "0"
        let isKannel = gateway.reports == .kannel
        let request = GatewayRequest(
            isKannel ? .get : .head,
            url: isKannel ? gateway.address(values) : origin(values)
        )
        let checked = gateway
        let result = await connections.aside { () -> Result<SMSAnswer, DeliveryError> in
            guard let connection = GatewayConnection(checked) else { return .failure(Self.badSettings) }
            return connection.ask(request)
        }
        switch result {
        case nil: return nil
        // Nothing was handed over that could arrive.
        case .failure(let error) where error.reach == .unanswered:
            return GatewayFault.error(CURLE_OPERATION_TIMEDOUT, gateway: checked.name)
        case .failure(let error): return error
        case .success(let answer):
            guard isKannel, answer.status != 400, !(200..<300).contains(answer.status),
                case .refused(let error) = SMSAnswer(status: answer.status, body: []).judge(by: gateway)
            else { return nil }
            return error
        }
    }

    /// Scheme, host and port of the gateway: asking there sends nothing.
    private func origin(_ values: [SMSField: String]) -> String {
        let address = gateway.address(values)
        guard let mark = address.firstRange(of: "://") else { return address }
        let end = address[mark.upperBound...].firstIndex { $0 == "/" || $0 == "?" } ?? address.endIndex
        return String(address[..<end]) + "/"
    }
}
