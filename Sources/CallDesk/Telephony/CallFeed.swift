import DeskCore
import Logging
import Synchronization

/// Takes what the lines report, records it durably, and tells the desks; the lines never wait for any of it.
///
/// Reports are whole snapshots, so the newest of a call stands for all before it: what piles up while the database is
/// busy is bounded by the number of calls, not by time. While the database cannot be written, calls still pop without a
/// protocol number, and are recorded as soon as it can.
final class CallFeed: Sendable {
    /// More calls than any one desk has at once; beyond it the oldest that waits makes room for the newest, and that is said.
    private static let mostCalls = 50_000
    /// Calls recorded in one transaction.
    private static let batch = 200
    /// A call that could not be recorded for so long pops without its number: the phone has rung for less than a second then.
    private static let patience = Duration.milliseconds(700)
    /// How often it is looked for such calls.
    private static let lateTurn = Duration.milliseconds(250)
    /// Well below the time within which a PBX that fell is back.
    private static let heardPace = Duration.seconds(60)

    struct Waiting {
        var signal: CallSignal
        var since: ContinuousClock.Instant
        var isTold = false
    }

    struct State {
        var waiting: [CallKey: Waiting] = [:]
        /// What the database has been given and has not answered for.
        var underWay: [CallKey: Waiting] = [:]
        var order: [CallKey] = []
        var dropped = 0
        /// Lines whose calls have just been compared with the PBX, and what is still there.
        var resynchronised: [String: Comparison] = [:]
        /// Lines that are compared, and connected since; and those that tell by themselves.
        var heard: Set<String> = []
        /// Lines that fell silent, since when and with what their queues had counted, until that is noted.
        var silent: [String: Silence] = [:]
        /// What the queues of each line have counted.
        var queues: [String: [QueueCount]] = [:]
        /// Lines that begin to be listened to, and tell by themselves.
        var listening: Set<String> = []
        /// Lines that tell by themselves, and whether those of their calls are looked for whose end never came.
        var tellsItself: Set<String> = []
        var looksForUnheard = false
        /// Lines that another node works.
        var elsewhere: Set<String> = []
        /// Calls the menu stores now or has stored, until they are told: as many as callers are in it at once.
        var meetings: [CallKey: Meeting] = [:]

        /// Lets the oldest go when more than `most` wait; answers how many went so far, 0 when none had to now.
        mutating func makeRoom(most: Int) -> Int {
            guard waiting.count > most, let oldest = order.first else { return 0 }
            order.removeFirst()
            waiting[oldest] = nil
            dropped += 1
            return dropped
        }

        /// Lets calls go that became part of another.
        mutating func letGo(_ parts: Set<CallKey>) {
            let gone = parts.count { waiting.removeValue(forKey: $0) != nil }
            if gone > 0 { order.removeAll { parts.contains($0) } }
        }

        /// Calls that are part of one that waits.
        var parts: Set<CallKey> {
            Set(waiting.values.lazy.map(\.signal).flatMap { CallKey.parts(of: $0) })
        }

        /// Lets a call wait again, unless something newer of it waits already.
        mutating func waitAgain(_ signal: CallSignal, since: ContinuousClock.Instant) {
            let key = CallKey(signal)
            if let newer = waiting[key] {
                let known = newer.signal.absorbed
                waiting[key]?.signal.absorbed += signal.absorbed.filter { !known.contains($0) }
                return
            }
            var again = signal
            again.readAt = nil
            waiting[key] = Waiting(signal: again, since: since, isTold: true)
            order.append(key)
        }
    }

    struct Comparison: Equatable {
        var keys: Set<String>
        var pbxStartedAt: Int64?
        var queues: [QueueCount]?
        /// When the line was heard again by it, or by one before it that was not written yet.
        var at: Moment
        /// When it was made, which may be long before the database takes it.
        var listedAt: Moment
    }

    struct Silence: Equatable {
        var since: Moment
        var queues: [QueueCount]?
    }

    struct CallKey: Hashable, Sendable {
        var line: String
        var key: String

        init(line: String, key: String) {
            self.line = line
            self.key = key
        }

        init(_ signal: CallSignal) { self.init(line: signal.line, key: signal.key) }

        /// The calls that became part of one.
        static func parts(of signal: CallSignal) -> Set<CallKey> {
            Set(signal.absorbed.lazy.filter { $0 != signal.key }.map { CallKey(line: signal.line, key: $0) })
        }
    }

    let state = Mutex(State())
    let log: CallLog
    let teller: CallTeller
    let logger: Logger
    private let wakeUps: AsyncStream<Void>
    let wake: AsyncStream<Void>.Continuation
    /// What stops calls from being recorded now, for `/ready`.
    private let trouble = Mutex<StoreError?>(nil)
    private let aside: AsideCalls
    let ringing: RingingPhones

    /// `aside` keeps calls that the database refused by themselves; `setAside` is told how many more, and how many wait now.
    init(
        log: CallLog,
        teller: CallTeller,
        aside: AsideCalls? = nil,
        ringing: RingingPhones = RingingPhones(),
        logger: Logger,
        setAside: @escaping @Sendable (_ more: Int, _ now: Int) -> Void = { _, _ in }
    ) {
        self.log = log
        self.teller = teller
        self.logger = logger
        self.ringing = ringing
        self.aside = aside ?? AsideCalls(clock: .system, logger: logger)
        let (wakeUps, wake) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        (self.wakeUps, self.wake) = (wakeUps, wake)
        self.aside.tell(setAside) { wake.yield() }
    }

    var error: StoreError? { trouble.withLock { $0 } }

    /// Calls the database refused by themselves, so far and at this moment.
    var setAside: (total: Int, now: Int) { aside.counts }

    /// Takes a report; returns at once.
    func accept(_ report: CallSignal) {
        // The key under which the call is stored, so that what is waiting and what is stored are told alike.
        let report = report.bounded
        let parts = CallKey.parts(of: report)
        let dropped = state.withLock { state -> Int in
            // Stored after it, they would be calls of their own.
            if !parts.isEmpty { state.letGo(parts) }
            let key = CallKey(report)
            // A call that is told of now is there, whatever a comparison of a moment ago found.
            state.resynchronised[report.line]?.keys.insert(report.key)
            guard let earlier = state.waiting[key] else {
                state.waiting[key] = Waiting(signal: report, since: .now)
                state.order.append(key)
                return state.makeRoom(most: Self.mostCalls)
            }
            var joined = report
            let known = earlier.signal.absorbed
            joined.absorbed = known + report.absorbed.filter { !known.contains($0) }
            // The first bytes count: that is since when somebody waits for the pop.
            joined.readAt = earlier.signal.readAt ?? report.readAt
            // Whoever was told of it unrecorded is told of what is new too.
            state.waiting[key] = Waiting(signal: joined, since: earlier.since)
            return 0
        }
        // Whoever sets one of them aside meanwhile looks, after that, whether it has become part of what waits.
        if !parts.isEmpty { aside.letGo(parts) }
        // The first, then each time the number has doubled: enough to be seen, too little to fill the disk.
        if dropped > 0, dropped.nonzeroBitCount == 1 {
            logger.error("more calls wait than can be kept; the oldest are lost", metadata: ["lost": "\(dropped)"])
        }
        wake.yield()
    }

    /// The PBX told which of a line's calls exist, and when it started; every other stored one is over.
    ///
    /// `queues`: what its queues have counted, nil where there is nothing to compare it with.
    func resynchronised(
        line: String,
        keys: Set<String>,
        pbxStartedAt: Int64? = nil,
        queues: [QueueCount]? = nil
    ) {
        let keys = Set(keys.map(WireText.key))
        let now = log.now
        state.withLock { state in
            guard !state.elsewhere.contains(line) else { return }
            var comparison = Comparison(
                keys: keys,
                pbxStartedAt: pbxStartedAt,
                queues: queues,
                at: now,
                listedAt: now
            )
            // The one before is not written yet: the line was heard again by it, and what its queues counted since was heard.
            if !state.heard.contains(line), let first = state.resynchronised[line] {
                (comparison.at, comparison.queues) = (first.at, first.queues)
            }
            state.resynchronised[line] = comparison
        }
        wake.yield()
    }

    /// A queue of a line has counted on.
    func counted(line: String, _ queues: [QueueCount]) { state.withLock { $0.queues[line] = queues } }

    /// A line is not heard any more.
    ///
    /// `since`: when it was heard last, microseconds since 1970; nil: now.
    func silent(line: String, since: Int64? = nil) {
        let now = log.now
        let last = since.map { min(now, Moment(microseconds: $0)) } ?? now
        let wasHeard = state.withLock { state in
            // What was compared before is old by now; the next connection compares anew.
            state.resynchronised[line] = nil
            // Where another node hears it nothing falls silent.
            guard state.heard.remove(line) != nil, !state.elsewhere.contains(line) else { return false }
            state.silent[line] = Silence(since: last, queues: state.queues[line])
            return true
        }
        if wasHeard { wake.yield() }
    }

    /// Whether a line is compared, and heard since.
    func hears(_ line: String) -> Bool { state.withLock { $0.heard.contains(line) } }

    /// Lines that tell by themselves are listened to from now on.
    func listens(lines: Set<String>) {
        guard !lines.isEmpty else { return }
        state.withLock { state in
            state.listening.formUnion(lines)
            state.tellsItself.formUnion(lines)
        }
        wake.yield()
    }

    /// Has the calls ended of lines that tell by themselves and of which nobody was told anything for hours, in this life of
    /// the service or before, on this node or another; returns at once.
    func endUnheard() {
        state.withLock { $0.looksForUnheard = !$0.tellsItself.isEmpty }
        wake.yield()
    }

    /// Records and tells until the task is cancelled; then writes what is still waiting once more.
    func run() async {
        await withDiscardingTaskGroup { group in
            group.addTask { await self.tellLate() }
            group.addTask { await self.noteHeard() }
            await self.work()
            group.cancelAll()
        }
    }

    /// Lets calls pop that the database has not taken in good time, however long it makes us wait.
    private func tellLate() async {
        while !Task.isCancelled {
            try? await Task.sleep(for: Self.lateTurn)
            let late = state.withLock { state in
                let latest = ContinuousClock.now - Self.patience
                return Self.tell(&state.underWay, before: latest) + Self.tell(&state.waiting, before: latest)
            }
            if !late.isEmpty { teller.tellUnrecorded(late) }
            // On a quiet day no call comes that would have them tried again.
            if aside.isDue { wake.yield() }
        }
    }

    /// Notes now and then which lines are heard, so that a start after a fall knows how long nobody listened.
    private func noteHeard() async {
        while !Task.isCancelled {
            try? await Task.sleep(for: Self.heardPace)
            // What keeps the database from being written is said where calls are recorded.
            try? await noteWhatIsHeard()
        }
    }

    private func noteWhatIsHeard() async throws(StoreError) {
        let (lines, queues) = state.withLock { ($0.heard, $0.queues) }
        if !lines.isEmpty { try await log.noteHeard(lines: lines, queues: queues) }
    }

    private static func tell(_ calls: inout [CallKey: Waiting], before: ContinuousClock.Instant) -> [CallSignal] {
        let late = calls.filter { !$0.value.isTold && $0.value.since < before }
        for key in late.keys { calls[key]?.isTold = true }
        return late.values.map(\.signal)
    }

    private func work() async {
        var pause = Duration.milliseconds(100)
        for await _ in wakeUps {
            while await step() == false, !Task.isCancelled {
                // The disk may be full for hours, and calls keep popping meanwhile; but what waits stands nowhere else, and
                // would go with the service: no more than a second after the database is back it is written.
                try? await Task.sleep(for: pause)
                pause = min(pause * 2, .seconds(1))
            }
            pause = .milliseconds(100)
            if Task.isCancelled { break }
        }
        // Cancelled: what the lines said last still belongs into the record, and until when they were heard.
        await Task {
            _ = await self.step()
            try? await self.noteWhatIsHeard()
        }.value
    }

    /// Ends `run` after what is waiting is written.
    func stop() { wake.finish() }

    /// Writes everything that waits; false when the database would not take it.
    private func step() async -> Bool {
        let due = aside.due()
        if !due.isEmpty {
            state.withLock { state in
                let parts = state.parts
                for signal in due where !parts.contains(CallKey(signal)) { state.waitAgain(signal, since: .now) }
            }
        }
        await tellMet()
        while true {
            let batch = take()
            guard !batch.isEmpty else { break }
            let outcome = await Halving.write(batch) { part throws(StoreError) in try await log.record(part) }
            let untold = outcome.error == nil ? [] : putBack(outcome.left)
            // What is tried again every minute was told when it was refused first.
            let refused = state.withLock { state in
                defer { state.underWay = [:] }
                return outcome.refused.map(\.item).filter { state.underWay[CallKey($0)]?.isTold != true }
            }
            aside.note(recorded: batch, refused: outcome.refused)
            if !outcome.refused.isEmpty { aside.letGo(state.withLock { $0.parts }) }
            // Without a number, but seen: the phone rings all the same.
            teller.tellUnrecorded(refused + untold)
            await tell(outcome.values, signals: batch)
            if outcome.error == nil { noteRinging(batch) }
            if let error = outcome.error {
                failed(error)
                return false
            }
            recovered()
        }
        guard await closeLost(), await closeUnheard() else { return false }
        // On a quiet day nothing else comes that would say so.
        recovered()
        return true
    }

    private func take() -> [CallSignal] {
        state.withLock { state in
            let keys = state.order.prefix(Self.batch)
            state.order.removeFirst(keys.count)
            for key in keys { state.underWay[key] = state.waiting.removeValue(forKey: key) }
            return keys.compactMap { key in
                guard var signal = state.underWay[key]?.signal else { return nil }
                signal.ringsOtherwise = ringing.isNews(signal)
                return signal
            }
        }
    }

    /// What could not be written waits again, unless something newer came meanwhile; answers what nobody was told of.
    private func putBack(_ batch: [CallSignal]) -> [CallSignal] {
        state.withLock { state in
            var untold: [CallSignal] = []
            let parts = state.parts
            for signal in batch {
                let key = CallKey(signal)
                // It became part of another meanwhile, and would be stored after that as a call of its own.
                guard !parts.contains(key) else { continue }
                if state.underWay[key]?.isTold != true { untold.append(signal) }
                state.waitAgain(signal, since: state.underWay[key]?.since ?? .now)
            }
            return untold
        }
    }

    func failed(_ error: StoreError) {
        let isNew = trouble.withLock { trouble in
            defer { trouble = error }
            return trouble == nil
        }
        if isNew {
            logger.error(
                "calls cannot be recorded; they pop without a protocol number",
                metadata: ["error": "\(error)"]
            )
        }
    }

    private func recovered() {
        let had = trouble.withLock { trouble in
            defer { trouble = nil }
            return trouble != nil
        }
        if had { logger.notice("calls are recorded again") }
    }
}
