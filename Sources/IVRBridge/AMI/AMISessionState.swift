import Codecs
import Crypto

/// One connection's conversation, decided without I/O: what came in, what to do.
struct AMISessionState: Sendable {
    enum Output: Equatable, Sendable {
        case send(AMIAction, id: String)
        case loggedIn
        /// The PBX will not have us; trying again at once is pointless.
        case refused(String)
        /// Signed in, but something is missing that the administrator can grant.
        case limited(String)
        /// The PBX cannot list what it has yet: ask again in a moment.
        case notYet
        /// The PBX has told which channels it has, and then its queues where it has any; not whole where one was refused.
        case compared(isWhole: Bool)
        /// What the PBX is, and which version of the interface it speaks.
        case product(String?, AMIVersion?)
        /// When the PBX started, in its own words: another answer than before is another start.
        case started(String)
        /// The PBX's clock, microseconds since 1970.
        case clock(Int64)
        /// What a check call came to.
        case checked(token: String, LineCheckResult)
        /// The answer to an action, with its list where it has one.
        case answer(id: String, AMIResponse)
        /// The PBX has taken on a call whose fate it tells in an event of its own.
        case taken(id: String)
    }

    private enum Stage { case challenge, login, running }

    /// A call that was asked for: its channel's id, the PBX's first word, and whether a channel with that id has been seen.
    private struct Origination {
        var key: String
        var taken: AMIResponse?
        var hasBegun = false
    }

    /// A list of Asterisk's is as long as its configuration; beyond this the rest is left out.
    private static let mostItems = 10_000

    /// Asterisk takes logins for some seconds before its modules are loaded; one without queues never lists them.
    private static let mostRefusals = 30

    private var stage = Stage.challenge
    private var refusals = 0
    private let user: String
    private let secret: String
    /// Whether the secret may be sent as it is: within TLS or this machine nobody listens.
    private let mayTellSecret: Bool
    private var next = 0
    private var openPing: String?
    private var hasCompared = false
    /// The channels are told, and its queues, asked for behind them, not yet.
    private var awaitsQueues = false
    /// Something of this comparison was refused for good.
    private var isLimited = false
    /// Calls that were asked for and of which is waited to hear that they are on their way or will not be made.
    private var originations: [String: Origination] = [:]
    /// Lists that are coming in for those who asked.
    private var lists: [String: AMIResponse] = [:]

    init(user: String, secret: String, mayTellSecret: Bool = false) {
        self.user = user
        self.secret = secret
        self.mayTellSecret = mayTellSecret
    }

    var isRunning: Bool { stage == .running }
    var isWaitingForPing: Bool { openPing != nil }
    var collectsLists: Bool { !lists.isEmpty }

    /// What to say first.
    mutating func begin() -> [Output] { [.send(AMIAction("Challenge", [("AuthType", "MD5")]), id: "challenge")] }

    mutating func ping() -> [Output] {
        next += 1
        let id = "ping-\(next)"
        openPing = id
        return [.send(AMIAction("Ping"), id: id)]
    }

    /// Asks what is there; never waits for `FullyBooted`, which least-privilege users are not sent.
    mutating func compare() -> [Output] {
        hasCompared = true
        isLimited = false
        next += 1
        return [
            .send(AMIAction("CoreShowChannels"), id: "channels-\(next)"),
            .send(AMIAction("QueueStatus"), id: "queues-\(next)"),
        ]
    }

    /// An id for an action of somebody else's.
    mutating func nextID() -> String {
        next += 1
        return "calldesk-\(next)"
    }

    /// The answer is not waited for any more.
    mutating func forget(id: String) { lists[id] = nil }

    // MARK: - Calls from the desk

    /// Asks for a call whose first channel will be called `key`; the answer to it comes when that is there, or will not be.
    mutating func originate(_ action: AMIAction, id: String, key: String) -> [Output] {
        originations[id] = Origination(key: key)
        return [.send(action, id: id)]
    }

    /// Nobody waits for a call any more.
    ///
    /// - Returns: whether the PBX has taken it on.
    mutating func settle(originationOf id: String) -> Bool {
        originations.removeValue(forKey: id).map { $0.taken != nil } ?? false
    }

    /// A call is there: one that was asked for is on its way.
    mutating func began(_ key: String) -> [Output] {
        guard let id = originations.first(where: { $0.value.key == key })?.key else { return [] }
        originations[id]?.hasBegun = true
        return originations[id]?.taken.map { [.answer(id: id, $0)] } ?? []
    }

    /// `Response: Success` only says that the call was put in a queue; `OriginateResponse` says what came of it.
    private mutating func originated(_ packet: AMIPacket, _ id: String) -> [Output] {
        let answer = AMIResponse(packet: packet, items: [])
        guard packet.event == nil, answer.isSuccess else { return [.answer(id: id, answer)] }
        originations[id]?.taken = answer
        return originations[id]?.hasBegun == true ? [.answer(id: id, answer)] : [.taken(id: id)]
    }

    mutating func receive(_ packet: AMIPacket) -> [Output] {
        let id = packet.actionID ?? ""
        if originations[id] != nil { return originated(packet, id) }
        guard let response = packet.response else { return receiveEvent(packet, id) }
        switch (stage, id) {
        case (.challenge, "challenge"):
            guard response == "Success", let challenge = packet["Challenge"] else {
                guard mayTellSecret else {
                    return [.refused("the PBX offers no MD5 challenge; enable it in manager.conf or use TLS")]
                }
                stage = .login
                let login = [("Username", user), ("Secret", secret), ("Events", "on")]
                return [.send(AMIAction("Login", login), id: "login")]
            }
            stage = .login
            let login = [("AuthType", "MD5"), ("Username", user), ("Key", key(challenge)), ("Events", "on")]
            return [.send(AMIAction("Login", login), id: "login")]
        case (.login, "login"):
            guard response == "Success" else {
                return [.refused("user or secret is wrong, or manager.conf does not permit this machine")]
            }
            stage = .running
            let questions = [("CoreSettings", "settings"), ("CoreStatus", "status")]
            return [.loggedIn] + questions.map { .send(AMIAction($0), id: $1) } + ping()
        case (.running, "settings"):
            let product = packet["AsteriskVersion"].map { "Asterisk \($0.prefix(40))" }
            return [.product(product, packet["AMIversion"].flatMap { AMIVersion($0) })]
        case (.running, "status"):
            // Its channels are asked for when it is known whether it is the PBX of before: who ended what is gone depends on it.
            guard let date = packet["CoreStartupDate"], let time = packet["CoreStartupTime"] else { return compare() }
            return [.started("\(date) \(time)")] + compare()
        case _ where id.hasPrefix("channels-") || id.hasPrefix("queues-"):
            guard response != "Success" else { return [] }
            let isOfChannels = id.hasPrefix("channels-")
            return refused(packet["Message"] ?? "", isOfChannels: isOfChannels) + (isOfChannels ? [] : queuesAreTold())
        case _ where id == openPing:
            openPing = nil
            let clock = packet["Timestamp"].flatMap(Self.microseconds).map { [Output.clock($0)] } ?? []
            // What was asked before the ping has had no answer and will have none.
            return clock + (hasCompared ? queuesAreTold() : compare())
        default:
            return receiveAnswer(packet, id)
        }
    }

    /// The comparison is whole; so it is when a later question is answered and this one was not.
    private mutating func queuesAreTold() -> [Output] {
        guard awaitsQueues else { return [] }
        awaitsQueues = false
        return [.compared(isWhole: !isLimited)]
    }

    /// `1764000000.250000` of a pong.
    private static func microseconds(_ text: String) -> Int64? {
        guard let seconds = Double(text), (0...99_999_999_999).contains(seconds) else { return nil }
        return Int64(seconds * 1_000_000)
    }

    /// What was asked for in order to compare is refused: for good, or because the PBX is starting.
    private mutating func refused(_ message: String, isOfChannels: Bool) -> [Output] {
        let said = message.lowercased()
        if said.hasPrefix("permission denied") {
            return limited("the user may not list channels and queues; add 'reporting' to write in manager.conf")
        }
        refusals += 1
        if refusals <= Self.mostRefusals { return [.notYet] }
        if isOfChannels { return limited("the PBX does not list its channels; look whether it has started whole") }
        // A PBX without app_queue does not know the question.
        if said.hasPrefix("invalid/unknown command") { return [] }
        return limited("the PBX does not list its queues; look whether app_queue.so works (module show like app_queue)")
    }

    private mutating func limited(_ why: String) -> [Output] {
        isLimited = true
        return [.limited(why)]
    }

    private mutating func receiveAnswer(_ packet: AMIPacket, _ id: String) -> [Output] {
        let answer = AMIResponse(packet: packet, items: [])
        guard packet["EventList"]?.lowercased() == "start" else { return [.answer(id: id, answer)] }
        // More lists at once than anybody asks for: the answer goes without its items.
        guard lists.count < 100 else { return [.answer(id: id, answer)] }
        lists[id] = answer
        return []
    }

    private mutating func receiveEvent(_ packet: AMIPacket, _ id: String) -> [Output] {
        guard isRunning else { return [] }
        if packet.event == "CoreShowChannelsComplete", id.hasPrefix("channels-") {
            awaitsQueues = true
            return []
        }
        if packet.event == "QueueStatusComplete", id.hasPrefix("queues-") { return queuesAreTold() }
        // After a restart this may come well after the login: what was listed before was not all.
        if packet.event == "FullyBooted" { return compare() }
        if packet.event == "UserEvent" {
            guard packet["UserEvent"] == "CallDesk", let token = packet["Check"] else { return [] }
            let result = LineCheckResult(status: packet["Status"] ?? "", result: packet["Result"] ?? "")
            return [.checked(token: token, result)]
        }
        guard lists[id] != nil else { return [] }
        if packet["EventList"]?.lowercased().hasPrefix("complete") == true {
            return lists.removeValue(forKey: id).map { [.answer(id: id, $0)] } ?? []
        }
        if let count = lists[id]?.items.count, count < Self.mostItems { lists[id]?.items.append(packet) }
        return []
    }

    /// `AuthType: MD5`: the lower-case hex digest of challenge and secret together.
    private func key(_ challenge: String) -> String {
        Hexadecimal.text(Insecure.MD5.hash(data: Array((challenge + secret).utf8)))
    }
}
