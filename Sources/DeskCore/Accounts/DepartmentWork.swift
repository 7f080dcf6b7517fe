/// A department that nobody works for, and what it holds: whoever writes there writes to nobody.
public struct UnattendedDepartment: Sendable, Hashable {
    public var id: String
    public var name: LocalizedText
    public var openTickets: Int64
    /// Topics that lead to it.
    public var topics: Int

    /// `Fiscal (3 chamados abertos, 2 assuntos)`.
    public func text(in language: Language) -> String {
        let tickets = LocalizedText(
            openTickets == 1 ? "1 chamado aberto" : "\(openTickets) chamados abertos",
            ptPT: openTickets == 1 ? "1 pedido aberto" : "\(openTickets) pedidos abertos",
            en: openTickets == 1 ? "1 open ticket" : "\(openTickets) open tickets"
        )
        let ways = LocalizedText(
            topics == 1 ? "1 assunto" : "\(topics) assuntos",
            en: topics == 1 ? "1 topic" : "\(topics) topics"
        )
        let parts = [openTickets > 0 ? tickets : nil, topics > 0 ? ways : nil].compactMap { $0?[language] }
        return "\(name[language]) (\(parts.joined(separator: ", ")))"
    }
}

/// The departments of a catalogue as work that somebody has to do: who is taken away from one may be its last.
public struct DepartmentWork: Sendable {
    /// What of somebody says where they work.
    struct Worker: Sendable, Equatable {
        var id: Int64
        var role: Account.Role
        var departments: [String]

        init(_ account: Account) { (id, role, departments) = (account.id, account.role, account.departments) }

        init(id: Int64, role: Account.Role, departments: [String]) {
            (self.id, self.role, self.departments) = (id, role, departments)
        }
    }

    /// More people than any desk has; a guard only.
    private static let mostPeople = 10_000

    private let names: [String: LocalizedText]
    private let topics: [String: Int]

    public init(_ catalogue: Catalogue) {
        names = Dictionary(catalogue.departments.map { ($0.id, $0.name) }) { first, _ in first }
        topics = catalogue.topics.reduce(into: [:]) { $0[$1.department, default: 0] += 1 }
    }

    /// Whether somebody works for a department: it is one of theirs, or they have none and so work for all.
    ///
    /// A supervisor without departments looks after those who do the work, and does it where there is nobody else.
    static func isAttended(_ department: String, by workers: [Worker]) -> Bool {
        let isWorkedBySupervisors = !workers.contains { $0.role == .technician }
        return workers.contains { worker in
            worker.departments.contains(department)
                || worker.departments.isEmpty && (worker.role == .technician || isWorkedBySupervisors)
        }
    }

    /// The departments nobody works for that hold open tickets or are where topics lead.
    public func unattended(in database: any Database) async throws(StoreError) -> [UnattendedDepartment] {
        try await database.read { session throws(StoreError) in
            let workers = try Self.workers(in: session)
            return try held(names.keys.filter { !Self.isAttended($0, by: workers) }, in: session)
        }
    }

    /// Looks whether an account could go.
    ///
    /// - Throws: `AccountError.unattended` when somewhere it is the last.
    public func check(leaving accountID: Int64, in database: any Database) async throws(AccountError) {
        let left: [UnattendedDepartment]
        do throws(StoreError) {
            left = try await database.read { session throws(StoreError) in
                let workers = try Self.workers(in: session)
                return try self.left(from: workers, to: workers.filter { $0.id != accountID }, in: session)
            }
        } catch { throw AccountError(error) }
        guard left.isEmpty else { throw .unattended(left) }
    }

    /// What a change of an account has left to nobody; `before`: the account as it was.
    ///
    /// Asked in the transaction of the change and after it, so that of two last ones who go at once one stays.
    func left(by before: Account, in session: any SQLSession) throws(StoreError) -> [UnattendedDepartment] {
        guard !before.isDisabled else { return [] }
        let now = try Self.workers(in: session)
        return try left(from: now.filter { $0.id != before.id } + [Worker(before)], to: now, in: session)
    }

    private func left(
        from before: [Worker],
        to after: [Worker],
        in session: any SQLSession
    ) throws(StoreError) -> [UnattendedDepartment] {
        let all = Set(names.keys).union(before.flatMap(\.departments))
        return try held(
            all.filter { Self.isAttended($0, by: before) && !Self.isAttended($0, by: after) },
            in: session
        )
    }

    private static func workers(in session: any SQLSession) throws(StoreError) -> [Worker] {
        try session.rows(
            "SELECT \(Account.columns) FROM account WHERE disabled_at IS NULL ORDER BY id",
            [],
            limit: mostPeople
        ).map { row throws(StoreError) in Worker(try Account(row: row)) }
    }

    /// Those of some departments that hold something, by name.
    private func held(
        _ departments: some Sequence<String>,
        in session: any SQLSession
    ) throws(StoreError) -> [UnattendedDepartment] {
        var found: [UnattendedDepartment] = []
        for id in departments.sorted() {
            let row = try session.row(
                "SELECT COUNT(*) FROM ticket WHERE department = $1 AND \(TicketState.openCondition)",
                [.text(id)]
            )
            let one = UnattendedDepartment(
                id: id,
                name: names[id] ?? LocalizedText(id),
                openTickets: row?.integer(0) ?? 0,
                topics: topics[id] ?? 0
            )
            if one.openTickets > 0 || one.topics > 0 { found.append(one) }
        }
        return found
    }
}
