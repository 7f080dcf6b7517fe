import TestSupport
import Testing

@testable import DeskCore

@Suite("Lists kept by name")
struct SavedListsTests {
    @Test("one's own, and those a department shares", arguments: TestDatabase.engines)
    func sharing(engine: DatabaseEngine) async throws {
        let it = try await TicketUnderTest(engine)
        let lists = SavedLists(database: it.database, clock: it.clock)
        let own = try await lists.save(" Urgentes ", query: "list=mine&priority=urgent", department: nil, by: it.ana)
        let shared = try await lists.save("Da casa", query: "list=late", department: "financeiro", by: it.ana)
        #expect(own.name == "Urgentes")
        #expect(try await lists.list(for: it.ana) == [shared, own])
        #expect(try await lists.list(for: it.bruno) == [shared])
        #expect(try await lists.list(for: it.outra).isEmpty)
        // Others use it; only its owner removes it.
        #expect(try await !lists.remove(shared.id, by: it.bruno))
        let again = try await lists.save("Urgentes", query: "list=all", department: nil, by: it.ana)
        #expect(again.id == own.id)
        #expect(try await lists.list(for: it.ana).map(\.query) == ["list=late", "list=all"])
        #expect(try await lists.remove(shared.id, by: it.ana))
        #expect(try await lists.list(for: it.bruno).isEmpty)
    }

    @Test("names, lengths, numbers and departments are bounded", arguments: TestDatabase.engines)
    func bounds(engine: DatabaseEngine) async throws {
        let it = try await TicketUnderTest(engine)
        let lists = SavedLists(database: it.database, clock: it.clock)
        func refused(_ name: String, _ query: String = "", _ department: String? = nil) async -> SavedListRefusal? {
            do {
                _ = try await lists.save(name, query: query, department: department, by: it.ana)
                return nil
            } catch {
                guard case .refused(let refusal) = error else { return nil }
                return refusal as? SavedListRefusal
            }
        }
        #expect(await refused("  ") == .noName)
        #expect(await refused(String(repeating: "ã", count: 61)) == .tooLong)
        #expect(await refused("x", String(repeating: "a", count: 2_001)) == .tooLong)
        #expect(await refused("x", "", "redes") == .departmentElsewhere)
        for index in 0..<SavedLists.most { #expect(await refused("lista \(index)") == nil) }
        #expect(await refused("uma a mais") == .tooMany(limit: SavedLists.most))
        #expect(await refused("lista 7", "list=late") == nil)
    }
}
