import CallModel
import Codecs

/// The generic CTI webhook of Zammad's documentation, form or JSON, in both spellings of who answers.
///
/// Source: zammad-documentation, `api/generic-cti`; its pages print `callerId`, its source sends `caller_id`: both are
/// answered.
enum CTIHook {
    static func read(_ fields: HookFields, at now: Int64) throws(HookError) -> HookEvent {
        guard let kind = kind(try fields.need("event")) else { throw .unknownEvent }
        let direction: CallDirection
        switch try fields.need("direction") {
        case "in": direction = .inbound
        case "out": direction = .outbound
        default: throw .invalidDirection
        }
        let to = try fields.need("to")
        var step = HookStep(
            kind,
            key: try fields.need("callId"),
            direction: direction,
            // Withheld numbers come as `anonymous`, from some bridges as nothing at all.
            from: fields["from"] ?? "anonymous",
            to: to,
            at: now
        )
        // The AMI bridge of Zammad's own writes the queue's name where the number dialled is expected.
        step.queue = fields["queue"] ?? (direction == .inbound && to.contains(where: \.isLetter) ? to : nil)
        step.people = fields.values("user") + fields.values("caller")
        if kind != .ring {
            step.answeredBy = fields["answeringNumber"] ?? (kind == .answer ? step.people.first : nil)
        }
        if kind == .end { step.end = end(try fields.need("cause")) }
        return .step(step)
    }

    static func kind(_ event: String) -> HookStep.Kind? {
        switch event {
        case "newCall": .ring
        case "answer": .answer
        case "hangup": .end
        default: nil
        }
    }

    /// The seven causes, which Zammad has from sipgate; what else a bridge writes is an end like any other.
    static func end(_ cause: String) -> HookStep.End {
        switch cause {
        case "busy": .busy
        case "cancel": .cancelled
        case "noAnswer": .noAnswer
        case "congestion", "notFound": .failed
        case "forwarded": .forwarded
        default: .normal
        }
    }

    static func answer(to event: HookEvent, _ decision: HookDecision) -> HookAnswer {
        guard case .step(let step) = event, step.kind == .ring else { return .json("{}") }
        switch decision {
        case .reject where step.direction == .inbound: return .json(#"{"action":"reject","reason":"busy"}"#)
        case .callerID(let number) where step.direction == .outbound:
            let (number, to) = (JSONCoding.quoted(number), JSONCoding.quoted(step.to ?? ""))
            return .json("{\"action\":\"dial\",\"caller_id\":\(number),\"callerId\":\(number),\"number\":\(to)}")
        default: return .json("{}")
        }
    }
}
