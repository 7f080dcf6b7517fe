import CallModel
import Codecs

/// One sender's format: requests in, events out, and what is answered; pure.
public struct HookDecoder: Sendable {
    public let kind: HookKind
    /// What signatures are made with; empty where the sender signs nothing.
    private let secret: String

    public init(kind: HookKind, secret: String = "") {
        self.kind = kind
        self.secret = secret
    }

    /// What a request says.
    ///
    /// - Throws: `HookError`; nothing of the request counts then.
    public func read(_ request: HookRequest) throws(HookError) -> HookEvent {
        guard request.body.count <= kind.longestBody else { throw .tooLarge(limit: kind.longestBody) }
        switch kind {
        case .placetel: try PlacetelSignature.check(request, secret: secret)
        case .twilio: try TwilioSignature.check(request, token: secret)
        case .yeastar: try YeastarSignature.check(request, secret: secret)
        case .cti, .sipgate, .threeCX, .freeswitch: break
        }
        return try readUnsigned(request)
    }

    /// What a request says, whoever wrote it.
    func readUnsigned(_ request: HookRequest) throws(HookError) -> HookEvent {
        switch kind {
        case .cti: return try CTIHook.read(HookFields(request), at: request.arrivedAt)
        case .sipgate: return try SipgateHook.read(HookFields(request), at: request.arrivedAt)
        case .placetel: return try PlacetelHook.read(HookFields(request), at: request.arrivedAt)
        case .twilio: return try TwilioHook.read(TwilioHook.fields(request), at: request.arrivedAt)
        case .threeCX: return try ThreeCXHook.read(HookFields(request), at: request.arrivedAt)
        case .freeswitch: return .leg(try SwitchLeg(request))
        case .yeastar: return try YeastarHook.read(request)
        }
    }

    /// What is answered to an event that was taken.
    ///
    /// `url`: where the sender is to report what follows.
    public func answer(to event: HookEvent, _ decision: HookDecision, url: String) -> HookAnswer {
        switch kind {
        case .cti: CTIHook.answer(to: event, decision)
        case .sipgate: SipgateHook.answer(to: event, decision, url: url)
        case .placetel: PlacetelHook.answer(to: event, decision)
        case .twilio: TwilioHook.answer(to: event, decision)
        case .threeCX, .yeastar: .json("{}")
        case .freeswitch: HookAnswer(status: 200, contentType: "text/plain", body: "")
        }
    }

    /// What is answered to a request that was not taken.
    public func answer(to error: HookError) -> HookAnswer {
        switch kind {
        case .freeswitch, .sipgate, .placetel, .twilio:
            HookAnswer(status: error.status, contentType: "text/plain; charset=utf-8", body: error.description)
        case .cti, .threeCX, .yeastar:
            HookAnswer.json("{\"error\":\(JSONCoding.quoted(error.description))}", status: error.status)
        }
    }

    /// What is answered to whoever does not know the token, in the words the sender's documentation has for it.
    public var stranger: HookAnswer {
        .json(#"{"error":"Invalid token, please contact your admin!"}"#, status: 401)
    }
}
