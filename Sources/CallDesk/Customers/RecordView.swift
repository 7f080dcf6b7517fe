import DeskCore

/// How much of a customer's record may be said: all but the document, or so much as tells one entry from another.
///
/// Every screen and operation shows a record through it; `UnprovenTests` asks them all.
struct RecordView: Sendable {
    static let hidden = "•••"
    /// Nobody is on the line: what work needs is shown, and the document by a look of its own.
    static let whole = RecordView(level: .verified)

    var level = IdentityLevel.known
    /// The number the caller calls from; who calls from it is told nothing by it.
    var number: String?

    var isOpen: Bool { IdentityRule.opensRecord(level) }

    func address(_ address: String?) -> String? { address.map { isOpen ? $0 : Self.hidden } }

    func email(_ email: String?) -> String? {
        email.map { isOpen ? $0 : EmailAddress($0)?.masked ?? Self.hidden }
    }

    /// Its number is what a caller proves themselves by.
    func contract(_ number: String) -> String { isOpen ? number : Self.hidden + number.suffix(2) }

    func shows(_ phone: Phone) -> Bool { isOpen || number == phone.lookup }

    func number(_ phone: Phone) -> String? { shows(phone) ? phone.e164 : nil }

    func display(_ phone: Phone, region: Region) -> String {
        let display = phone.display(region: region)
        return shows(phone) ? display : PhoneNumber.masked(display)
    }

    /// The name at the portal, which as a rule is the person's address.
    func login(_ login: String?) -> String? { email(login) }

    // MARK: - What tickets hold of the person

    /// A ticket as it may be said: an address, a telephone or an e-mail that its form asked for is the record's too.
    func shown(_ ticket: Ticket) -> Ticket {
        guard !isOpen else { return ticket }
        var shown = ticket
        for (place, answer) in shown.answers.enumerated() where answer.kind.isPersonal && !answer.isDocument {
            guard !answer.value.isEmpty else { continue }
            (shown.answers[place].display, shown.answers[place].value) = (Self.hidden, Self.hidden)
        }
        return shown
    }

    // MARK: - Calls from the customer's telephones

    private func shows(_ call: Call) -> Bool { isOpen || call.number == number }

    /// Whether a call's number is another than the one on the line, and not to be said; one that could not be read too.
    func covers(_ call: Call) -> Bool {
        guard let other = call.number ?? call.numberRaw else { return call.dialled != nil && !isOpen }
        return !isOpen && other != number
    }

    func number(of call: Call) -> String? { shows(call) ? call.number : nil }

    /// The number as people write it, nil where there is none.
    func display(of call: Call, region: Region) -> String? {
        (call.number ?? call.numberRaw).map { number in
            let display = PhoneNumber.display(number, region: region)
            return shows(call) ? display : PhoneNumber.masked(display)
        }
    }

    /// What the PBX sent as the caller's name; one without a name sends the number for it.
    func name(of call: Call) -> String? {
        covers(call) ? call.callerName.flatMap { $0.contains(where: \.isLetter) ? $0 : nil } : call.callerName
    }

    /// The number as the trunk sent it, where it was shown otherwise.
    func sentOtherwise(_ call: Call) -> String? { shows(call) ? call.sentOtherwise : nil }
}

/// The records somebody may see now: each as open as their contact with its customer allows.
///
/// A page about whoever is on the line is read aloud. While a technician talks to somebody who has not yet proven to be the
/// customer, that customer's record is as closed as on the card, wherever they look at it.
struct RecordViews: Sendable {
    private var held: [Int64: RecordView] = [:]

    init(_ attendances: AttendanceDesk, for caller: Caller) async throws {
        if case .staff(let staff) = caller {
            try await self.init(attendances, for: staff.account)
        } else {
            try await self.init(attendances, for: nil as Account?)
        }
    }

    init(_ attendances: AttendanceDesk, for account: Account?) async throws {
        guard let account else { return }
        // The newest contact with a customer counts.
        for contact in try await attendances.held(by: account.id) where held[contact.customerID] == nil {
            held[contact.customerID] = RecordView(level: contact.level, number: contact.number)
        }
    }

    /// Who is told of calls that are over without their numbers, by call.
    ///
    /// They talk to its customer, who called from another telephone this time and has proven nothing. Whoever is on the
    /// line shows their number themselves.
    static func covering(_ calls: [CustomerCall], _ attendances: AttendanceDesk) async throws -> [Int64: Set<Int64>] {
        let holders = try await attendances.holders(with: Set(calls.map(\.customerID)))
        var covering: [Int64: Set<Int64>] = [:]
        for one in calls {
            let covers = (holders[one.customerID] ?? [:]).filter { _, contact in
                RecordView(level: contact.level, number: contact.number).covers(one.call)
            }
            covering[one.call.id] = Set(covers.keys)
        }
        return covering
    }

    /// A ticket as its customer's record allows.
    func shown(_ ticket: Ticket) -> Ticket { of(ticket.customerID).shown(ticket) }

    /// Customers whose records are covered now.
    private var covered: [Int64] { held.filter { !$0.value.isOpen }.map(\.key).sorted() }

    /// The e-mail addresses of the records that are covered now, in small letters.
    func coveredEmails(_ customers: CustomerDirectory) async throws -> Set<String> {
        var found: Set<String> = []
        for id in covered {
            found.formUnion(try await customers.contacts(of: id).compactMap { $0.email?.lowercased() })
        }
        return found
    }

    /// A message to a subscriber as it may be said: one about a call has its number, and nobody can tell whose it is.
    func body(of delivery: WebhookDelivery) -> String {
        delivery.kind == .call && !covered.isEmpty ? RecordView.hidden : delivery.body
    }

    /// The view of a customer's record; of what is nobody's nothing is covered.
    func of(_ customerID: Int64?) -> RecordView { customerID.flatMap { held[$0] } ?? .whole }
}
