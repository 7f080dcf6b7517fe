import DeskCore

/// Who asks for an operation, with everything it decides by.
enum Caller: Sendable {
    case staff(Staff)
    case program(Program)

    /// Somebody signed in at the desk.
    struct Staff: Sendable {
        let signedIn: SignedIn
        /// The session's own token, to rotate or end it.
        let session: String

        var account: Account { signedIn.account }
        var role: Account.Role { account.role }
        var departments: [String] { account.departments }
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
        }
    }

    /// Who did it, for the audit trail.
    var actor: AuditActor {
        switch self {
        case .staff(let staff): .account(staff.account.id)
        case .program(let program): .token(program.token.id)
        }
    }

    /// In whose name interviews and replies are written; nil for a program that acts for nobody.
    var author: TicketAuthor? { account.map { TicketAuthor(accountID: $0.id, name: $0.name) } }

    /// The name that stands at what it writes.
    var name: String {
        switch self {
        case .staff(let staff): staff.account.name
        case .program(let program): program.account?.name ?? program.token.name
        }
    }

    /// Staff of at least this role; false for everybody else.
    func isStaff(_ role: Account.Role) -> Bool {
        switch self {
        case .staff(let staff): staff.role >= role
        case .program: false
        }
    }

    /// Whether it may read a ticket: a program by its scope, staff by department or as those who made or have it.
    func mayRead(_ ticket: Ticket) -> Bool {
        switch self {
        case .staff(let staff): staff.account.mayRead(ticket)
        case .program: true
        }
    }

    /// The departments its lists are narrowed to; nil for all.
    var visibleDepartments: [String]? {
        switch self {
        case .staff(let staff): staff.account.visibleDepartments
        case .program: nil
        }
    }

    /// An idempotency key as the desk keeps it: two callers may choose the same.
    func scoped(_ key: IdempotencyKey) -> String {
        switch self {
        case .staff(let staff): "desk:\(staff.account.id):\(key.text)"
        case .program(let program): "api:\(program.token.id):\(key.text)"
        }
    }
}
