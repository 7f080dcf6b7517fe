import IVRBridge

/// A PBX that is none, of any kind: plays recorded calls to whoever signs in.
package protocol SimulatedLine: Sendable {
    var port: Int { get }
    /// Plays a recording to every client that has signed in; returns when it is over.
    func play(_ recording: Recording) async
    /// Plays a scenario as a new call; returns when it is over. `seed` chooses times within their ranges.
    func play(_ scenario: Scenario, seed: UInt64) async
    /// How many clients listen to its events.
    var listeners: Int { get }
    /// Stops listening; clients see the end of the stream.
    func stop() async
}

extension SimulatedPBX: SimulatedLine {
    package func play(_ recording: Recording) async { await play(recording, as: SimulatedCall()) }
    package func play(_ scenario: Scenario, seed: UInt64) async { await play(scenario, seed: seed, key: nil) }
}

extension SimulatedSwitch: SimulatedLine {
    package func play(_ scenario: Scenario, seed: UInt64) async { await play(scenario, seed: seed, key: nil) }
}

extension PBXKind {
    /// One of this kind on a free loopback port, which takes this secret.
    package func simulated(
        secret: String,
        epoch: Int
    ) async throws -> (pbx: any SimulatedLine, serve: @Sendable () async -> Void) {
        switch self {
        case .asterisk:
            let (pbx, serve) = try await SimulatedPBX.start(user: "selftest", secret: secret, epoch: epoch)
            return (pbx, serve)
        case .freeswitch:
            let (pbx, serve) = try await SimulatedSwitch.start(secret: secret)
            return (pbx, serve)
        default:
            throw BridgeError.unsupported(line: title, action: "play", why: "nobody plays a PBX of this kind")
        }
    }
}
