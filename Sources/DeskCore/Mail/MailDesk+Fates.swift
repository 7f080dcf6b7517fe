/// What comes of a mail: an answer, a ticket, a contact with its recording, a note of what came back, or nothing.
extension MailDesk {
    func make(_ fate: MailFate, _ step: Step, _ row: inout MailRow, _ done: inout Done) throws -> MailOutcome {
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
        let isContact = contact.map { $0.customerID == ticket.customerID } ?? false
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
        try Entry.addOwn(to: opening.ticket.id, kind: .note, facts: facts, at: step.now, in: step.session)
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
                AND started_at < $4 AND attendance_id IS NOT NULL AND merged_into IS NULL ORDER BY started_at DESC
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
            try identify(begun.id, by: number, at: step.now, in: step.session)
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
    private func identify(
        _ attendanceID: Int64,
        by e164: String?,
        at now: Moment,
        in session: any SQLSession
    ) throws(StoreError) {
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
            at: now,
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
        done.notice = try NoticeOutbox.report(
            notice.noticeID,
            on: .mail,
            delivered: false,
            fault: .report(.sentBack, code: report.status),
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
            "SELECT COUNT(*) FROM mail_in WHERE answered = 1 AND received_at > $1 AND received_at <= $2",
            [.moment(step.now.adding(.seconds(-3_600))), .moment(step.now.latest)]
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
