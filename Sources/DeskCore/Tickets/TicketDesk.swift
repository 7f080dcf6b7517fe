/// Opens tickets and adds to them; every change is one durable transaction together with its notices.
public struct TicketDesk: Sendable {
    public static let longestEntry = MoveLimits.longestText

    let database: any Database
    let numbers: NumberDesk
    let clock: DeskClock
    let announce: TicketAnnouncer
    let book: @Sendable () -> ServiceBook
    public let terms: TicketTerms
    let catalogue: (@Sendable () -> Catalogue)?
    let committed: @Sendable (TicketEvent, TicketOpening) -> Void

    /// A desk over one database.
    ///
    /// `committed`: hears of each change once it is durable; must be quick. `catalogue`: knows departments and topics;
    /// without one they are taken as they are named. `book` is asked
    /// anew each time: it may be changed while the desk works.
    public init(
        database: any Database,
        numbers: NumberDesk,
        book: @escaping @autoclosure @Sendable () -> ServiceBook,
        terms: TicketTerms = TicketTerms(),
        catalogue: (@Sendable () -> Catalogue)? = nil,
        clock: DeskClock,
        announce: @escaping TicketAnnouncer,
        committed: @escaping @Sendable (TicketEvent, TicketOpening) -> Void = { _, _ in }
    ) {
        self.database = database
        self.numbers = numbers
        self.book = book
        self.terms = terms
        self.catalogue = catalogue
        self.clock = clock
        self.announce = announce
        self.committed = committed
    }

    /// Opens a ticket; the same request key opens it once, however often and from wherever it is asked.
    ///
    /// - Throws: `StoreError`; `StoreError.refused(TicketRefusal)` when the contact does not exist or is in another's hands.
    ///
    /// `author`: the technician who opens it; nil when the customer does.
    /// `channel`: how the contact came, when the request names none and one is begun here.
    public func open(
        _ request: TicketRequest,
        by author: TicketAuthor?,
        on channel: AttendanceChannel = .api
    ) async throws(StoreError) -> TicketOpening {
        // A contact that is there already is looked at anyway; to others the key is no question but a rule of the table.
        let opener = request.attendanceID == nil ? openerOfNew : opener
        return try await opening(by: request.key) { session in try opener(request, author, channel, session) }
    }

    /// Registers a customer and opens their ticket: both or neither, and with one key both once.
    ///
    /// - Throws: `CustomerError`; a refused ticket is `CustomerError.store`.
    public func open(
        _ request: TicketRequest,
        for registration: CustomerRegistration,
        in customers: CustomerDirectory,
        registrar: AuditActor,
        by author: TicketAuthor?,
        on channel: AttendanceChannel = .api
    ) async throws(CustomerError) -> TicketOpening {
        // Before anybody is registered the key is asked, which the ticket carries for good.
        let opener = openerOfNew
        do throws(StoreError) {
            return try await opening(by: request.key) { session in
                if let opened = try Self.opened(by: request.key, in: session) { return opened }
                var request = request
                do throws(CustomerError) {
                    let made = try customers.register(registration, by: registrar, in: session)
                    (request.customerID, request.contactID) = (made.customer.id, made.contact?.id)
                } catch { throw error.passage }
                return try opener(request, author, channel, session)
            }
        } catch { throw CustomerError(error) }
    }

    /// What a transaction opens, or what was opened with its key meanwhile.
    private func opening(
        by key: String,
        _ open: @escaping @Sendable (any SQLSession) throws -> TicketOpening
    ) async throws(StoreError) -> TicketOpening {
        let opening: TicketOpening
        do {
            opening = try await database.write { session in try open(session) }
        } catch .refused(is OpenedBefore) {
            guard let earlier = try await opened(by: key) else { throw StoreError.conflict }
            return earlier
        }
        tell(opening)
        return opening
    }

    /// Undoes what was written for a ticket whose key has opened one.
    private struct OpenedBefore: Error {}

    typealias Opener =
        @Sendable (TicketRequest, TicketAuthor?, AttendanceChannel, any SQLSession) throws -> TicketOpening

    /// The same inside a caller's transaction, which says `tell` of what came of it once it is durable.
    var opener: Opener { opener(asking: true) }

    /// The same for what probably has not been opened: throws `OpenedBefore` for a key that has opened one.
    var openerOfNew: Opener { opener(asking: false) }

    func opener(asking: Bool) -> Opener {
        let (now, numbers, announce, book) = (clock.now, numbers, announce, book())
        return { request, author, channel, session in
            try Self.open(request, author, channel, now, numbers, announce, book, asking: asking, in: session)
        }
    }

    /// Says that a ticket was opened, once that is durable.
    func tell(_ opening: TicketOpening) {
        if opening.isNew { committed(.opened, opening) }
    }

    /// Opens it in a transaction.
    ///
    /// `asking`: looks first whether the key opened one. Without it a key that did throws `OpenedBefore`, and nothing of the
    /// pages that all nodes write is read before they are written (docs/storage.md).
    private static func open(
        _ request: TicketRequest,
        _ author: TicketAuthor?,
        _ channel: AttendanceChannel,
        _ now: Moment,
        _ numbers: NumberDesk,
        _ announce: TicketAnnouncer,
        _ book: ServiceBook,
        asking: Bool,
        in session: any SQLSession
    ) throws -> TicketOpening {
        if asking, let opened = try Self.opened(by: request.key, in: session) { return opened }
        var request = request
        // A record that was made part of another since it was read has no tickets of its own.
        request.customerID = try request.customerID.map { id throws(StoreError) in
            try CustomerDirectory.survivor(of: id, in: session)
        }
        var attendance = try Self.attendance(
            request,
            on: channel,
            by: author,
            at: now,
            numbers: numbers,
            in: session
        )
        let promise = book.promise(
            topic: request.topicID,
            own: request.serviceLevel,
            contracts: try TicketWork.contracts(of: request.customerID, at: now, in: session),
            priority: request.priority
        )
        let new = NewTicket(request, in: attendance, by: author, book: book, promise: promise, at: now)
        guard let ticket = try new.insert(numbers, at: now, in: session) else {
            throw StoreError.refused(OpenedBefore())
        }
        try Escalation.plan(ticket, isNew: true, by: book, at: now, in: session)
        // A contact that began here has ended already, and has neither files nor secrets yet.
        if request.attendanceID != nil {
            attendance = try Self.finish(attendance, request, author, at: now, in: session)
            try AttachmentStore.bring(
                request.attachments,
                of: attendance,
                to: ticket.id,
                withOthers: author != nil,
                in: session
            )
            try SecretVault.bring(attendance.id, to: ticket.id, in: session)
        }
        let entry = try Entry.add(
            to: ticket.id,
            kind: .opened,
            by: author == nil ? .customer : .technician,
            id: author?.accountID,
            name: author?.name ?? request.callerName ?? "",
            at: now,
            in: session
        )
        try TicketBells.ring(
            .opened,
            for: ticket,
            entryID: entry.id,
            to: [.department],
            except: author?.accountID,
            at: now,
            in: session
        )
        try TicketSearch.index(opened: ticket, in: attendance, session: session)
        _ = try announce(TicketNews(event: .ticketOpened, ticket: ticket, attendance: attendance), session)
        return TicketOpening(ticket: ticket, attendance: attendance, isNew: true)
    }

    /// What a request's key opened before; nil when it did not.
    public func opened(by key: String) async throws(StoreError) -> TicketOpening? {
        try await database.read { session in try Self.opened(by: key, in: session) }
    }

    /// The entry that a client's own name for its wish made; nil when it made none yet.
    public func entry(madeBy key: String) async throws(StoreError) -> Entry? {
        try await database.read { session in try Entry.made(by: key, in: session) }
    }

    private static func opened(by key: String, in session: any SQLSession) throws -> TicketOpening? {
        guard
            let row = try session.row(
                "SELECT \(Ticket.columns), creation_digest FROM ticket WHERE creation_key = $1",
                [.text(key)]
            )
        else { return nil }
        let ticket = try Ticket(row: row)
        guard let attendance = try AttendanceDesk.find(ticket.attendanceID, in: session) else {
            throw StoreError.corrupt(what: "ticket.attendance_id")
        }
        let digest = row.text(Ticket.columnCount)
        return TicketOpening(ticket: ticket, attendance: attendance, isNew: false, digest: digest)
    }

    private static func attendance(
        _ request: TicketRequest,
        on channel: AttendanceChannel,
        by author: TicketAuthor?,
        at now: Moment,
        numbers: NumberDesk,
        in session: any SQLSession
    ) throws -> Attendance {
        guard let id = request.attendanceID else {
            return try AttendanceDesk.begin(
                channel: channel,
                callID: nil,
                accountID: author?.accountID,
                endingWith: AttendanceDesk.TicketEnd(
                    customerID: request.customerID,
                    contactID: request.contactID,
                    topic: request.topicID,
                    identity: request.identity
                ),
                at: now,
                numbers: numbers,
                in: session
            )
        }
        guard let attendance = try AttendanceDesk.find(id, in: session) else { throw TicketRefusal.noSuchAttendance }
        if let author { try attendance.checkHands(of: author.accountID, in: session) }
        return attendance
    }

    /// Of another customer the caller is as sure as the request says: what the first one proved is that one's.
    private static func finish(
        _ attendance: Attendance,
        _ request: TicketRequest,
        _ author: TicketAuthor?,
        at now: Moment,
        in session: any SQLSession
    ) throws -> Attendance {
        try session.execute("DELETE FROM draft WHERE attendance_id = $1", [.integer(attendance.id)])
        let row = try session.row(
            """
            UPDATE attendance SET state = 'ended', outcome = 'ticket', customer_id = COALESCE($1, customer_id),
                contact_id = COALESCE($2, contact_id), account_id = COALESCE(account_id, $3), topic = $4, ended_at = $5,
                identity_level = CASE
                    WHEN customer_id IS NOT NULL AND customer_id <> COALESCE($1, customer_id) THEN $6
                    WHEN identity_level < $6 THEN $6 ELSE identity_level END
            WHERE id = $7 RETURNING \(Attendance.columns)
            """,
            [
                .integer(request.customerID), .integer(request.contactID), .integer(author?.accountID),
                .text(request.topicID), .moment(now), .integer(request.identity.rawValue), .integer(attendance.id),
            ]
        )
        guard let row else { throw TicketRefusal.noSuchAttendance }
        try WebhookOutbox.attendance(attendance.id, at: now, in: session)
        return try Attendance(row: row)
    }

    var worker: @Sendable (any SQLSession) -> TicketWork {
        let (now, terms, book, numbers, announce) = (clock.now, terms, book(), numbers, announce)
        let catalogue = catalogue?()
        return { session in
            TicketWork(
                session: session,
                now: now,
                terms: terms,
                book: book,
                catalogue: catalogue,
                numbers: numbers,
                announce: announce
            )
        }
    }

    func renew(_ link: QuickLink, at address: String) async throws(StoreError) {
        let (now, announce) = (clock.now, announce)
        try await database.write { session in
            let recent = try session.row(
                """
                SELECT 1 FROM quick_link WHERE ticket_id = $1 AND recipient = $2 AND created_at > $3 AND created_at <= $4
                LIMIT 1
                """,
                [
                    .integer(link.ticketID), .text(address),
                    .moment(now.adding(.zero - .seconds(Self.renewalRest))), .moment(now.latest),
                ]
            )
            guard recent == nil, let named = try TicketDirectory.find(link.ticketID, in: session) else { return }
            let ticket = try TicketFamily.survivor(of: named, in: session)
            guard let attendance = try AttendanceDesk.find(ticket.attendanceID, in: session) else {
                throw StoreError.corrupt(what: "ticket.attendance_id")
            }
            _ = try announce(
                TicketNews(event: .linkRenewed, ticket: ticket, attendance: attendance, onlyTo: address),
                session
            )
        }
    }

    /// Has screens and streams hear of a ticket that was changed by no move.
    func tellChange(of ticket: Ticket) async {
        // Whoever looks at it sees it anew at the next look where this cannot be read now.
        let attendance = try? await database.read { session in
            try AttendanceDesk.find(ticket.attendanceID, in: session)
        }
        guard let attendance else { return }
        committed(.changed, TicketOpening(ticket: ticket, attendance: attendance, isNew: true))
    }

    func tell(_ result: MoveResult) {
        guard result.isNew else { return }
        let event: TicketEvent =
            switch result.entry.kind {
            case .linked: .linked
            case .reply where result.entry.authorKind == .technician: .answered
            default: .changed
            }
        // Taken and assigned are not told of, but the state that they lead to is shown.
        let isPublic = result.entry.kind.isPublic || [.taken, .assigned].contains(result.entry.kind)
        committed(
            event,
            TicketOpening(ticket: result.ticket, attendance: result.attendance, isNew: true, isPublic: isPublic)
        )
        if let other = result.other {
            committed(.changed, TicketOpening(ticket: other, attendance: result.attendance, isNew: true))
        }
    }
}
