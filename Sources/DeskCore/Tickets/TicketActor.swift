/// The technician who acts on a ticket.
public struct TicketAuthor: Sendable, Equatable {
    public var accountID: Int64
    public var name: String

    public init(accountID: Int64, name: String) {
        self.accountID = accountID
        self.name = name
    }
}

/// Who makes a move.
public enum TicketActor: Sendable, Equatable {
    case account(Account)
    /// A program with its token's name, in the name of a technician when it says so.
    case program(name: String, author: TicketAuthor?, tokenID: Int64? = nil)
    /// A customer, by the portal, a quick link or the keypad.
    case customer(customerID: Int64?, contactID: Int64?, name: String)
    case clock

    /// What this one is to a ticket.
    func role(for ticket: Ticket) -> TicketRole {
        switch self {
        case .account(let account):
            if account.role >= .supervisor { return .supervisor }
            return account.works(in: ticket.department) || ticket.assignedTo == account.id ? .technician : .colleague
        case .program: return .program
        case .customer: return .customer
        case .clock: return .clock
        }
    }

    var author: EntryAuthor {
        switch self {
        case .account: .technician
        case .program(_, let author, _): author == nil ? .program : .technician
        case .customer: .customer
        case .clock: .system
        }
    }

    var accountID: Int64? {
        switch self {
        case .account(let account): account.id
        case .program(_, let author, _): author?.accountID
        case .customer, .clock: nil
        }
    }

    /// The token of a program that acts in nobody's name.
    var tokenID: Int64? {
        if case .program(_, nil, let tokenID) = self { tokenID } else { nil }
    }

    /// The identifier an entry keeps: an account's, or a contact's for a customer.
    var entryID: Int64? {
        if case .customer(_, let contactID, _) = self { return contactID }
        return accountID
    }

    var name: String {
        switch self {
        case .account(let account): account.name
        case .program(let name, let author, _): author?.name ?? name
        case .customer(_, _, let name): name
        case .clock: ""
        }
    }
}

extension Account {
    /// Whether the account's work lies in a department; one that names none belongs to a desk without the distinction.
    public func works(in department: String) -> Bool { departments.isEmpty || departments.contains(department) }

    /// Whether a ticket of the department can be theirs: who works there has it, and a supervisor wherever it is.
    public func takes(in department: String) -> Bool { works(in: department) || role >= .supervisor }
}
