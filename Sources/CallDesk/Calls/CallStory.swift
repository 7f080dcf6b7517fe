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

    let tapes: LineTapes
    let lines: [Settings.PBX]
    let phones: PhoneBook
    let normalise: @Sendable (String) -> String?
    let clock: DeskClock
    private let gate = Gate()

    init(
        tapes: LineTapes,
        lines: [Settings.PBX],
        phones: PhoneBook,
        clock: DeskClock,
        normalise: @escaping @Sendable (String) -> String?
    ) {
        (self.tapes, self.lines, self.phones) = (tapes, lines, phones)
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
        /// The line reports by webhooks, whose last requests are on a page of their own.
        case webhook
        /// `line_tape.megabytes` is 0, or the line is not in the settings any more.
        case notKept
        /// Too old, before the desk kept any, or another node had the line then.
        case nothingThen
        /// More than is given away at once.
        case tooMuch
        /// Others look back now.
        case busy
    }

    /// What each event did to a call.
    ///
    /// - Throws: `Absence`, or what the file system says.
    func story(of call: Call) async throws -> Story {
        let (tape, setup) = try tape(of: call)
        let window = window(of: call)
        let extensions = await phones.current().places
        let normalise = normalise
        return try await alone {
            let line = Replay.Line(
                name: call.line,
                kind: setup.kind,
                trunks: setup.trunks,
                extensions: extensions
            )
            var replay = Replay(telling: .call(call.key), of: line, normalise: normalise)
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
            let steps = replay.finish().first { $0.call.key == call.key }?.steps ?? []
            guard !steps.isEmpty else { throw Absence.nothingThen }
            return Story(
                steps: steps,
                hasGaps: found.hasGaps,
                isCut: left <= 0 || steps.count >= CallStep.mostOfCall
            )
        }
    }

    /// What the line brought around a call, as it came, or with other people's numbers and names in their places.
    ///
    /// - Throws: `Absence`, or what the file system says.
    func bytes(around call: Call, masked: Bool) async throws -> [UInt8] {
        let (tape, _) = try tape(of: call)
        let window = window(of: call)
        return try await alone {
            let bytes = try tape.folder.bytes(from: window.lowerBound, to: window.upperBound, limit: Self.mostGiven)
            guard let bytes else { throw Absence.tooMuch }
            guard !bytes.isEmpty else { throw Absence.nothingThen }
            var mask = StreamMask()
            return masked ? mask.mask(bytes) : bytes
        }
    }

    private func tape(of call: Call) throws(Absence) -> (LineTape, Settings.PBX) {
        guard let setup = lines.first(where: { $0.line == call.line }) else { throw .notKept }
        guard setup.kind.hook == nil else { throw .webhook }
        guard let tape = tapes.tapes[call.line] else { throw .notKept }
        return (tape, setup)
    }

    /// Microseconds since 1970.
    private func window(of call: Call) -> ClosedRange<Int64> {
        // A row that is damaged may hold any number; every moment anybody calls at is within these.
        let known = 0...Self.latest
        let from = known.clamping(call.startedAt.milliseconds) - Self.margin
        let to = known.clamping((call.endedAt ?? clock.now).milliseconds) + Self.margin
        return from * 1_000...max(from, to) * 1_000
    }

    /// One at a time and on a thread of its own: it reads files and takes a core for some seconds.
    private func alone<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        guard gate.enter() else { throw Absence.busy }
        defer { gate.leave() }
        return try await NIOThreadPool.singleton.runIfActive(body)
    }
}

extension ClosedRange<Int64> {
    fileprivate func clamping(_ value: Int64) -> Int64 { Swift.min(Swift.max(value, lowerBound), upperBound) }
}
