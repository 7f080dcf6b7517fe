/// What a customer changes of their own: name, e-mail, telephones.
extension PersonEntry {
    /// Changes a person's name, and their contacts' with it (A1).
    public func rename(_ id: Int64, to name: String) async throws(PersonError) {
        guard let line = CleanText.line(name, longest: TextLimits.name) else { throw .invalid(.name, .tooLong) }
        guard !line.isEmpty else { throw .invalid(.name, .missing) }
        let now = clock.now
        try await persons.change(of: id) { session throws(PersonError) in
            try PersonError.storing { () throws(StoreError) in
                try session.execute(
                    "UPDATE person SET name = $1, updated_at = $2 WHERE id = $3",
                    [.text(line), .moment(now), .integer(id)]
                )
                try session.execute(
                    """
                    UPDATE contact SET name = $1, name_folded = $2, revision = revision + 1
                    WHERE id IN (SELECT contact_id FROM person_contact WHERE person_id = $3)
                    """,
                    [.text(line), .text(CustomerDirectory.searchable(line)), .integer(id)]
                )
                for contact in try PersonDesk.contacts(of: id, in: session) {
                    try customers.index(contact.customerID, in: session)
                }
                try AuditTrail.record(
                    "person.name",
                    subject: PersonDesk.subject(id),
                    by: .person(id),
                    at: now,
                    in: session
                )
            }
        }
    }

    /// Sends the link that proves a new e-mail; until it is opened the old one stays.
    ///
    /// What is told is the same when the address has an account already: only its owner reads that.
    public func changeEmail(of id: Int64, to text: String) async throws(PersonError) {
        guard let email = WrittenAddress(text)?.address else {
            throw .invalid(.email, text.isEmpty ? .missing : .invalid)
        }
        guard !email.isDepartmental else { throw .invalid(.email, .departmental) }
        let now = clock.now
        try await persons.write { session throws(PersonError) in
            let found = try PersonError.storing { () throws(StoreError) -> Person? in
                try PersonDesk.one("person.id = $1", [.integer(id)], in: session)
            }
            let person = try found.orThrow(.notFound)
            guard person.email != email.canonical else { return }
            try PersonError.storing { () throws(StoreError) -> Void in
                _ = try sendConfirmation(of: email, to: person, at: now, in: session)
            }
        }
    }

    /// The same where the desk has changed the contact's address: the account's own password and the new mailbox prove it.
    func sendNewAddress(
        of contactID: Int64,
        to person: Person,
        at now: Moment,
        in session: any SQLSession
    ) throws(StoreError) -> [NoticeID] {
        // A directory's people have their addresses from it.
        guard person.domain == nil, let text = try customers.contact(contactID, in: session)?.email,
            let email = EmailAddress(text), !email.isDepartmental, email.canonical != person.email
        else { return [] }
        // Of somebody who speaks for several customers another contact has the account's address.
        if let own = person.email.flatMap({ EmailAddress($0) }),
            let owner = try customers.contact(email: own, in: session),
            try PersonDesk.find(contactID: owner.id, in: session)?.id == person.id
        {
            return []
        }
        return try sendConfirmation(of: email, to: person, at: now, in: session)
    }

    func sendConfirmation(
        of email: EmailAddress,
        to person: Person,
        at now: Moment,
        in session: any SQLSession
    ) throws(StoreError) -> [NoticeID] {
        // Who was invited at this address and has not answered has no account to sign in with yet.
        if let owner = try PersonDesk.find(name: email.canonical, in: session), owner.state == .pending {
            return try send(.activate, to: owner, at: now, in: session)
        }
        if try PersonLinks.isRecent(.email, to: email.canonical, at: now, in: session) { return [] }
        let isOthers = try isTaken(email, by: person.id, in: session)
        let token = try PersonLinks.create(
            .email,
            of: person.id,
            to: email.canonical,
            random: random,
            at: now,
            in: session
        )
        let link = isOthers ? "\(publicURL)/entrar" : "\(publicURL)/email/\(token)"
        var facts = NoticeFacts(customerName: person.name, link: link)
        facts.say(.validity) { LinkPurpose.email.validity($0) }
        return try notices.announce(
            isOthers ? .accountExists : .addressConfirmation,
            facts: facts,
            to: NoticeAudience(
                isIdentified: true,
                mailboxes: [.init(address: email.canonical, name: person.name, language: person.language)]
            ),
            about: NoticeSubject(occurrence: "email-\(person.id)-\(now.milliseconds)"),
            at: now,
            in: session
        )
    }

    /// Takes a new e-mail over: the link proves the address, the password that it is its owner who says so.
    ///
    /// A contact the desk registered with that e-mail, and who has no account, is the person's then, as by a registration.
    public func confirmEmail(_ token: String, password: String, address: String) async throws(PersonError) -> Person {
        let link = try await open(token, .email)
        guard let id = link.personID, let email = EmailAddress(link.sentTo) else { throw .notFound }
        try await persons.prove(password, of: id, address: address)
        let now = clock.now
        return try await persons.change(of: id) { session throws(PersonError) in
            let isOthers = try PersonError.storing { () throws(StoreError) -> Bool in
                try self.isTaken(email, by: id, in: session)
            }
            if isOthers { throw .invalid(.email, .taken) }
            return try PersonError.storing { () throws(StoreError) -> Person? in
                guard try PersonLinks.use(link, at: now, in: session),
                    let before = try PersonDesk.one("person.id = $1", [.integer(id)], in: session)
                else { return nil }
                // Who signs in with their e-mail goes on doing so.
                let login = before.login == before.email ? email.canonical : before.login
                let row = try session.row(
                    "UPDATE person SET email = $1, login = $2, updated_at = $3 WHERE id = $4 RETURNING \(Person.columns)",
                    [.text(email.canonical), .text(login), .moment(now), .integer(id)]
                )
                try joinContact(email, to: id, at: now, in: session)
                try PersonDesk.move(id, from: before.email, to: email, among: customers, at: now, in: session)
                try AuditTrail.record(
                    "person.email",
                    subject: PersonDesk.subject(id),
                    by: .person(id),
                    at: now,
                    in: session
                )
                return try row.map { row throws(StoreError) in try Person(row: row) }
            }.orThrow(.notFound)
        }
    }

    /// Gives a person the contact of an address they have proved, where nobody has it, or nobody has answered.
    private func joinContact(
        _ email: EmailAddress,
        to id: Int64,
        at now: Moment,
        in session: any SQLSession
    ) throws(StoreError) {
        guard let contact = try customers.contact(email: email, in: session), contact.isActive else { return }
        if try !PersonDesk.handOver(contact.id, to: id, at: now, in: session) {
            guard try PersonDesk.find(contactID: contact.id, in: session) == nil,
                let kind = try customers.find(contact.customerID, in: session)?.kind
            else { return }
            try PersonDesk.link(id, contact.id, .standard(for: kind), at: now, in: session)
        }
        try AuditTrail.record(
            "person.join",
            subject: PersonDesk.subject(id),
            by: .person(id),
            detail: "contact:\(contact.id)",
            at: now,
            in: session
        )
    }

    private func isTaken(
        _ email: EmailAddress,
        by id: Int64,
        in session: any SQLSession
    ) throws(StoreError) -> Bool {
        if let owner = try PersonDesk.find(name: email.canonical, in: session), owner.id != id { return true }
        guard let contact = try customers.contact(email: email, in: session),
            let owner = try PersonDesk.find(contactID: contact.id, in: session)
        else { return false }
        return owner.id != id && !owner.isUnanswered
    }

    // MARK: - Telephones (A2)

    /// What adding a telephone leads to.
    public enum PhoneStep: Sendable, Equatable {
        /// A code went to it; the number is added when it is typed.
        case codeSent
        /// The contract has no SMS, or the number takes none: it is in the list, marked as not confirmed.
        ///
        /// Also where it is another customer's, whom it goes on naming alone: nobody is told whose a number is.
        case added
        /// The number, or the customer, had many codes in a short time.
        case tooMany
    }

    /// Begins to add a telephone to the customer of a contact.
    ///
    /// - Throws: `CustomerError` with what is wrong with the number.
    public func addPhone(
        _ raw: String,
        contact: PersonContact,
        of personID: Int64
    ) async throws(CustomerError) -> PhoneStep {
        let now = clock.now
        return try await customers.write { session throws(CustomerError) in
            var checks = CustomerChecks(region: customers.region)
            let number = checks.phone(raw)
            let there = try CustomerDirectory.storing { () throws(StoreError) in
                try customers.phones(of: contact.customerID, in: session)
            }
            let known = number.flatMap { number in there.first { number.lookupVariants.contains($0.lookup) } }
            if known?.isConfirmed == true { checks.fault(.phone, .alreadyThere) }
            if there.count >= CustomerLimits.phones, known == nil { checks.fault(.phone, .tooMany) }
            try checks.finish()
            guard let number else { throw .refused(.phone, .invalid) }
            let audience = try CustomerDirectory.storing { () throws(StoreError) in
                try customers.noticeRecipients(
                    customerID: contact.customerID,
                    contactID: contact.contactID,
                    in: session
                )
            }
            if audience.smsInContract, number.canReceiveSMS, let e164 = number.e164 {
                let only = NoticeAudience(
                    isIdentified: true,
                    phones: [.init(e164: e164, takesSMS: true)],
                    smsInContract: true
                )
                let sending = try CustomerDirectory.storing { () throws(StoreError) in
                    try sendCode(
                        Self.phoneSubject(personID, contact.customerID, number.lookup),
                        to: only,
                        customerID: contact.customerID,
                        counting: Self.tally(number.lookup, contact.customerID),
                        at: now,
                        in: session
                    )
                }
                return sending == .tooMany ? .tooMany : .codeSent
            }
            _ = try customers.addPhone(
                raw,
                to: contact.customerID,
                contactID: contact.contactID,
                isConfirmed: false,
                by: .person(personID),
                in: session
            )
            return .added
        }
    }

    /// Adds a telephone by the code that went to it.
    ///
    /// - Returns: `right` when it was added.
    public func confirmPhone(
        _ raw: String,
        code: String,
        contact: PersonContact,
        of personID: Int64
    ) async throws(CustomerError) -> CodeAnswer {
        let now = clock.now
        return try await customers.write { session throws(CustomerError) in
            var checks = CustomerChecks(region: customers.region)
            let number = checks.phone(raw)
            try checks.finish()
            guard let number else { throw .refused(.phone, .invalid) }
            let subject = Self.phoneSubject(personID, contact.customerID, number.lookup)
            let answer = try CustomerDirectory.storing { () throws(StoreError) in
                try PersonCodes.take(
                    code,
                    for: subject,
                    counting: Self.tally(number.lookup, contact.customerID),
                    at: now,
                    in: session
                )
            }
            guard answer == .right else { return answer }
            _ = try customers.addPhone(
                raw,
                to: contact.customerID,
                contactID: contact.contactID,
                by: .person(personID),
                in: session
            )
            return .right
        }
    }

    /// Takes away a telephone that is this contact's to take away.
    ///
    /// - Throws: `CustomerError`, the phone `notFound` for one that is not.
    public func removePhone(_ id: Int64, contact: Int64, of personID: Int64) async throws(CustomerError) {
        try await customers.write { session throws(CustomerError) in
            let customerID = try CustomerDirectory.storing { () throws(StoreError) -> Int64? in
                let contacts = try PersonDesk.contacts(of: personID, in: session)
                guard let own = contacts.first(where: { $0.contactID == contact }),
                    let kind = try customers.find(own.customerID, in: session)?.kind,
                    let phone = try customers.phones(of: own.customerID, in: session).first(where: { $0.id == id })
                else { return nil }
                return own.covers(phone, of: kind) ? own.customerID : nil
            }
            guard let customerID else { throw .refused(.phone, .notFound) }
            try customers.removePhone(id, of: customerID, by: .person(personID), in: session)
        }
    }

    /// A number is written to no more often however many say that it is theirs, and a customer's people to no more numbers.
    private static func tally(_ lookup: String, _ customerID: Int64) -> CodeTally {
        CodeTally("phone:\(lookup)", all: [customer(customerID)])
    }

    private static func phoneSubject(_ personID: Int64, _ customerID: Int64, _ lookup: String) -> String {
        "phone:\(personID):\(customerID):\(lookup)"
    }
}
