import CallModel

/// sipgate.io's push: forms in, XML out.
///
/// Source: sipgate/sipgate.io, README. Answers are reported only to the addresses that the first reply names.
enum SipgateHook {
    static func read(_ fields: HookFields, at now: Int64) throws(HookError) -> HookEvent {
        let event = try fields.need("event")
        // What somebody pressed changes nothing of the call.
        if event == "dtmf" { return .nothing }
        guard let kind = CTIHook.kind(event) else { throw .unknownEvent }
        let direction: CallDirection
        switch try fields.need("direction") {
        case "in": direction = .inbound
        case "out": direction = .outbound
        default: throw .invalidDirection
        }
        var step = HookStep(
            kind,
            key: try fields.need("callId"),
            direction: direction,
            from: fields["from"] ?? "anonymous",
            to: fields["to"],
            at: now
        )
        // `1234567w0` names a phone for good, `user` is what its owner is called.
        step.people = fields.values("fullUserId").isEmpty ? fields.values("user") : fields.values("fullUserId")
        if kind != .ring {
            let owner = kind == .answer ? step.people.first : nil
            step.answeredBy = owner ?? fields["answeringNumber"]
        }
        if kind == .end { step.end = CTIHook.end(fields["cause"] ?? "") }
        return .step(step)
    }

    static func answer(to event: HookEvent, _ decision: HookDecision, url: String) -> HookAnswer {
        guard case .step(let step) = event, step.kind == .ring else { return .xml("<Response/>") }
        let place = XMLText.escaped(url)
        let response = "<Response onAnswer=\"\(place)\" onHangup=\"\(place)\""
        switch decision {
        case .reject where step.direction == .inbound: return .xml(response + "><Reject reason=\"busy\"/></Response>")
        case .callerID(let number) where step.direction == .outbound:
            // sipgate writes numbers without the plus sign.
            let shown = XMLText.escaped(number.hasPrefix("+") ? String(number.dropFirst()) : number)
            let to = XMLText.escaped(step.to ?? "")
            return .xml(response + "><Dial callerId=\"\(shown)\"><Number>\(to)</Number></Dial></Response>")
        default: return .xml(response + "/>")
        }
    }
}
