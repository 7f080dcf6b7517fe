import TestSupport
import Testing

@testable import DeskCore

@Suite("How a customer's list is read", .timeLimit(.minutes(3)))
struct CustomerListPlanTests {
    /// So many customers share the tickets evenly.
    private static let customers = 100
    private static let tickets = 5_000
    /// Rows have ids of their own: what a sequence gives next depends on what was tried and taken back before.
    private static let firstID: Int64 = 1_000_000

    /// Every way of seeing, narrowing and putting in order, on the first page and on a later one.
    private static func queries(_ contact: PersonContact) -> [CustomerTicketQuery] {
        var all: [CustomerTicketQuery] = []
        for reach in [Reach.own, .all, .departments(["financeiro"])] {
            var one = contact
            one.reach = reach
            let reader = CustomerReader(personID: 1, reach: TicketReach([one]), since: Moment(milliseconds: 0))
            for situation in CustomerTicketQuery.Situation.allCases {
                for column in CustomerTicketQuery.Column.allCases {
                    for (isAscending, after) in [(false, nil), (true, 77), (false, 77)] as [(Bool, Int64?)] {
                        var query = CustomerTicketQuery(of: reader)
                        (query.situation, query.column, query.isAscending) = (situation, column, isAscending)
                        query.after = after
                        all.append(query)
                    }
                }
            }
        }
        return all
    }

    /// What bounds a look into `ticket`: whose they are, or which one.
    private static let bounds = ["contact_id", "customer_id"]

    /// The steps of a plan that read more of the table than one customer's.
    private static func unbounded(_ plan: [String], on engine: DatabaseEngine) -> [String] {
        var found: [String] = []
        for (place, step) in plan.enumerated() {
            switch engine {
            case .sqlite:
                guard step.contains("SCAN ticket") || step.contains("SEARCH ticket ") else { continue }
                if step.contains("(rowid=?)") || bounds.contains(where: { step.contains("\($0)=?") }) { continue }
                found.append(step)
            case .postgres:
                guard step.contains(" on ticket") || step.contains("Bitmap Index Scan on ticket") else { continue }
                // A heap's condition is its index's, one step below.
                if step.contains("Bitmap Heap Scan") { continue }
                let condition = plan[(place + 1)...].first { $0.contains("Index Cond:") || $0.contains("->") } ?? ""
                let isBounded =
                    condition.contains("(id =") || bounds.contains { condition.contains("\($0) =") }
                if step.contains("Seq Scan") || !isBounded { found.append("\(step) \(condition)") }
            }
        }
        return found
    }

    @Test("no order and no narrowing reads more than the customer's own tickets", arguments: TestDatabase.engines)
    func plans(engine: DatabaseEngine) async throws {
        let it = try await TicketUnderTest(engine)
        let first = try await it.open()
        try await it.database.write { session in
            let series = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $1)"
            try session.execute(
                """
                \(series) INSERT INTO customer (id, kind, name, name_folded, origin, created_at, updated_at)
                SELECT $2 + i, 'person', 'Maria', 'maria', 'desk', 0, 0 FROM n
                """,
                [.integer(Int64(Self.customers)), .integer(Self.firstID)]
            )
            try session.execute(
                """
                \(series) INSERT INTO contact (id, customer_id, name, name_folded, created_at)
                SELECT $2 + i, $2 + i, 'Maria', 'maria', 0 FROM n
                """,
                [.integer(Int64(Self.customers)), .integer(Self.firstID)]
            )
            try session.execute(
                """
                \(series) INSERT INTO ticket (number, attendance_id, customer_id, contact_id, topic, topic_title,
                    section_path, department, priority, state, summary, description, form_version, answers, channel,
                    created_at, updated_at, creation_key, news_entry)
                SELECT CAST(900000000 + i AS TEXT), $2, $3 + 1 + i % \(Self.customers), $3 + 1 + i % \(Self.customers), 'erro', 'Erro',
                    'a', CASE WHEN i % 3 = 0 THEN 'redes' ELSE 'financeiro' END, 'normal',
                    CASE WHEN i % 4 = 0 THEN 'in_progress' ELSE 'closed' END, 's', 'd', '1', '[]', 'portal', i, i,
                    'k' || CAST(i AS TEXT), CASE WHEN i % 5 = 0 THEN i END
                FROM n
                """,
                [
                    .integer(Int64(Self.tickets)), .integer(first.attendanceID), .integer(Self.firstID),
                ]
            )
            // Table by table: without names PostgreSQL reads, and locks, the tables of every other test as well.
            for table in ["customer", "contact", "ticket"] { try session.execute("ANALYZE \(table)") }
        }
        let contact = PersonContact(contactID: Self.firstID + 1, customerID: Self.firstID + 1, reach: .own)
        let explain = engine == .sqlite ? "EXPLAIN QUERY PLAN " : "EXPLAIN "
        let region = Region.brazil
        let (queries, wrong) = try await it.database.read { session in
            var wrong: [String] = []
            let queries = Self.queries(contact)
            for query in queries {
                var statement = CustomerStatement(query.reader)
                let made = try statement.keys(query, limit: 21, region: region, in: session)
                guard let sql = made else { throw StoreError.corrupt(what: "no statement") }
                let plan = try session.rows(explain + sql, statement.arguments).flatMap { row in
                    row.values.compactMap { if case .text(let text) = $0 { text } else { nil } }
                }
                guard plan.contains(where: { $0.contains("ticket") }) else {
                    throw StoreError.corrupt(what: "a plan without the table: \(plan)")
                }
                for step in Self.unbounded(plan, on: engine) {
                    wrong.append("\(query.situation) \(query.column) \(query.isAscending): \(step)")
                }
            }
            return (queries.count, wrong)
        }
        #expect(queries == 3 * 4 * 6 * 3)
        #expect(wrong.isEmpty, "\(wrong.prefix(5).joined(separator: "\n"))")
    }
}
