extension CustomerDirectory {
    /// Everybody to be told about a customer's matter: mailboxes, phones, and whether the contract has SMS.
    ///
    /// With a contact that has an address, the mail goes there alone; else to every contact that still speaks for the
    /// customer. An SMS goes to every phone registered for the customer, whoever of them called: the number is the
    /// customer's proof. Only the phones of contacts who left are not used.
    public func noticeRecipients(
        customerID: Int64?,
        contactID: Int64? = nil
    ) async throws(StoreError) -> NoticeAudience {
        try await read { session throws(StoreError) in
            try noticeRecipients(customerID: customerID, contactID: contactID, in: session)
        }
    }

    /// The same in the caller's transaction.
    ///
    /// `secondID`: one more contact who follows the matter, told by mail while they speak for the customer.
    /// `inConfidence`: whether only those two are told, by their own addresses and telephones; a matter without a contact is
    /// the whole customer's.
    public func noticeRecipients(
        customerID: Int64?,
        contactID: Int64?,
        secondID: Int64? = nil,
        inConfidence: Bool = false,
        in session: any SQLSession
    ) throws(StoreError) -> NoticeAudience {
        guard let customerID, let customer = try find(customerID, in: session) else { return .nobody }
        let isOwn = inConfidence && contactID != nil
        let contacts = try contacts(of: customerID, in: session).filter { contact in
            isOwn
                ? contact.id == contactID || contact.id == secondID && contact.isActive
                : contact.isActive || contact.id == contactID
        }
        let own = contacts.first { $0.id == contactID }
        var told = own?.email == nil ? contacts.filter { $0.email != nil } : [own].compactMap(\.self)
        told += contacts.filter { $0.id == secondID && $0.email != nil && !told.contains($0) }
        func isCompany(_ name: String) -> Bool { customer.kind == .company && name == customer.name }
        let phones = try phones(of: customerID, in: session)
        return NoticeAudience(
            isIdentified: true,
            mailboxes: told.compactMap { contact in
                contact.email.map {
                    .init(
                        address: $0,
                        name: contact.name,
                        isCompany: isCompany(contact.name),
                        language: contact.language,
                        contactID: contact.id
                    )
                }
            },
            phones: phones.filter { phone in
                // A number that only its owner gave is told of its owner's matters alone: nobody has shown that it is theirs.
                Self.reaches(phone, one: contacts.map(\.id), of: customer, isOwn: isOwn)
                    && (phone.isConfirmed || phone.contactID == contactID)
            }.map { phone in
                let owner = contacts.first { $0.id == phone.contactID }
                let name = owner?.name ?? customer.name
                return NoticeAudience.Phone(
                    e164: phone.e164,
                    takesSMS: phone.canReceiveSMS(region: region),
                    name: name,
                    isCompany: isCompany(name),
                    language: owner?.language,
                    contactID: phone.contactID
                )
            },
            smsInContract: try contracts(of: customerID, in: session).contains {
                $0.isInForce(at: clock.now) && $0.hasSMS
            }
        )
    }

    /// Whether a telephone rings at those who are told: a company's own number rings at everybody's.
    private static func reaches(_ phone: Phone, one contacts: [Int64], of customer: Customer, isOwn: Bool) -> Bool {
        guard let owner = phone.contactID else { return !isOwn || customer.kind == .person }
        return contacts.contains(owner)
    }

    /// The telephones by whose digits somebody shows that a ticket is theirs: for one asked in confidence those of the
    /// people it is for alone.
    func phones(provingFor ticket: Ticket, in session: any SQLSession) throws(StoreError) -> [String] {
        let caller = [ticket.callerPhone].compactMap(\.self)
        guard let id = ticket.customerID, let customer = try find(id, in: session) else { return caller }
        // What somebody gave of themselves shows nothing.
        let all = try phones(of: id, in: session).filter(\.isConfirmed)
        let people = [ticket.contactID, ticket.secondContactID].compactMap(\.self)
        let isOwn = ticket.isConfidential && ticket.contactID != nil
        guard isOwn else { return caller + all.map(\.lookup) }
        let theirs = all.filter { Self.reaches($0, one: people, of: customer, isOwn: isOwn) }
        // Who called from the company's number, or a colleague's, shares its digits with others.
        let own = caller.filter { number in
            let variants = PhoneNumber.parse(number, region: region)?.lookupVariants ?? [number]
            return !all.contains { variants.contains($0.lookup) }
        }
        return theirs.map(\.lookup) + own
    }

    /// Who is told what opens a ticket.
    func noticeRecipients(opening ticket: Ticket, in session: any SQLSession) throws(StoreError) -> NoticeAudience {
        try noticeRecipients(
            customerID: ticket.customerID,
            contactID: ticket.contactID,
            secondID: ticket.isConfidential ? ticket.secondContactID : nil,
            inConfidence: ticket.isConfidential,
            in: session
        )
    }

    /// Who is asked how it was: who asked for the matter, alone and once, by the first of these that reaches them.
    ///
    /// By mail to their own address, unless it sends our mail back, then by SMS to one telephone of theirs. Of several people
    /// nobody can say who asked.
    func surveyRecipients(
        customerID: Int64?,
        contactID: Int64?,
        in session: any SQLSession
    ) throws(StoreError) -> [NoticeAudience] {
        let all = try noticeRecipients(customerID: customerID, contactID: contactID, in: session)
        guard let customerID, all.isIdentified else { return [all] }
        let own = try contacts(of: customerID, in: session).first { $0.id == contactID }
        var boxes = all.mailboxes
        // Without an address of the requester's own, those of the others stand there.
        if contactID != nil { boxes.removeAll { $0.address != own?.email } }
        var ways: [NoticeAudience] = []
        if let box = boxes.first, boxes.count == 1, try !MailLog.isInTrouble(box.address, in: session) {
            var mail = all
            mail.mailboxes = [box]
            mail.onlyBy = .mail
            ways.append(mail)
        }
        let isPerson = try find(customerID, in: session)?.kind == .person
        let numbers = try phones(of: customerID, in: session).filter { phone in
            phone.contactID.map { $0 == contactID } ?? isPerson
        }.compactMap(\.e164)
        var sms = all
        sms.mailboxes = []
        sms.phones = Array(
            all.phones.filter { phone in phone.takesSMS && (phone.e164.map(numbers.contains) ?? false) }.prefix(1)
        )
        sms.onlyBy = .sms
        return ways + [sms]
    }
}
