/// Moves of tickets: one, many at once, and taking back what many were given.
extension TicketDesk {
    /// Makes one move: decided by the table, durable with its entry, notices and bells when this returns.
    ///
    /// - Throws: `StoreError.refused(TicketRefusal)`.
    public func make(_ order: MoveOrder, by actor: TicketActor) async throws(StoreError) -> MoveResult {
        if order.move == .merge {
            // Two tickets become one: the mistake that costs most, and is seen at once.
            let results = try await undoable([order], by: actor)
            results.forEach(tell)
            if let result = results.first { return result }
        }
        let work = worker
        let result = try await database.write { session in try work(session).make(order, by: actor) }
        tell(result)
        return result
    }

    /// Makes all the moves or none, in one transaction.
    ///
    /// - Throws: `StoreError.refused(MovesRefusal)` with the first of several that cannot be made;
    ///   `StoreError.refused(TicketRefusal)` of a single one, and of what is never made for many.
    public func make(_ orders: [MoveOrder], by actor: TicketActor) async throws(StoreError) -> [MoveResult] {
        // A transaction that holds up the desk for longer than a moment helps nobody.
        guard orders.count <= Self.mostAtOnce else { throw .refused(TicketRefusal.tooMany(limit: Self.mostAtOnce)) }
        // A split makes a ticket and a link ends a contact: neither is undone by putting one ticket back.
        if let order = orders.first(where: { !$0.move.isTakenBack }) {
            throw .refused(TicketRefusal.notUndone(order.move))
        }
        let results = try await undoable(orders, by: actor)
        results.forEach(tell)
        return results
    }

    public static let mostAtOnce = 500

    /// Makes moves in one transaction whose notices wait, and keeps what taking them back needs.
    func undoable(_ orders: [MoveOrder], by actor: TicketActor) async throws(StoreError) -> [MoveResult] {
        let (work, now) = (worker, clock.now)
        return try await database.write { session in
            var worker = work(session)
            if let made = try worker.made(before: orders, by: actor.accountID) { return made }
            let undo = try TicketBefore.begin(by: actor, at: now, in: session)
            worker.hold = TicketUndo.patience
            var before: [Int64: TicketBefore] = [:]
            for named in orders.flatMap({ [$0.ticketID, $0.otherID].compactMap(\.self) }) {
                guard let ticket = try TicketDirectory.find(named, in: session) else { continue }
                // What is done to a merged one may land in the one that counts.
                for id in Set([named, try TicketFamily.survivor(of: ticket, in: session).id]) where before[id] == nil {
                    before[id] = try TicketBefore(id, in: session)
                }
            }
            let results = try orders.enumerated().map { place, order in
                do {
                    var result = try worker.make(order, by: actor)
                    if result.isNew { result.undo = undo }
                    return result
                } catch let reason as TicketRefusal where orders.count > 1 {
                    throw try MovesRefusal(reason, of: order, at: place, in: session)
                }
            }
            for (_, ticket) in before.sorted(by: { $0.key < $1.key }) {
                try ticket.keep(in: undo.id, at: now, session: session)
            }
            return results
        }
    }

    /// Takes a batch of moves back while its notices wait: all of them or none.
    ///
    /// - Throws: `StoreError.refused(TicketRefusal)`: not theirs, too late, or a ticket was changed since.
    public func takeBack(_ batch: Int64, by actor: TicketActor) async throws(StoreError) -> [Ticket] {
        let (book, now) = (book(), clock.now)
        let made = try await database.write { session in
            try TicketBefore.takeBack(batch, by: actor, book: book, at: now, in: session).map { ticket in
                guard let attendance = try AttendanceDesk.find(ticket.attendanceID, in: session) else {
                    throw StoreError.corrupt(what: "ticket.attendance_id")
                }
                return TicketOpening(ticket: ticket, attendance: attendance, isNew: true)
            }
        }
        made.forEach { committed(.changed, $0) }
        return made.map(\.ticket)
    }

    /// Forgets how to take back what cannot be taken back any more.
    public func forgetUndo(limit: Int = 500) async throws(StoreError) -> Int {
        let old = clock.now.adding(.zero - TicketUndo.patience)
        return try await database.write { session in
            let ids = try session.rows(
                "SELECT id FROM ticket_batch WHERE made_at < $1 ORDER BY made_at LIMIT \(min(max(1, limit), 5_000))",
                [.moment(old)]
            ).compactMap { $0.integer(0).map(String.init) }
            guard !ids.isEmpty else { return 0 }
            let list = ids.joined(separator: ", ")
            try session.execute("DELETE FROM ticket_before WHERE batch_id IN (\(list))")
            try session.execute("DELETE FROM ticket_batch WHERE id IN (\(list))")
            return ids.count
        }
    }

    func makeNext(departments: [String]?, by account: Account) async throws(StoreError) -> MoveResult? {
        let (work, now) = (worker, clock.now)
        let result = try await database.write { session -> MoveResult? in
            guard
                let next = try WorkListDesk.next(
                    departments: departments,
                    accountID: account.id,
                    at: now,
                    in: session
                )
            else { return nil }
            return try work(session).make(MoveOrder(.take, of: next.id), by: .account(account))
        }
        if let result { tell(result) }
        return result
    }

    /// What may be done now with a ticket, by whoever asks.
    public func offers(on ticket: Ticket, to actor: TicketActor) -> [TicketOffer] {
        TicketRules.offers(on: ticket.standing, to: actor.role(for: ticket), terms: terms, at: clock.now)
    }

    /// Adds a contact to a ticket that is already open (“vincular a este”), with what the caller said.
    ///
    /// - Throws: `StoreError.refused(TicketRefusal)`.
    public func link(
        _ link: TicketLink,
        attendanceID: Int64,
        by author: TicketAuthor?
    ) async throws(StoreError) -> TicketOpening {
        var order = MoveOrder(.link, of: link.ticketID, text: String(link.description.prefix(Self.longestEntry)))
        order.attendanceID = attendanceID
        order.sealed = link.sealed ?? []
        order.contactFiles = link.attachments
        let actor = TicketActor.program(name: link.callerName ?? "", author: author)
        let work = worker
        let result = try await database.write { [order] session in
            // A contact names a ticket that may have been merged since; what it says belongs to the one that counts.
            try work(session).make(order, by: actor)
        }
        tell(result)
        return TicketOpening(ticket: result.ticket, attendance: result.attendance, isNew: result.isNew)
    }
}
