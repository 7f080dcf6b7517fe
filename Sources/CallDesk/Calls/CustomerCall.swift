import DeskCore

/// A call that is over, with the customer whose it was.
struct CustomerCall: Sendable {
    var call: Call
    var customerID: Int64

    /// Nil while the call goes on, and of one whose customer nobody knows.
    init?(over change: CallChange) {
        guard change.call.endedAt != nil, let customerID = change.attendance?.customerID else { return nil }
        (call, self.customerID) = (change.call, customerID)
    }
}
