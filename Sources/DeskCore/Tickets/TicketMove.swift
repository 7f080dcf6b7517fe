/// Something that can be done with a ticket.
public enum TicketMove: String, Sendable, Codable, CaseIterable {
    case take, assign, move, ask, reply, note, change, solve, confirm, cancel, reopen, restart, reiterate, merge, split
    case link
    /// The clock's own: a reminder that an answer is waited for, the end when none came, closing after the solution.
    case remind
    case giveUp = "give_up"
    case close
    /// A step of the promise: told, raised, moved.
    case escalate

    /// What the clocks do by themselves; nobody can ask for it.
    public static let clocks: Set<TicketMove> = [.remind, .giveUp, .close, .escalate]

    /// Whether putting the ticket back undoes it: a split makes another ticket, a link ends a contact.
    public var isTakenBack: Bool { self != .split && self != .link }
}

/// What somebody is to one ticket; it decides what they may do with it.
public enum TicketRole: String, Sendable, Codable, CaseIterable {
    /// Works in the department that has the ticket.
    case technician
    /// Works in another department; with the customer on the line they may still act for them.
    case colleague
    case supervisor
    case program
    case customer
    case clock

    /// The desk's own people and programs: they see internal entries.
    public static let staff: Set<TicketRole> = [.technician, .supervisor, .program]
}

/// What a move cannot be made without.
public enum TicketNeed: String, Sendable, Codable, CaseIterable {
    case reason, solution, question, text
    /// Who gets it.
    case person
    /// Another department or level.
    case place
    /// The ticket that counts, or is linked.
    case other
    /// What becomes of the facts.
    case facts
    /// Entries of the thread to take along.
    case entries
    /// The contact that is linked.
    case contact
}

/// Where a move leads.
public enum TicketDestination: Sendable, Hashable {
    case to(TicketState)
    case same
    /// In progress from triage; a ticket that waits goes on waiting.
    case work
    /// Triage of the other department when the department changes, in progress with whom it is given to; a ticket that
    /// waits goes on waiting.
    case place
    /// Where it was when the question was asked.
    case askedFrom
    /// In progress with who solved it while they are there, else triage.
    case solver
}

/// Who has the ticket after a move.
public enum TicketOwner: Sendable, Hashable {
    case same, actor, chosen, nobody
    /// Whom it is given to; else nobody when the department changes.
    case nobodyElsewhere
    case solver
}

/// What a move does to the clocks.
public enum TicketClockChange: Sendable, Hashable {
    case none, pause, resume, stop
    /// Stopped clocks go on with what was left.
    case goOn
}

/// Who at the desk hears of a move.
public enum TicketListener: String, Sendable, Codable, CaseIterable {
    /// Everybody of the department.
    case department
    /// Who has the ticket; the department when nobody does.
    case owner
    case watchers
    case supervisors
}
