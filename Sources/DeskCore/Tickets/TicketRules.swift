/// The desk's terms for the ends and new beginnings of tickets, from the settings.
public struct TicketTerms: Sendable, Equatable {
    /// Days the customer has for an answer: reminded once then, and solved as long after that.
    public var noAnswerDays = 5
    /// From solved to closed.
    public var closeHours = 72
    public var reopenHours = 24
    /// Days a closed ticket can be restarted; nil without end.
    public var restartDays: Int?
    public var surveyDays = 3

    public init() {}

    /// Until when the ticket can be reopened; nil when it is not closed.
    public func reopenUntil(_ standing: TicketStanding) -> Moment? {
        standing.state == .closed ? standing.closedAt?.adding(.seconds(reopenHours * 3_600)) : nil
    }

    /// Until when the ticket can be restarted; nil when without end.
    public func restartUntil(_ standing: TicketStanding) -> Moment? {
        guard standing.state == .closed, let restartDays else { return nil }
        return standing.closedAt?.adding(.seconds(restartDays * 86_400))
    }

    /// When a solved ticket closes by itself.
    public func closesAt(_ standing: TicketStanding) -> Moment? {
        standing.state == .solved ? standing.solvedAt?.adding(.seconds(closeHours * 3_600)) : nil
    }

    /// Until when the survey is answered: from solving until some days after closing.
    public func surveyUntil(_ standing: TicketStanding) -> Moment? {
        standing.closedAt.map { surveyEnds(closedAt: $0) }
    }

    /// When the survey of a ticket that is closed at a moment ends.
    func surveyEnds(closedAt: Moment) -> Moment { closedAt.adding(.seconds(surveyDays * 86_400)) }
}

/// What the table has to know of a ticket.
public struct TicketStanding: Sendable, Equatable {
    public var state: TicketState
    /// Where the question that is waited for was asked.
    public var askedFrom: TicketState?
    public var solvedAt: Moment?
    public var closedAt: Moment?
    /// Somebody asked for it in a customer's name who was not as sure to be them as its topic wants.
    public var needsProof: Bool

    public init(
        _ state: TicketState,
        askedFrom: TicketState? = nil,
        solvedAt: Moment? = nil,
        closedAt: Moment? = nil,
        needsProof: Bool = false
    ) {
        self.state = state
        self.askedFrom = askedFrom
        self.solvedAt = solvedAt
        self.closedAt = closedAt
        self.needsProof = needsProof
    }
}

/// A move that may be made now.
public struct TicketOffer: Sendable, Equatable {
    public var move: TicketMove
    public var needs: Set<TicketNeed>
    /// Until when; nil without end.
    public var until: Moment?
    /// Only within a contact of the customer, whom it is done for.
    public var forCustomer: Bool
}

/// Decides by the table; pure, so that what is offered is exactly what is accepted.
public enum TicketRules {
    /// The line of the table for a move, or why it is not made.
    ///
    /// `inContact`: a contact of the ticket's customer in which the desk acts for them; what the customer may do, the desk
    /// may do then.
    public static func decide(
        _ move: TicketMove,
        on standing: TicketStanding,
        by role: TicketRole,
        inContact: Bool = false,
        terms: TicketTerms,
        at now: Moment
    ) throws(TicketRefusal) -> Transition {
        let known = TransitionTable.rows.filter { $0.move == move }
        let mayAct = inContact && role != .clock && role != .customer
        // Within a contact what is said is the customer's: a reply then is theirs, and so is a cancellation.
        let found =
            (mayAct ? TransitionTable.row(move, from: standing.state, by: .customer) : nil)
            ?? TransitionTable.row(move, from: standing.state, by: role)
        guard let found else {
            guard known.contains(where: { $0.may(role) || mayAct && $0.may(.customer) }) else {
                // What is only the customer's can be done for them; what is the department's own is nobody else's.
                let isCustomers = known.allSatisfy { !$0.may(.technician) } && known.contains { $0.may(.customer) }
                throw isCustomers && role != .clock && role != .customer ? .needsContact(move) : .notAllowed(move)
            }
            if standing.state.isOver, move != .restart, move != .reopen { throw .over(standing.state) }
            throw .notNow(move, standing.state)
        }
        // Doing what an impostor asked for is the harm; a supervisor answers for doing it all the same.
        if move == .solve, standing.needsProof, role == .technician || role == .program {
            throw .identityTooLow(.verified)
        }
        switch found.term {
        case .always: break
        case .reopening:
            guard let until = terms.reopenUntil(standing), now < until else { throw .tooLate(move) }
        case .restarting:
            if let reopening = terms.reopenUntil(standing), now < reopening { throw .reopenInstead(until: reopening) }
            if let until = terms.restartUntil(standing), now >= until { throw .tooLate(move) }
        }
        return found
    }

    /// Everything `role` may do now, in the order of the table.
    public static func offers(
        on standing: TicketStanding,
        to role: TicketRole,
        terms: TicketTerms,
        at now: Moment
    ) -> [TicketOffer] {
        var offers: [TicketOffer] = []
        for move in TicketMove.allCases where !TicketMove.clocks.contains(move) {
            let own = try? decide(move, on: standing, by: role, terms: terms, at: now)
            let acting =
                role == .customer || role == .clock
                ? nil : try? decide(move, on: standing, by: .colleague, inContact: true, terms: terms, at: now)
            guard let row = own ?? acting else { continue }
            let until: Moment? =
                switch row.term {
                case .always: move == .confirm ? terms.closesAt(standing) : nil
                case .reopening: terms.reopenUntil(standing)
                case .restarting: terms.restartUntil(standing)
                }
            offers.append(TicketOffer(move: move, needs: row.needs, until: until, forCustomer: own == nil))
        }
        return offers
    }

    /// The state a line leads to.
    ///
    /// `elsewhere`: the department changes. `isGiven`: a move names who has it from now on. `solverIsThere`: who solved it
    /// still works in the department.
    public static func state(
        after row: Transition,
        _ standing: TicketStanding,
        elsewhere: Bool = false,
        isGiven: Bool = false,
        solverIsThere: Bool = false
    ) -> TicketState {
        switch row.to {
        case .to(let state): state
        case .same: standing.state
        case .work: standing.state == .triage ? .inProgress : standing.state
        case .place where isGiven: standing.state == .triage ? .inProgress : standing.state
        case .place: elsewhere && standing.state != .waiting ? .triage : standing.state
        case .askedFrom: standing.askedFrom ?? .triage
        case .solver: solverIsThere ? .inProgress : .triage
        }
    }
}
