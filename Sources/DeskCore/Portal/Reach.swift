/// How far a contact sees into the tickets of the customer they speak for.
public enum Reach: Sendable, Hashable {
    /// What they asked themselves, and what names them.
    case own
    /// Besides, every ticket these departments handle.
    case departments([String])
    /// Every ticket of the customer.
    case all

    /// Departments one contact may be given, as many as an account of the desk has.
    public static let mostDepartments = 200

    /// What a new contact sees: a private customer all of their own, one of a company what they asked.
    public static func standard(for kind: Customer.Kind) -> Reach { kind == .person ? .all : .own }

    /// As it is stored and as programs say it: `own`, `departments`, `all`.
    public var word: String {
        switch self {
        case .own: "own"
        case .departments: "departments"
        case .all: "all"
        }
    }

    public var departments: [String] { if case .departments(let names) = self { names } else { [] } }

    /// A reach by its word; nil for a word that is none.
    public init?(_ word: String, departments: [String] = []) {
        switch word {
        case "own": self = .own
        case "departments": self = .departments(departments)
        case "all": self = .all
        default: return nil
        }
    }
}

/// One contact a person is: of which customer, and how far they see.
public struct PersonContact: Sendable, Hashable {
    public var contactID: Int64
    public var customerID: Int64
    public var reach: Reach

    public init(contactID: Int64, customerID: Int64, reach: Reach) {
        self.contactID = contactID
        self.customerID = customerID
        self.reach = reach
    }
}

extension PersonContact {
    /// Whether what a customer has as a whole, such as its address, is this contact's to change.
    public var isWhole: Bool { reach == .all }

    /// Whether a telephone of the customer's is this contact's to see and take away: their own, and what is nobody's where
    /// they see all of it.
    ///
    /// A private customer's are one person's, a company's those of its people.
    public func covers(_ phone: Phone, of kind: Customer.Kind) -> Bool {
        if phone.contactID == contactID { return true }
        return isWhole && (phone.contactID == nil || kind == .person)
    }
}

/// Which tickets a person sees: the one rule, as a value for one ticket and as a condition for lists.
public struct TicketReach: Sendable, Hashable {
    public let contacts: [PersonContact]

    public init(_ contacts: [PersonContact]) { self.contacts = contacts }

    /// Whether a ticket may be seen: by whom it names, and, unless it is confidential, by the reach into its customer.
    public func covers(_ ticket: Ticket) -> Bool { covers(TicketSight(ticket)) }

    /// The same by what of a ticket decides it.
    public func covers(_ sight: TicketSight) -> Bool {
        contacts.contains { contact in
            if sight.contacts.contains(contact.contactID) { return true }
            guard !sight.isConfidential, sight.customerID == contact.customerID else { return false }
            return switch contact.reach {
            case .own: false
            case .departments(let names): names.contains(sight.department)
            case .all: true
            }
        }
    }

    /// The same as a condition on the table `ticket`, its arguments numbered from `first` on.
    public func condition(from first: Int = 1) -> (sql: String, arguments: [SQLValue]) {
        var arguments: [SQLValue] = []
        func argument(_ value: SQLValue) -> String {
            arguments.append(value)
            return "$\(first + arguments.count - 1)"
        }
        var cases: [String] = []
        for contact in contacts {
            let named = argument(.integer(contact.contactID))
            cases.append("ticket.contact_id = \(named) OR ticket.second_contact_id = \(named)")
            let customer: String
            switch contact.reach {
            case .own: continue
            case .all: customer = "ticket.customer_id = \(argument(.integer(contact.customerID)))"
            case .departments(let names):
                guard !names.isEmpty else { continue }
                let id = argument(.integer(contact.customerID))
                let list = names.map { argument(.text($0)) }.joined(separator: ", ")
                customer = "ticket.customer_id = \(id) AND ticket.department IN (\(list))"
            }
            cases.append("ticket.confidential = 0 AND \(customer)")
        }
        // Somebody who is nobody's contact sees nothing.
        guard !cases.isEmpty else { return ("1 = 0", []) }
        return ("(" + cases.map { "(\($0))" }.joined(separator: " OR ") + ")", arguments)
    }
}

/// What of a ticket decides which customers see it.
public struct TicketSight: Sendable, Hashable, Codable {
    public var customerID: Int64?
    /// The requester, and one more who follows it.
    public var contacts: [Int64]
    public var department: String
    public var isConfidential: Bool

    public init(_ ticket: Ticket) {
        customerID = ticket.customerID
        contacts = [ticket.contactID, ticket.secondContactID].compactMap(\.self)
        department = ticket.department
        isConfidential = ticket.isConfidential
    }
}

extension TicketDirectory {
    /// The tickets somebody sees, newest first, up to `limit`.
    public func list(of reach: TicketReach, limit: Int) async throws(StoreError) -> [Ticket] {
        let condition = reach.condition()
        return try await database.read { session in
            try session.rows(
                "SELECT \(Ticket.columns) FROM ticket WHERE \(condition.sql) ORDER BY id DESC",
                condition.arguments,
                limit: limit
            ).map { row throws(StoreError) in try Ticket(row: row) }
        }
    }
}
