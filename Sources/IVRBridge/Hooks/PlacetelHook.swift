import CallModel

/// Placetel's Notify and Call Control: signed forms in, XML out.
///
/// Source: Placetel/call-control-notify-api.
enum PlacetelHook {
    static func read(_ fields: HookFields, at now: Int64) throws(HookError) -> HookEvent {
        let event = try fields.need("event")
        let key = try fields.need("call_id")
        let kind: HookStep.Kind
        var direction: CallDirection = fields["direction"] == "out" ? .outbound : .inbound
        switch event {
        case "IncomingCall": (kind, direction) = (.ring, .inbound)
        case "OutgoingCall": (kind, direction) = (.ring, .outbound)
        case "CallAccepted": kind = .answer
        case "HungUp": kind = .end
        default: throw .unknownEvent
        }
        var step = HookStep(kind, key: key, direction: direction, from: fields["from"], to: fields["to"], at: now)
        if kind == .ring, direction == .inbound { step.from = step.from ?? "anonymous" }
        // A SIP account such as `777abcdefg@fpbx.de`: the phone.
        let peer = fields["peer"].map { String($0.prefix { $0 != "@" }) }
        if direction == .outbound { step.people = [peer].compactMap(\.self) }
        if kind == .answer { step.answeredBy = peer }
        if kind == .end {
            step.end = end(fields["type"] ?? "")
            if fields["type"] == "accepted" { step.talked = fields["duration"].flatMap(HookNumber.seconds) }
        }
        return .step(step)
    }

    private static func end(_ type: String) -> HookStep.End {
        switch type {
        case "voicemail": .voicemail
        case "missed": .cancelled
        case "busy": .busy
        case "canceled": .cancelled
        case "unavailable": .noAnswer
        case "congestion", "blocked": .failed
        default: .normal
        }
    }

    static func answer(to event: HookEvent, _ decision: HookDecision) -> HookAnswer {
        guard case .step(let step) = event, step.kind == .ring, step.direction == .inbound, decision == .reject else {
            // Nothing asked for: the call goes on as it is set up there.
            return HookAnswer(status: 200, contentType: "text/plain", body: "")
        }
        return .xml("<Response><Reject reason=\"busy\"/></Response>")
    }
}
