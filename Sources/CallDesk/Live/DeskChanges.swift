import DeskCore

/// Tells open screens what somebody did at the desk: claimed, handed over, answered.
struct DeskChanges: Sendable {
    let hub: LiveHub
    let clock: DeskClock

    /// An interview went on; the technician's other tabs follow.
    func draft(_ state: InterviewState, account: Int64?) {
        let holder = state.attendance.accountID ?? account
        let change = LiveChange.DraftChange(
            attendanceID: state.attendance.id,
            protocolNumber: state.attendance.protocolNumber,
            accountID: holder,
            customer: state.interview.customer?.name,
            title: state.interview.title,
            stage: state.interview.prompt.stage.rawValue,
            revision: state.interview.draft.revision,
            updatedAt: clock.now,
            // A contact that came to a ticket goes on with another request, which is not over by that.
            isOver: state.interview.draft.outcome != nil
        )
        hub.publish(.draft(change), to: .accounts([account, holder].compactMap(\.self)))
        // A call that dropped makes its caller wait to be called back, by anybody.
        if state.attendance.outcome == .dropped, let callID = state.attendance.callID { callBack(callID) }
    }

    /// Somebody waits to be called back, is being called, or waits no more; `callID` is one of their calls.
    func callBack(_ callID: Int64) { hub.publish(.callBack(callID: callID), to: .everyone) }

    /// A contact changed hands.
    func holder(
        of attendance: Attendance,
        _ verb: LiveChange.HolderChange.Verb,
        to account: Account,
        from: Account?
    ) {
        hub.publish(
            .attendance(LiveChange.HolderChange(attendance: attendance, verb: verb, to: account, from: from)),
            to: .accounts([account.id, from?.id].compactMap { $0 })
        )
    }
}
