/// What the desk asks of a FreeSWITCH.
extension ESLClient {
    /// Queues asked for their waiting callers; a house has fewer.
    private static let mostQueues = 50

    func dial(_ order: DialOrder) async throws(BridgeError) -> String {
        let session = try signedIn()
        let phone = Self.phone(order.phone)
        for (what, value) in [
            ("phone", phone), ("number", order.number), ("context", order.context), ("key", order.key),
        ] where !Self.isPlain(value) {
            throw .unwritable(line: name, why: "the \(what) has characters that mean something to the switch")
        }
        let seconds = max(1, min(order.timeout.components.seconds, 300))
        let own = PhoneName(phone).bare.prefix { $0 != "@" }
        // What a phone shows while it rings is the number that will be called; the far end is shown the dialplan's.
        let variables = [
            "origination_uuid=\(order.key)", "origination_caller_id_number=\(own)",
            "origination_caller_id_name=\(order.number)", "originate_timeout=\(seconds)", "ignore_early_media=true",
        ].joined(separator: ",")
        do {
            // The job ends when the phone is answered or will not be: a refusal comes at once, the rest in events.
            _ = try await session.job(
                "originate {\(variables)}\(phone) \(order.number) XML \(order.context)",
                id: "dial-\(order.key)",
                within: pace.refusal
            )
        } catch .timedOut {
            // It still rings.
        }
        return phone
    }

    /// `1001` and `sofia/internal/1001` are users of the directory; anything else is dialled as it is.
    private static func phone(_ party: String) -> String {
        let parts = party.split(separator: "/")
        if parts.count == 1 || parts.first == "sofia" && parts.count == 3 && parts[1] != "gateway" {
            return "user/\(PhoneName(party).bare)"
        }
        return party
    }

    /// Nothing that could end a word, a list of variables or a dial string.
    private static func isPlain(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= 128
            && text.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte & 0xDF) || "-_.@/+*#:".utf8.contains(byte)
            }
    }

    func queueMembers() async throws(BridgeError) -> [QueueMember] {
        let session = try signedIn()
        let agents: String
        do {
            agents = try await session.api("callcenter_config agent list")
        } catch .refused(_, _, let message) where message.contains("ommand not found") {
            // A switch without mod_callcenter has no such queues.
            return []
        }
        let tiers = Self.table(try await session.api("callcenter_config tier list"))
        var waiting: [String: Int] = [:]
        for queue in Set(tiers.compactMap { $0["queue"] }).filter(Self.isPlain).sorted().prefix(Self.mostQueues) {
            let members = Self.table(try await session.api("callcenter_config queue list members \(queue)"))
            waiting[queue] = members.count { $0["state"] == "Waiting" || $0["state"] == "Trying" }
        }
        return Self.members(agents: Self.table(agents), tiers: tiers, waiting: waiting)
    }

    static func members(
        agents: [[String: String]],
        tiers: [[String: String]],
        waiting: [String: Int]
    ) -> [QueueMember] {
        var known: [String: [String: String]] = [:]
        for agent in agents { if let name = agent["name"] { known[name] = agent } }
        return tiers.compactMap { tier in
            guard let queue = tier["queue"], let name = tier["agent"], let agent = known[name] else { return nil }
            // `[leg_timeout=10]user/1001@127.0.0.1`
            let contact = agent["contact"].map { $0.drop { $0 == "[" } }
            let phone = contact.map { String(PhoneName(String($0)).bare.prefix { $0 != "@" }) }
            return QueueMember(
                queue: queue,
                interface: name,
                phone: phone ?? String(name.prefix { $0 != "@" }),
                isPaused: agent["status"] != "Available" && agent["status"] != "Available (On Demand)",
                reason: nil,
                waiting: waiting[queue] ?? 0
            )
        }
    }

    /// A table as mod_callcenter writes it: names between bars, a line each, `+OK` at the end.
    static func table(_ text: String) -> [[String: String]] {
        let lines = text.split(separator: "\n")
        guard let head = lines.first, head.contains("|") else { return [] }
        let names = head.split(separator: "|", omittingEmptySubsequences: false)
        // A callcenter has hundreds of agents; a longer table is read no further.
        return lines.dropFirst().prefix(10_000).compactMap { line in
            let values = line.split(separator: "|", omittingEmptySubsequences: false)
            guard values.count == names.count else { return nil }
            return Dictionary(zip(names.map(String.init), values.map(String.init))) { first, _ in first }
        }
    }

    /// An agent of mod_callcenter has one status for all queues, and no room for a reason.
    func pause(_ member: QueueMember, _ isPaused: Bool, reason: String?) async throws(BridgeError) {
        let session = try signedIn()
        guard Self.isPlain(member.interface) else {
            throw .unwritable(line: name, why: "the agent's name has characters that mean something to the switch")
        }
        let status = isPaused ? "'On Break'" : "Available"
        _ = try await session.api("callcenter_config agent set status \(member.interface) \(status)")
    }

    func transfer(_ key: String, to number: String, context: String) async throws(BridgeError) {
        let session = try signedIn()
        guard let other = live(key)?.other else {
            throw .refused(line: name, action: "uuid_transfer", message: "the call is over, or nobody has answered it")
        }
        guard Self.isPlain(number), Self.isPlain(context) else {
            throw .unwritable(line: name, why: "the number has characters that mean something to the switch")
        }
        _ = try await session.job("uuid_transfer \(other) \(number) XML \(context)", id: "transfer-\(other)")
    }
}
