import DeskCore

/// What a gateway answered, and what it means for the notice.
struct SMSAnswer: Sendable {
    var status: Int
    /// The answer's beginning; gateways answer in a line or a small document.
    var body: [UInt8]

    func judge(by gateway: SMSGateway) -> DeliveryResult {
        switch status {
        case 200..<300:
            switch gateway.answers {
            case .plain: break
            case .vonage: return vonage(gateway)
            case .infobip: return infobip(gateway)
            case .smsdev: return smsdev(gateway)
            }
            let isAccepted =
                gateway.acceptedPrefixes.isEmpty || gateway.acceptedStatus == status
                || gateway.acceptedPrefixes.contains { body.starts(with: $0.utf8) }
            return isAccepted ? .accepted(reference: reference(by: gateway)) : unreadable(gateway)
        case 300..<400: return refused(.sender, gateway, .elsewhere)
        case 401, 403, 407: return refused(.sender, gateway, .login)
        case 404, 405, 410: return refused(.sender, gateway, .noSuchAddress)
        case 408, 425: return refused(.noticeNow, gateway, .outOfTime)
        case 429: return refused(.sender, gateway, .noMore)
        case 400, 422: return refused(.noticeForever, gateway, .numberOrText)
        case 500, 501: return refused(.noticeNow, gateway, .failed)
        // A proxy's word for a gateway behind it that has the message and was not heard (RFC 9110 15.6.5).
        case 504: return .refused(GatewayFault.unanswered(gateway.name))
        case 502...599: return refused(.sender, gateway, .down)
        default: return refused(.noticeForever, gateway, .refused)
        }
    }

    /// The gateway's own name for the message: one short word, or none.
    private func reference(by gateway: SMSGateway) -> String? {
        guard case .json(let path) = gateway.reference, var value = try? JSONParser.parse(body) else { return nil }
        for key in path {
            if let next = value.object?[key] {
                value = next
            } else if let list = value.array, let index = Int(key), list.indices.contains(index) {
                value = list[index]
            } else {
                return nil
            }
        }
        return Self.word(value)
    }

    static func word(_ value: JSONValue?) -> String? {
        let text: String? =
            switch value {
            case .string(let text), .number(let text): text
            default: nil
            }
        return text.flatMap { (1...200).contains($0.utf8.count) ? $0 : nil }
    }

    /// A success whose body says nothing of the message: empty, cut short, or in nobody's words.
    ///
    /// The gateway had the whole message and may have sent it: sixty more attempts could be sixty more messages.
    func unreadable(_ gateway: SMSGateway) -> DeliveryResult {
        refused(.unanswered, gateway, .unreadable)
    }

    /// `code`: the gateway's own number for it.
    func refused(
        _ reach: DeliveryError.Reach,
        _ gateway: SMSGateway,
        _ complaint: NoticeFault.GatewayComplaint,
        code: Int? = nil
    ) -> DeliveryResult {
        let reply = "HTTP \(status)" + (code.map { ", status \($0)" } ?? "")
        return .refused(DeliveryError(reach, .gateway(complaint, name: gateway.name, reply: reply)))
    }
}
