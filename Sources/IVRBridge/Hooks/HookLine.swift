import CallModel
import Synchronization

/// A line whose PBX reports its calls by webhooks: it has no connection of its own, and can be asked nothing.
public final class HookLine: PBXLine {
    public let name: String
    public let kind: HookKind
    private let sinks: LineSinks
    private let pace: LinePace
    private let tracker: Mutex<HookCallTracker>
    private let current: Mutex<LineStatus>

    public init(
        line: PBXAddress,
        kind: HookKind,
        normalise: @escaping @Sendable (String) -> String?,
        sinks: LineSinks,
        pace: LinePace = LinePace()
    ) {
        name = line.name
        self.kind = kind
        self.sinks = sinks
        self.pace = pace
        tracker = Mutex(HookCallTracker(normalise: normalise))
        // Nobody can tell whether a sender that is silent could speak: a hook that is open is taken for connected.
        var status = LineStatus(isConnected: true)
        status.product = "\(kind.title): no request yet"
        current = Mutex(status)
        // What came before this process is no part of what the tracker knows.
        sinks.tapes[name]?.noteBeginning()
    }

    public var status: LineStatus { current.withLock { $0 } }
    public var liveCalls: Set<String> { tracker.withLock { $0.liveKeys } }

    /// Whether somebody has that call.
    public func isTalking(_ key: String) -> Bool { tracker.withLock { $0.isTalking(key) } }

    public func know(extensions: Set<PhoneName.Place>) {}

    /// Takes what a request said; returns at once.
    ///
    /// - Parameters:
    ///   - event: what it said.
    ///   - request: itself, to be kept.
    ///   - readAt: when its bytes were read (monotonic nanoseconds).
    ///   - isRefused: its call was to be refused; it is none unless somebody has answered all the same.
    public func receive(_ event: HookEvent, of request: HookRequest, readAt: UInt64? = nil, isRefused: Bool = false) {
        let now = pace.now()
        let bytes = request.body.count
        // What concerns no call, as keys that were pressed and lists of contacts, is nobody's to look back at.
        if event != .nothing, let tape = sinks.tapes[name] {
            tape.note(KeptRequest.bytes(of: request, kind: kind, line: name))
        }
        let changed = tracker.withLock { tracker -> [CallSnapshot] in
            // Given up here, they may be reported to another node: the record ends those nobody hears of.
            _ = tracker.sweepInTime(at: now)
            let changed = tracker.receive(event, at: now)
            return changed.isEmpty ? [tracker.sign(of: event, at: now)].compactMap(\.self) : changed
        }
        let isFirst = current.withLock { status in
            status.events += 1
            status.bytes += bytes
            defer {
                status.trouble = nil
                status.product = kind.title
            }
            return status.events == 1 || status.trouble != nil
        }
        if isFirst { sinks.status(name, status) }
        sinks.counted(name, Self.word(event))
        sinks.read(name, bytes)
        let refused = isRefused ? event.steps.first?.key : nil
        for call in changed {
            sinks.signal(CallSignal(line: name, call: call, readAt: readAt, isRefused: call.key == refused))
        }
    }

    /// Notes that a request was refused, for the lines' page.
    public func refused(_ why: String) {
        let isNews = current.withLock { status in
            defer { status.trouble = why }
            return status.trouble != why
        }
        if isNews { sinks.status(name, status) }
    }

    /// Waits for the end: all there is to do, requests bring, on whichever node.
    public func run() async {
        while !Task.isCancelled { try? await Task.sleep(for: .seconds(3_600)) }
    }

    private static func word(_ event: HookEvent) -> String {
        switch event {
        case .step(let step): ["ring", "answer", "end"][step.kind.rawValue]
        case .steps: "state"
        case .leg: "leg"
        case .nothing: "other"
        }
    }

    // MARK: - What only a connection can do

    public func dial(_ order: DialOrder) async throws(BridgeError) -> String { throw kind.cannot("dial", line: name) }

    public func queueMembers() async throws(BridgeError) -> [QueueMember] { [] }

    public func pause(_ member: QueueMember, _ isPaused: Bool, reason: String?) async throws(BridgeError) {
        throw kind.cannot("pause", line: name)
    }

    public func transfer(_ key: String, to number: String, context: String) async throws(BridgeError) {
        throw kind.cannot("transfer", line: name)
    }
}
