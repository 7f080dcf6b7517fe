/// What the desk asks of an Asterisk.
extension AMIClient {
    func dial(_ order: DialOrder) async throws(BridgeError) -> String {
        // A bare extension is completed as the PBX has called it.
        let phone = order.phone.contains("/") ? order.phone : party(of: order.phone) ?? "PJSIP/\(order.phone)"
        let headers = [
            ("Channel", phone), ("Context", order.context), ("Exten", order.number), ("Priority", "1"),
            ("Async", "true"), ("ChannelId", order.key), ("Timeout", String(order.timeout.components.seconds * 1_000)),
            ("CallerID", "<\(order.number)>"),
        ]
        try await originate(AMIAction("Originate", headers), key: order.key)
        return phone
    }

    func queueMembers() async throws(BridgeError) -> [QueueMember] {
        Self.members(try await send(AMIAction("QueueStatus")).items)
    }

    /// Reads QueueStatus: QueueMember names interface and state interface, QueueEntry stands for a caller.
    static func members(_ items: [AMIPacket]) -> [QueueMember] {
        var waiting: [String: Int] = [:]
        for item in items where item.event == "QueueEntry" { waiting[item["Queue"] ?? "", default: 0] += 1 }
        return items.compactMap { item in
            // Asterisk 16 and 22 say Location; the Interface of the other events is the same.
            guard item.event == "QueueMember", let queue = item["Queue"],
                let interface = item["Location"] ?? item["Interface"]
            else { return nil }
            return QueueMember(
                queue: queue,
                interface: interface,
                phone: item["StateInterface"].flatMap { $0.isEmpty ? nil : $0 },
                isPaused: item["Paused"] == "1",
                reason: item["PausedReason"].flatMap { $0.isEmpty ? nil : $0 },
                waiting: waiting[queue] ?? 0
            )
        }
    }

    func pause(_ member: QueueMember, _ isPaused: Bool, reason: String?) async throws(BridgeError) {
        let headers = [
            ("Queue", member.queue), ("Interface", member.interface), ("Paused", isPaused ? "true" : "false"),
        ]
        _ = try await send(AMIAction("QueuePause", headers + (reason.map { [("Reason", $0)] } ?? [])))
    }

    func transfer(_ key: String, to number: String, context: String) async throws(BridgeError) {
        guard let call = call(key) else {
            throw .refused(line: name, action: "Redirect", message: "the call is over")
        }
        guard call.direction == .inbound else {
            throw .unsupported(line: name, action: "Redirect", why: "only callers are sent on, not who was called")
        }
        // Asterisk finds a channel by its Uniqueid too, and the caller's is the call's key.
        let headers = [("Channel", key), ("Context", context), ("Exten", number), ("Priority", "1")]
        _ = try await send(AMIAction("Redirect", headers))
    }
}
