import ArgumentParser
import DeskCore
import Foundation
import IVRBridge
import Rehearsal

struct SimulateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate",
        abstract: "Plays scenarios as an Asterisk or a FreeSWITCH that is none, to whoever signs in.",
        discussion: "The language of scenarios is in docs/telephony.md."
    )

    enum Kind: String, ExpressibleByArgument, CaseIterable { case asterisk, freeswitch }

    @Argument(help: "asterisk (manager interface and FastAGI) or freeswitch (Event Socket, inbound and outbound).")
    var kind: Kind
    @Argument(help: "Files with one scenario each, played in turn.")
    var scenarios: [String]
    @Option(help: "Where to listen on loopback; 0 takes a free port.")
    var port = 0
    @Option(help: "The manager's name that is let in (Asterisk).")
    var user = "calldesk"
    @Option(help: "The secret that is let in.")
    var secret = "segredo"
    @Option(help: "How many calls begin each second; each waits for the one before when it is not given.")
    var callsPerSecond: Double?
    @Option(help: "How many calls there are; one for each scenario when it is not given.")
    var calls: Int?
    @Option(help: "The same seed makes the same calls.")
    var seed: UInt64 = 1
    @Option(help: "The phones of the queue, one comma apart.")
    var members = "1001,1002"
    @Option(
        help:
            """
            Where callers hear the telephone menu: HOST:PORT/SCRIPT, such as 127.0.0.1:4573/ivr?line=matriz (fastagi.port) \
            for asterisk, 127.0.0.1:8084/ivr?line=matriz (outbound_socket.port) for freeswitch.
            """
    )
    var menu: String?

    /// A load test of hours is another run.
    private static let mostCalls = 1_000_000
    /// More a second no PBX of one machine begins.
    private static let mostPerSecond = 10_000.0

    func validate() throws {
        guard !scenarios.isEmpty else { throw ValidationError("name at least one file with a scenario") }
        if let callsPerSecond, !(callsPerSecond > 0 && callsPerSecond <= Self.mostPerSecond) {
            throw ValidationError("--calls-per-second is more than 0 and at most \(Int(Self.mostPerSecond))")
        }
        if let calls, !(1...Self.mostCalls).contains(calls) {
            throw ValidationError("--calls is 1 to \(Self.mostCalls)")
        }
        if menu != nil, place == nil { throw ValidationError("--menu is HOST:PORT/SCRIPT") }
    }

    func run() async throws {
        let read: [Scenario]
        do { read = try scenarios.map(Scenario.read) } catch { throw Administration.failed("\(error)") }
        let numbers = members.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
        let dialling = try DemoCalls.scenario("ligar")
        let line: any SimulatedLine
        let serve: @Sendable () async -> Void
        do {
            switch kind {
            case .asterisk:
                (line, serve) = try await SimulatedPBX.start(
                    port: port,
                    user: user,
                    secret: secret,
                    epoch: Int(DeskClock.system.now.milliseconds / 1_000),
                    dialling: dialling,
                    members: numbers,
                    menu: place
                )
            case .freeswitch:
                (line, serve) = try await SimulatedSwitch.start(
                    port: port,
                    secret: secret,
                    dialling: dialling,
                    members: numbers,
                    menu: place
                )
            }
        } catch {
            throw Administration.failed("127.0.0.1:\(port) cannot be listened on; give another --port (\(error))")
        }
        print("\(kind.rawValue) em 127.0.0.1:\(line.port)")
        fflush(nil)
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await serve() }
            await play(read, on: line)
            await line.stop()
            group.cancelAll()
        }
    }

    /// Begins the calls once somebody listens; returns when the last is over.
    private func play(_ scenarios: [Scenario], on line: any SimulatedLine) async {
        while line.listeners == 0 {
            do { try await Task.sleep(for: .milliseconds(50)) } catch { return }
        }
        let count = calls ?? scenarios.count
        let start = ContinuousClock.now
        await withDiscardingTaskGroup { group in
            for place in 0..<count {
                let scenario = scenarios[place % scenarios.count]
                let seed = seed &+ UInt64(place)
                guard let callsPerSecond else {
                    await line.play(scenario, seed: seed)
                    continue
                }
                let due = start + .seconds(Double(place) / callsPerSecond)
                do { try await ContinuousClock().sleep(until: due) } catch { return }
                group.addTask { await line.play(scenario, seed: seed) }
            }
        }
        print("\(count) \(count == 1 ? "ligação" : "ligações")")
    }

    private var place: SimulatedMenu? {
        guard let menu, let slash = menu.firstIndex(of: "/") else { return nil }
        let address = menu[..<slash]
        guard let colon = address.lastIndex(of: ":"), let port = Int(address[address.index(after: colon)...]),
            (1...65_535).contains(port), colon != address.startIndex
        else { return nil }
        let script = String(menu[menu.index(after: slash)...])
        return SimulatedMenu(host: String(address[..<colon]), port: port, script: script)
    }
}
