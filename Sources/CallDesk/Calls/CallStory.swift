import DeskCore
import Foundation
import IVRBridge
import NIOPosix
import Synchronization

/// Looks back at a call: reads what its line brought around it once more, and tells what each event did.
struct CallStories: Sendable {
    /// Before a call begins and after it ends: a line tells of a queue before, and of the last leg after.
    private static let margin: Int64 = 120_000
    /// The year 9999, milliseconds since 1970.
    private static let latest: Int64 = 253_370_764_800_000
    /// What a busy line brings in some hours; a call that lasts longer is told by its beginning.
    private static let mostRead = 256 << 20
    /// As much is masked as a whole.
    static let mostGiven = 32 << 20
    /// Calls that became part of one; a call that was sent on more often is told without the rest.
    private static let mostParts = 32
    /// How often a call became part of another that became part of another.
    private static let mostMerges = 8

    let calls: CallDirectory
    let tapes: LineTapes
    let lines: [Settings.PBX]
    let phones: PhoneBook
    let normalise: @Sendable (String) -> String?
    let clock: DeskClock
    private let gate = Gate()

    init(
        calls: CallDirectory,
        tapes: LineTapes,
        lines: [Settings.PBX],
        phones: PhoneBook,
        clock: DeskClock,
        normalise: @escaping @Sendable (String) -> String?
    ) {
        (self.calls, self.tapes, self.lines, self.phones) = (calls, tapes, lines, phones)
        (self.clock, self.normalise) = (clock, normalise)
    }

    /// A call looked back at.
    struct Story: Sendable {
        var steps: [CallStep]
        /// Something around the call was lost.
        var hasGaps: Bool
        /// More steps than are told.
        var isCut: Bool
    }

    /// Why there is nothing to tell.
    enum Absence: Error, Equatable {
        /// `line_tape.megabytes` is 0, or the line is not in the settings any more.
        case notKept
        /// Too old, before the desk kept any, or another node had the line then.
        case nothingThen
        /// More than is given away at once.
        case tooMuch
        /// Others look back now.
        case busy
    }

    /// The call that another became part of; itself, when it is a call of its own.
    ///
    /// - Throws: `StoreError`.
    func whole(_ call: Call) async throws -> Call {
        var whole = call
        for _ in 0..<Self.mostMerges {
            guard let id = whole.mergedInto, let next = try await calls.find(id) else { break }
            whole = next
        }
        return whole
    }

    /// What each event did to a call, and to those that became part of it.
    ///
    /// - Throws: `Absence`, `StoreError`, or what the file system says.
    func story(of call: Call) async throws -> Story {
        let (tape, setup) = try tape(of: call)
        let line = Replay.Line(
            name: call.line,
            kind: setup.kind,
            trunks: setup.trunks,
            extensions: await phones.current().places
        )
        return try await alone {
            let isHook = setup.kind.hook != nil
            let first = try await read(tape, of: line, call, and: [], in: window(of: [call], isOpen: isHook))
            let absorbed = first.absorbed
            guard !absorbed.isEmpty else { return first.story }
            // Which calls became part of it is known only now; they may have begun long before it.
            var whole = [call]
            for key in absorbed.prefix(Self.mostParts) {
                if let part = try await calls.find(line: call.line, key: key) { whole.append(part) }
            }
            let parts = Set(absorbed.prefix(Self.mostParts))
            let again = try await read(tape, of: line, call, and: parts, in: window(of: whole, isOpen: isHook))
            guard again.key == first.key else {
                // A part began so long before that the reading ended before the call itself.
                var alone = first.story
                alone.isCut = true
                return alone
            }
            return again.story
        }
    }

    /// The story of a call, with what happened to `parts` before they became part of it.
    private func read(
        _ tape: LineTape,
        of line: Replay.Line,
        _ call: Call,
        and parts: Set<String>,
        in window: ClosedRange<Int64>
    ) async throws -> (key: String, story: Story, absorbed: [String]) {
        let (normalise, key) = (normalise, call.lineKey)
        // A call whose end came is given up by nobody, although another node may have been told of it.
        let givenUpBy = call.endedAt == nil || call.endedBy == .unknown ? clock.now.milliseconds * 1_000 : nil
        return try await NIOThreadPool.singleton.runIfActive {
            var replay = Replay(telling: .calls(parts.union([key])), of: line, normalise: normalise)
            var left = Self.mostRead
            let found = try tape.folder.read(from: window.lowerBound, to: window.upperBound) { entry in
                switch entry.kind {
                case .began: replay.beginConnection()
                case .bytes: replay.feed(entry.bytes, now: entry.at)
                case .gap: break
                }
                left -= entry.bytes.count
                return left > 0
            }
            guard found.entries > 0 else { throw Absence.nothingThen }
            let told = replay.finish(at: givenUpBy).filter { !$0.steps.isEmpty }
            // Read by today's program it may have become part of another of them.
            guard let told = told.first(where: { $0.call.key == key }) ?? told.first else { throw Absence.nothingThen }
            let story = Story(
                steps: told.steps,
                hasGaps: found.hasGaps,
                isCut: left <= 0 || told.steps.count >= CallStep.mostOfCall
            )
            return (told.call.key, story, told.call.absorbed)
        }
    }

    /// What the line brought around a call, as it came, or with other people's numbers and names in their places.
    ///
    /// - Throws: `Absence`, or what the file system says.
    func bytes(around call: Call, masked: Bool) async throws -> [UInt8] {
        let (tape, setup) = try tape(of: call)
        let window = window(of: [call], isOpen: setup.kind.hook != nil)
        return try await alone {
            try await NIOThreadPool.singleton.runIfActive {
                let bytes = try tape.folder.bytes(from: window.lowerBound, to: window.upperBound, limit: Self.mostGiven)
                guard let bytes else { throw Absence.tooMuch }
                guard !bytes.isEmpty else { throw Absence.nothingThen }
                var mask = StreamMask()
                return masked ? mask.mask(bytes) : bytes
            }
        }
    }

    private func tape(of call: Call) throws(Absence) -> (LineTape, Settings.PBX) {
        guard let setup = lines.first(where: { $0.line == call.line }) else { throw .notKept }
        guard let tape = tapes.tapes[call.line] else { throw .notKept }
        return (tape, setup)
    }

    /// From before the first of some calls to after the last, in microseconds since 1970.
    ///
    /// `isOpen`: until now, as what calls us may come late: a record from a switch's disk, a report tried again.
    private func window(of calls: [Call], isOpen: Bool) -> ClosedRange<Int64> {
        // A row that is damaged may hold any number; every moment anybody calls at is within these.
        let known = 0...Self.latest
        let from = calls.map { known.clamping($0.startedAt.milliseconds) }.min() ?? 0
        let now = known.clamping(clock.now.milliseconds)
        let to = isOpen ? now : calls.map { $0.endedAt.map { known.clamping($0.milliseconds) } ?? now }.max() ?? 0
        let start = (from - Self.margin) * 1_000
        return start...max(start, (to + Self.margin) * 1_000)
    }

    /// One at a time, and its reading on a thread of its own: it reads files and takes a core for some seconds.
    private func alone<Value>(_ body: () async throws -> Value) async throws -> Value {
        guard gate.enter() else { throw Absence.busy }
        defer { gate.leave() }
        return try await body()
    }
}

extension ClosedRange<Int64> {
    fileprivate func clamping(_ value: Int64) -> Int64 { Swift.min(Swift.max(value, lowerBound), upperBound) }
}
