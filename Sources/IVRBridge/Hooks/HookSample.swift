import CallModel
import Codecs
import Crypto
import Foundation

/// A call as each sender would report it, signed where the sender signs: for the self-test of a line.
public struct HookSample: Sendable {
    public let kind: HookKind
    /// The caller, in E.164.
    public var number: String
    /// The phone that answers.
    public var phone: String
    public var key: String

    public init(kind: HookKind, number: String, phone: String, key: String) {
        self.kind = kind
        self.number = number
        self.phone = phone
        self.key = key
    }

    /// The requests, in order; a sender that reports calls when they are over makes one.
    ///
    /// - Parameters:
    ///   - url: the hook's address.
    ///   - secret: what signatures are made with.
    ///   - start: when the call rings, microseconds since 1970; each step takes a second.
    /// - Returns: what its sender would post.
    public func requests(url: String, secret: String, from start: Int64) -> [HookRequest] {
        bodies(start).enumerated().map { place, body in
            var request = HookRequest(
                url: url,
                body: Array(body.utf8),
                arrivedAt: start + Int64(place) * 1_000_000
            )
            switch kind {
            case .placetel:
                let key = SymmetricKey(data: Array(secret.utf8))
                request.signature = Hexadecimal.text(HMAC<SHA256>.authenticationCode(for: request.body, using: key))
            case .yeastar: request.signature = YeastarSignature.expected(request.body, secret: secret)
            case .twilio:
                let fields = HookFields(form: request.body).all
                request.signature = TwilioSignature.expected(token: secret, url: url, fields: fields)
            default: break
            }
            return request
        }
    }

    private func bodies(_ start: Int64) -> [String] {
        let bare = String(number.drop { $0 == "+" })
        let cti = "from=\(bare)&to=5531&direction=in&callId=\(key)&user=\(phone)"
        switch kind {
        case .cti, .sipgate:
            return [
                "event=newCall&\(cti)", "event=answer&\(cti)&answeringNumber=\(phone)",
                "event=hangup&\(cti)&cause=normalClearing&answeringNumber=\(phone)",
            ]
        case .placetel:
            let call = "from=\(bare)&to=5531&call_id=\(key)&direction=in"
            return [
                "event=IncomingCall&\(call)", "event=CallAccepted&\(call)&peer=\(phone)",
                "event=HungUp&\(call)&type=accepted&duration=1",
            ]
        case .twilio:
            let call = "From=%2B\(bare)&To=%2B5531&CallSid=\(key)&Direction=inbound"
            let leg = "CallSid=\(key)x&ParentCallSid=\(key)&Direction=outbound-dial&To=sip%3A\(phone)%40pbx"
            return [
                "\(call)&CallStatus=ringing&SequenceNumber=0", "\(leg)&CallStatus=ringing",
                "\(leg)&CallStatus=in-progress",
                "\(call)&CallStatus=completed&SequenceNumber=2&CallDuration=2",
            ]
        case .yeastar:
            func event(_ type: Int, _ message: String) -> String {
                "{\"type\":\(type),\"sn\":\"selftest\",\"msg\":\(JSONCoding.quoted(message))}"
            }
            func state(_ outside: String, _ inside: String) -> String {
                let members = """
                    {"inbound":{"from":"\(number)","to":"5531","channel_id":"trunk-1","member_status":"\(outside)"}},\
                    {"extension":{"number":"\(phone)","channel_id":"\(phone)-1","member_status":"\(inside)"}}
                    """
                return event(30011, "{\"call_id\":\"\(key)\",\"members\":[\(members)]}")
            }
            let record = """
                {"call_id":"\(key)","call_from":"\(number)","call_to":"\(phone)","did_number":"5531","call_duration":2,\
                "talk_duration":1,"status":"ANSWERED","type":"Inbound"}
                """
            return [state("ALERT", "RING"), state("ANSWERED", "ANSWER"), event(30012, record)]
        case .threeCX:
            return [
                #"{"callType":"Inbound","number":"\#(number)","agent":"\#(phone)","duration":"2","callId":"\#(key)"}"#
            ]
        case .freeswitch:
            let (rang, end) = (start + 1_000_000, start + 3_000_000)
            return [
                """
                {"variables":{"uuid":"\(key)","direction":"inbound","start_uepoch":"\(start)","end_uepoch":"\(end)",
                "hangup_cause":"NORMAL_CLEARING","sip_hangup_disposition":"recv_bye"},"callflow":[{"caller_profile":
                {"caller_id_number":"\(number)","destination_number":"5531","originatee":{"originatee_caller_profiles":
                [{"destination_number":"\(phone)"}]}},"times":{"bridged_time":"\(rang)"}}]}
                """
            ]
        }
    }
}
