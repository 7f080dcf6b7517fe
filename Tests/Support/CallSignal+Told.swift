import DeskCore

extension CallSignal {
    /// A call as a line would tell of it in this state.
    public init(
        line: String,
        key: String,
        direction: CallDirection,
        state: CallState,
        outcome: CallOutcome = .ongoing
    ) {
        var call = CallSnapshot(key: key, direction: direction)
        call.outcome = state == .talking || state == .held ? .answered : outcome
        call.isWaiting = state == .queued
        call.isOnHold = state == .held
        call.isEnded = state == .ended
        self.init(line: line, call: call)
    }
}
