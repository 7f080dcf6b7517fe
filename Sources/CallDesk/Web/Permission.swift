import DeskCore

/// One kind of caller an operation is for; nobody may who is not named.
enum Permission: Sendable {
    /// Staff from this role on.
    case staff(Account.Role)
    /// Programs whose token has this scope.
    case program(TokenScope)
    /// Customers signed in on the portal; what they see of it is the operation's to decide.
    case customer

    func admits(_ caller: Caller) -> Bool {
        switch (self, caller) {
        case (.staff(let role), .staff(let staff)): staff.role >= role
        case (.program(let scope), .program(let program)): program.token.allows(scope)
        case (.customer, .customer): true
        case (.staff, _), (.program, _), (.customer, _): false
        }
    }

    /// The side whose session can have it; nil where a session cannot.
    var side: Side? {
        switch self {
        case .staff: .staff
        case .customer: .customer
        case .program: nil
        }
    }

    var scope: TokenScope? {
        switch self {
        case .program(let scope): scope
        case .staff, .customer: nil
        }
    }
}

extension [Permission] {
    /// - Throws: `Problem` 403 that says what is lacking.
    func check(_ caller: Caller) throws(Problem) {
        if contains(where: { $0.admits(caller) }) { return }
        switch caller {
        case .program:
            if let scope = compactMap(\.scope).first { throw .missingScope(scope) }
            throw .forbidden
        case .staff, .customer: throw .forbidden
        }
    }
}
