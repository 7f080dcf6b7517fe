import Foundation
import NIOCore
import NIOPosix
import Synchronization

/// A FreeSWITCH that is none: speaks the Event Socket over TCP and plays recorded frames and scenarios as calls.
package final class SimulatedSwitch: Sendable {
    /// A self-test has one client, tests a few; more are hung up on.
    private static let mostClients = 32
    /// What a client may be behind before it is dropped.
    private static let mostWaiting = 4_096

    /// How it receives whoever connects.
    package enum Manner: Sendable {
        case usual
        /// As if the address were in no access list.
        case rejecting
        /// Stops in the middle of the first frame it plays, as one that is killed.
        case dying
    }

    private struct State {
        var clients: [Int: AsyncStream<[UInt8]>.Continuation] = [:]
        var nextClient = 1
        var manner = Manner.usual
        var channels = "{\"row_count\": 0}\n"
        var calls = "{\"row_count\": 0}\n"
        var commands: [String] = []
        var answers: [String: String] = [:]
        /// Jobs whose result does not come, by their commands' names.
        var unfinished: Set<String> = []
        var connections = 0
        /// Scenarios that are being played; nil calls are listed as `lists` said.
        var scenarios: [ScenarioCall<ESLScenarioScript>] = []
        var paused: Set<String> = []
    }

    package let port: Int
    private let channel: any Channel
    private let state = Mutex(State())
    private let secret: String
    /// What happens when the desk dials; nil refuses to.
    private let dialling: Scenario?
    private let members: [String]
    private let menu: SimulatedMenu?

    private init(
        channel: any Channel,
        port: Int,
        secret: String,
        dialling: Scenario?,
        members: [String],
        menu: SimulatedMenu?
    ) {
        self.channel = channel
        self.port = port
        self.secret = secret
        self.dialling = dialling
        self.members = members
        self.menu = menu
    }

    /// Listens on a loopback port; 0 takes a free one.
    ///
    /// `dialling`: a call from the desk, played for `originate`. `members`: the phones of its queue. `menu`: where a
    /// scenario's callers hear the telephone menu, by the outbound socket.
    package static func start(
        port: Int = 0,
        secret: String,
        dialling: Scenario? = nil,
        members: [String] = [],
        menu: SimulatedMenu? = nil
    ) async throws -> (pbx: SimulatedSwitch, serve: @Sendable () async -> Void) {
        let server = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .bind(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        let pbx = SimulatedSwitch(
            channel: server.channel,
            port: server.channel.localAddress?.port ?? port,
            secret: secret,
            dialling: dialling,
            members: members,
            menu: menu
        )
        return (
            pbx,
            {
                try? await server.executeThenClose { clients in
                    try await withThrowingDiscardingTaskGroup { group in
                        for try await client in clients { group.addTask { await pbx.serve(client) } }
                    }
                }
            }
        )
    }

    package var manner: Manner {
        get { state.withLock { $0.manner } }
        set { state.withLock { $0.manner = newValue } }
    }

    /// Every command it was sent, without the secret.
    package var commands: [String] { state.withLock { $0.commands } }
    /// How often somebody connected.
    package var connections: Int { state.withLock { $0.connections } }

    /// What it lists from now on: the answers of `show channels as json` and `show calls as json`.
    package func lists(channels: String, calls: String) {
        state.withLock { state in
            state.channels = channels
            state.calls = calls
        }
    }

    /// What it answers to a command from now on; a job's answer is its result.
    package func answers(_ command: String, with text: String) { state.withLock { $0.answers[command] = text } }

    /// Never tells the result of this command's jobs from now on, as of an `originate` whose phone rings on.
    package func keeps(_ command: String) { state.withLock { _ = $0.unfinished.insert(command) } }

    /// Hangs up on everybody, as a switch that is killed; whoever connects next is served.
    package func hangUp() {
        let clients = state.withLock { state in
            defer { state.clients = [:] }
            return state.clients.values.map(\.self)
        }
        for client in clients { client.finish() }
    }

    /// Stops listening; clients see the end of the stream.
    package func stop() async {
        hangUp()
        try? await channel.close().get()
    }

    /// Sends recorded frames to every client that has signed in, in the pieces given.
    package func play(_ pieces: [[UInt8]]) {
        state.withLock { state in
            for piece in pieces {
                for (id, client) in state.clients {
                    let isDying = state.manner == .dying
                    if case .dropped = client.yield(isDying ? Array(piece.prefix(piece.count / 2)) : piece) {
                        client.finish()
                        state.clients[id] = nil
                    }
                    if isDying {
                        client.finish()
                        state.clients[id] = nil
                    }
                }
            }
        }
    }

    /// Plays a recording as it was heard; returns when it is over.
    package func play(_ recording: Recording) async {
        for piece in recording.pieces {
            if piece.pause > 0 {
                do { try await Task.sleep(for: .seconds(piece.pause)) } catch { return }
            }
            play([piece.bytes])
        }
    }

    /// How many clients listen to its events.
    package var listeners: Int { state.withLock { $0.clients.count } }

    /// Plays a scenario as a new call; returns when it is over.
    ///
    /// The desk can send its caller elsewhere meanwhile.
    /// `seed` chooses times within their ranges; `key` is the first leg's identity where the desk gave it.
    package func play(_ scenario: Scenario, seed: UInt64, key: String? = nil) async {
        let scenario = scenario.sparing(state.withLock { $0.paused })
        let call = ScenarioCall(ESLScenarioScript(scenario) { UUID().uuidString.lowercased() }, scenario, seed: seed)
        state.withLock { $0.scenarios.append(call) }
        play([Array(call.begin(key).utf8)])
        await run(call, turn: 0)
    }

    private func run(_ call: ScenarioCall<ESLScenarioScript>, turn: Int) async {
        await call.run(turn, send: { play([Array($0.utf8)]) }) { deed in
            switch deed {
            case .menu(let keys):
                if let menu, let id = call.caller { await menu.callBySocket(keys, as: id, call.scenario) }
            case .restart: hangUp()
            default: break
            }
        }
        guard call.turn == turn else { return }
        state.withLock { $0.scenarios.removeAll { $0 === call } }
    }

    // MARK: - Orders of the desk

    /// What goes on after a client's order was answered.
    private func obey(_ command: String, in group: inout ThrowingTaskGroup<Void, any Error>) {
        let words = command.split(separator: "\n")[0].split(separator: " ").map(String.init)
        guard words.count > 3, words[0] == "bgapi" else { return }
        switch words[1] {
        case "originate":
            // originate {origination_uuid=KEY,…}user/1001 NUMBER XML default
            guard let dialling, let end = words[2].firstIndex(of: "}") else { return }
            let variables = words[2][..<end].dropFirst().split(separator: ",")
            let key = variables.first { $0.hasPrefix("origination_uuid=") }.map { String($0.dropFirst(17)) }
            let phone = String(words[2][end...].split(separator: "/").last?.prefix { $0 != "@" } ?? "")
            let order = SimulatedCall(number: words[3], phones: dialling.phone.map { [$0: phone] } ?? [:])
            let scenario = dialling.played(as: order)
            group.addTask { await self.play(scenario, seed: 1, key: key) }
        case "uuid_transfer":
            guard let call = state.withLock({ $0.scenarios }).first(where: { $0.isCalled(words[2]) }),
                let (text, turn) = call.redirect(to: words[3], context: words.last ?? "default")
            else { return }
            play([Array(text.utf8)])
            group.addTask { await self.run(call, turn: turn) }
        default: break
        }
    }

    /// The answers of mod_callcenter, for a switch with a queue.
    private func callCenter(_ command: String, _ paused: inout Set<String>) -> String? {
        guard !members.isEmpty, command.hasPrefix("callcenter_config ") else { return nil }
        let words = command.split(separator: " ").map(String.init)
        switch words.dropFirst().prefix(2).joined(separator: " ") {
        case "agent list":
            return "name|status|contact\n"
                + members.map {
                    "\($0)@default|\(paused.contains($0) ? "On Break" : "Available")|user/\($0)@pbx.example\n"
                }
                .joined() + "+OK\n"
        case "tier list":
            return "queue|agent|state\n" + members.map { "suporte@default|\($0)@default|Ready\n" }.joined() + "+OK\n"
        case "queue list": return "queue|state\n+OK\n"
        case "agent set":
            guard words.count > 5, let phone = members.first(where: { words[4] == "\($0)@default" }) else { return nil }
            if words[5] == "Available" { paused.remove(phone) } else { paused.insert(phone) }
            return "+OK\n"
        default: return nil
        }
    }

    // MARK: - One client

    private func serve(_ client: NIOAsyncChannel<ByteBuffer, ByteBuffer>) async {
        let (events, continuation) = AsyncStream.makeStream(
            of: [UInt8].self,
            bufferingPolicy: .bufferingNewest(Self.mostWaiting)
        )
        let (id, manner): (Int?, Manner) = state.withLock { state in
            state.connections += 1
            guard state.clients.count < Self.mostClients else { return (nil, state.manner) }
            state.nextClient += 1
            return (state.nextClient, state.manner)
        }
        defer {
            continuation.finish()
            if let id { state.withLock { _ = $0.clients.removeValue(forKey: id) } }
        }
        guard let id else { return }
        try? await client.executeThenClose { inbound, outbound in
            if case .rejecting = manner {
                let text = "Access Denied, go away.\n"
                try await outbound.write(
                    ByteBuffer(
                        string: "Content-Type: text/rude-rejection\nContent-Length: \(text.utf8.count)\n\n\(text)"
                    )
                )
                return
            }
            try await outbound.write(ByteBuffer(string: "Content-Type: auth/request\n\n"))
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    for await bytes in events { try await outbound.write(ByteBuffer(bytes: bytes)) }
                    outbound.finish()
                }
                group.addTask {
                    try await withThrowingTaskGroup(of: Void.self) { calls in
                        var pending = ""
                        var isSignedIn = false
                        for try await buffer in inbound {
                            pending += String(buffer: buffer)
                            while let end = pending.range(of: "\n\n") {
                                let command = String(pending[..<end.lowerBound])
                                pending.removeSubrange(..<end.upperBound)
                                let answer = self.answer(command, &isSignedIn)
                                continuation.yield(Array(answer.utf8))
                                if isSignedIn, command.hasPrefix("event ") {
                                    self.state.withLock { $0.clients[id] = continuation }
                                }
                                if isSignedIn { self.obey(command, in: &calls) }
                            }
                            // Nobody's command is longer.
                            if pending.utf8.count > 65_536 { break }
                        }
                        continuation.finish()
                        calls.cancelAll()
                    }
                }
                // Whoever is hung up on, or hangs up, is done with.
                try await group.next()
                group.cancelAll()
            }
        }
    }

    private func answer(_ command: String, _ isSignedIn: inout Bool) -> String {
        func reply(_ text: String) -> String { "Content-Type: command/reply\nReply-Text: \(text)\n\n" }
        func response(_ text: String) -> String {
            "Content-Type: api/response\nContent-Length: \(text.utf8.count)\n\n\(text)"
        }
        if command.hasPrefix("auth ") || command.hasPrefix("userauth ") {
            isSignedIn = command == "auth \(secret)" || command.hasSuffix(":\(secret)")
            return reply(isSignedIn ? "+OK accepted" : "-ERR invalid")
        }
        guard isSignedIn else { return reply("-ERR command not found") }
        return state.withLock { state in
            // More than a test looks at.
            if state.commands.count < 10_000 { state.commands.append(command) }
            if command.hasPrefix("event ") { return reply("+OK event listener enabled plain") }
            if command.hasPrefix("bgapi ") {
                let lines = command.split(separator: "\n")
                let text = String(lines[0].dropFirst(6))
                let id =
                    lines.dropFirst().first { $0.hasPrefix("Job-UUID: ") }.map { String($0.dropFirst(10)) } ?? "job"
                if state.unfinished.contains(String(text.prefix { $0 != " " })) {
                    return reply("+OK Job-UUID: \(id)")
                }
                let body = state.answers[text] ?? "+OK \(id)\n"
                let event = "Event-Name: BACKGROUND_JOB\nJob-UUID: \(id)\nContent-Length: \(body.utf8.count)\n\n\(body)"
                return reply("+OK Job-UUID: \(id)")
                    + "Content-Length: \(event.utf8.count)\nContent-Type: text/event-plain\n\n\(event)"
            }
            guard command.hasPrefix("api ") else { return reply("-ERR command not found") }
            let name = String(command.dropFirst(4))
            switch name {
            case "show channels as json" where !state.scenarios.isEmpty:
                return response(ESLScenarioScript.listing(state.scenarios.flatMap { $0.look(\.rows) }))
            case "show calls as json" where !state.scenarios.isEmpty:
                return response(ESLScenarioScript.listing(state.scenarios.flatMap { $0.look(\.pairs) }))
            case "show channels as json": return response(state.channels)
            case "show calls as json": return response(state.calls)
            case "strepoch": return response("1795622626")
            default:
                return response(
                    state.answers[name] ?? callCenter(name, &state.paused)
                        ?? "-ERR \(name.prefix { $0 != " " }) Command not found!\n"
                )
            }
        }
    }
}
