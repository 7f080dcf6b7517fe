/// Whether somebody works on a contact, and whose hands it is in.
///
/// A contact that came to a ticket may go on with another request: it has ended, has a draft, and is its holder's as much
/// as an open one. Whoever may answer it, pass it on or add to it is asked here, and never by its state.
extension Attendance {
    /// A contact in hand, as a condition on the table `attendance`.
    static let inHand = """
        (attendance.state = 'open' OR EXISTS (SELECT 1 FROM draft WHERE draft.attendance_id = attendance.id))
        """

    /// What a customer writes at the portal and has not sent yet: theirs alone, and nobody's at the desk.
    public var isCustomersOwn: Bool { channel == .portal && state == .open }

    func isInHand(in session: any SQLSession) throws(StoreError) -> Bool {
        if state == .open { return true }
        return try session.row("SELECT 1 FROM draft WHERE attendance_id = $1", [.integer(id)]) != nil
    }

    /// Refuses somebody of the desk what is done in a contact that is in another's hands.
    ///
    /// - Throws: `TicketRefusal.heldByAnother`, `.notSent`; `StoreError`.
    func checkHands(of accountID: Int64, in session: any SQLSession) throws {
        if isCustomersOwn { throw TicketRefusal.notSent }
        guard let holder = self.accountID, holder != accountID, try isInHand(in: session) else { return }
        throw TicketRefusal.heldByAnother
    }
}

extension AttendanceDesk {
    /// Whether somebody works on it: it is open, or goes on with another request.
    public func isInHand(_ attendance: Attendance) async throws(StoreError) -> Bool {
        if attendance.state == .open { return true }
        return try await database.read { session in try attendance.isInHand(in: session) }
    }

    /// Refuses somebody of the desk what is done in a contact that is in another's hands.
    ///
    /// - Throws: `StoreError`; `StoreError.refused(TicketRefusal)`, `heldByAnother` or `notSent`.
    public func checkHands(of accountID: Int64, on attendance: Attendance) async throws(StoreError) {
        try await database.read { session in try attendance.checkHands(of: accountID, in: session) }
    }
}
