import IVRBridge
import Synchronization

/// A caller without a socket between, who types while a sound is heard; keys that nobody reads wait, as a PBX keeps them.
///
/// `!` among the keys is a hang-up: from there on the PBX takes nothing either.
final class TypingCaller: PhoneCall {
    private struct State {
        var typed: [String: String]
        var waiting = Substring()
        var heard: [String] = []
        var variables: [String: String] = [:]
        var hasLeft = false
    }

    let id = "1795236715.1"
    var ownKey: String { id }
    let peer = "127.0.0.1"
    let request = ScriptRequest("ivr?line=matriz")
    let caller: PhoneCaller
    private let queue: Int
    private let state: Mutex<State>

    /// `typed`: the keys by the sound at which they are typed, one time each.
    init(_ typed: [String: String], number: String = "31998877665", waiting queue: Int = 0) {
        caller = PhoneCaller(number: number, name: nil, isWithheld: false, dialled: nil, party: nil)
        self.queue = queue
        state = Mutex(State(typed: typed))
    }

    var heard: [String] { state.withLock { $0.heard } }
    var variables: [String: String] { state.withLock { $0.variables } }
    var hasLeft: Bool { state.withLock { $0.hasLeft } }

    private func present<Value: Sendable>(
        _ body: (inout State) -> Value
    ) throws(PhoneCallError) -> Value {
        let value: Value? = state.withLock { state in
            state.hasLeft || state.waiting.first == "!" ? nil : body(&state)
        }
        guard let value else { throw .hungUp }
        return value
    }

    func key() async throws(PhoneCallError) -> String { id }
    func answer() async throws(PhoneCallError) {}
    func hangUp() async throws(PhoneCallError) { leave() }
    func leave() { state.withLock { $0.hasLeft = true } }
    func show(name: String) async throws(PhoneCallError) {}
    func finds(_ file: String) async throws(PhoneCallError) -> Bool { true }
    func waiting(in queue: String) async throws(PhoneCallError) -> Int? { self.queue }

    func set(_ name: String, to value: String) async throws(PhoneCallError) {
        try present { $0.variables[name] = value }
    }

    func play(_ file: String) async throws(PhoneCallError) -> PhonePlayed {
        try present { state in
            let name = file.split(separator: "/").last.map(String.init) ?? ""
            // A sound that a waiting key stops at once is not heard.
            if let key = state.waiting.popFirst() { return .key(key) }
            state.heard.append(name)
            guard let keys = state.typed.removeValue(forKey: name) else { return .whole }
            state.waiting += keys
            return state.waiting.popFirst().map(PhonePlayed.key) ?? .whole
        }
    }

    func key(within timeout: Duration) async throws(PhoneCallError) -> Character? {
        try present { $0.waiting.popFirst() }
    }
}
