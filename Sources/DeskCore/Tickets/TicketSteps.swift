/// A step of a ticket's checklist and whether somebody has done it.
public struct TicketStep: Sendable, Equatable, Identifiable {
    public var id: String
    public var label: LocalizedText
    public var doneBy: String?
    public var doneAt: Moment?
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
        let done = try await database.read { session in
            try session.rows(
                """
                SELECT ticket_step.step, account.name, ticket_step.done_at FROM ticket_step
                JOIN account ON account.id = ticket_step.account_id WHERE ticket_step.ticket_id = $1
                """,
                [.integer(ticketID)]
            )
        }
        return steps.map { step in
            let mark = done.first { $0.text(0) == step.id }
            return TicketStep(id: step.id, label: step.label, doneBy: mark?.text(1), doneAt: mark?.moment(2))
        }
    }

    /// Marks a step as done or not; done twice, the first counts.
    ///
    /// - Throws: `StoreError.refused(TicketRefusal)`.
    public func mark(_ step: String, isDone: Bool, of ticketID: Int64, by account: Account) async throws(StoreError) {
        let now = clock.now
        try await database.write { session in
            guard let ticket = try TicketDirectory.find(ticketID, in: session) else { throw TicketRefusal.noSuchTicket }
            guard !ticket.state.isOver else { throw TicketRefusal.over(ticket.state) }
            // A technician of another department reads over the shoulder, as with every other move.
            guard TicketActor.account(account).role(for: ticket) != .colleague else {
                throw TicketRefusal.notAllowed(.change)
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
