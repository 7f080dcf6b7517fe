import DeskCore
import Foundation
import Testing

@testable import CallDesk

@Suite("The address of a list of tickets")
struct TicketListAddressTests {
    private func read(_ query: String) -> TicketListAddress {
        let fields = FormFields.parse(query)
        return TicketListAddress { name in fields.first { $0.name == name }?.value }
    }

    @Test("what an address says it says again, whatever it was")
    func again() {
        for query in [
            "list=department", "list=late&state=waiting&priority=urgent", "list=all&q=impressora+n%C3%A3o",
            "list=mine&person=3&customer=9&channel=phone&sla=late&from=2026-11-01&to=2026-11-25",
            "list=all&order=due&dir=desc&columns=number,due&after=12.345", "list=watched&department=redes&topic=senha",
        ] {
            let address = read(query)
            #expect(read(String(address.address.dropFirst("/desk/tickets?".count))) == address, "\(query)")
            #expect(read(address.query) == address.changed { _ in }, "\(query)")
        }
    }

    @Test("what means nothing is left out, and never refused")
    func nonsense() {
        let address = read("list=x&state=x&priority=&from=2026-02-30&to=ontem&order=x&columns=x,y&person=a&after=b")
        #expect(address == read(""))
        #expect(address.list == .department)
        #expect(read("q=senha").list == .all)
        #expect(read("q=senha&list=mine").list == .mine)
        #expect(read("q=" + String(repeating: "a", count: 5_000)).words.count == 200)
        #expect(read("department=" + String(repeating: "a", count: 5_000)).department == nil)
    }

    @Test("days are those of the clock on the wall, both of them in it")
    func days() async throws {
        let account = try await Self.account()
        let lisbon = try #require(TimeZone(identifier: "Europe/Lisbon"))
        // The night of 25 October 2026 is an hour longer.
        let query = read("from=2026-10-25&to=2026-10-25").query(for: account, in: lisbon)
        let hours = try #require(query.from).milliseconds.distance(to: try #require(query.to).milliseconds) / 3_600_000
        #expect(hours == 25)
    }

    @Test("a department that is not the reader's narrows to nothing")
    func departments() async throws {
        let account = try await Self.account()
        // Both hold: no ticket of the reader's departments is one of another.
        for name in ["redes", "suporte"] {
            let query = read("department=\(name)").query(for: account, in: .gmt)
            #expect(query.departments == ["suporte"] && query.department == name)
        }
    }

    private static func account() async throws -> Account {
        var made: Account?
        try await DeskUnderTest.with { test in made = try await test.account("ana", departments: ["suporte"]) }
        return try #require(made)
    }
}
