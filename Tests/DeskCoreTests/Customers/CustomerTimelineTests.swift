import DeskCore
import TestSupport
import Testing

@Suite("A customer's story")
struct CustomerTimelineTests {
    /// What a line is, in a word.
    private func word(_ event: CustomerEvent) -> String {
        switch event.what {
        case .contact(let contact): "contact \(contact.protocolNumber)"
        case .ticket(let ticket): "ticket \(ticket.number)"
        case .notice: "notice"
        case .change(let record): record.action
        }
    }

    @Test("contacts, tickets and changes in one order, page by page, each once", arguments: TestDatabase.engines)
    func pages(engine: DatabaseEngine) async throws {
        let bench = try await CustomerBench(engine: engine)
        let customer = try await bench.customer("Maria")
        let other = try await bench.customer("Outra")
        for number in 1...3 {
            try await bench.call(from: "+551132710322", key: "\(number)", customerID: customer.id)
            try await bench.ticket("7\(number)", customerID: customer.id)
            bench.clock.advance(by: .seconds(60))
        }
        try await bench.ticket("99", customerID: other.id)
        let whole = try await bench.directory.timeline(of: customer.id, departments: nil, limit: 200)
        #expect(
            whole.map(word) == [
                "ticket 73", "contact P73", "contact 20263", "ticket 72", "contact P72", "contact 20262", "ticket 71",
                "contact P71", "contact 20261", "customer.create",
            ]
        )
        var (paged, after): ([CustomerEvent], TimelineCursor?) = ([], nil)
        repeat {
            let page = try await bench.directory.timeline(
                of: customer.id,
                departments: nil,
                after: after,
                limit: 3
            )
            paged += page
            after = page.last.flatMap { TimelineCursor($0.cursor.text) }
            if page.count < 3 { break }
        } while paged.count < 100
        #expect(paged == whole)
        // Another department's tickets are not told, nor any to who has none.
        for departments in [["nenhum"], []] {
            let seen = try await bench.directory.timeline(of: customer.id, departments: departments, limit: 200)
            #expect(!seen.contains { word($0).hasPrefix("ticket") })
            #expect(seen.count == 7)
        }
    }

    @Test(
        "what no page said is no place in it",
        arguments: ["", "1.2", "a.b.c", "1.9.1", "1.2.0", "1.2.-3", "1.2.3.4"]
    )
    func noCursor(text: String) {
        #expect(TimelineCursor(text) == nil)
    }
}
