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

    ///
    /// `secondID`: one more contact who follows the matter, told by mail while they speak for the customer.
    public func noticeRecipients(
        customerID: Int64?,
        contactID: Int64?,
        secondID: Int64? = nil,
        in session: any SQLSession
    ) throws(StoreError) -> NoticeAudience {
        guard let customerID, let customer = try find(customerID, in: session) else { return .nobody }
        let contacts = try contacts(of: customerID, in: session).filter { $0.isActive || $0.id == contactID }
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
                        language: contact.language
                    )
                }
            },
            phones: phones.filter { phone in
                phone.contactID == nil || contacts.contains { $0.id == phone.contactID }
            }.map { phone in
                let owner = contacts.first { $0.id == phone.contactID }
                let name = owner?.name ?? customer.name
                return NoticeAudience.Phone(
                    e164: phone.e164,
                    takesSMS: phone.canReceiveSMS(region: region),
                    name: name,
                    isCompany: isCompany(name),
                    language: owner?.language
                )
            },
            smsInContract: try contracts(of: customerID, in: session).contains {
                $0.isInForce(at: clock.now) && $0.hasSMS
            }
        )
    }

    /// Who is asked how it was: who asked for the matter, alone and once.
    ///
    /// By mail; without an address, or with one that sends our mail back, by SMS to a telephone of theirs. Of several people
    /// nobody can say who asked.
    func surveyRecipients(
        customerID: Int64?,
        contactID: Int64?,
        in session: any SQLSession
    ) throws(StoreError) -> NoticeAudience {
        var audience = try noticeRecipients(customerID: customerID, contactID: contactID, in: session)
        guard let customerID, audience.isIdentified else { return audience }
        if let box = audience.mailboxes.first, audience.mailboxes.count == 1,
            try !MailLog.isInTrouble(box.address, in: session)
        {
            audience.onlyBy = .mail
            return audience
        }
        let isPerson = try find(customerID, in: session)?.kind == .person
        let own = try phones(of: customerID, in: session).filter { phone in
            phone.contactID.map { $0 == contactID } ?? isPerson
        }.compactMap(\.e164)
        audience.mailboxes = []
        audience.phones = Array(
            audience.phones.filter { phone in phone.takesSMS && (phone.e164.map(own.contains) ?? false) }.prefix(1)
        )
        audience.onlyBy = .sms
        return audience
    }
}
