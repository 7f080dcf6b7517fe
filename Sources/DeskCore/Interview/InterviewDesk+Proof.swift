/// What became of a caller's proof.
public enum ProofOutcome: Sendable, Equatable {
    /// They are who they say; the contact's tickets are told so too.
    case proved
    /// Neither the customer's record nor the code says this.
    case wrong
    /// Nobody is known whom they could prove to be.
    case nobody
    /// The contact ended more than a day ago.
    case over
}

extension InterviewDesk {
    /// Raises who a contact is with by what the caller says: something of the customer's record, or the code that was sent.
    ///
    /// It holds at any time of the contact and a day longer, whatever the interview asks: its draft, the contact and the
    /// tickets that were opened in it are raised together.
    /// - Throws: `InterviewDeskError`, `StoreError`.
    public func prove(_ said: String, attendanceID: Int64, by author: TicketAuthor?) async throws -> ProofOutcome {
        guard let attendance = try await attendances.find(attendanceID) else {
            throw InterviewDeskError.noSuchAttendance
        }
        if let author, let holder = attendance.accountID, holder != author.accountID {
            throw InterviewDeskError.heldByAnother(accountID: holder)
        }
        guard attendance.isActedIn(at: attendances.now) else { return .over }
        guard let customerID = attendance.customerID else { return .nobody }
        let query = CustomerQuery(said, checks: checks)
        guard !query.readings.isEmpty,
            try await isProof(VerificationRequest(customerID: customerID, query: query), attendanceID)
        else { return .wrong }
        guard try await raise(customerID, in: attendanceID, by: author) else { return .wrong }
        if try await drafts.find(attendanceID: attendanceID) != nil {
            _ = try await step(attendanceID, author) { $0.receivedProof(of: customerID) }
        }
        return .proved
    }

    /// Raises the customer whose the proof is, and no other: the caller may have been taken for somebody else meanwhile.
    ///
    /// - Returns: whether the contact is still with them.
    func raise(_ customerID: Int64, in attendanceID: Int64, by author: TicketAuthor?) async throws -> Bool {
        let now = attendances.now
        let actor = TicketActor.program(name: "", author: author)
        return try await attendances.database.write { session in
            let found = try session.execute(
                "UPDATE attendance SET identity_level = $1 WHERE id = $2 AND customer_id = $3",
                [.integer(IdentityLevel.verified.rawValue), .integer(attendanceID), .integer(customerID)]
            )
            guard found > 0 else { return false }
            let raised = try session.rows(
                """
                UPDATE ticket SET identity_level = $1, unverified = 0, revision = revision + 1,
                    updated_at = CASE WHEN state = 'merged' THEN updated_at ELSE $2 END
                WHERE attendance_id = $3 AND unverified = 1 AND identity_level = $4 AND customer_id = $5 RETURNING id
                """,
                [
                    .integer(IdentityLevel.verified.rawValue), .moment(now), .integer(attendanceID),
                    .integer(IdentityLevel.known.rawValue), .integer(customerID),
                ]
            )
            for row in raised {
                try TicketWork.noteProof(of: try row.need(row.integer(0), "ticket.id"), by: actor, at: now, in: session)
            }
            return true
        }
    }
}

extension Attendance {
    /// Whether the desk may still act for the customer in it: what they said is written down while it is remembered.
    public func isActedIn(at now: Moment) -> Bool { endedAt.map { now.since($0) <= .seconds(24 * 3_600) } ?? true }
}
