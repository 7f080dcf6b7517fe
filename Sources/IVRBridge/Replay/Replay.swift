import Codecs
import Foundation

/// A recorded stream read as if it came from the PBX now.
///
/// ```swift
/// var replay = Replay { number in phoneNumbers.e164(number) }
/// replay.feed(bytes)
/// for call in replay.finish() { print(call.json()) }
/// ```
public struct Replay: Sendable {
    /// As much as is looked at to tell whose stream it is; both kinds show it in their first lines.
    private static let sniffed = 512

    private enum Stream: Sendable {
        case unknown([UInt8])
        case asterisk(AMILineFollower)
        case freeswitch(ESLLineFollower)
    }

    /// Whose stream it is and how its line is set up, where that is known.
    public struct Line: Sendable {
        var name: String
        var kind: PBXKind
        var trunks: [String]
        var extensions: Set<PhoneName.Place>

        /// `extensions`: the phones that belong to somebody, as the line knew them.
        public init(name: String, kind: PBXKind, trunks: [String], extensions: Set<PhoneName.Place>) {
            (self.name, self.kind, self.trunks, self.extensions) = (name, kind, trunks, extensions)
        }
    }

    /// Whose doing is kept, event by event.
    public enum Telling: Sendable, Equatable {
        case nothing
        case everything
        /// One call's, by its key; of the others nothing is kept at all.
        case call(String)
    }

    private var stream = Stream.unknown([])
    private let normalise: @Sendable (String) -> String?
    private let telling: Telling
    /// The service's clock at the bytes that are taken now, microseconds since 1970; nil for a recording without.
    private var now: Int64?
    /// Each event by itself, where its doing is to be told; nil where only the calls are.
    private var pieces: StreamPieces?
    private var stories: [Int: [CallStep]] = [:]
    private var calls: [Int: CallSnapshot] = [:]
    private var places: [String: Int] = [:]
    /// Byte offsets of what had to be skipped.
    public private(set) var skipped: [Int] = []

    /// Why the stream cannot be followed, nil when it can.
    public var trouble: String? {
        if case .asterisk(let follower) = stream { follower.version?.trouble } else { nil }
    }

    /// - Parameters:
    ///   - telling: whose doing is kept, event by event; it takes several times as long.
    ///   - line: whose stream it is; nil tells it from the first bytes.
    ///   - normalise: a number in E.164, nil for what can be none.
    public init(
        telling: Telling = .nothing,
        of line: Line? = nil,
        normalise: @escaping @Sendable (String) -> String?
    ) {
        self.normalise = normalise
        self.telling = telling
        pieces = telling == .nothing ? nil : StreamPieces()
        switch line?.kind {
        case .asterisk:
            var follower = AMILineFollower(line: line?.name ?? "", trunks: line?.trunks ?? [], normalise: normalise)
            follower.know(extensions: line?.extensions ?? [])
            stream = .asterisk(follower)
        case .freeswitch:
            stream = .freeswitch(
                ESLLineFollower(line: line?.name ?? "", trunks: line?.trunks ?? [], normalise: normalise)
            )
        case .hook, nil: break
        }
    }

    /// A new connection of the same line: what comes now does not go on from what came before.
    public mutating func beginConnection() {
        flush()
        switch stream {
        case .unknown: break
        case .asterisk(var follower):
            stream = .unknown([])
            follower.beginConnection()
            stream = .asterisk(follower)
        case .freeswitch(var follower):
            stream = .unknown([])
            follower.beginConnection()
            stream = .freeswitch(follower)
        }
    }

    /// Takes the next bytes of the recording.
    ///
    /// `now`: when they were read (microseconds since 1970), by which the PBX's clock is judged; nil when nobody knows.
    public mutating func feed(_ bytes: some Sequence<UInt8>, now: Int64? = nil) {
        self.now = now
        guard var pieces else { return follow(bytes, nil) }
        // The only copy: what is put back is what was changed.
        self.pieces = nil
        pieces.cut(bytes) { piece, offset in follow(piece, (piece, offset)) }
        self.pieces = pieces
    }

    /// `piece`: the one event among the bytes and where it begins, for telling.
    private mutating func follow(_ bytes: some Sequence<UInt8>, _ piece: (bytes: [UInt8], offset: Int)?) {
        switch stream {
        case .unknown(var begun):
            begun.append(contentsOf: bytes)
            stream = .unknown(begun)
            if begun.count >= Self.sniffed { decide(begun, piece) }
        case .asterisk(var follower):
            // The only copy: what is put back is what was changed.
            stream = .unknown([])
            follower.feed(bytes, now: now)
            keep(follower.takeOrderedChanges(), piece)
            skipped += follower.takeFaults().map(\.offset)
            _ = follower.takeAnswers()
            stream = .asterisk(follower)
        case .freeswitch(var follower):
            stream = .unknown([])
            follower.feed(bytes)
            keep(follower.takeChanges(), piece)
            skipped += follower.takeFaults().map(\.offset)
            _ = follower.takeReplies()
            stream = .freeswitch(follower)
        }
    }

    private mutating func decide(_ begun: [UInt8], _ piece: (bytes: [UInt8], offset: Int)?) {
        stream =
            Self.isEventSocket(begun)
            ? .freeswitch(ESLLineFollower(line: "replay", normalise: normalise))
            : .asterisk(AMILineFollower(line: "replay", normalise: normalise))
        follow(begun, piece)
    }

    /// The head of a frame stands at its beginning, or at the beginning of a line where the stream starts in the middle.
    private static func isEventSocket(_ begun: [UInt8]) -> Bool {
        let marks = ["Content-Type: auth/request\n", "Content-Type: text/event-", "Content-Type: command/reply\n"]
        let text = String(decoding: begun.prefix(4_096), as: UTF8.self)
        return marks.contains { text.contains($0) }
            || ["Event-Date-Timestamp: ", "Channel-Call-UUID: "].contains { text.contains("\n\($0)") }
    }

    private mutating func keep(
        _ changes: [(ordinal: Int, call: CallSnapshot)],
        _ piece: (bytes: [UInt8], offset: Int)?
    ) {
        var changes = changes
        if case .call(let key) = telling { changes.removeAll { $0.call.key != key } }
        let heading = piece.flatMap { changes.isEmpty ? nil : PieceHeading($0.bytes) }
        for (ordinal, call) in changes {
            if let piece, let heading {
                let told = CallStepChange.between(calls[ordinal], call)
                if !told.isEmpty, stories[ordinal, default: []].count < CallStep.mostOfCall {
                    stories[ordinal, default: []].append(
                        CallStep(
                            event: heading.event,
                            channel: heading.channel,
                            offset: piece.offset,
                            at: heading.at ?? now,
                            changes: told
                        )
                    )
                }
            }
            calls[ordinal] = call
            places[call.key] = ordinal
            // What became part of this call is no call of its own.
            for key in call.absorbed {
                if let place = places[key], place != ordinal {
                    calls[place] = nil
                    stories[place] = nil
                }
            }
        }
    }

    private mutating func flush() {
        guard var rest = pieces else { return }
        rest.flush { piece, offset in follow(piece, (piece, offset)) }
        pieces = rest
    }

    /// Every call of the stream, in order of start.
    public mutating func finish() -> [ReplayedCall] {
        flush()
        if case .unknown(let begun) = stream, !begun.isEmpty { decide(begun, pieces == nil ? nil : (begun, 0)) }
        let pbx = if case .freeswitch = stream { "freeswitch" } else { "asterisk" }
        return calls.sorted { $0.key < $1.key }.map { ordinal, call in
            ReplayedCall(call: call, pbx: pbx, steps: stories[ordinal] ?? [])
        }
    }
}

/// One call as `calldesk replay` prints it.
public struct ReplayedCall: Sendable, Equatable {
    public var call: CallSnapshot
    /// Whose stream it was: `asterisk`, `freeswitch`.
    public var pbx = "asterisk"
    /// What each event changed, where that was asked for.
    public var steps: [CallStep] = []

    /// One line of JSON, keys in the order of the interface.
    public func json() -> String {
        let transfers = call.transfers.map { transfer in
            "{\"kind\":\(text(transfer.kind.rawValue)),\"from\":\(text(transfer.from)),\"to\":\(text(transfer.to))}"
        }
        let fields: [(String, String)] = [
            ("call", text(call.key)), ("pbx", text(pbx)), ("direction", text(call.direction.rawValue)),
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
        value.map(JSONCoding.quoted) ?? "null"
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
