import AsyncHTTPClient
import CCurl
import DeskCore
import NIOCore
import NIOHTTP1
import NIOPosix

/// Trying a sender without sending anything, for doctor and for a settings page.
extension MailSender {
    /// Connects, encrypts and signs in as for a mail, then says NOOP.
    ///
    /// - Returns: what is wrong and what to do, or nil.
    func check() async -> DeliveryError? {
        let route = route
        let error = try? await threads.runIfActive { () -> DeliveryError? in
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
        var values = gateway.constants
        values[.coding] = "0"
        var request = HTTPClientRequest(url: gateway.reports == .kannel ? gateway.address(values) : origin(values))
        request.method = gateway.reports == .kannel ? .GET : .HEAD
        do {
            let answer = try await client.answer(to: request, within: .seconds(10), upTo: 65_536)
            guard gateway.reports == .kannel else { return nil }
            switch answer.status.code {
            case 400, 200..<300: return nil
            default:
                let answer = SMSAnswer(status: Int(answer.status.code), body: []).judge(by: gateway)
                if case .refused(let error) = answer { return error }
                return nil
            }
        } catch {
            return GatewayFault.error(error, gateway: gateway.name)
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
