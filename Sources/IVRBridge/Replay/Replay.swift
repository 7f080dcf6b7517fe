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
    /// As much as is looked at to tell whose stream it is; every kind shows it in its first lines.
    private static let sniffed = 512

    private enum Stream: Sendable {
        case unknown([UInt8])
        case asterisk(AMILineFollower)
        case freeswitch(ESLLineFollower)
        case hook(HookLineFollower)
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
        /// Those calls', by their keys; of the others nothing is kept at all.
        case calls(Set<String>)
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
        case .hook(let kind): stream = .hook(HookLineFollower(kind: kind, normalise: normalise))
        case nil: break
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
        case .hook(var follower):
            stream = .unknown([])
            follower.beginConnection()
            skipped += follower.takeSkipped()
            stream = .hook(follower)
        }
    }

    /// Takes the next bytes of the recording.
    ///
    /// `now`: when they were read (microseconds since 1970), by which the PBX's clock is judged; nil when nobody knows.
    public mutating func feed(_ bytes: some Sequence<UInt8>, now: Int64? = nil) {
        self.now = now
        if case .unknown(var begun) = stream {
            begun.append(contentsOf: bytes)
            stream = .unknown(begun)
            if begun.count >= Self.sniffed { decide(begun) }
        } else {
            follow(bytes)
        }
    }

    private mutating func decide(_ begun: [UInt8]) {
        stream =
            KeptRequestHead.isOne(begun[...]) == true
            ? .hook(HookLineFollower(normalise: normalise))
            : Self.isEventSocket(begun)
                ? .freeswitch(ESLLineFollower(line: "replay", normalise: normalise))
                : .asterisk(AMILineFollower(line: "replay", normalise: normalise))
        follow(begun)
    }

    /// A hook's requests are told apart as they are; a PBX's stream is cut for telling.
    private mutating func follow(_ bytes: some Sequence<UInt8>) {
        if case .hook(var follower) = stream {
            // The only copy: what is put back is what was changed.
            stream = .unknown([])
            keep(follower.feed(bytes))
            skipped += follower.takeSkipped()
            stream = .hook(follower)
            return
        }
        guard var pieces else { return follow(bytes, nil) }
        self.pieces = nil
        pieces.cut(bytes) { piece, offset in follow(piece, (piece, offset)) }
        self.pieces = pieces
    }

    /// `piece`: the one event among the bytes and where it begins, for telling.
    private mutating func follow(_ bytes: some Sequence<UInt8>, _ piece: (bytes: [UInt8], offset: Int)?) {
        switch stream {
        case .unknown, .hook: break
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
        let changes = told(changes)
        guard let piece, !changes.isEmpty else { return keep(changes, as: nil) }
        let heading = PieceHeading(piece.bytes)
        keep(
            changes,
            as: CallStep(
                event: heading.event,
                channel: heading.channel,
                offset: piece.offset,
                at: heading.at ?? now,
                changes: []
            )
        )
    }

    private mutating func keep(_ doings: [HookLineFollower.Doing]) {
        for doing in doings {
            let step = CallStep(
                event: doing.event,
                channel: doing.part,
                offset: doing.offset,
                at: doing.at,
                changes: []
            )
            keep(told(doing.changes), as: telling == .nothing ? nil : step)
        }
    }

    private func told(_ changes: [(ordinal: Int, call: CallSnapshot)]) -> [(ordinal: Int, call: CallSnapshot)] {
        guard case .calls(let keys) = telling else { return changes }
        return changes.filter { keys.contains($0.call.key) }
    }

    /// `step`: what changed the calls, without what it changed in each; nil where nothing is told.
    private mutating func keep(_ changes: [(ordinal: Int, call: CallSnapshot)], as step: CallStep?) {
        for (ordinal, call) in changes {
            if var step {
                step.changes = CallStepChange.between(calls[ordinal], call)
                if !step.changes.isEmpty, stories[ordinal, default: []].count < CallStep.mostOfCall {
                    stories[ordinal, default: []].append(step)
                }
            }
            calls[ordinal] = call
            places[call.key] = ordinal
            // What became part of this call is no call of its own; what happened to it happened to this one.
            for key in call.absorbed {
                guard let place = places[key], place != ordinal, calls.removeValue(forKey: place) != nil else {
                    continue
                }
                join(stories.removeValue(forKey: place) ?? [], of: key, to: ordinal)
            }
        }
    }

    private mutating func join(_ steps: [CallStep], of key: String, to ordinal: Int) {
        guard !steps.isEmpty else { return }
        let parts = steps.map { step in
            var step = step
            step.part = step.part ?? key
            return step
        }
        let all = (parts + stories[ordinal, default: []]).enumerated().sorted { one, two in
            (one.element.offset, one.offset) < (two.element.offset, two.offset)
        }
        stories[ordinal] = all.prefix(CallStep.mostOfCall).map(\.element)
    }

    private mutating func flush() {
        guard var rest = pieces else { return }
        rest.flush { piece, offset in follow(piece, (piece, offset)) }
        pieces = rest
    }

    /// Every call of the stream, in order of start.
    ///
    /// `moment`: until when nothing more came (microseconds since 1970), for calls of a hook whose end never came; nil
    /// for a recording, which ends in the middle of everything.
    public mutating func finish(at moment: Int64? = nil) -> [ReplayedCall] {
        if case .unknown(let begun) = stream, !begun.isEmpty { decide(begun) }
        flush()
        if case .hook(var follower) = stream {
            stream = .unknown([])
            keep(follower.finish(at: moment))
            skipped += follower.takeSkipped()
            stream = .hook(follower)
        }
        let pbx: PBXKind =
            switch stream {
            case .freeswitch: .freeswitch
            case .hook(let follower): follower.kind.map { .hook($0) } ?? .hook(.cti)
            case .asterisk, .unknown: .asterisk
            }
        return calls.sorted { $0.key < $1.key }.map { ordinal, call in
            ReplayedCall(call: call, pbx: pbx.rawValue, steps: stories[ordinal] ?? [])
        }
    }
}

/// One call as `calldesk replay` prints it.
public struct ReplayedCall: Sendable, Equatable {
    public var call: CallSnapshot
    /// Whose stream it was, as the settings name it: `asterisk`, `freeswitch`, `hook-cti`.
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
