/// One connection's conversation, decided without I/O: what came in, what to do.
///
/// Replies carry no name; they come in the order of the commands, so what is awaited is a queue.
struct ESLSessionState: Sendable {
    enum Output: Equatable, Sendable {
        case send(String)
        case loggedIn
        /// How long the switch has been up, in seconds.
        case up(Int64)
        /// Which life of the switch this is: its Core-UUID, asked for where it does not say how long it has been up.
        case core(String)
        /// The switch will not have us; trying again at once is pointless.
        case refused(String)
        /// This machine is in no access list: each try costs the switch a connection it never frees.
        case rejected(String)
        /// Signed in, but something is missing that the administrator can grant.
        case limited(String)
        /// What the switch has: `show channels as json`, `show calls as json`.
        case compared(channels: [UInt8], calls: [UInt8])
        /// The answer to a command or a job of somebody's.
        case answer(id: String, ESLReply)
        /// The switch says goodbye: it shuts down, or its module was loaded anew while calls go on.
        case farewell
    }

    private enum Awaited: Equatable {
        case login
        case uptime
        case core
        case events
        case event(String)
        case channels
        case calls
        case ping
        case command(String)
    }

    /// What is needed to follow calls; without one of these no call can be told.
    static let essential = [
        "CHANNEL_CREATE", "CHANNEL_ANSWER", "CHANNEL_BRIDGE", "CHANNEL_UNBRIDGE", "CHANNEL_HANGUP_COMPLETE",
    ]
    private static let further = [
        "CHANNEL_CALLSTATE", "CHANNEL_PROGRESS", "CHANNEL_PROGRESS_MEDIA", "CHANNEL_HOLD", "CHANNEL_UNHOLD",
        "RECORD_START", "RECORD_STOP", "BACKGROUND_JOB", "HEARTBEAT",
    ]
    /// All words after CUSTOM are subclasses: these come last.
    private static let subclasses = ["callcenter::info", "fifo::info"]

    /// No machine runs for a century.
    private static let longestUptime: Int64 = 100 * 366 * 86_400

    private var awaited: [Awaited] = []
    private var missing: [String] = []
    private var channels: [UInt8]?
    private let user: String
    private let secret: String
    private(set) var isRunning = false
    private(set) var isComparing = false
    private var next = 0

    init(user: String, secret: String) {
        self.user = user
        self.secret = secret
    }

    var isWaitingForPing: Bool { awaited.contains(.ping) }

    mutating func ping() -> [Output] { send("api strepoch", .ping) }

    /// Asks what is there.
    mutating func compare() -> [Output] {
        guard isRunning, !isComparing else { return [] }
        isComparing = true
        channels = nil
        return send("api show channels as json", .channels) + send("api show calls as json", .calls)
    }

    /// An id for a command of somebody else's.
    mutating func nextID() -> String {
        next += 1
        return "command-\(next)"
    }

    /// A command of somebody else's.
    mutating func command(_ text: String, id: String) -> [Output] { send(text, .command(id)) }

    private mutating func send(_ text: String, _ answer: Awaited) -> [Output] {
        awaited.append(answer)
        return [.send(text)]
    }

    mutating func receive(_ reply: ESLReply) -> [Output] {
        switch reply.kind {
        case .authentication:
            return send(user.isEmpty ? "auth \(secret)" : "userauth \(user):\(secret)", .login)
        case .rejection:
            return [
                .rejected(
                    "this machine is in no access list of the switch; set apply-inbound-acl in event_socket.conf.xml"
                )
            ]
        case .farewell: return [.farewell]
        case .job: return [.answer(id: reply.text, reply)]
        case .other: return []
        case .command, .answer: break
        }
        guard !awaited.isEmpty else { return [] }
        switch awaited.removeFirst() {
        case .login:
            guard reply.isGood else {
                return [
                    .refused("user or password is wrong; look at event_socket.conf.xml, or at the user's directory")
                ]
            }
            // Before any event: whose calls a new Core-UUID ended depends on it.
            return send("api uptime s", .uptime)
        case .uptime:
            // A user who may not ask it is followed all the same.
            let told = Int64(String(decoding: reply.body.prefix(24), as: UTF8.self).filter { !$0.isWhitespace })
            guard let told, (0...Self.longestUptime).contains(told) else {
                return send("api global_getvar core_uuid", .core)
            }
            return [.up(told)] + askForEvents()
        case .core:
            let told = String(decoding: reply.body.prefix(80), as: UTF8.self).filter { !$0.isWhitespace }
            return (Self.isUUID(told) ? [.core(told)] : []) + askForEvents()
        case .events:
            if reply.isGood { return begin() }
            // One name that the user may not have refuses all: each is asked for alone.
            return (Self.essential + Self.further + Self.subclasses.map { "CUSTOM \($0)" }).flatMap { name in
                send("event plain \(name)", .event(name))
            }
        case .event(let name):
            if !reply.isGood { missing.append(name) }
            return awaited.isEmpty ? begin() : []
        case .channels:
            channels = reply.body
            return []
        case .calls:
            isComparing = false
            guard let channels, ESLListing.rows(channels) != nil else {
                return [.limited("the switch does not list its channels; add 'show' to esl-allowed-api of the user")]
            }
            return [.compared(channels: channels, calls: reply.body)]
        case .ping: return []
        case .command(let id): return [.answer(id: id, reply)]
        }
    }

    private mutating func askForEvents() -> [Output] {
        let names = (Self.essential + Self.further + ["CUSTOM"] + Self.subclasses).joined(separator: " ")
        return send("event plain \(names)", .events)
    }

    /// 36 signs, digits of base sixteen and dashes, as apr_uuid_format writes it; “-ERR …” is none.
    private static func isUUID(_ text: String) -> Bool {
        text.utf8.count == 36 && text.allSatisfy { $0 == "-" || $0.isHexDigit && $0.isASCII }
            && text.contains { $0 != "-" }
    }

    private mutating func begin() -> [Output] {
        isRunning = true
        let lacking = Self.essential.filter(missing.contains)
        guard lacking.isEmpty else {
            return [
                .refused("the user may not have \(lacking.joined(separator: ", ")); add them to esl-allowed-events")
            ]
        }
        return [.loggedIn] + compare()
    }
}
