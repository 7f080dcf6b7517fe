import CallModel
import Foundation

/// Twilio Voice: the inbound webhook and status callbacks, and what mirrors them (TeXML, LaML).
///
/// Statuses come in any order; `SequenceNumber` says which is newer. A call that Twilio dials on (`ParentCallSid`) is a
/// leg of its parent.
enum TwilioHook {
    /// A webhook set to GET has its fields in the address.
    static func fields(_ request: HookRequest) throws(HookError) -> HookFields {
        request.method == "GET" ? HookFields(form: request.query.utf8) : try HookFields(request)
    }

    static func read(_ fields: HookFields, at now: Int64) throws(HookError) -> HookEvent {
        let sid = try fields.need("CallSid")
        let status = try fields.need("CallStatus")
        let parent = fields["ParentCallSid"]
        guard let (kind, end) = meaning(status) else { throw .unknownEvent }
        let direction: CallDirection
        switch fields["Direction"] ?? "inbound" {
        case "inbound": direction = .inbound
        // A leg that was dialled for a caller is part of a call that came in.
        case "outbound-dial": direction = parent == nil ? .outbound : .inbound
        default: direction = .outbound
        }
        var step = HookStep(
            kind,
            key: parent ?? sid,
            direction: direction,
            from: fields["From"] ?? fields["Caller"],
            to: fields["To"] ?? fields["Called"],
            at: fields["Timestamp"].flatMap(time) ?? now
        )
        if parent == nil, direction == .inbound, let own = step.from.flatMap(ownCaller) {
            // A phone of the house calls: Twilio answers it by itself, and dials on for it as a leg of its own.
            step.direction = .outbound
            step.people = [own]
            step.from = nil
            step.to = nil
            if kind == .answer { step.kind = .ring }
        }
        if parent != nil {
            step.leg = sid
            // `client:ana` and `sip:1001@…` name who is rung.
            step.people = [step.to].compactMap(\.self).map(phone)
            if step.to.flatMap(ownPhone) != nil { step.to = nil }
            step.from = nil
            if kind == .answer || end == .normal { step.answeredBy = step.people.first }
        }
        step.callerName = fields["CallerName"]
        step.end = end
        step.sequence = fields["SequenceNumber"].flatMap { Int64($0) }
        // How long a phone of the house was in a call says nothing of whether anybody answered it.
        let isOwn = parent == nil && step.direction == .outbound && step.people != []
        step.talked = isOwn ? nil : fields["CallDuration"].flatMap(HookNumber.seconds)
        return .step(step)
    }

    private static func meaning(_ status: String) -> (HookStep.Kind, HookStep.End?)? {
        switch status {
        case "queued", "initiated", "ringing": (.ring, nil)
        case "in-progress", "answered": (.answer, nil)
        case "completed": (.end, .normal)
        case "busy": (.end, .busy)
        case "no-answer": (.end, .noAnswer)
        case "canceled": (.end, .cancelled)
        case "failed": (.end, .failed)
        default: nil
        }
    }

    /// The phone of the house that calls: a browser's, or one that is signed in at the account's own SIP domain; whoever else
    /// comes by SIP is a customer, whatever their name.
    private static func ownCaller(_ text: String) -> String? {
        let host = text.drop { $0 != "@" }.dropFirst().prefix { $0 != ":" && $0 != ";" }
        return text.hasPrefix("client:") || host.hasSuffix(".sip.twilio.com") ? ownPhone(text) : nil
    }

    /// The phone of the house that calls or is called: a browser's, or one that is signed in by SIP; nil for a number.
    private static func ownPhone(_ text: String) -> String? {
        guard text.hasPrefix("client:") || text.hasPrefix("sip:") || text.hasPrefix("sips:") else { return nil }
        let phone = phone(text)
        // A carrier's SIP names a number there, which is longer than an extension.
        let isNumber = phone.utf8.count > 6 && phone.allSatisfy { $0.isASCII && ($0.isNumber || $0 == "+") }
        return phone.isEmpty || isNumber ? nil : phone
    }

    private static func phone(_ text: String) -> String {
        var text = Substring(text)
        for scheme in ["client:", "sips:", "sip:"] where text.hasPrefix(scheme) { text = text.dropFirst(scheme.count) }
        return String(text.prefix { $0 != "@" && $0 != ";" })
    }

    /// `Mon, 16 Aug 2021 03:45:01 +0000`, microseconds since 1970.
    static func time(_ text: String) -> Int64? {
        let words = text.split(separator: " ")
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        guard words.count >= 5, let day = Int(words[1]), let month = months.firstIndex(of: String(words[2])),
            let year = Int(words[3]), (1970...9999).contains(year), (1...31).contains(day)
        else { return nil }
        let clock = words[4].split(separator: ":").compactMap { Int($0) }
        guard clock.count == 3, (0...23).contains(clock[0]), (0...59).contains(clock[1]), (0...60).contains(clock[2])
        else { return nil }
        var parts = DateComponents()
        parts.timeZone = TimeZone(secondsFromGMT: 0)
        (parts.year, parts.month, parts.day) = (year, month + 1, day)
        (parts.hour, parts.minute, parts.second) = (clock[0], clock[1], clock[2])
        guard let date = Calendar(identifier: .gregorian).date(from: parts) else { return nil }
        return HookNumber.moment(seconds: date.timeIntervalSince1970)
    }

    static func answer(to event: HookEvent, _ decision: HookDecision) -> HookAnswer {
        guard case .step(let step) = event, step.kind == .ring, decision == .reject, step.direction == .inbound else {
            return .xml("<Response/>")
        }
        return .xml("<Response><Reject reason=\"busy\"/></Response>")
    }
}
