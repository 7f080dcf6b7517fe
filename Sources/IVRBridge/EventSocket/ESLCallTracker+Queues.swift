/// Waiting: mod_callcenter and mod_fifo.
extension ESLCallTracker {
    mutating func queue(_ event: ESLEvent) {
        guard let caller = event.text(.queueCaller, longest: 128) else { return }
        let known = legIndex[caller]
        let own = event.text(.uniqueID, longest: 128)
        guard let place = known ?? (own == caller ? leg(event) : nil) else { return }
        let call = legs[place].call
        guard !calls[call].snapshot.isEnded else { return }
        if let name = event.text(.queueName, longest: 256) { calls[call].snapshot.queue = name }
        if event.has(.queueAction, "member-queue-start") {
            calls[call].snapshot.isWaiting = true
            calls[call].leftQueue = false
            calls[call].queueGaveUp = false
        } else if event.has(.queueAction, "member-queue-end") {
            calls[call].snapshot.isWaiting = false
            if event.has(.queueCancel, "BREAK_OUT") {
                calls[call].leftQueue = true
            } else if event.raw(.queueCancel) != nil {
                calls[call].queueGaveUp = true
            }
        } else if event.has(.queueAction, "bridge-agent-end"), !legs[place].isGone {
            // Where the caller goes on after the agent has left, nobody waits.
            calls[call].snapshot.isWaiting = false
        } else if event.has(.queueAction, "agent-offering"), calls[call].snapshot.answeredBy == nil {
            // Taken up in the middle.
            calls[call].snapshot.isWaiting = true
        }
        change(call)
    }

    mutating func fifo(_ event: ESLEvent) {
        // Agents come to a fifo as consumers; what is told of them is no caller's waiting.
        let isPush = event.has(.fifoAction, "push")
        let isAbort = event.has(.fifoAction, "abort")
        let isTimeout = event.has(.fifoAction, "timeout")
        guard isPush || isAbort || isTimeout || event.has(.fifoAction, "caller_pop"), let place = leg(event) else {
            return
        }
        let call = legs[place].call
        guard !calls[call].snapshot.isEnded else { return }
        if let name = event.text(.fifoName, longest: 256) { calls[call].snapshot.queue = name }
        calls[call].snapshot.isWaiting = isPush
        if isPush {
            calls[call].leftQueue = false
            calls[call].queueGaveUp = false
        }
        if isAbort { calls[call].leftQueue = true }
        if isTimeout { calls[call].queueGaveUp = true }
        change(call)
    }
}
