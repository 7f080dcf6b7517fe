import CallModel
import Foundation

/// 3CX's call journaling (`ReportCall` of the CRM template): one report of a call that is over.
///
/// 3CX leaves what it does not know as `[Name]` in the body; `HookFields` reads such values as none.
enum ThreeCXHook {
    static func read(_ fields: HookFields, at now: Int64) throws(HookError) -> HookEvent {
        let type = try fields.need("callType").lowercased()
        let number = try fields.need("number")
        let isOut = type == "outbound" || type == "notanswered"
        guard isOut || type == "inbound" || type == "missed" else { throw .unknownEvent }
        let agent = fields["agent"]
        let talked = fields["duration"].flatMap(seconds) ?? 0
        let start = fields["callStartTimeUTC"].flatMap(time) ?? now - talked * 1_000_000
        // 3CX names no call: who, with whom and since when is one; a report repeated says the same again.
        let key = fields["callId"] ?? "\(number)/\(agent ?? "")/\(fields["callStartTimeUTC"] ?? String(start))"
        var step = HookStep(
            .end,
            key: key,
            direction: isOut ? .outbound : .inbound,
            from: isOut ? agent : number,
            to: isOut ? number : fields["queueExtension"],
            at: start + talked * 1_000_000
        )
        step.callerName = isOut ? nil : fields["name"]
        step.people = [agent].compactMap(\.self)
        step.queue = isOut ? nil : fields["queueExtension"]
        step.talked = talked
        switch type {
        case "inbound", "outbound":
            step.answeredBy = isOut ? nil : agent
            step.end = .normal
        case "missed": step.end = .cancelled
        default: step.end = .noAnswer
        }
        return .step(step)
    }

    /// `75`, `01:15` or `00:01:15`.
    static func seconds(_ text: String) -> Int64? {
        let parts = text.split(separator: ":").map { Int64($0.prefix { $0.isASCII && $0.isNumber }) }
        guard (1...3).contains(parts.count) else { return nil }
        var sum: Int64 = 0
        for part in parts {
            // A call of more than a day is none.
            guard let part, part <= 86_400 else { return nil }
            sum = sum * 60 + part
        }
        return sum
    }

    private static func time(_ text: String) -> Int64? {
        let format = ISO8601DateFormatter()
        let plain = text.contains("Z") || text.contains("+") ? text : text + "Z"
        return format.date(from: plain.replacingOccurrences(of: " ", with: "T")).flatMap {
            HookNumber.moment(seconds: $0.timeIntervalSince1970)
        }
    }
}
