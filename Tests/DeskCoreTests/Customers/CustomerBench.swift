import DeskCore
import Foundation
import TestSupport

/// A directory over a fresh database with a clock that tests move.
struct CustomerBench {
    let database: any Database
    let clock = TestClock()
    let directory: CustomerDirectory
    let tickets: TicketDesk
    let actor = AuditActor.system("test")

    init(region: Region = .brazil, engine: DatabaseEngine = .sqlite) async throws {
        self.init(region: region, database: try await TestDatabase.make(engine))
    }

    init(region: Region = .brazil, database: any Database) {
        self.database = database
        directory = CustomerDirectory(database: database, clock: clock.clock, region: region, timeZone: .gmt)
        tickets = TicketDesk(
            database: database,
            numbers: NumberDesk(format: .standard, timeZone: .gmt),
            book: ServiceBook(calendar: .continuous(.gmt)),
            clock: clock.clock,
            announce: { _, _ in true }
        )
    }

    /// A customer with an active contract, with or without SMS.
    func customer(
        _ name: String,
        kind: Customer.Kind = .person,
        document: String? = nil,
        sms: Bool? = nil,
        sections: [String] = []
    ) async throws -> Customer {
        let customer = try await directory.create(
            CustomerDraft(kind: kind, name: name, document: document),
            by: actor
        )
        if let sms {
            _ = try await directory.addContract(
                ContractDraft(number: "C-\(customer.id)", title: "Suporte", hasSMS: sms, sections: sections),
                to: customer.id,
                by: actor
            )
        }
        return customer
    }

    /// A call from a number with its attendance, as the call log would leave them.
    func call(
        from number: String,
        key: String,
        customerID: Int64? = nil,
        contactID: Int64? = nil,
        answered: Bool = true
    ) async throws {
        let now = clock.now
        try await database.write { session in
            let call = try session.row(
                """
                INSERT INTO call (line, call_key, direction, number, state, outcome, started_at, answered_at, ended_at)
                VALUES ('pbx', $1, 'inbound', $2, 'ended', $3, $4, $5, $6) RETURNING id
                """,
                [
                    .text(key), .text(number), .text(answered ? "answered" : "abandoned"), .moment(now),
                    .moment(answered ? now : nil), .moment(now),
                ]
            )?.integer(0)
            try session.execute(
                """
                INSERT INTO attendance (protocol, channel, call_id, customer_id, contact_id, state, started_at)
                VALUES ($1, 'phone', $2, $3, $4, 'ended', $5)
                """,
                [
                    .text("2026" + key), .integer(call), .integer(customerID), .integer(contactID), .moment(now),
                ]
            )
        }
    }

    /// An open ticket of a customer.
    @discardableResult
    func ticket(
        _ number: String,
        customerID: Int64,
        contactID: Int64? = nil,
        state: String = "triage"
    ) async throws -> Int64 {
        let now = clock.now
        return try await database.write { session in
            let attendance = try session.row(
                """
                INSERT INTO attendance (protocol, channel, customer_id, state, started_at)
                VALUES ($1, 'portal', $2, 'ended', $3) RETURNING id
                """,
                [.text("P" + number), .integer(customerID), .moment(now)]
            )?.integer(0)
            let row = try session.row(
                """
                INSERT INTO ticket (number, attendance_id, customer_id, contact_id, topic, topic_title, section_path,
                    department, priority, state, summary, description, form_version, answers, channel, created_at, updated_at,
                    creation_key)
                VALUES ($1, $2, $3, $4, 't', 't', '[]', 'd', 'normal', $5, 's', 'd', '1', '[]', 'portal', $6, $6, $1)
                RETURNING id
                """,
                [
                    .text(number), .integer(attendance), .integer(customerID), .integer(contactID), .text(state),
                    .moment(now),
                ]
            )
            return row?.integer(0) ?? 0
        }
    }
}

/// The faults a call was refused with; none when it succeeded.
func faults(_ body: () async throws -> Void) async throws -> [CustomerFault] {
    do {
        try await body()
        return []
    } catch CustomerError.refused(let faults) {
        return faults
    }
}
