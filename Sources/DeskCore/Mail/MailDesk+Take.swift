extension MailDesk {
    /// Does what a mail asks for, once however often it comes.
    ///
    /// Files' bytes are on disk before the transaction, as with an upload; what is decided before is decided again inside.
    ///
    /// - Throws: `StoreError`, or what `prepare` throws; nothing has happened then.
    public func take(_ mail: IncomingMail, size: Int, at arrival: MailArrival) async throws -> MailResult {
        let fate = try await database.read { session in
            try Self.isCopy(mail, of: arrival, in: session) ? nil : rules.decide(mail, facts(mail, in: session))
        }
        let cut = CutMail(mail, isRequest: fate?.isRequest == true)
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
            let outcome = try make(rules.decide(mail, facts(mail, in: session)), step, &row, &done)
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
    private struct Done: Sendable {
        var outcome: MailOutcome?
        var reason: String?
        var move: MoveResult?
        var opening: TicketOpening?
        var notice: NoticeFateChange?
    }

    /// What a mail is taken with.
    private struct Step {
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
                AND outcome IN ('answered', 'opened', 'voicemail', 'refused')
            """,
            [.text(sender.canonical), .moment(hour)]
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

    // MARK: - What it does

    private func make(_ fate: MailFate, _ step: Step, _ row: inout MailRow, _ done: inout Done) throws -> MailOutcome {
        switch fate {
        case .answer(let notice, let isTheirs):
            row.noticeID = notice.noticeID
            return try answer(notice, isTheirs: isTheirs, step, &row, &done)
        case .request(let contact): return try open(contact, step, &row, &done)
        case .voicemail(let message): return try record(message, step, &row)
        case .returned(let notice, let report): return try returned(notice, report, step, &row, &done)
        case .automatic(let mark):
            row.reason = mark.rawValue
            return .automatic
        case .refusedAddress(let outcome): return outcome
        case .refused(let refusal, let mayAnswer):
            return try refuse(refusal, mayAnswer: mayAnswer, ticket: nil, step, &row)
        case .held(let hold):
            row.reason = hold.rawValue
            return .held
        }
    }

    /// The customer's answer, by the very move that the portal and the quick link make.
    private func answer(
        _ notice: NoticeAddressee,
        isTheirs: Bool,
        _ step: Step,
        _ row: inout MailRow,
        _ done: inout Done
    ) throws -> MailOutcome {
        guard let id = notice.ticketID, let named = try TicketDirectory.find(id, in: step.session) else {
            return .unknownAddress
        }
        let ticket = try TicketFamily.survivor(of: named, in: step.session)
        row.ticketID = ticket.id
        let contact = try EmailAddress(notice.recipient).flatMap { try customers.contact(email: $0, in: step.session) }
        let isContact = contact?.customerID == ticket.customerID
        let name = isContact ? contact?.name : ticket.callerName
        let actor = TicketActor.customer(
            customerID: ticket.customerID,
            contactID: isTheirs && isContact ? contact?.id : nil,
            name: isTheirs ? name ?? "" : step.from ?? ""
        )
        let offers = TicketRules.offers(on: ticket.standing, to: .customer, terms: tickets.terms, at: step.now)
        guard offers.contains(where: { $0.move == .reply }) else {
            return try refuse(.over, mayAnswer: !step.mail.wantsNoAnswer, ticket: ticket, step, &row)
        }
        let (taken, left) = try step.files.fit(ticket.attendanceID, in: step.session)
        guard !step.cut.fresh.isEmpty || !taken.isEmpty else {
            return try refuse(.empty, mayAnswer: !step.mail.wantsNoAnswer, ticket: ticket, step, &row)
        }
        var order = MoveOrder(.reply, of: ticket.id, text: step.cut.fresh)
        for file in taken {
            let attachment = try AttachmentStore.add(
                file,
                to: ticket.attendanceID,
                ticketID: ticket.id,
                by: nil,
                at: step.now,
                in: step.session
            )
            order.fileIDs.append(attachment.id)
        }
        order.key = "mail:\(step.mail.identity)"
        order.sealed = try step.keepSecrets(of: ticket.id, ticket.attendanceID)
        order.mail = EntryFacts.Mailed(
            from: step.from,
            isUnverified: isTheirs ? nil : true,
            leftOut: left.isEmpty ? nil : left,
            quoted: step.cut.quoted
        )
        done.move = try step.work(step.session).make(order, by: actor)
        if isTheirs { try Self.works(step.mail.sender, in: step.session) }
        return .answered
    }

    private func open(_ contact: Contact, _ step: Step, _ row: inout MailRow, _ done: inout Done) throws -> MailOutcome
    {
        guard !step.cut.text.isEmpty || !step.files.kept.isEmpty else {
            return try refuse(.empty, mayAnswer: true, ticket: nil, step, &row)
        }
        guard let request = step.request, request.contactID == contact.id else {
            return try refuse(.notPossible, mayAnswer: true, ticket: nil, step, &row)
        }
        let opening = try step.opener(request, nil, .mail, step.session)
        let (taken, left) = try step.files.fit(opening.attendance.id, in: step.session)
        for file in taken {
            _ = try AttachmentStore.add(
                file,
                to: opening.attendance.id,
                ticketID: opening.ticket.id,
                by: nil,
                at: step.now,
                in: step.session
            )
        }
        var facts = EntryFacts(mail: EntryFacts.Mailed(from: step.from, leftOut: left.isEmpty ? nil : left))
        let sealed = try step.keepSecrets(of: opening.ticket.id, opening.attendance.id)
        if !sealed.isEmpty { facts.sealed = sealed }
        try Entry.add(
            to: opening.ticket.id,
            kind: .note,
            by: .system,
            id: nil,
            name: "",
            facts: facts,
            at: step.now,
            in: step.session
        )
        row.ticketID = opening.ticket.id
        row.attendanceID = opening.attendance.id
        done.opening = opening
        try Self.works(step.mail.sender, in: step.session)
        return .opened
    }

    /// A recording goes to the contact of the call in which it was left, or makes one.
    private func record(_ message: Voicemail, _ step: Step, _ row: inout MailRow) throws -> MailOutcome {
        let at = message.recordedAt.map { Moment(milliseconds: $0 * 1_000) } ?? step.now
        let raw = message.callerNumber ?? ""
        let number = PhoneNumber.callerE164(raw, region: customers.region)
        let found = try step.session.row(
            """
            SELECT attendance_id FROM call WHERE (number = $1 OR number_raw = $2) AND started_at > $3
                AND started_at < $4 AND attendance_id IS NOT NULL ORDER BY started_at DESC
            """,
            [
                .text(number ?? raw), .text(raw), .moment(at.adding(.seconds(-900))), .moment(at.adding(.seconds(300))),
            ]
        )?.integer(0)
        let attendanceID: Int64
        if let found, !raw.isEmpty {
            attendanceID = found
        } else {
            let begun = try AttendanceDesk.begin(
                channel: .phone,
                callID: nil,
                accountID: nil,
                at: step.now,
                numbers: attendances.numbers,
                in: step.session
            )
            attendanceID = begun.id
            try identify(begun.id, by: number, in: step.session)
        }
        let ticketID = try step.session.row(
            "SELECT id FROM ticket WHERE attendance_id = $1 ORDER BY id DESC",
            [.integer(attendanceID)]
        )?.integer(0)
        let (taken, left) = try step.files.fit(attendanceID, in: step.session)
        for file in taken {
            _ = try AttachmentStore.add(
                file,
                to: attendanceID,
                ticketID: ticketID,
                by: nil,
                at: step.now,
                in: step.session
            )
        }
        row.attendanceID = attendanceID
        row.ticketID = ticketID
        row.reason = left.isEmpty ? nil : "left_out"
        return .voicemail
    }

    /// Whose number it is, where it is one customer's alone; a number proves nothing more.
    private func identify(_ attendanceID: Int64, by e164: String?, in session: any SQLSession) throws(StoreError) {
        guard let number = e164.flatMap({ PhoneNumber.parse($0, region: customers.region) }) else { return }
        let phones = try customers.registered(number, in: session)
        guard let customerID = phones.first?.customerID, phones.allSatisfy({ $0.customerID == customerID }) else {
            return
        }
        let contacts = Set(phones.compactMap(\.contactID))
        try AttendanceDesk.identify(
            attendanceID,
            customerID: customerID,
            contactID: contacts.count == 1 ? contacts.first : nil,
            level: .none,
            in: session
        )
    }

    private func returned(
        _ notice: NoticeAddressee?,
        _ report: DeliveryReport,
        _ step: Step,
        _ row: inout MailRow,
        _ done: inout Done
    ) throws -> MailOutcome {
        row.reason = report.status
        row.noticeID = notice?.noticeID
        row.ticketID = notice?.ticketID
        guard report.isFailure else { return .delayed }
        guard let notice else { return .returned }
        let code = report.status.map { " (\($0))" } ?? ""
        done.notice = try NoticeOutbox.report(
            notice.noticeID,
            on: .mail,
            delivered: false,
            detail: "the recipient's mail server sent it back\(code); correct the address, then send it again",
            at: step.now,
            in: step.session
        )
        try step.session.execute(
            """
            INSERT INTO mail_trouble (address, since, status, notice_id, returned) VALUES ($1, $2, $3, $4, 1)
            ON CONFLICT (address) DO UPDATE SET status = excluded.status, notice_id = excluded.notice_id,
                returned = mail_trouble.returned + 1
            """,
            [
                .text(notice.recipient.lowercased()), .moment(step.now), .text(report.status),
                .integer(notice.noticeID),
            ]
        )
        return .returned
    }

    /// Tells the sender, once a day for each ticket or address, that nothing was recorded and why.
    private func refuse(
        _ refusal: MailRefusal,
        mayAnswer: Bool,
        ticket: Ticket?,
        _ step: Step,
        _ row: inout MailRow
    ) throws -> MailOutcome {
        row.reason = refusal.rawValue
        guard mayAnswer, let sender = step.mail.sender, !seal.isOwn(sender) else { return .refused }
        let hour = try step.session.row(
            "SELECT COUNT(*) FROM mail_in WHERE answered = 1 AND received_at > $1",
            [.moment(step.now.adding(.seconds(-3_600)))]
        )?.integer(0)
        guard (hour ?? 0) < Int64(MailRules.mostRefusalsAnHour) else { return .refused }
        var facts = NoticeFacts(ticketNumber: ticket?.number, link: portal)
        facts.say(.reason, refusal.text)
        let contact = try customers.contact(email: sender, in: step.session)
        let recipient = NoticeRecipient(.mail, sender.canonical, name: contact?.name, language: contact?.language)
        let subject = NoticeSubject(
            ticketID: ticket?.id,
            customerID: contact?.customerID,
            occurrence: "mail-\(step.now.milliseconds / 86_400_000)"
        )
        for draft in composer.compose(.mailRefused, facts: facts, about: subject, to: [recipient]) {
            let isFirst =
                try step.session.row("SELECT 1 FROM notice WHERE dedupe_key = $1", [.text(draft.dedupeKey)]) == nil
            guard isFirst else { continue }
            row.noticeID = try NoticeOutbox.enqueue(draft, at: step.now, in: step.session)
            row.wasAnswered = true
        }
        return .refused
    }

    /// Who writes from an address has it.
    private static func works(_ address: EmailAddress?, in session: any SQLSession) throws(StoreError) {
        guard let address else { return }
        try session.execute("DELETE FROM mail_trouble WHERE address = $1", [.text(address.canonical)])
    }
}

extension MailFate {
    var isRequest: Bool { if case .request = self { true } else { false } }
}
