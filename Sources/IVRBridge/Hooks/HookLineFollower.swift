import CallModel

/// The kept requests of a hook in, changed calls out: as if their sender made them now.
struct HookLineFollower: Sendable {
    /// What one request did, or that none came for too long.
    struct Doing: Sendable {
        /// The event as its sender writes it (`newCall`, `in-progress`, `30011`); `(silence)` where an end never came.
        var event: String
        /// The part of the call, where the sender tells them apart.
        var part: String?
        /// Where the request begins in the stream.
        var offset: Int
        /// Microseconds since 1970.
        var at: Int64
        var changes: [(ordinal: Int, call: CallSnapshot)]
    }

    private static let silence = "(silence)"

    private let normalise: @Sendable (String) -> String?
    private var reader = KeptRequestReader()
    private var tracker: HookCallTracker
    private var ordinals: [String: Int] = [:]
    private var offset = 0
    /// Whose requests they are, once one has come.
    private(set) var kind: HookKind?

    init(kind: HookKind? = nil, normalise: @escaping @Sendable (String) -> String?) {
        self.kind = kind
        self.normalise = normalise
        tracker = HookCallTracker(normalise: normalise)
    }

    /// Another process takes the requests: what the one before knew it does not.
    mutating func beginConnection() {
        reader.finish()
        tracker = HookCallTracker(normalise: normalise)
    }

    /// Takes bytes, however they are cut.
    mutating func feed(_ bytes: some Sequence<UInt8>) -> [Doing] {
        var requests: [KeptRequest] = []
        reader.feed(bytes) { requests.append($0) }
        var doings: [Doing] = []
        for kept in requests {
            let request = kept.request
            offset = kept.offset
            doings += given(up: tracker.sweepInTime(at: request.arrivedAt), at: request.arrivedAt)
            kind = kept.kind
            let decoder = HookDecoder(kind: kept.kind)
            guard let event = try? decoder.readUnsigned(request) else {
                reader.note(kept.offset)
                continue
            }
            doings.append(
                Doing(
                    event: decoder.title(of: request),
                    part: event.part,
                    offset: kept.offset,
                    at: request.arrivedAt,
                    changes: numbered(tracker.receive(event, at: request.arrivedAt))
                )
            )
        }
        return doings
    }

    /// Nothing more comes; what had no end up to `moment` is given up as the line gives it up.
    mutating func finish(at moment: Int64?) -> [Doing] {
        reader.finish()
        return moment.map { given(up: tracker.sweep(at: $0), at: $0) } ?? []
    }

    /// Where something had to be passed over, since last asked.
    mutating func takeSkipped() -> [Int] { reader.takeSkipped().sorted() }

    private mutating func given(up calls: [CallSnapshot], at now: Int64) -> [Doing] {
        calls.map { call in
            // It was given up then, whenever somebody looks.
            let given = call.endedAt.map { min(now, $0 + HookCallTracker.longestCall) } ?? now
            return Doing(event: Self.silence, part: nil, offset: offset, at: given, changes: numbered([call]))
        }
    }

    private mutating func numbered(_ calls: [CallSnapshot]) -> [(ordinal: Int, call: CallSnapshot)] {
        calls.map { call in
            let ordinal = ordinals[call.key] ?? ordinals.count
            ordinals[call.key] = ordinal
            return (ordinal, call)
        }
    }
}

extension HookDecoder {
    /// Longer than any sender's event.
    private static let longestTitle = 80

    /// What a request says it is about, as its sender writes it.
    func title(of request: HookRequest) -> String {
        let title: String? =
            switch kind {
            case .cti, .sipgate, .placetel: (try? HookFields(request))?["event"]
            case .twilio: (try? TwilioHook.fields(request))?["CallStatus"]
            case .threeCX: (try? HookFields(request))?["callType"]
            case .freeswitch: "CDR"
            case .yeastar: YeastarHook.type(request).map { String($0) }
            }
        return title.map { String($0.prefix(Self.longestTitle)) } ?? "(request)"
    }
}

extension HookEvent {
    /// The one part of the call it is about, as the sender calls it.
    fileprivate var part: String? {
        switch self {
        case .step(let step): step.leg.isEmpty ? nil : step.leg
        case .leg(let leg): leg.variables["channel_name"] ?? leg.uuid
        case .steps, .nothing: nil
        }
    }
}
