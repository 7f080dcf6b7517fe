import TestSupport
import Testing

@testable import DeskCore

@Suite("A wish with a name of its client's")
struct RepeatedWishTests {
    @Test("ten that come at once begin one contact", arguments: TestDatabase.engines)
    func atOnce(engine: DatabaseEngine) async throws {
        let it = try await TicketUnderTest(engine)
        let desk = it.attendances
        let begun = try await withThrowingTaskGroup(of: (Int64, Bool)?.self) { group in
            for _ in 0..<10 {
                group.addTask {
                    try await desk.begin(channel: .walkIn, accountID: nil, key: "k", digest: "d").map {
                        ($0.attendance.id, $0.isNew)
                    }
                }
            }
            return try await group.reduce(into: [(Int64, Bool)]()) { if let one = $1 { $0.append(one) } }
        }
        #expect(begun.count == 10)
        #expect(Set(begun.map(\.0)).count == 1)
        #expect(begun.filter(\.1).count == 1)
        let count = try await it.database.read { try $0.row("SELECT COUNT(*) FROM attendance")?.integer(0) }
        #expect(count == 1)
        #expect(try await desk.begin(channel: .walkIn, accountID: nil, key: "k", digest: "e") == nil)
    }

    @Test("a ticket that is not opened registers nobody", arguments: TestDatabase.engines)
    func registersNobody(engine: DatabaseEngine) async throws {
        let it = try await TicketUnderTest(engine)
        let customers = CustomerDirectory(database: it.database, clock: it.clock, region: .brazil)
        let registration = CustomerRegistration(customer: CustomerDraft(kind: .company, name: "Padaria Luz"))
        func open(_ request: TicketRequest) async throws(CustomerError) -> TicketOpening {
            try await it.desk.open(request, for: registration, in: customers, registrar: .system("test"), by: nil)
        }
        func count() async throws -> Int64? {
            try await it.database.read { try $0.row("SELECT COUNT(*) FROM customer")?.integer(0) }
        }
        let before = try await count() ?? 0
        let nowhere = TicketDeskTests.request("k", attendanceID: 99_999)
        await #expect(throws: CustomerError.self) { _ = try await open(nowhere) }
        #expect(try await count() == before)
        let made = try await open(TicketDeskTests.request("k"))
        let again = try await open(TicketDeskTests.request("k"))
        #expect(made.isNew && !again.isNew && made.ticket.id == again.ticket.id)
        #expect(made.ticket.customerID != nil)
        #expect(try await count() == before + 1)
    }
}
