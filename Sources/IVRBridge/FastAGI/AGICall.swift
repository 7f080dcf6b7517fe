/// One call in its script: what the PBX told of it, and the commands.
///
/// ```swift
/// let server = AGIServer(allow: allow, logger: logger) { call in
///     try await call.answer()
///     let keys = try await call.data("menu", timeout: .seconds(5), most: 1)
///     try await call.set("MENU_CHOICE", to: keys.digits)
/// }
/// ```
/// A hang-up is thrown as `PhoneCallError.hungUp` by whatever needs the caller; variables can be set after it all the same.
public struct AGICall: PhoneCall {
    public let environment: AGIEnvironment
    private let wire: MenuWire<AGITongue>

    init(environment: AGIEnvironment, wire: MenuWire<AGITongue>) {
        self.environment = environment
        self.wire = wire
    }

    /// The caller is gone.
    public var hasHungUp: Bool { wire.hasHungUp }
    /// The PBX's address, for the log.
    public var peer: String { wire.address ?? "?" }

    public var request: ScriptRequest { environment.request }

    public var caller: PhoneCaller {
        PhoneCaller(
            number: environment.callerNumber,
            name: environment.callerName,
            isWithheld: environment.isWithheld,
            dialled: environment.dialled,
            party: PBXChannel.party(environment.channel)
        )
    }

    public func key() async throws(PhoneCallError) -> String {
        do {
            if let linkedid = try await variable("CHANNEL(linkedid)"), !linkedid.isEmpty { return linkedid }
        } catch .refused {
            // A PBX without func_channel: the caller's own channel names the call in all but transferred ones.
        }
        return environment.uniqueid
    }

    public var ownKey: String { environment.uniqueid }

    public func show(name: String) async throws(PhoneCallError) { try await set("CALLERID(name)", to: name) }

    public func waiting(in queue: String) async throws(PhoneCallError) -> Int? {
        try await variable("QUEUE_WAITING_COUNT(\(queue))").flatMap { Int($0) }
    }

    /// Sends a command as it is.
    public func send(_ command: AGICommand) async throws(PhoneCallError) -> AGIReply { try await wire.send(command) }

    /// Sends a command that has to succeed.
    @discardableResult
    public func perform(_ command: AGICommand) async throws(PhoneCallError) -> (result: String, data: String?) {
        switch try await wire.send(command) {
        case .success(let result, let data, _):
            if command.needsCaller, result == "-1" { try await tellHangUp() }
            return (result, data)
        case .deadChannel: throw .hungUp
        case let reply: throw .refused(command: command.name, code: reply.code)
        }
    }

    public func answer() async throws(PhoneCallError) {
        if try await perform(.answer).result == "-1" { throw .hungUp }
    }

    public func hangUp() async throws(PhoneCallError) { try await perform(.hangUp) }

    public func leave() { wire.close(.disconnected) }

    /// A variable's value, nil when it has none.
    public func variable(_ name: String) async throws(PhoneCallError) -> String? {
        let answer = try await perform(.getVariable(name))
        return answer.result == "1" ? answer.data : nil
    }

    public func set(_ name: String, to value: String) async throws(PhoneCallError) {
        try await perform(.setVariable(name, value))
    }

    /// Plays a sound until its end or any key.
    public func play(_ file: String) async throws(PhoneCallError) -> PhonePlayed {
        try await play(file, escape: "0123456789*#")
    }

    /// Plays a sound until its end or one of the keys.
    public func play(_ file: String, escape keys: String) async throws(PhoneCallError) -> PhonePlayed {
        let result = try await perform(.streamFile(file, escape: keys)).result
        if result == "-1" { return .missing }
        return Self.key(result).map(PhonePlayed.key) ?? .whole
    }

    /// Whether the PBX finds a sound and can play it; the caller hears nothing of it.
    ///
    /// Asterisk opens the sound, goes to the place it is to begin at, no further than its end, and is done (res_agi.c).
    public func finds(_ file: String) async throws(PhoneCallError) -> Bool {
        try await perform(.streamFile(file, offset: Int(Int32.max))).result != "-1"
    }

    /// The next key, nil when none came in time.
    public func key(within timeout: Duration) async throws(PhoneCallError) -> Character? {
        let result = try await perform(.waitForDigit(timeout)).result
        if result == "-1" { throw .hungUp }
        return Self.key(result)
    }

    /// Keys typed after a sound, and whether the time ran out.
    public func data(
        _ file: String,
        timeout: Duration,
        most: Int
    ) async throws(PhoneCallError) -> (digits: String, isTimeout: Bool) {
        let answer = try await perform(.getData(file, timeout: timeout, most: most))
        return (answer.result == "-1" ? "" : answer.result, answer.data == "timeout")
    }

    /// `-1` is a hang-up as well as a sound that is not there: the PBX is asked which.
    private func tellHangUp() async throws(PhoneCallError) {
        if wire.hasHungUp { throw .hungUp }
        // 6 is "line is up"; anything else is no caller to talk to.
        guard case .success("6", _, _) = try await wire.send(.channelStatus), !wire.hasHungUp else { throw .hungUp }
    }

    /// The ASCII code of a key; 0 for none.
    private static func key(_ result: String) -> Character? {
        guard let code = UInt8(result), code != 0 else { return nil }
        return Character(UnicodeScalar(code))
    }
}
