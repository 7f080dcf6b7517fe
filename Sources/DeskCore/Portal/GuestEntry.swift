/// A ticket for somebody without an account: by its number and the last digits of a telephone (E4, A6).
///
/// Both together show its state alone; a code sent to the customer opens it.
public struct GuestEntry: Sendable {
    /// Digits of a telephone that are asked for.
    public static let digits = 4
    /// How long the link works that a code opens: for this visit.
    static let linkLife = Duration.seconds(24 * 3_600)

    let entry: PersonEntry
    let tickets: TicketDirectory
    let attendances: AttendanceDesk
    let links: QuickLinks

    public init(entry: PersonEntry, tickets: TicketDirectory, attendances: AttendanceDesk, links: QuickLinks) {
        self.entry = entry
        self.tickets = tickets
        self.attendances = attendances
        self.links = links
    }

    /// What a number and digits lead to.
    public enum Finding: Sendable {
        case tickets([Ticket])
        /// Wrong number, wrong digits, or tried too often: nobody is told which.
        case nothing
    }

    /// The tickets of a ticket number or protocol number whose customer has a telephone that ends so.
    ///
    /// Wrong digits lock the number by the rule for passwords.
    public func find(number: String, digits: String) async throws(StoreError) -> Finding {
        let bare = number.filter { $0.isASCIIDigit || $0.isLetter }
        let typed = digits.filter(\.isASCIIDigit)
        guard (1...40).contains(bare.utf8.count), typed.utf8.count == Self.digits else { return .nothing }
        let (now, subject) = (entry.clock.now, SignInFailures.subject("guest", bare))
        let isLocked = try await entry.persons.database.read { session in
            try SignInFailures.find(subject, in: session)?.isLocked(at: now) ?? false
        }
        if isLocked { return .nothing }
        var found: [Ticket] = []
        if let attendance = try await attendances.find(protocolNumber: bare) {
            found = try await tickets.list(attendanceID: attendance.id)
        }
        if found.isEmpty, let ticket = try await tickets.find(number: bare) { found = [ticket] }
        var shown: [Ticket] = []
        for ticket in found {
            let counted = try await tickets.survivor(of: ticket)
            if try await endings(of: counted).contains(typed) { shown.append(counted) }
        }
        if !shown.isEmpty { return .tickets(shown) }
        // A number that does not exist is counted too, so that the write tells nothing.
        try await entry.persons.database.write { session in
            try SignInFailures.add(subject, .login, at: now, in: session)
        }
        return .nothing
    }

    /// The last digits of every telephone that may speak for a ticket.
    private func endings(of ticket: Ticket) async throws(StoreError) -> Set<String> {
        let numbers = try await entry.persons.database.read { session in
            try entry.customers.phones(provingFor: ticket, in: session)
        }
        return Set(
            numbers.map { String($0.filter(\.isASCIIDigit).suffix(Self.digits)) }.filter { $0.count == Self.digits }
        )
    }

    /// What became of asking for a code.
    public enum Sending: Sendable, Equatable {
        /// It is on its way, or the last one is.
        case sent
        /// No mailbox, and no SMS in the contract.
        case unreachable
        /// Too many in a short time.
        case tooMany
    }

    /// What a typed code leads to.
    public enum Opening: Sendable, Equatable {
        /// The token of a quick link of some hours.
        case opened(String)
        case wrong
        case tooMany
    }

    /// Counts the codes of a ticket, and those of its customer.
    private func tally(_ ticket: Ticket) -> CodeTally {
        CodeTally("ticket:\(ticket.id)", all: ticket.customerID.map { [PersonEntry.customer($0)] } ?? [])
    }

    /// Sends a code to the customer of a ticket, by e-mail and, where the contract has it, by SMS.
    public func sendCode(for ticket: Ticket) async throws(PersonError) -> Sending {
        let now = entry.clock.now
        return try await entry.persons.write { session throws(PersonError) in
            try PersonError.storing { () throws(StoreError) in
                let audience = try entry.customers.noticeRecipients(opening: ticket, in: session)
                guard !audience.mailboxes.isEmpty || audience.smsInContract else { return .unreachable }
                let sending = try entry.sendCode(
                    "ticket:\(ticket.id)",
                    to: audience,
                    customerID: ticket.customerID,
                    counting: tally(ticket),
                    at: now,
                    in: session
                )
                return sending == .tooMany ? .tooMany : .sent
            }
        }
    }

    /// Opens a ticket by the code that was sent.
    public func open(_ ticket: Ticket, code: String) async throws(PersonError) -> Opening {
        let now = entry.clock.now
        return try await entry.persons.write { session throws(PersonError) in
            try PersonError.storing { () throws(StoreError) -> Opening in
                switch try PersonCodes.take(
                    code,
                    for: "ticket:\(ticket.id)",
                    counting: tally(ticket),
                    at: now,
                    in: session
                ) {
                case .right: break
                case .wrong: return .wrong
                case .tooMany: return .tooMany
                }
                let audience = try entry.customers.noticeRecipients(opening: ticket, in: session)
                let address = audience.mailboxes.first?.address ?? audience.phones.first?.e164 ?? ""
                return .opened(
                    try links.create(
                        ticketID: ticket.id,
                        recipient: address,
                        expires: now.adding(Self.linkLife),
                        at: now,
                        in: session
                    )
                )
            }
        }
    }
}
