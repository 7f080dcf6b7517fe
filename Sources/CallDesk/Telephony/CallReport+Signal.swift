import DeskCore
import IVRBridge

extension CallReport {
    /// What a line says of a call, in the desk's words.
    ///
    /// `normalise`: a number in E.164 where it can be one.
    /// `dialPrefix`: what the line puts before outside numbers.
    init(_ signal: CallSignal, normalise: (String) -> String?, dialPrefix: String = "") {
        let call = signal.call
        self.init(
            line: signal.line,
            key: call.key,
            direction: DeskCore.CallDirection(rawValue: call.direction.rawValue) ?? .inbound,
            state: Self.state(call),
            outcome: DeskCore.CallOutcome(rawValue: call.outcome.rawValue) ?? .ongoing
        )
        absorbed = call.absorbed
        // The other party: who called us, or whom we called.
        if direction == .outbound {
            numberRaw = call.dialled
            number = call.dialled.flatMap { normalise(OutgoingNumber.withoutPrefix($0, dialPrefix)) }
        } else {
            numberRaw = call.numberRaw
            number = call.number
            callerName = call.callerName
            withheld = call.isWithheld
        }
        dialled = call.dialled
        callerParty = call.callerParty
        queue = call.queue
        offered = call.offered
        ringing = call.ringing
        answeredBy = call.answeredBy
        lastParty = direction == .outbound ? call.callerParty : call.lastParty
        endedBy = call.endedBy?.rawValue
        cause = call.cause
        holds = Int64(call.holds)
        transfers = call.transfers.map { .init(kind: $0.kind.rawValue, from: $0.from, to: $0.to) }
        // A user with the least rights is not told of variables; the dialplan tells the name itself.
        recording = call.recording ?? call.variables["recording"]
        startedAt = Self.moment(call.startedAt)
        answeredAt = Self.moment(call.answeredAt)
        endedAt = Self.moment(call.endedAt)
        topic = call.variables["topic"]
    }

    private static func state(_ call: CallSnapshot) -> CallState {
        if call.isEnded { return .ended }
        if call.isOnHold { return .held }
        if call.answeredBy != nil { return .talking }
        return call.isWaiting ? .queued : .ringing
    }

    private static func moment(_ microseconds: Int64?) -> Moment? {
        microseconds.map { Moment(milliseconds: $0 / 1000) }
    }
}
