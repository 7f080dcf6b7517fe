import DeskCore
import NIOCore
import Synchronization

/// The open streams whose sockets one event loop serves, told of events without any task or queue of their own.
///
/// A call goes straight to the technicians it concerns. What concerns many goes round the seats a few at a time, between
/// other work of the loop, so that it never stands before a call; a reader whose turn has not come is brought up to date
/// before it gets anything newer, so that everybody gets everything in order. Signs of life and questions about rights
/// are spread over their interval in the same way.
final class LiveRoom: Sendable {
    /// A place in the room; the number of a place that somebody left is given again, its serial is not.
    struct Seat: Sendable, Hashable {
        var number: Int
        var serial: UInt64
    }

    /// Shorter than the idle time of common proxies (nginx: 60 s), and soon enough to notice who has gone.
    static let beat = TimeAmount.seconds(15)
    /// Rights are asked again at every fourth beat: once a minute.
    static let beatsBetweenQuestions = 4
    /// How long a stream may stay while nobody can say whether it still may: the database is away.
    static let longestUnknown = TimeAmount.seconds(300)
    /// Questions under way at once, so that a full room does not fill the database's queue.
    private static let questions = 16
    private static let tick = TimeAmount.milliseconds(100)
    private static let ticksPerBeat = Int(beat.nanoseconds / tick.nanoseconds)
    /// Readers told of something in one turn of the loop: some tenths of a millisecond.
    private static let turn = 64
    /// With more supervisors and programs than this, calls go round for them too.
    private static let mostOverseers = 64

    /// What the hub hands in, in its order: what is told after a change of rights is told by the new ones.
    private enum Letter {
        case event(LiveEvent)
        case recheck(AuditActor?)
    }

    private struct Inbox {
        var letters: [Letter] = []
        var isCalled = false
    }

    let loop: any EventLoop
    private let inbox = Mutex(Inbox())
    private let seated = Atomic(0)
    private let floor: NIOLoopBoundBox<Floor>

    /// What only the loop touches.
    private final class Floor {
        var seats: [LiveReader?] = []
        var free: [Int] = []
        var serial: UInt64 = 0
        var byAccount: [Int64: [Int]] = [:]
        var overseers: Set<Int> = []
        /// What is going round, oldest first, with the count of visits when it came.
        var round: [(event: LiveEvent, visits: Int)] = []
        var visits = 0
        var next = 0
        var isTurning = false
        var ticks = 0
        var clock: RepeatedTask?
        var waiting: [Seat] = []
        var asking = 0

        func reader(_ number: Int) -> LiveReader? { seats.indices.contains(number) ? seats[number] : nil }

        /// Nobody is here: the places are given anew.
        func clear() {
            clock?.cancel()
            clock = nil
            seats = []
            free = []
            byAccount = [:]
            overseers = []
            round = []
            waiting = []
        }
    }

    init(loop: any EventLoop) {
        self.loop = loop
        floor = .makeBoxSendingValue(Floor(), eventLoop: loop)
    }

    /// How many streams are open here.
    var count: Int { seated.load(ordering: .relaxed) }

    /// Takes an event from the hub; returns at once.
    func take(_ event: LiveEvent) { take(.event(event)) }

    /// Asks again for the rights of a holder's streams, or of all; returns at once.
    func recheck(_ holder: AuditActor?) { take(.recheck(holder)) }

    private func take(_ letter: Letter) {
        guard seated.load(ordering: .sequentiallyConsistent) > 0 else { return }
        let calls = inbox.withLock { inbox in
            inbox.letters.append(letter)
            defer { inbox.isCalled = true }
            return !inbox.isCalled
        }
        if calls { loop.execute { self.deliver() } }
    }

    // MARK: - Coming and going, on the loop

    func enter(_ reader: LiveReader) {
        let floor = floor.value
        floor.serial += 1
        let number = floor.free.popLast() ?? floor.seats.count
        if number == floor.seats.count { floor.seats.append(nil) }
        floor.seats[number] = reader
        reader.seat = Seat(number: number, serial: floor.serial)
        reader.knownAt = loop.now
        index(reader, number)
        if floor.clock == nil {
            floor.clock = loop.scheduleRepeatedTask(initialDelay: Self.tick, delay: Self.tick) { _ in self.ticked() }
        }
        seated.add(1, ordering: .sequentiallyConsistent)
        // What it was let in by may have changed on the way here.
        if let seat = reader.seat { wish(seat, of: reader) }
        ask()
    }

    func leave(_ reader: LiveReader) {
        guard let seat = reader.seat else { return }
        reader.seat = nil
        let floor = floor.value
        forget(reader, seat.number)
        floor.seats[seat.number] = nil
        floor.free.append(seat.number)
        if seated.subtract(1, ordering: .sequentiallyConsistent).newValue == 0 { floor.clear() }
    }

    /// Ends every stream of the room.
    func close() async {
        try? await loop.submit { [self] in
            for reader in floor.value.seats { reader?.end() }
        }.get()
    }

    private func index(_ reader: LiveReader, _ number: Int) {
        if reader.viewer.seesEverything {
            floor.value.overseers.insert(number)
        } else if let account = reader.viewer.account {
            floor.value.byAccount[account, default: []].append(number)
        }
    }

    private func forget(_ reader: LiveReader, _ number: Int) {
        let floor = floor.value
        floor.overseers.remove(number)
        guard let account = reader.viewer.account else { return }
        floor.byAccount[account]?.removeAll { $0 == number }
        if floor.byAccount[account]?.isEmpty == true { floor.byAccount[account] = nil }
    }

    // MARK: - Telling

    private func deliver() {
        let letters = inbox.withLock { inbox in
            defer { inbox = Inbox() }
            return inbox.letters
        }
        var told: [LiveReader] = []
        for letter in letters {
            switch letter {
            case .event(let event): deliver(event, &told)
            case .recheck(let holder): doubt(holder)
            }
        }
        for reader in told { reader.flush() }
        if !floor.value.isTurning, !floor.value.round.isEmpty { goRound() }
    }

    private func deliver(_ event: LiveEvent, _ told: inout [LiveReader]) {
        let (floor, audience) = (floor.value, event.audience)
        let goesRound =
            audience.everyone || audience.department != nil || audience.sight != nil
            || floor.overseers.count > Self.mostOverseers
        let direct = audience.accounts.flatMap { floor.byAccount[$0] ?? [] } + (goesRound ? [] : floor.overseers)
        for number in direct {
            guard let reader = floor.reader(number), reader.seen < event.id,
                reader.viewer.sees(audience)
            else { continue }
            catchUp(reader)
            reader.write(event)
            reader.seen = event.id
            told.append(reader)
        }
        if goesRound { floor.round.append((event, floor.visits)) }
    }

    /// Writes what is going round and this reader has not had; whether there was any.
    @discardableResult
    private func catchUp(_ reader: LiveReader) -> Bool {
        let round = floor.value.round
        guard let newest = round.last?.event.id, newest > reader.seen else { return false }
        var wrote = false
        for (event, _) in round where event.id > reader.seen && reader.viewer.sees(event.audience) {
            reader.write(event)
            wrote = true
        }
        reader.seen = newest
        return wrote
    }

    /// One turn of what goes round; the next comes after the loop's other work.
    private func goRound() {
        let floor = floor.value
        let count = floor.seats.count
        // Whatever came last has gone round once everybody was visited since.
        let done = floor.round.last.map { $0.visits + count } ?? floor.visits
        var written = 0
        while floor.visits < done, written < Self.turn {
            floor.next = floor.next + 1 < count ? floor.next + 1 : 0
            floor.visits += 1
            guard let reader = floor.reader(floor.next), catchUp(reader) else { continue }
            reader.flush()
            written += 1
        }
        floor.round.removeAll { floor.visits - $0.visits >= count }
        floor.isTurning = !floor.round.isEmpty
        // Not at once: the loop takes up what its sockets brought only when no task is due.
        if floor.isTurning { loop.scheduleTask(in: .microseconds(500)) { self.goRound() } }
    }

    // MARK: - Signs of life and rights

    private func ticked() {
        let floor = floor.value
        floor.ticks += 1
        let (turns, first) = floor.ticks.quotientAndRemainder(dividingBy: Self.ticksPerBeat)
        for number in stride(from: first, to: floor.seats.count, by: Self.ticksPerBeat) {
            guard let reader = floor.reader(number), let seat = reader.seat else { continue }
            if loop.now - reader.knownAt > Self.longestUnknown {
                reader.end()
                continue
            }
            reader.beat()
            if (turns + number / Self.ticksPerBeat) % Self.beatsBetweenQuestions == 0 { wish(seat, of: reader) }
        }
        ask()
    }

    private func doubt(_ holder: AuditActor?) {
        for number in floor.value.seats.indices {
            guard let reader = floor.value.reader(number), let seat = reader.seat,
                holder == nil || reader.subscription.holder == holder
            else { continue }
            reader.doubts += 1
            if holder != nil { narrow(reader, number) }
            wish(seat, of: reader)
        }
        ask()
    }

    /// Only what is one's own goes to somebody whose rights have just changed, until the new ones are known.
    private func narrow(_ reader: LiveReader, _ number: Int) {
        guard reader.viewer != reader.viewer.narrowed else { return }
        change(reader, number, to: reader.viewer.narrowed)
        reader.wasNarrowed = true
    }

    private func change(_ reader: LiveReader, _ number: Int, to viewer: LiveViewer) {
        forget(reader, number)
        reader.viewer = viewer
        index(reader, number)
    }

    private func wish(_ seat: Seat, of reader: LiveReader) {
        guard !reader.isAsked else { return }
        reader.isAsked = true
        floor.value.waiting.append(seat)
    }

    private func ask() {
        let floor = floor.value
        while floor.asking < Self.questions, !floor.waiting.isEmpty {
            let seat = floor.waiting.removeFirst()
            guard let reader = reader(at: seat) else { continue }
            floor.asking += 1
            let (ask, doubts) = (reader.subscription.ask, reader.doubts)
            // A change told from now on asks once more, beside this question where there is room.
            reader.isAsked = false
            // No child of anybody: the loop must not wait for the database.
            Task {
                let answer: Result<LiveViewer?, any Error>
                do { answer = .success(try await ask()) } catch { answer = .failure(error) }
                loop.execute { self.hear(answer, to: doubts, at: seat) }
            }
        }
    }

    /// `doubts`: those there were when it was asked.
    private func hear(_ answer: Result<LiveViewer?, any Error>, to doubts: UInt64, at seat: Seat) {
        floor.value.asking -= 1
        defer { ask() }
        // In doubt once more meanwhile: this answer may be from before that change, and the one after it may have come first.
        // Each doubt has its own question, under way or waiting.
        guard let reader = reader(at: seat), doubts == reader.doubts else { return }
        // Unknown: what holds now holds until `longestUnknown` after it was known last; it is asked again.
        guard case .success(let viewer) = answer else { return }
        guard let viewer else { return reader.end() }
        reader.knownAt = loop.now
        let isOther = viewer != reader.viewer
        guard isOther || reader.wasNarrowed else { return }
        if isOther { change(reader, seat.number, to: viewer) }
        reader.wasNarrowed = false
        reader.reload()
        reader.flush()
    }

    private func reader(at seat: Seat) -> LiveReader? {
        guard let reader = floor.value.reader(seat.number), reader.seat == seat else { return nil }
        return reader
    }
}
