import Synchronization

/// A call in the menu over a FreeSWITCH's outbound socket.
public final class ESLMenuCall: PhoneCall {
    /// What the channel was when it came.
    public let channel: ESLChannelData
    private let wire: MenuWire<ESLMenuTongue>
    /// Waits so far: each has a variable of its own, so that no old key is taken for a new one.
    private let waits = Mutex(0)

    init(channel: ESLChannelData, wire: MenuWire<ESLMenuTongue>) {
        self.channel = channel
        self.wire = wire
    }

    public var peer: String { wire.address ?? "?" }
    public var request: ScriptRequest { channel.request }
    public var caller: PhoneCaller { channel.caller }

    /// The caller's own leg, by which the line knows the call too.
    public func key() async throws(PhoneCallError) -> String { channel.uniqueID }

    public var ownKey: String { channel.uniqueID }

    public func answer() async throws(PhoneCallError) {
        // An old switch does not know it; the dialplan says the same by socket_resume.
        _ = try await wire.send(.resume)
        try await perform(.answer)
        try await perform(.set("playback_terminators", "any"))
    }

    public func hangUp() async throws(PhoneCallError) { try await perform(.hangUp("CALL_REJECTED")) }

    public func leave() { wire.close(.disconnected) }

    public func set(_ name: String, to value: String) async throws(PhoneCallError) {
        try await perform(.set(name, value))
    }

    public func show(name: String) async throws(PhoneCallError) { try await set("effective_caller_id_name", to: name) }

    public func play(_ file: String) async throws(PhoneCallError) -> PhonePlayed {
        try await perform(.playback("\(file).wav"))
        if let key = try await variable("playback_terminator_used")?.first {
            try await perform(.execute("unset", "playback_terminator_used"))
            return .key(key)
        }
        // `FILE PLAYED`, `FILE NOT FOUND`, `PLAYBACK ERROR` (mod_dptools.c, playback_function).
        return try await variable("current_application_response") == "FILE PLAYED" ? .whole : .missing
    }

    public func finds(_ file: String) async throws(PhoneCallError) -> Bool {
        let folder = file.hasPrefix("/") ? nil : channel["variable_sound_prefix"]
        let path = [folder, "\(file).wav"].compactMap(\.self).joined(separator: "/")
        return try await wire.send(.api("file_exists \(path)")).text == "true"
    }

    public func key(within timeout: Duration) async throws(PhoneCallError) -> Character? {
        let place = waits.withLock { waits in
            waits += 1
            return waits
        }
        let name = "calldesk_key_\(place)"
        try await perform(.waitForKey(timeout, into: name))
        return try await variable(name)?.first
    }

    /// mod_callcenter's; the dialplan's queue is in the domain `default` unless it names one.
    public func waiting(in queue: String) async throws(PhoneCallError) -> Int? {
        let queue = queue.contains("@") ? queue : "\(queue)@default"
        let answer = try await wire.send(.api("callcenter_config queue count members \(queue) Waiting"))
        return Int(answer.text.filter { !$0.isWhitespace })
    }

    private func variable(_ name: String) async throws(PhoneCallError) -> String? {
        try await wire.send(.variable(name)).value
    }

    private func perform(_ command: ESLMenuCommand) async throws(PhoneCallError) {
        let reply = try await wire.send(command)
        if wire.hasHungUp, command.needsCaller { throw .hungUp }
        guard !reply.text.hasPrefix("-ERR") else { throw .refused(command: command.name, code: 0) }
    }
}
