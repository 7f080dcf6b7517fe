import Foundation

/// The ways to an account: invited by the desk, registered by oneself, a password forgotten, a code sent.
///
/// What goes out is queued with the change itself, so that no answer waits for a mail, and none tells by its time whether
/// somebody exists.
public struct PersonEntry: Sendable {
    /// One mail of a kind to one address in so long.
    static let pause = Duration.seconds(600)

    let persons: PersonDesk
    let customers: CustomerDirectory
    let notices: NoticeDesk
    /// Where people reach the portal, without a slash at the end.
    let publicURL: String

    var clock: DeskClock { persons.clock }
    var random: RandomSource { persons.random }

    public init(persons: PersonDesk, customers: CustomerDirectory, notices: NoticeDesk, publicURL: String) {
        self.persons = persons
        self.customers = customers
        self.notices = notices
        var base = publicURL
        while base.hasSuffix("/") { base.removeLast() }
        self.publicURL = base
    }

    // MARK: - Invited by the desk (E5, B1)

    /// What became of an invitation.
    public struct Invitation: Sendable {
        public var person: Person
        /// The notices kept for it, those that could not go included.
        public var notices: [NoticeID]
    }

    /// Makes the account of a contact and sends its owner the link, by e-mail, else by SMS.
    ///
    /// Asked again it sends the link again, to where the contact's address is by then. An account in use whose contact has
    /// another address by now is sent the link by which its owner takes that one over.
    public func invite(
        contactID: Int64,
        reach: Reach? = nil,
        by actor: AuditActor
    ) async throws(PersonError) -> Invitation {
        let (now, changes) = (clock.now, persons.accounts.changes)
        let invitation = try await persons.write { session throws(PersonError) in
            let person = try PersonDesk.invite(contactID: contactID, reach: reach, by: actor, at: now, in: session)
            return try PersonError.storing { () throws(StoreError) in
                // Somebody signed in sees as far as they are to from now on.
                if reach != nil { try changes.publish(.person(person.id), in: session) }
                switch person.state {
                case .pending:
                    let sent = try send(.activate, to: person, at: now, in: session)
                    return Invitation(person: person, notices: sent)
                case .active:
                    let sent = try sendNewAddress(of: contactID, to: person, at: now, in: session)
                    return Invitation(person: person, notices: sent)
                case .blocked: return Invitation(person: person, notices: [])
                }
            }
        }
        if reach != nil { changes.note(.person(invitation.person.id)) }
        return invitation
    }

    /// How a link stands; reading changes nothing.
    public func state(of token: String, for purpose: LinkPurpose) async throws(StoreError) -> LinkState {
        let now = clock.now
        return try await persons.database.read { session in try PersonLinks.find(token, purpose, at: now, in: session) }
    }

    /// The person a link is for.
    public func person(of link: SentLink) async throws(StoreError) -> Person? {
        guard let id = link.personID else { return nil }
        return try await persons.find(id)
    }

    /// Sends another link in place of one whose time is over, to where the old one went.
    public func renew(_ token: String, for purpose: LinkPurpose) async throws(PersonError) {
        let now = clock.now
        try await persons.write { session throws(PersonError) in
            try PersonError.storing { () throws(StoreError) in
                guard case .expired(let link) = try PersonLinks.find(token, purpose, at: now, in: session),
                    let id = link.personID,
                    let person = try PersonDesk.one("person.id = $1", [.integer(id)], in: session),
                    person.state == .pending || purpose != .activate
                else { return }
                guard purpose == .email else {
                    _ = try send(purpose, to: person, at: now, in: session)
                    return
                }
                guard let email = EmailAddress(link.sentTo), email.canonical != person.email else { return }
                _ = try sendConfirmation(of: email, to: person, at: now, in: session)
            }
        }
    }

    /// Gives an account its login and password by the link its owner was sent; it is active then.
    ///
    /// - Throws: `PersonError` with the field that is wrong; `notFound` when the link does not work any more.
    public func activate(
        _ token: String,
        name: String,
        login: String,
        password: String,
        repeated: String
    ) async throws(PersonError) -> Person {
        let link = try await open(token, .activate)
        guard let id = link.personID else { throw .notFound }
        guard let line = CleanText.line(name, longest: TextLimits.name) else { throw .invalid(.name, .tooLong) }
        guard !line.isEmpty else { throw .invalid(.name, .missing) }
        let found: Person?
        do { found = try await persons.find(id) } catch { throw PersonError(error) }
        guard let person = found, person.state == .pending else { throw .notFound }
        let typed = login.isEmpty ? person.email ?? "" : login
        guard let name = PersonChecks.login(typed, email: person.email) else {
            throw .invalid(.login, typed.isEmpty ? .missing : .invalid)
        }
        let hash = try await persons.hash(password, login: name, repeated: repeated)
        let now = clock.now
        return try await persons.change(of: id) { session throws(PersonError) in
            try PersonError.storing { () throws(StoreError) -> Person? in
                guard try PersonLinks.use(link, at: now, in: session) else { return nil }
                let row = try session.row(
                    """
                    UPDATE person SET name = $1, login = $2, password = $3, state = 'active', activated_at = $4,
                        updated_at = $4
                    WHERE id = $5 AND state = 'pending' RETURNING \(Person.columns)
                    """,
                    [.text(line), .text(name), .text(hash), .moment(now), .integer(id)]
                )
                guard let row else { return nil }
                try AuditTrail.record(
                    "person.activate",
                    subject: PersonDesk.subject(id),
                    by: .person(id),
                    at: now,
                    in: session
                )
                return try Person(row: row)
            }.orThrow(.notFound)
        }
    }

    // MARK: - A forgotten password

    /// Sends who forgot their password a link to choose another; what happens is told to nobody.
    ///
    /// A name that does not exist costs the same write.
    public func forgot(_ name: String) async throws(PersonError) {
        let (now, typed) = (clock.now, PersonChecks.signInName(name) ?? "")
        try await persons.write { session throws(PersonError) in
            try PersonError.storing { () throws(StoreError) in
                let person = try PersonDesk.find(name: typed, in: session)
                if let person, person.state == .active, person.domain == nil {
                    _ = try send(.password, to: person, at: now, in: session)
                } else if let person, person.state == .pending {
                    // Who never got in asks for a password: the link they need is the first one.
                    _ = try send(.activate, to: person, at: now, in: session)
                } else {
                    _ = try PersonLinks.create(.password, of: nil, to: "", random: random, at: now, in: session)
                }
            }
        }
    }

    /// Chooses a new password by a link; every session of the person ends, and every browser is a stranger.
    public func choosePassword(
        _ token: String,
        password: String,
        repeated: String
    ) async throws(PersonError) -> Person {
        let link = try await open(token, .password)
        guard let id = link.personID else { throw .notFound }
        let found: Person?
        do { found = try await persons.find(id) } catch { throw PersonError(error) }
        guard let person = found, person.state == .active else { throw .notFound }
        let hash = try await persons.hash(password, login: person.login ?? "", repeated: repeated)
        let now = clock.now
        return try await persons.change(of: id) { session throws(PersonError) in
            try PersonError.storing { () throws(StoreError) -> Person? in
                guard try PersonLinks.use(link, at: now, in: session) else { return nil }
                try PersonDesk.replace(hash, of: id, keeping: nil, by: .person(id), at: now, in: session)
                return person
            }.orThrow(.notFound)
        }
    }

    // MARK: - What all share

    /// A link that works.
    ///
    /// - Throws: `PersonError.notFound`.
    func open(_ token: String, _ purpose: LinkPurpose) async throws(PersonError) -> SentLink {
        let state: LinkState
        do { state = try await self.state(of: token, for: purpose) } catch { throw PersonError(error) }
        guard case .open(let link) = state else { throw .notFound }
        return link
    }

    /// Keeps a link and the notice with it: to the person's e-mail, else to their own telephones.
    ///
    /// At most one in ten minutes to one address; more are left out silently, as the last one works.
    func send(
        _ purpose: LinkPurpose,
        to person: Person,
        at now: Moment,
        in session: any SQLSession
    ) throws(StoreError) -> [NoticeID] {
        var audience = NoticeAudience(isIdentified: true)
        let contacts = try PersonDesk.contacts(of: person.id, in: session)
        let place: String
        if let email = person.email {
            place = email
            audience.mailboxes = [.init(address: email, name: person.name, language: person.language)]
        } else {
            place = "person:\(person.id)"
            for contact in contacts {
                let all = try customers.noticeRecipients(
                    customerID: contact.customerID,
                    contactID: contact.contactID,
                    // Who has the link has the account: it goes to nobody beside its owner.
                    inConfidence: true,
                    in: session
                )
                if all.smsInContract {
                    audience.smsInContract = true
                    audience.phones += all.phones
                }
            }
        }
        if try PersonLinks.isRecent(purpose, to: place, at: now, in: session) { return [] }
        let token = try PersonLinks.create(
            purpose,
            of: person.id,
            to: place,
            random: random,
            at: now,
            in: session
        )
        let (event, path): (NoticeEvent, String) =
            purpose == .activate ? (.accountActivation, "ativar") : (.passwordReset, "senha")
        var facts = NoticeFacts(customerName: person.name, link: "\(publicURL)/\(path)/\(token)")
        facts.say(.validity) { purpose.validity($0) }
        return try notices.announce(
            event,
            facts: facts,
            to: audience,
            about: NoticeSubject(
                customerID: contacts.first?.customerID,
                occurrence: "\(purpose.rawValue)-\(person.id)-\(now.milliseconds)"
            ),
            at: now,
            in: session
        )
    }

    /// Removes what ended more than a month ago.
    public func forgetEnded() async throws(StoreError) {
        let old = clock.now.adding(.seconds(-30 * 86_400))
        let now = clock.now
        try await persons.database.write { session in
            try PersonCodes.bound.apply(at: now, in: session)
            try PersonLinks.forget(before: old, in: session)
        }
    }
}

extension LinkPurpose {
    /// For how long a link works, in words.
    func validity(_ language: Language) -> String {
        switch self {
        case .activate: LocalizedText("7 dias", en: "7 days")[language]
        case .password: LocalizedText("2 horas", en: "2 hours")[language]
        case .register, .email: LocalizedText("2 dias", en: "2 days")[language]
        }
    }
}
