/// One line of the table: a move, from where, by whom, and all that follows from it.
public struct Transition: Sendable, Hashable {
    public let move: TicketMove
    public let from: Set<TicketState>
    public let by: Set<TicketRole>
    public let to: TicketDestination
    public var needs: Set<TicketNeed> = []
    /// Until when it may be made.
    public var term: TicketTerm = .always
    public var owner: TicketOwner = .same
    public var clocks: TicketClockChange = .none
    /// The entry that tells of it.
    public var entry: EntryKind
    /// What the customer is told; nil for nothing.
    public var notice: NoticeEvent?
    /// Who at the desk hears of it.
    public var bells: Set<TicketListener> = []

    func may(_ role: TicketRole) -> Bool { by.contains(role) }
}

/// The window in which a move may be made.
public enum TicketTerm: String, Sendable, Codable {
    case always
    /// Up to `reopen_hours` after closing.
    case reopening
    /// Any time while solved; once closed, after `reopen_hours` and for `restart_days`.
    case restarting
}

/// The life of a ticket as one value: screens, API, portal, keypad and clocks ask it, and nothing else decides.
///
/// Two lines for one move are told apart by who makes it and from where; no state, role and move meet in more than one.
public enum TransitionTable {
    private static let staff = TicketRole.staff
    private static let open = TicketState.open
    private static let talking: Set<TicketState> = open.union([.solved])

    public static let rows: [Transition] = [
        // Who has it. A ticket in progress or waiting changes hands as well: people fall ill.
        Transition(
            move: .take,
            from: open,
            by: [.technician, .supervisor],
            to: .work,
            owner: .actor,
            entry: .taken,
            bells: [.watchers]
        ),
        Transition(
            move: .assign,
            from: open,
            by: staff,
            to: .work,
            needs: [.person],
            owner: .chosen,
            entry: .assigned,
            bells: [.owner, .watchers]
        ),
        Transition(
            move: .move,
            from: open,
            by: staff,
            to: .place,
            needs: [.place],
            owner: .nobodyElsewhere,
            entry: .moved,
            notice: .ticketMoved,
            bells: [.department, .watchers]
        ),
        // The conversation.
        Transition(
            move: .ask,
            from: [.triage, .inProgress],
            by: staff,
            to: .to(.waiting),
            needs: [.question],
            clocks: .pause,
            entry: .asked,
            notice: .ticketAsked,
            bells: [.watchers]
        ),
        Transition(
            move: .reply,
            from: talking,
            by: staff,
            to: .same,
            needs: [.text],
            entry: .reply,
            notice: .ticketAnswered,
            bells: [.watchers]
        ),
        Transition(
            move: .note,
            from: talking,
            by: staff,
            to: .same,
            needs: [.text],
            entry: .note,
            bells: [.watchers]
        ),
        Transition(
            move: .reply,
            from: [.waiting],
            by: [.customer],
            to: .askedFrom,
            needs: [.text],
            clocks: .resume,
            entry: .reply,
            bells: [.owner, .watchers]
        ),
        // A plain reply once solved changes nothing: “obrigado” reopens no ticket; the page asks “resolveu?”.
        Transition(
            move: .reply,
            from: [.triage, .inProgress, .solved],
            by: [.customer],
            to: .same,
            needs: [.text],
            entry: .reply,
            bells: [.owner, .watchers]
        ),
        // Facts, parts and relations.
        Transition(
            move: .change,
            from: open,
            by: staff,
            to: .same,
            needs: [.facts],
            entry: .changed,
            bells: [.watchers]
        ),
        Transition(
            move: .split,
            from: talking,
            by: staff,
            to: .same,
            needs: [.entries],
            entry: .split,
            bells: [.watchers]
        ),
        Transition(
            move: .link,
            from: [.waiting],
            by: [.customer],
            to: .askedFrom,
            needs: [.contact],
            clocks: .resume,
            entry: .linked,
            notice: .protocolIssued,
            bells: [.owner, .watchers]
        ),
        Transition(
            move: .link,
            from: [.triage, .inProgress, .solved],
            by: [.customer],
            to: .same,
            needs: [.contact],
            entry: .linked,
            notice: .protocolIssued,
            bells: [.owner, .watchers]
        ),
        Transition(
            move: .link,
            from: talking,
            by: staff,
            to: .same,
            needs: [.other],
            entry: .referred,
            bells: [.watchers]
        ),
        Transition(
            move: .merge,
            from: Set(TicketState.allCases).subtracting([.merged]),
            by: staff,
            to: .to(.merged),
            needs: [.other],
            clocks: .stop,
            entry: .merged,
            notice: .ticketMerged,
            bells: [.watchers]
        ),
        // The end.
        Transition(
            move: .solve,
            from: open,
            by: staff,
            to: .to(.solved),
            needs: [.solution],
            clocks: .stop,
            entry: .solved,
            notice: .ticketSolved,
            bells: [.watchers]
        ),
        Transition(
            move: .confirm,
            from: [.solved],
            by: [.customer],
            to: .to(.closed),
            entry: .confirmed,
            bells: [.owner, .watchers]
        ),
        Transition(
            move: .cancel,
            from: open,
            by: [.supervisor, .customer],
            to: .to(.cancelled),
            needs: [.reason],
            clocks: .stop,
            entry: .cancelled,
            notice: .ticketCancelled,
            bells: [.owner, .watchers]
        ),
        // Going on. One of the two is offered at a time: restart while solved, reopen up to its hour, restart later.
        Transition(
            move: .restart,
            from: [.solved, .closed],
            by: [.customer],
            to: .to(.triage),
            needs: [.reason],
            term: .restarting,
            owner: .nobody,
            clocks: .goOn,
            entry: .restarted,
            notice: .ticketReopened,
            bells: [.department, .watchers]
        ),
        Transition(
            move: .reopen,
            from: [.closed],
            by: [.customer],
            to: .solver,
            needs: [.reason],
            term: .reopening,
            owner: .solver,
            clocks: .goOn,
            entry: .reopened,
            notice: .ticketReopened,
            bells: [.owner, .watchers]
        ),
        Transition(
            move: .reiterate,
            from: open,
            by: [.customer],
            to: .same,
            needs: [.reason],
            entry: .reiterated,
            notice: .ticketReiterated,
            bells: [.department, .owner, .watchers]
        ),
        // The clocks.
        Transition(
            move: .remind,
            from: [.waiting],
            by: [.clock],
            to: .same,
            entry: .reminded,
            notice: .ticketReminded
        ),
        Transition(
            move: .giveUp,
            from: [.waiting],
            by: [.clock],
            to: .to(.solved),
            clocks: .stop,
            entry: .unanswered,
            notice: .ticketSolved,
            bells: [.owner, .watchers]
        ),
        Transition(
            move: .escalate,
            from: [.triage, .inProgress],
            by: [.clock],
            to: .place,
            owner: .nobodyElsewhere,
            entry: .escalated,
            notice: .ticketMoved,
            bells: [.watchers]
        ),
        Transition(move: .close, from: [.solved], by: [.clock], to: .to(.closed), entry: .closed),
    ]

    /// The line for a move made by a role from a state; nil when the table has none.
    public static func row(_ move: TicketMove, from state: TicketState, by role: TicketRole) -> Transition? {
        rows.first { $0.move == move && $0.from.contains(state) && $0.may(role) }
    }
}
