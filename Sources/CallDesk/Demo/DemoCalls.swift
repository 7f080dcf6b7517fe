import Foundation
import IVRBridge
import Rehearsal
import Synchronization

/// Lets the simulated PBX ring: at once when the first desk is open, then again after a pause, as long as somebody looks.
struct DemoCalls: Sendable {
    /// Time for a visitor to answer the prompts before the next call rings.
    private static let pause = Duration.seconds(45)

    let pbx: SimulatedPBX
    let recordings: [Recording]
    let openDesks: @Sendable () -> Int

    /// What there is to let ring, in the order the demonstration does.
    static let kinds = ["fila", "transferida", "abandonada", "direta"]

    /// Reads the recordings that come with the program: a queue call, a direct one, a transferred one, an abandoned one.
    static func recordings() throws -> [Recording] {
        try kinds.map(recording(named:))
    }

    /// One call as a PBX of this kind tells of it.
    static func recording(of kind: PBXKind) throws -> Recording {
        switch kind {
        case .asterisk:
            guard let first = try recordings().first else { throw DemoError.recordings }
            return first
        case .freeswitch: return try recording(named: "freeswitch")
        // Its reports are written, not recorded: `HookSample`.
        case .hook: throw DemoError.recordings
        }
    }

    private static func recording(named name: String) throws -> Recording {
        guard let folder = WebResources.folder("demo"),
            let stream = FileManager.default.contents(atPath: folder.appending(path: "\(name).txt").path),
            let chunks = try? String(contentsOf: folder.appending(path: "\(name).chunks"), encoding: .utf8)
        else { throw DemoError.recordings }
        return Recording(stream: [UInt8](stream), chunks: chunks)
    }

    func run() async {
        // Somebody without a browser sees calls too: the first rings after five seconds even if no desk is open.
        for _ in 0..<25 where openDesks() == 0 && !Task.isCancelled { try? await Task.sleep(for: .milliseconds(200)) }
        var turn = 0
        await withDiscardingTaskGroup { group in
            while !Task.isCancelled {
                let caller = DemoSeed.callers[turn % DemoSeed.callers.count]
                let recording = recordings[turn % recordings.count]
                let call = SimulatedCall(number: caller.number, name: caller.name, talk: .seconds(60))
                group.addTask { await pbx.play(recording, as: call) }
                turn += 1
                try? await Task.sleep(for: Self.pause)
            }
        }
    }
}
