import DeskCore
import Foundation

/// Tells open screens what somebody did at the desk: claimed, handed over, answered.
struct DeskChanges: Sendable {
    let hub: LiveHub

    private struct Draft: Encodable {
        var attendance_id: Int64
        var account_id: Int64?
        var title: String
        var stage: String
        var revision: Int
        /// The interview is over: it leaves the list of drafts.
        var is_over: Bool
    }

    /// An interview went on; the technician's other tabs follow.
    func draft(_ state: InterviewState, account: Int64) {
        publish(
            "draft",
            Draft(
                attendance_id: state.attendance.id,
                account_id: state.attendance.accountID ?? account,
                title: state.interview.title,
                stage: state.interview.prompt.stage.rawValue,
                revision: state.interview.draft.revision,
                is_over: state.attendance.state == .ended
            ),
            to: [account, state.attendance.accountID].compactMap { $0 }
        )
    }

    /// What happened to a contact's holder.
    enum Holding: String { case claimed, handedOver = "handed_over", takenBack = "taken_back" }

    private struct Contact: Encodable {
        var id: Int64
        var `protocol`: String
        var groups: [String]
        var account_id: Int64?
        var taken_by: String?
        var from_account_id: Int64?
        var from: String?
        var verb: String
    }

    /// A contact changed hands.
    func holder(of attendance: Attendance, _ verb: Holding, to account: Account, from: Account?) {
        publish(
            "attendance",
            Contact(
                id: attendance.id,
                protocol: attendance.protocolNumber,
                groups: DeskBoard.groups(attendance.protocolNumber),
                account_id: account.id,
                taken_by: account.name,
                from_account_id: from?.id,
                from: from?.name,
                verb: verb.rawValue
            ),
            to: [account.id, from?.id].compactMap { $0 }
        )
    }

    private func publish(_ kind: String, _ payload: some Encodable, to accounts: [Int64]) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(payload) else { return }
        hub.publish(kind, to: .accounts(accounts), payload: String(decoding: data, as: UTF8.self))
    }
}
