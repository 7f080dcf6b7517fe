import Foundation

/// A recorded stream read as if it came from the PBX now.
public struct Replay {
    private var decoder = AMIFrameDecoder()
    private var tracker: AMICallTracker
    /// Byte offsets of what had to be skipped.
    public private(set) var skipped: [Int] = []

    public init(normalise: @escaping @Sendable (String) -> String?) {
        tracker = AMICallTracker(line: "replay", normalise: normalise)
    }

    public mutating func feed(_ bytes: some Sequence<UInt8>) {
        var packets: [AMIPacket] = []
        var faults: [AMIFrameError] = []
        decoder.feed(bytes, packet: { packets.append($0) }, fault: { faults.append($0) })
        for packet in packets { _ = tracker.receive(packet) }
        for fault in faults {
            switch fault {
            case .lineTooLong(let offset), .packetTooLarge(let offset), .noHeader(let offset): skipped.append(offset)
            }
        }
    }

    /// Every call of the stream, in order of start.
    public mutating func finish() -> [ReplayedCall] { tracker.all.map { ReplayedCall(call: $0) } }
}

/// One call as `calldesk replay` prints it.
public struct ReplayedCall: Sendable, Equatable {
    public var call: CallSnapshot

    /// One line of JSON, keys in the order of the interface.
    public func json() -> String {
        let transfers = call.transfers.map { transfer in
            "{\"kind\":\(text(transfer.kind.rawValue)),\"from\":\(text(transfer.from)),\"to\":\(text(transfer.to))}"
        }
        let fields: [(String, String)] = [
            ("call", text(call.key)), ("pbx", text("asterisk")), ("direction", text(call.direction.rawValue)),
            ("from", text(call.number)), ("from_raw", text(call.numberRaw)), ("from_name", text(call.callerName)),
            ("to", text(call.dialled)), ("caller_party", text(call.callerParty)), ("queue", text(call.queue)),
            ("offered", list(call.offered)), ("answered_by", text(call.answeredBy)),
            ("last_party", text(call.lastParty)), ("started_at", time(call.startedAt)),
            ("answered_at", time(call.answeredAt)), ("ended_at", time(call.endedAt)),
            ("outcome", text(call.outcome.rawValue)), ("ended_by", text(call.endedBy?.rawValue)),
            ("cause", call.cause.map(String.init) ?? "null"), ("holds", String(call.holds)),
            ("transfers", "[\(transfers.joined(separator: ","))]"), ("recording", text(call.recording)),
            ("agi", call.agi ? "true" : "false"),
        ]
        return "{" + fields.map { "\"\($0.0)\":\($0.1)" }.joined(separator: ",") + "}"
    }

    private func list(_ values: [String]) -> String { "[\(values.map { text($0) }.joined(separator: ","))]" }

    private func text(_ value: String?) -> String {
        guard let value else { return "null" }
        var result = "\""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case _ where scalar.value < 0x20:
                let hex = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }

    /// Milliseconds are what a person needs; the PBX's microseconds are cut.
    private func time(_ microseconds: Int64?) -> String {
        guard let microseconds else { return "null" }
        let date = Date(timeIntervalSince1970: Double(microseconds / 1000) / 1000)
        return text(date.formatted(.iso8601.year().month().day().time(includingFractionalSeconds: true).timeSeparator(.colon)) + "Z")
    }
}
