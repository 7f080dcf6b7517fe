import DeskCore
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
    /// The branch's FreeSWITCH, whose callers hear the menu by its outbound socket.
    let branch: SimulatedSwitch
    /// The PBX in the cloud, which reports by webhook.
    let cloud: SimulatedSender
    /// How numbers without a country code are read.
    let e164: @Sendable (String) -> String?
    /// Who could take a call now: their phones.
    let free: @Sendable () async -> [String]

    /// What there is to let ring, in the order the demonstration does, and how its button says so.
    static let kinds: [(key: String, title: String)] = [
        ("fila", "na fila"),
        ("transferida", "transferida"),
        ("menu", "pelo menu, com teclas"),
        ("filial", "pelo menu do FreeSWITCH da filial"),
        ("abandonada", "abandonada"),
        ("direta", "direta"),
        ("nuvem", "pelo webhook da nuvem"),
    ]

    /// Lets a call of a kind ring; returns when it is over.
    ///
    /// `talk`: how long it goes on after it was answered. `seed`: chooses times within their ranges.
    /// - Throws: `DemoError` for a kind there is no scenario of.
    func ring(_ kind: String, as call: SimulatedCall, talk: Duration, seed: UInt64) async throws {
        switch kind {
        case "filial": await branch.play(try Self.scenario("menu").played(as: call).lasting(talk), seed: seed)
        case "nuvem":
            let number = call.number ?? ""
            let now = DeskClock.system.now.milliseconds
            await cloud.play(
                number: e164(number) ?? number,
                phone: call.phones["1002"] ?? "1002",
                key: "nuvem-\(now)",
                talk: talk,
                now: now * 1_000
            )
        default: await pbx.play(try Self.scenario(kind).played(as: call).lasting(talk), seed: seed)
        }
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
        case .asterisk: return Recording(try scenario("fila"), seed: 1)
        case .freeswitch: return Recording(switch: try scenario("fila"), seed: 1)
        // A webhook's reports are written, not recorded: `HookSample`.
        case .hook: throw DemoError.recordings
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
            var call = SimulatedCall(number: caller.number, name: caller.name)
            // The phone that answers is that of somebody who is free.
            let phone = await free().first
            let kind = Self.kinds[turn % Self.kinds.count].key
            if let phone, let answers = Self.answering[kind] { call.phones = [answers: phone, phone: answers] }
            try? await ring(kind, as: call, talk: Self.talk, seed: UInt64(turn))
            turn += 1
            try? await Task.sleep(for: Self.pause)
            while await free().isEmpty, !Task.isCancelled { try? await Task.sleep(for: .seconds(1)) }
        }
    }

    /// The phone that answers a kind of call, as its scenario tells it; a transfer needs both.
    private static let answering = [
        "fila": "1002", "direta": "1001", "filial": "1002", "menu": "1002", "nuvem": "1002",
    ]
}
