import Codecs
import Crypto
import Foundation
import IVRBridge
import NIOCore
import NIOPosix
import Synchronization

/// A PBX that is none: speaks the manager interface over TCP and plays recordings and scenarios as calls.
package final class SimulatedPBX: Sendable {
    /// A demonstration has one desk, tests a few; more are hung up on.
    private static let mostClients = 32
    /// What a client may be behind before it is dropped, as Asterisk does.
    private static let mostWaiting = 4_096

    private struct State {
        var clients: [Int: AsyncStream<[UInt8]>.Continuation] = [:]
        var nextClient = 1
        var nextCounter = 1
        /// Channels that exist now, as `CoreShowChannels` lists them.
        var channels: [String: [(String, String)]] = [:]
        var order: [String] = []
        var decoder = AMIFrameDecoder()
        /// Scenarios that are being played.
        var calls: [ScenarioCall<AMIScenarioScript>] = []
        /// Members of its queue who take no calls, with the reason.
        var paused: [String: String] = [:]
        /// It keeps its connections and says nothing over them.
        var isSilent = false
    }

    /// The one queue it has, with the phones that are its members.
    private static let queue = "suporte"

    package let port: Int
    private let channel: any Channel
    private let state: Mutex<State>
    private let members: [String]
    private let menu: SimulatedMenu?
    private let user: String
    private let secret: String
    private let epoch: Int
    private let version: String
    /// What happens when the desk dials; nil refuses to.
    private let dialling: Scenario?

    private init(
        channel: any Channel,
        port: Int,
        user: String,
        secret: String,
        epoch: Int,
        version: String,
        dialling: Scenario?,
        members: [String],
        menu: SimulatedMenu?
    ) {
        self.dialling = dialling
        self.members = members
        self.menu = menu
        self.channel = channel
        self.port = port
        self.user = user
        self.secret = secret
        self.epoch = epoch
        self.version = version
        state = Mutex(State())
    }

    /// Listens on a loopback port; 0 takes a free one.
    ///
    /// `epoch`: the seconds its Uniqueids begin with, as an Asterisk started then would write.
    /// `version`: of the manager interface, as its greeting tells. `dialling`: a call from the desk, played for `Originate`.
    /// `members`: the phones of its queue. `menu`: where a scenario's callers hear the telephone menu.
    package static func start(
        port: Int = 0,
        user: String,
        secret: String,
        epoch: Int,
        version: String = "11.0.0",
        dialling: Scenario? = nil,
        members: [String] = [],
        menu: SimulatedMenu? = nil
    ) async throws -> (pbx: SimulatedPBX, serve: @Sendable () async -> Void) {
        let server = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .bind(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        let pbx = SimulatedPBX(
            channel: server.channel,
            port: server.channel.localAddress?.port ?? port,
            user: user,
            secret: secret,
            epoch: epoch,
            version: version,
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

    /// Says nothing any more over connections that stay, as behind a link that is cut.
    package func fallSilent() { state.withLock { $0.isSilent = true } }

    /// Stops listening; clients see the end of the stream.
    package func stop() async {
        hangUp()
        try? await channel.close().get()
    }

    /// How many clients have signed in.
    package var listeners: Int { state.withLock { $0.clients.count } }

    /// Hangs up on everybody, as a PBX that restarts; whoever connects next is served.
    private func hangUp() {
        let clients = state.withLock { state in
            defer { state.clients = [:] }
            return state.clients.values.map(\.self)
        }
        for client in clients { client.finish() }
    }

    private func nextID() -> String {
        let counter = state.withLock { state in
            defer { state.nextCounter += 1 }
            return state.nextCounter
        }
        return "\(epoch).\(counter)"
    }

    /// Plays a scenario as a new call; returns when it is over.
    ///
    /// The desk can send its caller elsewhere meanwhile.
    /// `seed` chooses times within their ranges; `key` is the first leg's identity where the desk gave it.
    package func play(_ scenario: Scenario, seed: UInt64, key: String? = nil) async {
        let scenario = scenario.sparing(Set(state.withLock { $0.paused.keys.map(\.self) }))
        let call = ScenarioCall(AMIScenarioScript(scenario) { self.nextID() }, scenario, seed: seed)
        state.withLock { $0.calls.append(call) }
        broadcast(Array(call.begin(key).utf8))
        await run(call, scenario, turn: 0)
    }

    private func run(_ call: ScenarioCall<AMIScenarioScript>, _ scenario: Scenario, turn: Int) async {
        await call.run(turn, send: { broadcast(Array($0.utf8)) }) { deed in
            switch deed {
            case .menu(let keys):
                if let menu, let id = call.caller { await menu.callByAGI(keys, as: id, scenario) }
            case .restart: hangUp()
            default: break
            }
        }
        guard call.turn == turn else { return }
        state.withLock { $0.calls.removeAll { $0 === call } }
    }

    /// Plays a recording as a new call to every client that has signed in; returns when it is over.
    package func play(_ recording: Recording, as call: SimulatedCall) async {
        let known = Mutex<[String: String]>([:])
        let pieces = recording.asNewCall(call) { old in
            known.withLock { known in
                if let new = known[old] { return new }
                let new = nextID()
                known[old] = new
                return new
            }
        }
        for piece in pieces {
            if piece.pause > 0 {
                do { try await Task.sleep(for: .seconds(piece.pause)) } catch { return }
            }
            broadcast(piece.bytes)
        }
    }

    private func broadcast(_ bytes: [UInt8]) {
        state.withLock { state in
            var packets: [AMIPacket] = []
            state.decoder.feed(bytes, packet: { packets.append($0) }, fault: { _ in })
            for packet in packets { Self.follow(packet, &state) }
            for (id, client) in state.clients {
                if case .dropped = client.yield(bytes) {
                    client.finish()
                    state.clients[id] = nil
                }
            }
        }
    }

    private static func follow(_ packet: AMIPacket, _ state: inout State) {
        guard let id = packet["Uniqueid"] else { return }
        switch packet.event {
        case "Newchannel", "Newstate":
            let wanted = [
                "Channel", "ChannelState", "ChannelStateDesc", "CallerIDNum", "CallerIDName", "ConnectedLineNum",
                "Context",
                "Exten", "Uniqueid", "Linkedid",
            ]
            if state.channels[id] == nil { state.order.append(id) }
            state.channels[id] = wanted.compactMap { name in packet[name].map { (name, $0) } }
        case "BridgeEnter":
            state.channels[id]?.removeAll { $0.0 == "BridgeId" }
            if let bridge = packet["BridgeUniqueid"] { state.channels[id]?.append(("BridgeId", bridge)) }
        case "BridgeLeave":
            state.channels[id]?.removeAll { $0.0 == "BridgeId" }
        case "Hangup":
            state.channels[id] = nil
            state.order.removeAll { $0 == id }
        default: break
        }
    }

    // MARK: - One client

    private func serve(_ client: NIOAsyncChannel<ByteBuffer, ByteBuffer>) async {
        let (events, continuation) = AsyncStream.makeStream(
            of: [UInt8].self,
            bufferingPolicy: .bufferingNewest(Self.mostWaiting)
        )
        let id: Int? = state.withLock { state in
            guard state.clients.count < Self.mostClients else { return nil }
            state.nextClient += 1
            return state.nextClient
        }
        defer {
            continuation.finish()
            if let id { state.withLock { _ = $0.clients.removeValue(forKey: id) } }
        }
        guard let id else { return }
        try? await client.executeThenClose { inbound, outbound in
            try await outbound.write(ByteBuffer(string: "Asterisk Call Manager/\(version)\r\n"))
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    for await bytes in events { try await outbound.write(ByteBuffer(bytes: bytes)) }
                    // Whoever is hung up on sees the end at once, as when a PBX goes; finishing alone would keep the socket.
                    try await client.channel.close().get()
                }
                var decoder = AMIFrameDecoder()
                let challenge = String(Int.random(in: 100_000_000..<1_000_000_000))
                var isSignedIn = false
                for try await buffer in inbound {
                    var actions: [AMIPacket] = []
                    decoder.feed(buffer.readableBytesView, packet: { actions.append($0) }, fault: { _ in })
                    for action in actions {
                        let (answer, signsIn) = answer(action, challenge: challenge, isSignedIn: isSignedIn)
                        if !state.withLock({ $0.isSilent }) { continuation.yield(Array(answer.utf8)) }
                        if isSignedIn { self.obey(action, in: &group) }
                        if signsIn, !isSignedIn {
                            isSignedIn = true
                            state.withLock { $0.clients[id] = continuation }
                        }
                    }
                }
                group.cancelAll()
            }
        }
    }

    private func answer(_ action: AMIPacket, challenge: String, isSignedIn: Bool) -> (text: String, signsIn: Bool) {
        let id = action.actionID.map { "ActionID: \($0)\r\n" } ?? ""
        func error(_ message: String) -> String { "Response: Error\r\n\(id)Message: \(message)\r\n\r\n" }
        switch action["Action"]?.lowercased() {
        case "challenge": return ("Response: Success\r\n\(id)Challenge: \(challenge)\r\n\r\n", false)
        case "login":
            let digest = Hexadecimal.text(Insecure.MD5.hash(data: Array((challenge + secret).utf8)))
            guard action["Username"] == user, action["Key"]?.lowercased() == digest || action["Secret"] == secret else {
                return (error("Authentication failed"), false)
            }
            return ("Response: Success\r\n\(id)Message: Authentication accepted\r\n\r\n", true)
        case _ where !isSignedIn: return (error("Permission denied"), false)
        case "ping":
            let now = Date.now.timeIntervalSince1970
            return ("Response: Success\r\n\(id)Ping: Pong\r\nTimestamp: \(now)\r\n\r\n", false)
        case "corestatus":
            // The epoch of its Uniqueids is when it started, as Asterisk's is nearly.
            let started = "CoreStartupDate: 1970-01-01\r\nCoreStartupTime: \(epoch)\r\n"
            return ("Response: Success\r\n\(id)\(started)\r\n", false)
        case "coreshowchannels": return (list(id), false)
        case "queuestatus": return (queueStatus(id), false)
        case "queuepause":
            guard action["Queue"] == Self.queue, let phone = phone(action["Interface"]) else {
                return (error("Interface not found"), false)
            }
            pause(phone, action["Paused"] == "true", action["Reason"] ?? "")
            return ("Response: Success\r\n\(id)Message: Interface state changed\r\n\r\n", false)
        case "redirect":
            guard let name = action["Channel"], call(name) != nil else {
                return (error("Channel not specified"), false)
            }
            return ("Response: Success\r\n\(id)Message: Redirect successful\r\n\r\n", false)
        case "originate" where dialling != nil:
            return ("Response: Success\r\n\(id)Message: Originate successfully queued\r\n\r\n", false)
        default: return (error("Invalid/unknown command: the simulated PBX plays recordings only"), false)
        }
    }

    /// What goes on after a client's order was answered.
    private func obey(_ action: AMIPacket, in group: inout ThrowingTaskGroup<Void, any Error>) {
        switch action["Action"]?.lowercased() {
        case "originate":
            guard let dialling, let number = action["Exten"],
                let phone = action["Channel"]?.split(separator: "/").last.map(String.init)
            else { return }
            let call = SimulatedCall(number: number, phones: dialling.phone.map { [$0: phone] } ?? [:])
            let (scenario, seed, key) = (dialling.played(as: call), UInt64(epoch), action["ChannelId"])
            group.addTask { await self.play(scenario, seed: seed, key: key) }
        case "redirect":
            guard let call = call(action["Channel"] ?? ""), let target = action["Exten"],
                let (text, turn) = call.redirect(to: target, context: action["Context"] ?? "phones")
            else { return }
            broadcast(Array(text.utf8))
            group.addTask { await self.run(call, call.scenario, turn: turn) }
        default: break
        }
    }

    private func call(_ name: String) -> ScenarioCall<AMIScenarioScript>? {
        state.withLock { $0.calls }.first { $0.isCalled(name) }
    }

    private func phone(_ interface: String?) -> String? {
        interface.flatMap { $0.split(separator: "/").last.map(String.init) }.flatMap { members.contains($0) ? $0 : nil }
    }

    private func pause(_ phone: String, _ isPaused: Bool, _ reason: String) {
        state.withLock { $0.paused[phone] = isPaused ? reason : nil }
        broadcast(Array(("Event: QueueMemberPause\r\nPrivilege: agent,all\r\n" + member(phone, isEvent: true)).utf8))
    }

    private func member(_ phone: String, isEvent: Bool) -> String {
        let reason = state.withLock { $0.paused[phone] }
        let headers = [
            ("Queue", Self.queue), (isEvent ? "MemberName" : "Name", "PJSIP/\(phone)"),
            (isEvent ? "Interface" : "Location", "PJSIP/\(phone)"), ("StateInterface", "PJSIP/\(phone)"),
            ("Membership", "static"), ("Penalty", "0"), ("CallsTaken", "0"), ("LastCall", "0"), ("InCall", "0"),
            ("Status", "1"), ("Paused", reason == nil ? "0" : "1"), ("PausedReason", reason ?? ""),
        ]
        return headers.map { "\($0): \($1.filter { !$0.isNewline })\r\n" }.joined() + "\r\n"
    }

    private func queueStatus(_ id: String) -> String {
        let list = members.map { "Event: QueueMember\r\n\(id)" + member($0, isEvent: false) }.joined()
        return "Response: Success\r\n\(id)EventList: start\r\nMessage: Queue status will follow\r\n\r\n" + list
            + "Event: QueueStatusComplete\r\n\(id)EventList: Complete\r\nListItems: \(members.count)\r\n\r\n"
    }

    private func list(_ id: String) -> String {
        let (channels, order) = state.withLock { ($0.channels, $0.order) }
        var text = "Response: Success\r\n\(id)EventList: start\r\nMessage: Channels will follow\r\n\r\n"
        for key in order {
            let headers = (channels[key] ?? []).map { "\($0.0): \($0.1)\r\n" }.joined()
            text += "Event: CoreShowChannel\r\n\(id)\(headers)\r\n"
        }
        return text + "Event: CoreShowChannelsComplete\r\n\(id)EventList: Complete\r\nListItems: \(order.count)\r\n\r\n"
    }
}
