import Foundation
import Synchronization
import TestSupport

@testable import DeskCore

/// A desk with two departments, three people, a customer and a clock that stands until it is moved.
final class TicketUnderTest: Sendable {
    let database: any Database
    let numbers = NumberDesk(format: .standard, timeZone: .gmt)
    let terms: TicketTerms
    private let time = Mutex(Moment(milliseconds: 1_795_618_800_000))  // Wednesday 25 November 2026, 15:00 UTC.
    private let heard = Mutex<[TicketNews]>([])
    let calendar: WorkCalendar
    private let policies: [ServicePolicy]
    let ana: Account
    let bruno: Account
    let chefe: Account
    let outra: Account
    let customerID: Int64
    let contactID: Int64

    init(
        _ engine: DatabaseEngine,
        terms: TicketTerms = TicketTerms(),
        policies: [ServicePolicy] = []
    ) async throws {
        database = try await TestDatabase.make(engine)
        self.terms = terms
        self.policies = policies
        let range = WorkCalendar.Range(from: 480, to: 1_080).map { [$0] } ?? []
        calendar = try WorkCalendar(timeZone: .gmt, week: Array(repeating: range, count: 5) + [[], []])
        let made = try await database.write { session in
            func account(_ login: String, _ name: String, _ role: String, _ departments: String) throws -> Account {
                let row = try session.row(
                    """
                    INSERT INTO account (login, name, role, departments, created_at) VALUES ($1, $2, $3, $4, 0)
                    RETURNING \(Account.columns)
                    """,
                    [.text(login), .text(name), .text(role), .text(departments)]
                )
                guard let row else { throw StoreError.corrupt(what: "account") }
                return try Account(row: row)
            }
            let customer = try session.row(
                """
                INSERT INTO customer (kind, name, name_folded, origin, created_at, updated_at)
                VALUES ('person', 'Maria', 'maria', 'desk', 0, 0) RETURNING id
                """
            )?.integer(0)
            let contact = try session.row(
                """
                INSERT INTO contact (customer_id, name, name_folded, email, created_at)
                VALUES ($1, 'Maria Lima', 'maria lima', 'maria@example.com', 0) RETURNING id
                """,
                [.integer(customer)]
            )?.integer(0)
            return (
                try account("ana", "Ana Souza", "technician", "[\"financeiro\"]"),
                try account("bruno", "Bruno Reis", "technician", "[\"financeiro\"]"),
                try account("chefe", "Célia Chefe", "supervisor", "[\"financeiro\"]"),
                try account("outra", "Olga Outra", "technician", "[\"redes\"]"), customer ?? 0, contact ?? 0
            )
        }
        (ana, bruno, chefe, outra, customerID, contactID) = made
    }

    var now: Moment { time.withLock { $0 } }
    func pass(_ duration: Duration) { time.withLock { $0 = $0.adding(duration) } }
    var clock: DeskClock { DeskClock { self.now } }

    var book: ServiceBook { ServiceBook(calendar: calendar, policies: policies) }

    var desk: TicketDesk { desk(catalogue: nil) }

    /// The same while a catalogue holds.
    func desk(catalogue: Catalogue?) -> TicketDesk {
        var known: (@Sendable () -> Catalogue)?
        if let catalogue { known = { catalogue } }
        return TicketDesk(
            database: database,
            numbers: numbers,
            book: self.book,
            terms: terms,
            catalogue: known,
            clock: clock,
            announce: { news, _ in
                self.heard.withLock { $0.append(news) }
                return true
            }
        )
    }

    /// What the customer was told since this was last asked; of a write that was repeated the last.
    func told() -> [NoticeEvent] {
        heard.withLock { news in
            defer { news = [] }
            return news.map(\.event)
        }
    }

    var directory: TicketDirectory { TicketDirectory(database: database) }
    var attendances: AttendanceDesk { AttendanceDesk(database: database, numbers: numbers, clock: clock) }
    var customer: TicketActor { .customer(customerID: customerID, contactID: contactID, name: "Maria Lima") }

    /// A ticket of the customer in the department `financeiro`.
    func open(
        _ key: String = UUID().uuidString,
        priority: TopicPriority = .normal,
        summary: String? = nil,
        by author: TicketAuthor? = nil
    ) async throws -> Ticket {
        var request = TicketDeskTests.request(key)
        request.customerID = customerID
        request.contactID = contactID
        request.priority = priority
        if let summary { request.summary = summary }
        let ticket = try await desk.open(request, by: author).ticket
        _ = told()
        return ticket
    }

    /// A file that was handed in for a ticket and belongs to no entry yet.
    func file(of ticket: Ticket) async throws -> Int64 {
        let row = try await database.write { session in
            try session.row(
                """
                INSERT INTO attachment (attendance_id, ticket_id, name, media_type, size, sha256, created_at)
                VALUES ($1, $2, 'nota.txt', 'text/plain', 1, $3, 0) RETURNING id
                """,
                [.integer(ticket.attendanceID), .integer(ticket.id), .text(String(repeating: "0", count: 64))]
            )
        }
        guard let id = row?.integer(0) else { throw StoreError.corrupt(what: "attachment") }
        return id
    }

    /// The ticket a file belongs to.
    func ticket(ofFile id: Int64) async throws -> Int64? {
        try await database.read { session in
            try session.row("SELECT ticket_id FROM attachment WHERE id = $1", [.integer(id)])?.integer(0)
        }
    }

    func make(_ move: TicketMove, _ ticket: Ticket, _ text: String = "", by actor: TicketActor) async throws
        -> MoveResult
    {
        try await desk.make(MoveOrder(move, of: ticket.id, text: text), by: actor)
    }

    /// Why a move is refused; nil when it is made.
    func refusal(_ order: MoveOrder, by actor: TicketActor) async throws -> TicketRefusal? {
        do {
            _ = try await desk.make(order, by: actor)
            return nil
        } catch .refused(let error) {
            return error as? TicketRefusal
        }
    }

    /// A contact of the customer that goes on.
    func contact(of holder: Account? = nil) async throws -> Attendance {
        let contact = try await attendances.begin(channel: .walkIn, accountID: (holder ?? ana).id)
        let customer = customerID
        try await database.write { session in
            try session.execute(
                "UPDATE attendance SET customer_id = $1 WHERE id = $2",
                [.integer(customer), .integer(contact.id)]
            )
        }
        return contact
    }

    func bells(_ account: Account) async throws -> [BellKind] {
        try await BellDesk(database: database).list(of: account.id).map(\.kind)
    }
}
