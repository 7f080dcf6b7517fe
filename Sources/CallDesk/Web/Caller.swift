import DeskCore

/// Who asks for an operation, with everything it decides by.
enum Caller: Sendable {
    case staff(Staff)
    case program(Program)
    /// A person signed in on the portal, by a session of their own.
    case customer(Customer)

    /// Somebody signed in at the desk.
    struct Staff: Sendable {
        let signedIn: SignedIn
        /// The session's own token, to rotate or end it.
        let session: String

        var account: Account { signedIn.account }
        var role: Account.Role { account.role }
        var departments: [String] { account.departments }
    }

    /// A customer signed in on the portal.
    ///
    /// Other ways in (quick link, keypad) and the clock are no callers of operations: what they do is a move by
    /// `TicketActor`.
    struct Customer: Sendable {
        let signedIn: SignedInPerson
        /// The session's own token, to rotate or end it.
        let session: String

        var person: Person { signedIn.person }
        var contacts: [PersonContact] { signedIn.contacts }
        /// Which tickets the person sees, also as a condition for lists.
        var reach: TicketReach { TicketReach(contacts) }

        /// The contact the person is to a customer; nil for a stranger's.
        func contact(of customerID: Int64?) -> PersonContact? {
            customerID.flatMap { id in contacts.first { $0.customerID == id } }
        }
    }

    /// A program with a token of ours.
    struct Program: Sendable {
        let token: APIToken
        /// The technician in whose name it acts (`CallDesk-Account`).
        let account: Account?
    }
}

extension Caller {
    /// The person who acts: staff themselves, or in whose name a program does.
    var account: Account? {
        switch self {
        case .staff(let staff): staff.account
        case .program(let program): program.account
        case .customer: nil
        }
    }

    /// Who did it, for the audit trail.
    var actor: AuditActor {
        switch self {
        case .staff(let staff): .account(staff.account.id)
        case .program(let program): .token(program.token.id)
        case .customer(let customer): .person(customer.person.id)
        }
    }

    /// In whose name interviews and replies are written; nil for a program that acts for nobody.
    var author: TicketAuthor? { account.map { TicketAuthor(accountID: $0.id, name: $0.name) } }

    /// The name that stands at what it writes.
    var name: String {
        switch self {
        case .staff(let staff): staff.account.name
        case .program(let program): program.account?.name ?? program.token.name
        case .customer(let customer): customer.person.name
        }
    }

    /// Staff of at least this role; false for everybody else.
    func isStaff(_ role: Account.Role) -> Bool {
        switch self {
        case .staff(let staff): staff.role >= role
        case .program, .customer: false
        }
    }

    /// Whether it may read a ticket: a program by its scope, staff by department or as those who made or have it, a
    /// customer by the reach of the contacts they are.
    func mayRead(_ ticket: Ticket) -> Bool {
        switch self {
        case .staff(let staff): staff.account.mayRead(ticket)
        case .program: true
        case .customer(let customer): customer.reach.covers(ticket)
        }
    }

    /// The departments its lists are narrowed to; nil for all.
    ///
    /// A customer's lists are narrowed by `reach`, not by these.
    var visibleDepartments: [String]? {
        switch self {
        case .staff(let staff): staff.account.visibleDepartments
        case .program: nil
        case .customer: []
        }
    }

    /// An idempotency key as the desk keeps it: two callers may choose the same.
    func scoped(_ key: IdempotencyKey) -> String {
        switch self {
        case .staff(let staff): "desk:\(staff.account.id):\(key.text)"
        case .program(let program): "api:\(program.token.id):\(key.text)"
        case .customer(let customer): "portal:\(customer.person.id):\(key.text)"
        }
    }
}
