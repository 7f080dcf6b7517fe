import Codecs
import DeskCore
import Foundation

/// What the gateways say that answer `200` to what they refuse, each as its documentation has it.
extension SMSAnswer {
    private func decoded<Value: Decodable>(_ type: Value.Type) -> Value? {
        try? JSONCoding.value(type, from: Data(body))
    }

    // MARK: - Vonage

    /// One entry for each part of the message; the parts are sent and refused together.
    private struct VonageAnswer: Decodable {
        struct Message: Decodable {
            var status: String
            var id: String?

            enum CodingKeys: String, CodingKey { case status, id = "message-id" }
        }

        var messages: [Message]
    }

    func vonage(_ gateway: SMSGateway) -> DeliveryResult {
        guard let answer = decoded(VonageAnswer.self), let first = answer.messages.first else {
            return unreadable(gateway)
        }
        guard let fault = answer.messages.first(where: { $0.status != "0" }) else {
            return .accepted(reference: Self.word(first.id.map(JSONValue.string)))
        }
        let code = Int(fault.status) ?? -1
        return switch code {
        case 1, 10: refused(.sender, gateway, .noMore, code: code)
        case 4, 14, 32: refused(.sender, gateway, .login, code: code)
        case 8, 11: refused(.sender, gateway, .closed, code: code)
        case 9: refused(.sender, gateway, .noCredit, code: code)
        case 15: refused(.sender, gateway, .sender, code: code)
        case 23: refused(.sender, gateway, .reportAddress, code: code)
        case 5: refused(.noticeNow, gateway, .failed, code: code)
        case 2, 3, 6, 7, 12, 22, 29, 33: refused(.noticeForever, gateway, .numberOrText, code: code)
        default: refused(.noticeForever, gateway, .refused, code: code)
        }
    }

    // MARK: - Infobip

    private struct InfobipAnswer: Decodable {
        struct Message: Decodable {
            var messageId: String?
            var status: Status
        }

        struct Status: Decodable {
            /// 0 OK, 1 pending, 2 undeliverable, 3 delivered, 4 expired, 5 rejected.
            var groupId: Int
            var id: Int?
        }

        var messages: [Message]
    }

    func infobip(_ gateway: SMSGateway) -> DeliveryResult {
        guard let message = decoded(InfobipAnswer.self)?.messages.first else { return unreadable(gateway) }
        switch message.status.groupId {
        case 0, 1, 3: return .accepted(reference: Self.word(message.messageId.map(JSONValue.string)))
        default:
            return refused(.noticeForever, gateway, .status, code: message.status.id ?? message.status.groupId)
        }
    }

    // MARK: - SMSDev

    /// An object for one message, or a list with one.
    private struct SMSDevAnswer: Decodable {
        var situacao: String
        var id: String?

        enum CodingKeys: String, CodingKey { case situacao, id }

        init(from decoder: any Decoder) throws {
            let values = try decoder.container(keyedBy: CodingKeys.self)
            situacao = try values.decode(String.self, forKey: .situacao)
            id =
                (try? values.decode(String.self, forKey: .id))
                ?? (try? values.decode(Int64.self, forKey: .id)).map { "\($0)" }
        }
    }

    func smsdev(_ gateway: SMSGateway) -> DeliveryResult {
        guard let answer = decoded(SMSDevAnswer.self) ?? decoded([SMSDevAnswer].self)?.first else {
            return unreadable(gateway)
        }
        switch answer.situacao.uppercased() {
        case "OK": return .accepted(reference: Self.word(answer.id.map(JSONValue.string)))
        // Its documentation names no reasons: a wrong key and a wrong number look the same.
        case "ERRO":
            return refused(.noticeNow, gateway, .notTaken)
        default: return unreadable(gateway)
        }
    }
}
