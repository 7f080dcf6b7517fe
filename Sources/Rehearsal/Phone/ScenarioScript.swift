import Foundation
import Synchronization

/// What a kind of PBX says of a scenario, deed by deed.
protocol ScenarioScript: Sendable {
    /// What is sent when the call begins; `key` is the first leg's identity where the desk gave it.
    mutating func begin(_ key: String?) -> String
    /// What is sent when somebody does something.
    mutating func perform(_ deed: Scenario.Deed) -> String
    /// What is sent when the desk sends the caller elsewhere.
    mutating func redirect(to target: String, context: String) -> String
    /// Whether nobody is left in it.
    var isOver: Bool { get }
    /// The identity of the caller's leg while the caller is there; nil for a call from the desk.
    var caller: String? { get }
    /// The caller's channel, as the PBX calls it.
    var channel: String? { get }
}

/// A call of a scenario that goes on in a simulated PBX, and can be sent elsewhere meanwhile.
final class ScenarioCall<Script: ScenarioScript>: Sendable {
    /// Whoever is sent to a phone is answered there, and talks for this long.
    private static var afterRedirect: (ring: Double, answer: Double, end: Double) { (0.3, 3, 60) }

    private struct State {
        var script: Script
        /// What is still to happen; times are seconds since the call, or what it became, began.
        var steps: [(at: Double, deed: Scenario.Deed)]
        /// Counts how often the call became another.
        var turn = 0
    }

    let scenario: Scenario
    private let state: Mutex<State>

    init(_ script: Script, _ scenario: Scenario, seed: UInt64) {
        self.scenario = scenario
        let steps = zip(scenario.times(seed: seed), scenario.steps).map { (at: $0, deed: $1.deed) }
        state = Mutex(State(script: script, steps: steps))
    }

    /// Whether this is the call with that identity or channel.
    func isCalled(_ name: String) -> Bool {
        state.withLock { $0.script.caller == name || ($0.script.caller != nil && $0.script.channel == name) }
    }

    func begin(_ key: String?) -> String { state.withLock { $0.script.begin(key) } }

    /// The identity of the caller's leg, while the caller is there.
    var caller: String? { state.withLock { $0.script.caller } }

    /// Looks at the call as it is.
    func look<Value: Sendable>(_ body: (Script) -> Value) -> Value { state.withLock { body($0.script) } }

    /// The number of the turn that `run` is to play now.
    var turn: Int { state.withLock { $0.turn } }

    /// Plays what is still to happen; ends with the call, or when it became another.
    ///
    /// `send` gets what is said; `deed` what is done besides, and waits for it.
    func run(
        _ turn: Int,
        send: (String) -> Void,
        besides: (Scenario.Deed) async -> Void
    ) async {
        let start = ContinuousClock.now
        while let next = state.withLock({ $0.turn == turn ? $0.steps.first : nil }) {
            do { try await ContinuousClock().sleep(until: start + .seconds(next.at)) } catch { return }
            let said = state.withLock { state -> (String, Scenario.Deed)? in
                guard state.turn == turn, !state.steps.isEmpty else { return nil }
                let deed = state.steps.removeFirst().deed
                return (state.script.perform(deed), deed)
            }
            guard let (text, deed) = said else { return }
            send(text)
            await besides(deed)
            if state.withLock({ $0.script.isOver }) { return }
        }
    }

    /// Sends the caller elsewhere.
    ///
    /// - Returns: what is said of it and the turn that `run` is to play from now on; nil when nobody talks to the caller.
    func redirect(to target: String, context: String) -> (text: String, turn: Int)? {
        state.withLock { state in
            let text = state.script.redirect(to: target, context: context)
            guard !text.isEmpty else { return nil }
            let times = Self.afterRedirect
            state.steps = [
                (times.ring, .ring(target, name: nil)), (times.answer, .answer(target)),
                (times.end, .hangUp(Scenario.caller)),
            ]
            state.turn += 1
            return (text, state.turn)
        }
    }
}
