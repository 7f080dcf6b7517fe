/// Correcting facts where they stand: priority, type, topic, due time, watchers.
extension TicketWork {
    func change(_ step: inout Step) throws {
        let facts = step.order.facts
        if let priority = facts.priority, priority.rawValue != step.before.priority {
            step.facts.priority = .init(step.before.priority, priority.rawValue)
            step.after.priority = priority.rawValue
            // A person's word is promised for anew.
            step.after.promisedPriority = nil
        }
        if let type = facts.type, type != step.before.type {
            step.facts.type = .init(step.before.type.rawValue, type.rawValue)
            step.after.type = type
        }
        if let topic = facts.topic, topic != step.before.topic { try change(&step, topic: topic) }
        if step.facts.priority != nil || step.facts.topic != nil { try promise(&step) }
        try watchers(&step, facts)
        if let due = facts.due { try change(&step, due: due) }
        guard step.facts != EntryFacts() || step.kind == .dueSet else { throw TicketRefusal.nothingChanges }
    }

    /// Answers that still apply stay; the others are kept as a note, so that nothing the customer said is lost.
    private func change(_ step: inout Step, topic id: String) throws {
        guard let catalogue, let topic = catalogue.topic(id) else { throw TicketRefusal.noSuchTopic }
        let language = step.before.language ?? .ptBR
        // What is a person's own stays an answer, so that it keeps its stars and its cover; a note is read in passing.
        let kept = step.before.answers.filter { answer in
            answer.isDocument || answer.kind.isPersonal || topic.field(answer.fieldID)?.kind == answer.kind
        }
        let dropped = step.before.answers.filter { answer in !kept.contains(answer) }
        step.facts.topic = .init(step.before.topic, id)
        step.facts.kept = kept.count
        step.facts.dropped = dropped.map(\.label)
        step.after.topic = id
        step.after.isConfidential = topic.isConfidential
        // What becomes confidential is its requester's alone; who came by a merger is not named by them.
        if topic.isConfidential, !step.before.isConfidential { step.after.secondContactID = nil }
        step.after.topicTitle = topic.title[language]
        step.after.sectionPath = topic.path.map { catalogue.section($0)?.title[language] ?? $0 }
        step.after.answers = kept
        if let module = step.before.module, !topic.modules.contains(where: { $0.label.wordings.contains(module) }) {
            step.after.module = nil
        }
        guard !dropped.isEmpty else { return }
        try Entry.addOwn(
            to: step.before.id,
            kind: .note,
            body: dropped.map { "\($0.label): \($0.display)" }.joined(separator: "\n"),
            at: now,
            in: session
        )
    }

    /// The promise for what the ticket is now; its pauses stay, and both deadlines are written.
    private func promise(_ step: inout Step) throws {
        let ticket = step.after
        guard ticket.serviceLevel != nil || catalogue != nil else { return }
        let own =
            catalogue?.topic(ticket.topic)?.serviceLevel ?? ticket.serviceLevel
            ?? ServiceLevel(firstAnswer: nil, solution: nil)
        let found = book.promise(
            topic: ticket.topic,
            own: own,
            contracts: try Self.contracts(of: ticket.customerID, at: now, in: session),
            priority: ticket.priorityOfPromise
        )
        step.after.serviceLevel = found.level
        step.after.policy = found.name
        guard ticket.dueKind == .policy else { return }
        // As `reckon` has it: while it waits, by when that began.
        let standing = ticket.state == .waiting ? ticket.waitingSince ?? now : now
        let due = book.due(
            found.level,
            department: ticket.department,
            from: ticket.createdAt,
            pauses: try TicketPauses.list(ticket.id, in: session),
            at: standing
        )
        if due.solution != step.before.dueAt {
            step.facts.due = .init(
                step.before.dueAt.map { String($0.milliseconds) },
                due.solution.map { String($0.milliseconds) }
            )
        }
        step.after.dueAt = due.solution
        step.after.atRiskAt = due.riskBegins
    }

    /// The numbers of the customer's contracts in force.
    static func contracts(
        of customerID: Int64?,
        at now: Moment,
        in session: any SQLSession
    ) throws(StoreError) -> Set<String> {
        guard let customerID else { return [] }
        return Set(
            try session.rows(
                """
                SELECT number FROM contract WHERE customer_id = $1 AND active = 1
                    AND (starts_at IS NULL OR starts_at <= $2) AND (ends_at IS NULL OR ends_at > $3)
                """,
                [.integer(customerID), .moment(now), .moment(now)],
                limit: 200
            ).compactMap { $0.text(0) }
        )
    }

    private func change(_ step: inout Step, due: MoveOrder.Facts.Due) throws {
        let before = step.before.dueAt
        switch due {
        case .at(let moment):
            // A day gone by is promised to nobody.
            guard moment > now else { throw TicketRefusal.pastDue }
            guard DeskHorizon.holds(moment, at: now) else { throw TicketRefusal.farDue }
            step.after.dueKind = .agreed
            step.after.dueAt = moment
            step.after.atRiskAt = Moment(
                milliseconds: now.milliseconds + (moment.milliseconds - now.milliseconds) / 5 * 4
            )
        case .open: step.after.dueKind = .open
        case .policy: step.after.dueKind = .policy
        }
        try reckon(&step.after)
        guard step.after.dueAt != before || step.after.dueKind != step.before.dueKind else { return }
        step.facts.due = .init(
            before.map { String($0.milliseconds) },
            step.after.dueAt.map { String($0.milliseconds) }
        )
        // The day concerns the customer; the rest of the change does not, and has its own entry.
        let rest = step.facts
        if rest.priority != nil || rest.type != nil || rest.topic != nil || rest.watches != nil
            || rest.watchesNoMore != nil
        {
            var others = rest
            others.due = nil
            try Entry.add(
                to: step.before.id,
                kind: .changed,
                by: step.actor.author,
                id: step.actor.entryID,
                name: step.actor.name,
                facts: others,
                at: now,
                in: session
            )
        }
        var alone = EntryFacts()
        alone.due = rest.due
        step.facts = alone
        step.kind = .dueSet
        step.notice = .ticketDueChanged
    }

    private func watchers(_ step: inout Step, _ asked: MoveOrder.Facts) throws {
        var facts = asked
        guard facts.watch.count + facts.unwatch.count <= MoveLimits.mostWatchers else {
            throw TicketRefusal.tooMany(limit: MoveLimits.mostWatchers)
        }
        let watching = Set(try TicketWatching.list(of: step.before.id, in: session))
        if let whole = facts.watchers {
            guard whole.count <= MoveLimits.mostWatchers else {
                throw TicketRefusal.tooMany(limit: MoveLimits.mostWatchers)
            }
            facts.watch = Array(Set(whole).subtracting(watching)).sorted()
            facts.unwatch = Array(watching.subtracting(whole)).sorted()
        }
        var added: [String] = []
        var removed: [String] = []
        for id in facts.watch where !watching.contains(id) {
            let (isWhole, place) = (asked.watchers != nil, (asked.watchers ?? asked.watch).firstIndex(of: id) ?? 0)
            guard let person = try colleague(id) else {
                throw TicketRefusal.noSuchWatcher(isWhole: isWhole, place: place)
            }
            guard person.mayRead(step.after) else {
                throw TicketRefusal.blindWatcher(isWhole: isWhole, place: place)
            }
            added.append(person.name)
            try watch(step.before.id, id)
        }
        for id in facts.unwatch where watching.contains(id) {
            removed.append((try? person(id).name) ?? String(id))
            try TicketWatching.remove(id, from: step.before.id, in: session)
        }
        guard watching.count + added.count - removed.count <= MoveLimits.mostWatchers else {
            throw TicketRefusal.tooMany(limit: MoveLimits.mostWatchers)
        }
        if !added.isEmpty { step.facts.watches = added }
        if !removed.isEmpty { step.facts.watchesNoMore = removed }
    }
}
