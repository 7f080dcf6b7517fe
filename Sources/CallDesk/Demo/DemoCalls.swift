import Foundation
import IVRBridge
import Rehearsal
import Synchronization

/// Lets the simulated PBX ring: when the first desk is open, and then whenever somebody is free.
struct DemoCalls: Sendable {
    /// After a call is over its technician writes on; the next one rings no sooner.
    private static let pause = Duration.seconds(20)
    /// How long a call goes on unless somebody says otherwise.
    static let talk = Duration.seconds(60)

    let pbx: SimulatedPBX
    /// Who could take a call now: their phones.
    let free: @Sendable () async -> [String]

    /// What there is to let ring, in the order the demonstration does.
    static let kinds = ["fila", "transferida", "abandonada", "direta"]

    /// A call of a kind, as `call` has it.
    static func recording(_ kind: String, as call: SimulatedCall, seed: UInt64) throws -> Recording {
        Recording(try scenario(kind).played(as: call), seed: seed)
    }

    /// Reads one of the scenarios that come with the program.
    static func scenario(_ name: String) throws -> Scenario {
        guard let folder = WebResources.folder("demo"),
            let text = try? String(contentsOf: folder.appending(path: "\(name).scenario"), encoding: .utf8)
        else { throw DemoError.recordings }
        do { return try Scenario(text) } catch { throw DemoError.scenario(name, error) }
    }

    /// One call as a PBX of this kind tells of it.
    static func recording(of kind: PBXKind) throws -> Recording {
        switch kind {
        case .asterisk: return try recording("fila", as: SimulatedCall(), seed: 1)
        case .freeswitch:
            guard let folder = WebResources.folder("demo"),
                let stream = FileManager.default.contents(atPath: folder.appending(path: "freeswitch.txt").path),
                let chunks = try? String(contentsOf: folder.appending(path: "freeswitch.chunks"), encoding: .utf8)
            else { throw DemoError.recordings }
            return Recording(stream: [UInt8](stream), chunks: chunks)
        // A webhook's reports are written, not recorded: `HookSample`.
        default: throw DemoError.recordings
        }
    }

    func run() async {
        // Somebody without a browser sees calls too: the first rings after five seconds even if no desk is open.
        for _ in 0..<25 where await free().isEmpty && !Task.isCancelled {
            try? await Task.sleep(for: .milliseconds(200))
        }
        var turn = 0
        while !Task.isCancelled {
            let caller = DemoSeed.callers[turn % DemoSeed.callers.count]
            var call = SimulatedCall(number: caller.number, name: caller.name, talk: Self.talk)
            // The phone that answers is that of somebody who is free.
            let phone = await free().first
            let kind = Self.kinds[turn % Self.kinds.count]
            if let phone, kind == "fila" || kind == "direta" { call.phones = Self.swap(kind, phone) }
            if let recording = try? Self.recording(kind, as: call, seed: UInt64(turn)) {
                await pbx.play(recording, as: SimulatedCall(talk: Self.talk))
            }
            turn += 1
            try? await Task.sleep(for: Self.pause)
            while await free().isEmpty, !Task.isCancelled { try? await Task.sleep(for: .seconds(1)) }
        }
    }

    /// Puts a phone in the place of the one that answers, and that one in its place.
    private static func swap(_ kind: String, _ phone: String) -> [String: String] {
        let answers = kind == "fila" ? "1002" : "1001"
        return [answers: phone, phone: answers]
    }
}
