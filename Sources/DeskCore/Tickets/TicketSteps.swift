/// A step of a ticket's checklist and whether somebody has done it.
public struct TicketStep: Sendable, Equatable, Identifiable {
    public var id: String
    public var label: LocalizedText
    public var doneBy: String?
    public var doneAt: Moment?

    /// What its mark says, in short: who marks it anew names the mark that was seen.
    public var tag: ContentTag { ContentTag(of: [id, doneBy, doneAt.map { "\($0.milliseconds)" }]) }
}

/// The checklist of a ticket: its topic's steps, each marked by whoever did it.
public struct TicketSteps: Sendable {
    private let database: any Database
    private let clock: DeskClock

    public init(database: any Database, clock: DeskClock) {
        self.database = database
        self.clock = clock
    }

    /// The steps of a topic with what of them is done; marks of steps that the catalogue no longer has are kept, unseen.
    public func list(of ticketID: Int64, topic: Topic?) async throws(StoreError) -> [TicketStep] {
        guard let steps = topic?.steps, !steps.isEmpty else { return [] }
        let done = try await database.read { session in try Self.marks(of: ticketID, in: session) }
        return steps.map { step in
            let mark = done.first { $0.text(0) == step.id }
            return TicketStep(id: step.id, label: step.label, doneBy: mark?.text(1), doneAt: mark?.moment(2))
        }
    }

    /// Of each step that is done: which, by whom, when.
    private static func marks(of ticketID: Int64, in session: any SQLSession) throws(StoreError) -> [SQLRow] {
        try session.rows(
            """
            SELECT ticket_step.step, account.name, ticket_step.done_at FROM ticket_step
            JOIN account ON account.id = ticket_step.account_id WHERE ticket_step.ticket_id = $1
            """,
            [.integer(ticketID)]
        )
    }

    /// Marks a step as done or not; done twice, the first counts.
    ///
    /// `copy`: the tag of the mark that was seen, so that nobody takes back one they did not see; nil for whatever it says.
    ///
    /// - Throws: `StoreError.refused(TicketRefusal)`, `StoreError.refused(ContentTag.Stale)`.
    public func mark(
        _ step: String,
        isDone: Bool,
        copy: ContentTag? = nil,
        of ticketID: Int64,
        by account: Account
    ) async throws(StoreError) {
        let now = clock.now
        try await database.write { session in
            guard let ticket = try TicketDirectory.find(ticketID, in: session) else { throw TicketRefusal.noSuchTicket }
            guard !ticket.state.isOver else { throw TicketRefusal.over(ticket.state) }
            // A technician of another department reads over the shoulder, as with every other move.
            guard TicketActor.account(account).role(for: ticket) != .colleague else {
                throw TicketRefusal.notAllowed(.change)
            }
            if let copy {
                let mark = try Self.marks(of: ticketID, in: session).first { $0.text(0) == step }
                let now = TicketStep(id: step, label: LocalizedText(""), doneBy: mark?.text(1), doneAt: mark?.moment(2))
                guard now.tag == copy else { throw ContentTag.Stale() }
            }
            guard isDone else {
                try session.execute(
                    "DELETE FROM ticket_step WHERE ticket_id = $1 AND step = $2",
                    [.integer(ticketID), .text(step)]
                )
                return
            }
            try session.execute(
                """
                INSERT INTO ticket_step (ticket_id, step, account_id, done_at) VALUES ($1, $2, $3, $4)
                ON CONFLICT (ticket_id, step) DO NOTHING
                """,
                [.integer(ticketID), .text(step), .integer(account.id), .moment(now)]
            )
        }
    }
}
