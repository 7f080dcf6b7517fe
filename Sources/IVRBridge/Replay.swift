import Foundation

/// A recorded stream read as if it came from the PBX now.
///
/// ```swift
/// var replay = Replay { number in phoneNumbers.e164(number) }
/// replay.feed(bytes)
/// for call in replay.finish() { print(call.json()) }
/// ```
public struct Replay: Sendable {
    private var follower: AMILineFollower
    private var calls: [Int: CallSnapshot] = [:]
    private var places: [String: Int] = [:]
    /// Byte offsets of what had to be skipped.
    public private(set) var skipped: [Int] = []

    /// Why the stream cannot be followed, nil when it can.
    public var trouble: String? { follower.version?.trouble }

    /// - Parameter normalise: a number in E.164, nil for what can be none.
    public init(normalise: @escaping @Sendable (String) -> String?) {
        follower = AMILineFollower(line: "replay", normalise: normalise)
    }

    /// Takes the next bytes of the recording.
    public mutating func feed(_ bytes: some Sequence<UInt8>) {
        follower.feed(bytes)
        for (ordinal, call) in follower.takeOrderedChanges() {
            calls[ordinal] = call
            places[call.key] = ordinal
            // What became part of this call is no call of its own.
            for key in call.absorbed {
                if let place = places[key], place != ordinal { calls[place] = nil }
            }
        }
        skipped += follower.takeFaults().map(\.offset)
        _ = follower.takeAnswers()
    }

    /// Every call of the stream, in order of start.
    public mutating func finish() -> [ReplayedCall] {
        calls.sorted { $0.key < $1.key }.map { ReplayedCall(call: $0.value) }
    }
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
            ("from", text(call.number)), ("from_raw", text(call.numberRaw)),
            ("from_shown", text(call.numberShown)), ("from_name", text(call.callerName)),
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
        return text(
            date.formatted(.iso8601.year().month().day().time(includingFractionalSeconds: true).timeSeparator(.colon))
                + "Z"
        )
    }
}
