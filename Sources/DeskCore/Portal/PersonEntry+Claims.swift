/// Saying to be a customer that a registration met: counted for who says so, whether they met somebody or not.
extension PersonEntry {
    /// Joins the customer a registration met, by the code that went to it.
    ///
    /// - Returns: `right` when it was the code; for an account that met nobody it never is, and that is not told.
    public func claim(_ personID: Int64, code: String) async throws(PersonError) -> CodeAnswer {
        guard PersonCodes.isShaped(code) else { return .wrong }
        let now = clock.now
        let (own, met) = (CodeTally(Self.claim(personID)), try await claimed(by: personID))
        // Counted before it is tried: tries at once are no more than tries one after the other.
        let door = try await persons.write { session throws(PersonError) in
            try PersonError.storing { () throws(StoreError) -> CodeAnswer in
                if try own.isClosed(at: now, in: session) { return .tooMany }
                try own.countWrong(at: now, in: session)
                // That others try for the same customer would tell that there is one: who asks is told nothing of it, and
                // is counted as whoever met nobody.
                if let met, try met.isClosed(at: now, in: session) { return .wrong }
                try met?.countWrong(at: now, in: session)
                return .right
            }
        }
        guard door == .right else { return door }
        guard try await join(personID, code: code) else { return .wrong }
        try await persons.write { session throws(PersonError) in
            try PersonError.storing { () throws(StoreError) in
                try own.forgetWrong(in: session)
                try met?.forgetWrong(in: session)
            }
        }
        return .right
    }

    /// Sends the code anew; also for an account that met nobody nothing is told.
    ///
    /// - Returns: false for who asked too often.
    public func askAgain(_ personID: Int64) async throws(PersonError) -> Bool {
        let now = clock.now
        let own = CodeTally(Self.claim(personID))
        let isFree = try await persons.write { session throws(PersonError) in
            try PersonError.storing { () throws(StoreError) -> Bool in
                if try own.isSpent(at: now, in: session) { return false }
                try own.countSent(at: now, in: session)
                return true
            }
        }
        if isFree { try await claimAgain(personID) }
        return isFree
    }

    /// What is counted for a customer whom registrations met.
    static func claimed(_ customerID: Int64) -> CodeTally {
        CodeTally("claimed:\(customerID)", all: [customer(customerID)])
    }

    private func claimed(by personID: Int64) async throws(PersonError) -> CodeTally? {
        do throws(StoreError) {
            return try await persons.database.read { session in
                let row = try session.row(
                    "SELECT customer_id FROM person_claim WHERE person_id = $1",
                    [.integer(personID)]
                )
                // As its codes are sent and counted: for the record that stays of a merger.
                return try row?.integer(0).map { id throws(StoreError) in
                    Self.claimed(try CustomerDirectory.survivor(of: id, in: session))
                }
            }
        } catch { throw PersonError(error) }
    }
}
