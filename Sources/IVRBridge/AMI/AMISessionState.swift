import Crypto

/// One connection's conversation, decided without I/O: what came in, what to do.
struct AMISessionState {
    enum Output: Equatable {
        case send(AMIAction, id: String)
        case loggedIn
        /// The PBX will not have us; trying again at once is pointless.
        case refused(String)
        case event(AMIPacket)
        /// Every call that the PBX has now, by key.
        case resynchronised(Set<String>)
        case answer(id: String, AMIPacket)
    }

    private enum Stage { case challenge, login, resync, running }

    private var stage = Stage.challenge
    private let user: String
    private let secret: String
    private var present: Set<String> = []
    /// Silence for this long after a ping means that the line is dead.
    private(set) var pingsUnanswered = 0
    private var next = 0

    init(user: String, secret: String) {
        self.user = user
        self.secret = secret
    }

    var isRunning: Bool { stage == .running || stage == .resync }

    /// What to say first.
    mutating func begin() -> [Output] { [.send(AMIAction("Challenge", [("AuthType", "MD5")]), id: "challenge")] }

    mutating func ping() -> [Output] {
        pingsUnanswered += 1
        next += 1
        return [.send(AMIAction("Ping"), id: "ping-\(next)")]
    }

    /// Asks what is there; never waits for `FullyBooted`, which least-privilege users are not sent.
    mutating func resynchronise() -> [Output] {
        present = []
        return [
            .send(AMIAction("CoreShowChannels"), id: "channels"),
            .send(AMIAction("QueueStatus"), id: "queues"),
        ]
    }

    mutating func receive(_ packet: AMIPacket) -> [Output] {
        pingsUnanswered = 0
        let id = packet.actionID ?? ""
        if let response = packet.response {
            switch (stage, id) {
            case (.challenge, "challenge"):
                guard response == "Success", let challenge = packet["Challenge"] else {
                    return [.refused("the PBX does not offer the MD5 challenge; enable it or check the user")]
                }
                stage = .login
                let key = Insecure.MD5.hash(data: Array((challenge + secret).utf8)).map { byte in
                    let hex = String(byte, radix: 16)
                    return hex.count == 1 ? "0" + hex : hex
                }.joined()
                let login = AMIAction("Login", [("AuthType", "MD5"), ("Username", user), ("Key", key), ("Events", "on")])
                return [.send(login, id: "login")]
            case (.login, "login"):
                guard response == "Success" else {
                    return [.refused("user or secret is wrong; compare them with manager.conf")]
                }
                stage = .resync
                return [.loggedIn] + resynchronise()
            case (_, "channels") where response != "Success", (_, "queues") where response != "Success":
                stage = .running
                return [.refused("the user may not list channels; add 'reporting' to write in manager.conf")]
            default:
                return [.answer(id: id, packet)]
            }
        }
        guard isRunning else { return [] }
        switch packet.event {
        case "CoreShowChannel":
            if let key = packet["Linkedid"] { present.insert(key) }
            return [.event(packet)]
        case "CoreShowChannelsComplete":
            return [.resynchronised(present)]
        case "QueueStatusComplete":
            stage = .running
            return []
        case "FullyBooted":
            // After a restart of the PBX within one connection: compare again.
            return stage == .running ? resynchronise() : []
        default:
            return [.event(packet)]
        }
    }
}
