/// What of the tickets somebody of the desk may read.
extension Account {
    /// Whether this person may read a ticket of a department.
    ///
    /// Supervisors and administrators read all; an account that names no department belongs to a desk that has no need of
    /// the distinction.
    public func mayRead(department: String) -> Bool {
        role >= .supervisor || departments.isEmpty || departments.contains(department)
    }

    /// Their own tickets too: who took a request down may see what became of it.
    public func mayRead(_ ticket: Ticket) -> Bool {
        mayRead(department: ticket.department) || ticket.createdBy == id || ticket.assignedTo == id
    }

    /// The departments a list is narrowed to; nil for all.
    public var visibleDepartments: [String]? { role >= .supervisor || departments.isEmpty ? nil : departments }
}

/// `Account.mayRead` in the engines' words, for lists of what somebody was once told of.
struct StaffReach {
    /// Nil for who reads all.
    let departments: [String]?
    let accountID: Int64

    init(departments: [String]?, accountID: Int64) { (self.departments, self.accountID) = (departments, accountID) }

    init(_ account: Account) { self.init(departments: account.visibleDepartments, accountID: account.id) }

    /// The condition over the columns of `ticket`; nil where every ticket may be read.
    ///
    /// `bind`: keeps an argument and gives its place in the statement.
    func condition(_ bind: (SQLValue) -> String) -> String? {
        guard let departments else { return nil }
        var ways = ["created_by", "assigned_to"].map { "ticket.\($0) = \(bind(.integer(accountID)))" }
        let named = departments.prefix(WorkListDesk.mostDepartments).map { bind(.text($0)) }
        if !named.isEmpty { ways.append("ticket.department IN (\(named.joined(separator: ", ")))") }
        return "(\(ways.joined(separator: " OR ")))"
    }
}
