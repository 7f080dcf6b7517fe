import CallModel

/// The calls of one hook line: reports in, calls out; pure.
public struct HookCallTracker: Sendable {
    /// Calls known at once, going on or lately ended; what a flood makes beyond it forgets the oldest, whose rows stay.
    public static let most = 20_000
    /// A call whose end never came is given up after this long without a word.
    public static let longestCall = Int64(4 * 3_600) * 1_000_000
    /// A phone that answers another call has left one that is this old.
    static let oldEnough = Int64(30 * 60) * 1_000_000
    /// How long an ended call is kept for reports that are late or come again.
    static let lateness = Int64(600) * 1_000_000
    /// A call that goes on is told again this often while it is reported, new or not.
    static let signOfLife = Int64(600) * 1_000_000
    private static let sweeping = Int64(60) * 1_000_000

    private let normalise: @Sendable (String) -> String?
    private var calls: [String: HookCall] = [:]
    private var touched: [String: Int64] = [:]
    private var told: [String: Int64] = [:]
    private var sweptAt: Int64?
    /// In order of arrival, for forgetting.
    private var order: [String] = []
    private var orderStart = 0

    public init(normalise: @escaping @Sendable (String) -> String?) { self.normalise = normalise }

    public var count: Int { calls.count }
    /// Whether somebody has that call.
    public func isTalking(_ key: String) -> Bool {
        calls[key].map { !$0.isEnded && $0.snapshot(normalise).outcome == .answered } ?? false
    }
    public var liveKeys: Set<String> { Set(calls.lazy.filter { !$0.value.isEnded }.map(\.key)) }

    /// Takes one report.
    ///
    /// - Returns: the calls that changed, whole; none for what says nothing new.
    public mutating func receive(_ event: HookEvent, at now: Int64) -> [CallSnapshot] {
        guard let key = event.key else { return [] }
        var call = calls[key] ?? HookCall(key: key)
        let isNews: Bool
        switch event {
        case .step(let step): isNews = call.take(step)
        // Each is taken, whatever the others say.
        case .steps(let steps): isNews = steps.reduce(false) { call.take($1) || $0 }
        case .leg(let leg): isNews = call.take(leg)
        case .nothing: isNews = false
        }
        if calls[key] == nil {
            order.append(key)
            makeRoom()
        }
        calls[key] = call
        touched[key] = now
        guard isNews else { return [] }
        told[key] = now
        var changed = [call.snapshot(normalise)]
        for step in event.steps where step.kind == .answer {
            if let phone = step.answeredBy { changed += left(by: phone, for: key, at: step.at) }
        }
        return changed
    }

    /// The call a report was of that said nothing new, when it was not told for a while and has not ended; nil otherwise.
    ///
    /// Whoever keeps it sees by that that it goes on.
    public mutating func sign(of event: HookEvent, at now: Int64) -> CallSnapshot? {
        guard let key = event.key, let call = calls[key], !call.isEnded,
            now - (told[key] ?? 0) >= Self.signOfLife
        else { return nil }
        told[key] = now
        return call.snapshot(normalise)
    }

    /// Sweeps once a minute, however often it is called.
    public mutating func sweepInTime(at now: Int64) -> [CallSnapshot] {
        // A clock that was set back is no reason to wait for it.
        guard sweptAt.map({ now < $0 || now - $0 >= Self.sweeping }) ?? true else { return [] }
        return sweep(at: now)
    }

    /// Forgets calls that ended some time ago, and those of which nothing was heard for long: their ends never came here.
    ///
    /// - Returns: the latter, as given up. Whether they are over is for who keeps them to say: another node may have been told
    ///   what this one was not.
    public mutating func sweep(at now: Int64) -> [CallSnapshot] {
        sweptAt = now
        var lost: [CallSnapshot] = []
        for (key, time) in touched {
            guard var call = calls[key] else { continue }
            if call.isEnded {
                guard now - time > Self.lateness else { continue }
                forget(key)
            } else if now - time > Self.longestCall {
                call.lose(at: time)
                lost.append(call.snapshot(normalise))
                forget(key)
            }
        }
        if order.count > 2 * Self.most || orderStart > Self.most {
            order = order[orderStart...].filter { calls[$0] != nil }
            orderStart = 0
        }
        return lost
    }

    /// Old calls a phone had, which it cannot have any more.
    private mutating func left(by phone: String, for key: String, at now: Int64) -> [CallSnapshot] {
        var lost: [CallSnapshot] = []
        for (other, call) in calls where other != key && !call.isEnded && call.answeredBy == phone {
            guard let time = touched[other], now - call.startedAt > Self.oldEnough else { continue }
            calls[other]?.lose(at: min(time, now))
            if let call = calls[other] { lost.append(call.snapshot(normalise)) }
        }
        return lost
    }

    private mutating func makeRoom() {
        while calls.count >= Self.most, orderStart < order.count {
            forget(order[orderStart])
            orderStart += 1
        }
    }

    private mutating func forget(_ key: String) {
        calls[key] = nil
        touched[key] = nil
        told[key] = nil
    }
}

extension HookEvent {
    /// The call it is about; nil when it is about none.
    fileprivate var key: String? {
        switch self {
        case .step(let step): step.key
        case .steps(let steps): steps.first?.key
        case .leg(let leg): leg.root
        case .nothing: nil
        }
    }
}
