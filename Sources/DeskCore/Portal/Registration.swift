import Foundation

/// What somebody says of themselves to get an account (C1), unchecked.
public struct Registration: Sendable, Equatable {
    public var name = ""
    public var kind = Customer.Kind.person
    public var document = ""
    public var phone = ""
    public var cep = ""
    public var address = ""
    public var email = ""
    /// Empty: the e-mail.
    public var login = ""
    public var password = ""
    public var repeated = ""
    public var language = Language.ptBR

    public init() {}

    /// A field of the form, by the name it has there.
    public enum Field: String, Sendable, CaseIterable {
        case name, kind, document, phone, cep, address, email, login, password, repeated
    }

    /// Everything that is wrong, each by its field.
    public func faults(region: Region) -> [Field: LocalizedText] {
        var faults: [Field: LocalizedText] = [:]
        var checks = CustomerChecks(region: region)
        _ = checks.customer(
            CustomerDraft(kind: kind, name: name, document: document.isEmpty ? nil : document, address: address)
        )
        if document.isEmpty { checks.fault(.document, .missing) }
        if address.isEmpty { checks.fault(.address, .missing) }
        _ = checks.phone(phone)
        for fault in checks.faults {
            let field: Field? =
                switch fault.field {
                case .name: .name
                case .document: .document
                case .address: .address
                case .phone: .phone
                default: nil
                }
            if let field { faults[field] = fault.text }
        }
        if region.country == .brazil, CEP(cep) == nil {
            faults[.cep] = cep.isEmpty ? PersonError.invalid(.name, .missing).text : Self.badCEP
        }
        let address = WrittenAddress(email)?.address
        if email.isEmpty {
            faults[.email] = PersonError.invalid(.name, .missing).text
        } else if let address {
            if address.isDepartmental { faults[.email] = PersonError.invalid(.email, .departmental).text }
        } else {
            faults[.email] = PersonError.invalid(.email, .invalid).text
        }
        let login = login.isEmpty ? address?.canonical ?? "" : login
        let name = PersonChecks.login(login, email: address?.canonical)
        if name == nil, !login.isEmpty { faults[.login] = PersonError.invalid(.login, .invalid).text }
        if let fault = PasswordRule.fault(of: password, login: name ?? "", repeated: repeated) {
            faults[fault == .different ? .repeated : .password] = PersonError.password(fault).text
        }
        return faults
    }

    public static let badCEP = LocalizedText(
        "CEP tem oito números: 01310-100.",
        ptPT: "O código postal tem oito algarismos: 01310-100.",
        en: "A CEP has eight digits: 01310-100."
    )
}

/// A registration as it waits for its e-mail to be confirmed; the password is a hash by then.
struct WaitingRegistration: Codable, Sendable {
    var name: String
    var kind: Customer.Kind
    var document: String
    var phone: String
    var address: String
    var login: String
    var password: String
    var language: Language

    /// Forms one link may stand for: somebody corrects theirs a few times, and each is a hash to be tried.
    static let most = 5

    /// The forms a link stands for, the newest first; a release of before kept one.
    static func list(_ data: String) -> [WaitingRegistration] {
        StoredList.decode([WaitingRegistration].self, data)
            ?? StoredList.decode(WaitingRegistration.self, data).map { [$0] } ?? []
    }
}

extension PersonEntry {
    /// Takes a registration whose faults are mended, and sends the mail that confirms it.
    ///
    /// What is told is the same whoever exists: the owner of an address that has an account is told so by mail, who was
    /// invited and has not answered gets the invitation's link, a login that is taken gives way to the e-mail. At most one
    /// mail in ten minutes goes to an address: a form that comes meanwhile waits behind the same link, which makes the one
    /// whose password is typed. So neither a form mended at once nor one that a stranger sent first is in its owner's way.
    public func register(_ registration: Registration) async throws(PersonError) {
        guard registration.faults(region: customers.region).isEmpty,
            let email = WrittenAddress(registration.email)?.address
        else {
            throw .invalid(.email, .invalid)
        }
        let typed = registration.login.isEmpty ? email.canonical : registration.login
        guard let login = PersonChecks.login(typed, email: email.canonical) else { throw .invalid(.login, .invalid) }
        let hash = try await persons.hash(registration.password, login: login, repeated: registration.repeated)
        let place = [registration.address, CEP(registration.cep)?.formatted].compactMap(\.self)
            .filter { !$0.isEmpty }.joined(separator: ", ")
        let waiting = WaitingRegistration(
            name: registration.name,
            kind: registration.kind,
            document: registration.document,
            phone: registration.phone,
            address: place,
            login: login,
            password: hash,
            language: registration.language
        )
        let now = clock.now
        try await persons.write { session throws(PersonError) in
            try PersonError.storing { () throws(StoreError) -> Void in
                let known = try PersonDesk.find(name: email.canonical, in: session)
                if let known, known.state == .pending {
                    _ = try send(.activate, to: known, at: now, in: session)
                    return
                }
                if try PersonLinks.isRecent(.register, to: email.canonical, at: now, in: session) {
                    if known == nil { try PersonLinks.add(waiting, to: email.canonical, at: now, in: session) }
                    return
                }
                let token = try PersonLinks.create(
                    .register,
                    of: known?.id,
                    to: email.canonical,
                    data: known == nil ? StoredList.encode([waiting]) : "",
                    random: random,
                    at: now,
                    in: session
                )
                let link = known == nil ? "\(publicURL)/confirmar/\(token)" : "\(publicURL)/entrar"
                var facts = NoticeFacts(customerName: registration.name, link: link)
                facts.say(.validity) { LinkPurpose.register.validity($0) }
                let mailbox = NoticeAudience.Mailbox(
                    address: email.canonical,
                    name: registration.name,
                    language: registration.language
                )
                try notices.announce(
                    known == nil ? .accountConfirmation : .accountExists,
                    facts: facts,
                    to: NoticeAudience(isIdentified: true, mailboxes: [mailbox]),
                    about: NoticeSubject(occurrence: "register-\(now.milliseconds)"),
                    at: now,
                    in: session
                )
            }
        }
    }

    /// Makes the account of a confirmed registration: the link proves the e-mail, the password that it is the same person.
    ///
    /// A contact the desk registered with this very e-mail is the person's. A document or telephone of a customer the desk
    /// knows is not enough to join it: a code goes to that customer, and until it is typed the account stands alone.
    /// - Throws: `PersonError.notFound` for a link that does not work, `wrongPassword`.
    public func confirm(_ token: String, password: String, address: String) async throws(PersonError) -> Person {
        let link = try await open(token, .register)
        let forms = WaitingRegistration.list(link.data)
        guard !forms.isEmpty else { throw .notFound }
        let place = try await prove(password, forms.map(\.password), link, address)
        let waiting = forms[place]
        let now = clock.now
        do {
            return try await persons.database.write { session in
                do {
                    guard try PersonLinks.use(link, at: now, in: session) else { throw PersonError.notFound }
                    return try make(waiting, email: link.sentTo, at: now, in: session)
                } catch let error as StoreError { throw error } catch let error as PersonError {
                    throw error.passage
                } catch let error as CustomerError {
                    throw PersonError(error).passage
                }
            }
        } catch {
            throw PersonError(error)
        }
    }

    /// Tries the password against those that wait, by the rule for sign-ins; returns whose it is.
    private func prove(
        _ password: String,
        _ hashes: [String],
        _ link: SentLink,
        _ address: String
    ) async throws(PersonError) -> Int {
        let outcome: PasswordDoor.Outcome<Int>
        do throws(StoreError) {
            outcome = try await persons.tries(password, against: hashes, of: "\0link\(link.hash)", address: address)
        } catch { throw PersonError(error) }
        switch outcome {
        case .accepted(let place): return place
        case .refused: throw .wrongPassword
        case .busy: throw .busy
        }
    }

    private func make(
        _ waiting: WaitingRegistration,
        email: String,
        at now: Moment,
        in session: any SQLSession
    ) throws -> Person {
        let actor = AuditActor.system("registration")
        if let known = try PersonDesk.find(name: email, in: session) { throw PersonError.taken(known) }
        let isLoginFree = try PersonDesk.find(name: waiting.login, in: session) == nil
        let person = try insert(waiting, email, isLoginFree ? waiting.login : email, at: now, in: session)
        if let address = EmailAddress(email), let contact = try customers.contact(email: address, in: session),
            contact.isActive
        {
            if try PersonDesk.handOver(contact.id, to: person.id, at: now, in: session) { return person }
            if let owner = try PersonDesk.find(contactID: contact.id, in: session) { throw PersonError.taken(owner) }
            let kind = try customers.find(contact.customerID, in: session)?.kind ?? .person
            try PersonDesk.link(person.id, contact.id, .standard(for: kind), at: now, in: session)
            return person
        }
        let met = try met(waiting, in: session)
        let made = try customers.register(
            CustomerRegistration(
                customer: CustomerDraft(
                    kind: waiting.kind,
                    name: waiting.name,
                    document: met == nil ? waiting.document : nil,
                    address: waiting.address,
                    notes: met == nil ? nil : Self.doubt,
                    origin: "portal"
                ),
                contact: ContactDraft(name: waiting.name, email: email, language: waiting.language),
                // Whoever is met: theirs alone speaks for a caller, and the list shows the number as if nobody were.
                phones: [waiting.phone],
                isTheirOwnWord: true
            ),
            by: actor,
            in: session
        )
        guard let contact = made.contact else { throw PersonError.notFound }
        try PersonDesk.link(person.id, contact.id, .standard(for: waiting.kind), at: now, in: session)
        try session.execute(
            """
            INSERT INTO person_claim (person_id, contact_id, customer_id, document, phone, created_at)
            VALUES ($1, $2, $3, $4, $5, $6)
            """,
            [
                .integer(person.id), .integer(contact.id), .integer(met?.id), .text(waiting.document),
                .text(waiting.phone), .moment(now),
            ]
        )
        if let met { try sendClaim(person, met, at: now, in: session) }
        return person
    }

    private func insert(
        _ waiting: WaitingRegistration,
        _ email: String,
        _ login: String,
        at now: Moment,
        in session: any SQLSession
    ) throws -> Person {
        let row = try session.row(
            """
            INSERT INTO person (login, name, email, password, state, language, created_at, updated_at, activated_at)
            VALUES ($1, $2, $3, $4, 'active', $5, $6, $6, $6) RETURNING \(Person.columns)
            """,
            [
                .text(login), .text(CleanText.shortened(waiting.name, to: TextLimits.name)), .text(email),
                .text(waiting.password), .text(waiting.language.rawValue), .moment(now),
            ]
        )
        guard let row else { throw StoreError.corrupt(what: "person") }
        let person = try Person(row: row)
        try AuditTrail.record(
            "person.register",
            subject: PersonDesk.subject(person.id),
            by: .person(person.id),
            at: now,
            in: session
        )
        return person
    }

    /// The customer a registration meets, by document or by telephone; a number that is only said to be theirs meets nobody.
    private func met(_ waiting: WaitingRegistration, in session: any SQLSession) throws -> Customer? {
        var checks = CustomerChecks(region: customers.region)
        let draft = checks.customer(
            CustomerDraft(kind: waiting.kind, name: waiting.name, document: waiting.document)
        )
        if let document = draft.document, let found = try customers.find(document: document, in: session) {
            return found
        }
        guard let number = checks.phone(waiting.phone) else { return nil }
        let row = try session.row(
            """
            SELECT phone.customer_id FROM phone JOIN customer ON customer.id = phone.customer_id
            WHERE phone.lookup IN ($1, $2) AND phone.confirmed = 1 AND customer.merged_into IS NULL ORDER BY phone.id LIMIT 1
            """,
            [
                .text(number.lookupVariants.first ?? number.lookup),
                .text(number.lookupVariants.last ?? number.lookup),
            ]
        )
        return try row?.integer(0).flatMap { try customers.find($0, in: session) }
    }

    /// What staff read at a record that may be another's double.
    private static let doubt =
        "Cadastro feito no portal; documento ou telefone já é de outro cadastro: conferir e unir."

    private func sendClaim(
        _ person: Person,
        _ met: Customer,
        at now: Moment,
        in session: any SQLSession
    ) throws(StoreError) {
        let audience = try customers.noticeRecipients(customerID: met.id, contactID: nil, in: session)
        // Whoever claims to be somebody: however many do, one is written to no more often.
        _ = try sendCode(
            Self.claim(person.id),
            to: audience,
            customerID: met.id,
            counting: Self.claimed(met.id),
            at: now,
            in: session
        )
    }

    static func claim(_ personID: Int64) -> String { "claim:\(personID)" }

    /// What is counted for all codes that go to a customer.
    static func customer(_ id: Int64) -> String { "customer:\(id)" }

    /// Keeps a code and the notices with it, unless those it is for have had many.
    ///
    /// `tally`: nil where a person of the desk has each code sent.
    func sendCode(
        _ subject: String,
        _ event: NoticeEvent = .portalCode,
        to audience: NoticeAudience,
        customerID: Int64?,
        counting tally: CodeTally?,
        at now: Moment,
        in session: any SQLSession
    ) throws(StoreError) -> CodeSending {
        if let tally, try tally.isSpent(at: now, in: session) { return .tooMany }
        let code = PersonCodes.make(random)
        guard try PersonCodes.keep(code, for: subject, at: now, in: session) else { return .tooSoon }
        if let tally { try tally.countSent(at: now, in: session) }
        var facts = NoticeFacts(extra: [.code: "\(code.prefix(3)) \(code.suffix(3))"])
        facts.say(.validity) { LocalizedText("15 minutos", en: "15 minutes")[$0] }
        return .sent(
            try notices.announce(
                event,
                facts: facts,
                to: audience,
                about: NoticeSubject(customerID: customerID, occurrence: "\(subject)-\(now.milliseconds)"),
                at: now,
                in: session
            )
        )
    }

    /// Joins the customer a registration met, by the code that went to it: the provisional record is merged into it.
    ///
    /// - Returns: whether it was the code; for an account that met nobody it never is.
    public func join(_ personID: Int64, code: String) async throws(PersonError) -> Bool {
        let now = clock.now
        defer { persons.accounts.changes.note(.person(personID)) }
        let isJoined: Bool
        do {
            isJoined = try await persons.database.write { session in
                let isRight = try PersonCodes.take(code, for: "claim:\(personID)", at: now, in: session)
                let row = try session.row(
                    """
                    SELECT person_claim.customer_id, contact.customer_id, contact.id FROM person_claim
                    JOIN contact ON contact.id = person_claim.contact_id WHERE person_claim.person_id = $1
                    """,
                    [.integer(personID)]
                )
                guard isRight, let met = row?.integer(0), let own = row?.integer(1) else { return false }
                // The customer whose code it is may be part of another by now.
                let kept = try CustomerDirectory.survivor(of: met, in: session)
                guard kept != own else { return false }
                do throws(CustomerError) {
                    try customers.merge(own, into: kept, by: .person(personID), in: session)
                } catch { throw PersonError(error).passage }
                let reach = try customers.find(kept, in: session).map { Reach.standard(for: $0.kind) } ?? .own
                try session.execute(
                    "UPDATE person_contact SET reach = $1, departments = '[]' WHERE person_id = $2 AND contact_id = $3",
                    [.text(reach.word), .integer(personID), .integer(row?.integer(2))]
                )
                try session.execute("DELETE FROM person_claim WHERE person_id = $1", [.integer(personID)])
                return true
            }
        } catch {
            throw PersonError(error)
        }
        if isJoined { await customers.settleSearch() }
        return isJoined
    }

    /// Sends the code anew; also for an account that met nobody nothing is told.
    public func claimAgain(_ personID: Int64) async throws(PersonError) {
        let now = clock.now
        try await persons.write { session throws(PersonError) in
            try PersonError.storing { () throws(StoreError) in
                let row = try session.row(
                    "SELECT customer_id FROM person_claim WHERE person_id = $1",
                    [.integer(personID)]
                )
                guard let id = row?.integer(0),
                    let met = try customers.find(CustomerDirectory.survivor(of: id, in: session), in: session),
                    let person = try PersonDesk.one("person.id = $1", [.integer(personID)], in: session)
                else { return }
                try sendClaim(person, met, at: now, in: session)
            }
        }
    }
}
