extension MailDesk {
    /// Does what a mail asks for, once however often it comes.
    ///
    /// Files' bytes are on disk before the transaction, as with an upload; what is decided before is decided again inside,
    /// and prepared again where that comes out otherwise: somebody registered the sender meanwhile.
    ///
    /// - Throws: `StoreError`, or what `prepare` throws; nothing has happened then.
    public func take(_ mail: IncomingMail, size: Int, at arrival: MailArrival) async throws -> MailResult {
        for _ in 0..<Self.mostChanges {
            do { return try await decideAndTake(mail, size: size, at: arrival) } catch StoreError.refused(let inner) {
                guard inner is Changed else { throw StoreError.refused(inner) }
            }
        }
        throw StoreError.conflict
    }

    /// What decides a mail's fate changes once in a while, not each time.
    private static let mostChanges = 5

    /// The fate came out otherwise than it was prepared for.
    private struct Changed: Error {}

    private func decideAndTake(_ mail: IncomingMail, size: Int, at arrival: MailArrival) async throws -> MailResult {
        let fate = try await database.read { session in
            try Self.isCopy(mail, of: arrival, in: session) ? nil : rules.decide(mail, facts(mail, in: session))
        }
        // What strangers and machines write is looked through for passwords in its subject only, which is shown.
        let need = fate?.need ?? .nothing
        let cut =
            switch need {
            case .answer: CutMail(mail, isRequest: false)
            case .request: CutMail(mail, isRequest: true)
            case .nothing, .files: CutMail(subjectOf: mail)
            }
        var secrets: [ClosedSecret] = []
        var files = KeptFiles()
        var request: TicketRequest?
        switch fate {
        case .answer:
            try files.keep(mail.files + cut.overflow, in: attachments)
            secrets = try await close(cut.passwords)
        case .voicemail: try files.keep(mail.files, in: attachments)
        case .request(let contact):
            try files.keep(mail.files + cut.overflow, in: attachments)
            let mailed = MailedRequest(key: "mail:\(mail.identity)", summary: cut.subject, text: cut.text)
            if !cut.text.isEmpty || !files.kept.isEmpty { request = try await prepare(contact, mailed) }
            secrets = try await close(cut.passwords)
        default: break
        }
        let (work, opener, now) = (tickets.worker, tickets.opener, clock.now)
        let done = try await database.write { [files, request, secrets] session -> Done in
            guard try Self.claim(arrival, in: session) else { return Done() }
            if try Self.isCopy(mail, of: arrival, in: session) {
                if case .again(let old) = arrival {
                    try session.execute("DELETE FROM mail_in WHERE id = $1", [.integer(old.id)])
                }
                return Done()
            }
            let step = Step(
                mail: mail,
                cut: cut,
                files: files,
                request: request,
                secrets: secrets,
                work: work,
                opener: opener,
                now: now,
                session: session
            )
            var row = MailRow(place: arrival.place, size: size, at: now)
            row.identity = mail.identity
            row.sender = mail.sender?.canonical
            row.senderName = mail.senderName
            row.subject = cut.subject
            var done = Done()
            let decided = try rules.decide(mail, facts(mail, in: session))
            guard decided.need == need else { throw Changed() }
            let outcome = try make(decided, step, &row, &done)
            (done.outcome, done.reason) = (outcome, row.reason)
            try row.keep(outcome, over: arrival, in: session)
            return done
        }
        if let move = done.move { tickets.tell(move) }
        if let opening = done.opening { tickets.tell(opening) }
        return MailResult(outcome: done.outcome, reason: done.reason, notice: done.notice)
    }

    /// Nobody can be asked first, as the portal asks: what looks like a password goes into the vault.
    private func close(_ passwords: [String]) async throws -> [ClosedSecret] {
        var closed: [ClosedSecret] = []
        for password in passwords { closed.append(try await vault.close(password, field: "mail")) }
        return closed
    }

    /// What there is to tell once it is durable.
    struct Done: Sendable {
        var outcome: MailOutcome?
        var reason: String?
        var move: MoveResult?
        var opening: TicketOpening?
        var notice: NoticeFateChange?
    }

    /// What a mail is taken with.
    struct Step {
        let mail: IncomingMail
        let cut: CutMail
        let files: KeptFiles
        let request: TicketRequest?
        let secrets: [ClosedSecret]
        let work: @Sendable (any SQLSession) -> TicketWork
        let opener: @Sendable (TicketRequest, TicketAuthor?, AttendanceChannel, any SQLSession) throws -> TicketOpening
        let now: Moment
        let session: any SQLSession

        var from: String? { mail.sender?.masked }

        /// Keeps the passwords with the ticket that they were written to.
        func keepSecrets(of ticketID: Int64, _ attendanceID: Int64) throws -> [String] {
            try secrets.map { try $0.keep(attendanceID: attendanceID, ticketID: ticketID, in: session) }
        }
    }

    private static func isCopy(_ mail: IncomingMail, of arrival: MailArrival, in session: any SQLSession)
        throws(StoreError) -> Bool
    {
        let row = try session.row("SELECT id FROM mail_in WHERE identity = $1", [.text(mail.identity)])
        guard let id = row?.integer(0) else { return false }
        if case .again(let waiting) = arrival { return id != waiting.id }
        return true
    }

    // MARK: - What the desk knows

    private func facts(_ mail: IncomingMail, in session: any SQLSession) throws -> MailFacts {
        var facts = MailFacts()
        for tag in mail.recipients.compactMap(seal.tag) {
            switch tag.purpose {
            case .reply where facts.reply == nil: facts.reply = try standing(tag, in: session)
            case .bounce where facts.bounce == nil: facts.bounce = try standing(tag, in: session)
            default: break
            }
        }
        guard let sender = mail.sender else { return facts }
        facts.contact = try customers.contact(email: sender, in: session)
        let hour = clock.now.adding(.seconds(-3_600))
        let count = try session.row(
            """
            SELECT COUNT(*) FROM mail_in WHERE sender = $1 AND received_at > $2
                AND received_at <= $3 AND outcome IN ('answered', 'opened', 'voicemail', 'refused')
            """,
            [.text(sender.canonical), .moment(hour), .moment(clock.now.latest)]
        )
        facts.lately = Int(count?.integer(0) ?? 0)
        return facts
    }

    private func standing(_ tag: MailTag, in session: any SQLSession) throws -> MailStanding {
        let row = try session.row(
            "SELECT ticket_id, recipient, created_at FROM notice WHERE id = $1 AND channel = 'mail'",
            [.integer(tag.noticeID)]
        )
        guard let row, let recipient = row.text(1), let made = row.moment(2) else {
            // Compared all the same, so that the time does not tell which notices there are.
            _ = seal.isOurs(tag, ticketID: nil, recipient: "")
            return .unknown
        }
        guard seal.isOurs(tag, ticketID: row.integer(0), recipient: recipient) else { return .forged }
        if made.adding(rules.replyLife) <= clock.now { return .expired }
        return .ours(NoticeAddressee(noticeID: tag.noticeID, ticketID: row.integer(0), recipient: recipient))
    }
}

extension MailFate {
    /// What has to be at hand of a mail before it is done.
    enum Need: Equatable {
        case nothing
        case files
        /// Text and files.
        case answer
        /// Text, files, and the request of this contact.
        case request(Int64)
    }

    var need: Need {
        switch self {
        case .answer: .answer
        case .voicemail: .files
        case .request(let contact): .request(contact.id)
        default: .nothing
        }
    }
}
