import Codecs
import Crypto
import Foundation
import IVRBridge
import NIOCore
import NIOPosix
import Synchronization

/// A PBX that is none: speaks the manager interface over TCP and plays recordings as calls, for the demonstration and tests.
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
    }

    package let port: Int
    private let channel: any Channel
    private let state: Mutex<State>
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
        dialling: Scenario?
    ) {
        self.dialling = dialling
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
    package static func start(
        port: Int = 0,
        user: String,
        secret: String,
        epoch: Int,
        version: String = "11.0.0",
        dialling: Scenario? = nil,
        accepting: @escaping @Sendable (SimulatedPBX) async -> Void = { _ in }
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
            dialling: dialling
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

    /// Stops listening; clients see the end of the stream.
    package func stop() async {
        let clients = state.withLock { state in
            defer { state.clients = [:] }
            return state.clients.values.map(\.self)
        }
        for client in clients { client.finish() }
        try? await channel.close().get()
    }

    /// Plays a recording as a new call to every client that has signed in; returns when it is over.
    package func play(_ recording: Recording, as call: SimulatedCall) async {
        let known = Mutex<[String: String]>([:])
        let pieces = recording.asNewCall(call) { old in
            known.withLock { known in
                if let new = known[old] { return new }
                let counter = state.withLock { state in
                    defer { state.nextCounter += 1 }
                    return state.nextCounter
                }
                let new = "\(epoch).\(counter)"
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
                    outbound.finish()
                }
                var decoder = AMIFrameDecoder()
                let challenge = String(Int.random(in: 100_000_000..<1_000_000_000))
                var isSignedIn = false
                for try await buffer in inbound {
                    var actions: [AMIPacket] = []
                    decoder.feed(buffer.readableBytesView, packet: { actions.append($0) }, fault: { _ in })
                    for action in actions {
                        let (answer, signsIn) = answer(action, challenge: challenge, isSignedIn: isSignedIn)
                        continuation.yield(Array(answer.utf8))
                        if isSignedIn, let call = dialled(action) {
                            group.addTask { await self.play(call) }
                        }
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
        case "queuestatus":
            return (
                "Response: Success\r\n\(id)EventList: start\r\nMessage: Queue status will follow\r\n\r\n"
                    + "Event: QueueStatusComplete\r\n\(id)EventList: Complete\r\nListItems: 0\r\n\r\n",
                false
            )
        case "originate" where dialling != nil:
            return ("Response: Success\r\n\(id)Message: Originate successfully queued\r\n\r\n", false)
        default: return (error("Invalid/unknown command: the simulated PBX plays recordings only"), false)
        }
    }

    /// The call that an `Originate` makes; nil for anything else.
    private func dialled(_ action: AMIPacket) -> Recording? {
        guard let dialling, action["Action"]?.lowercased() == "originate", let number = action["Exten"],
            let phone = action["Channel"]?.split(separator: "/").last.map(String.init)
        else { return nil }
        let call = SimulatedCall(number: number, phones: dialling.phone.map { [$0: phone] } ?? [:])
        return Recording(dialling.played(as: call), seed: UInt64(epoch), key: action["ChannelId"])
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
