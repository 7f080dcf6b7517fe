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
            .list
        let shared = try await lists.save("Da casa", query: "list=late", department: "financeiro", by: it.ana).list
        #expect(own.name == "Urgentes")
        #expect(try await lists.list(for: it.ana) == [shared, own])
        #expect(try await lists.list(for: it.bruno) == [shared])
        #expect(try await lists.list(for: it.outra).isEmpty)
        // Others use it; only its owner removes it.
        #expect(try await !lists.remove(shared.id, by: it.bruno))
        let again = try await lists.save("Urgentes", query: "list=all", department: nil, replaces: true, by: it.ana)
        #expect(again.list.id == own.id && !again.isNew)
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
                #expect(try await lists.save(name, query: query, department: department, by: it.ana).isNew)
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
    }

    @Test("a name that is used already is not written over unless that is meant", arguments: TestDatabase.engines)
    func namesakes(engine: DatabaseEngine) async throws {
        let it = try await TicketUnderTest(engine)
        let lists = SavedLists(database: it.database, clock: it.clock)
        for index in 0..<SavedLists.most {
            _ = try await lists.save("lista \(index)", query: "list=mine", department: nil, by: it.ana)
        }
        for name in ["lista 7", " lista 7 "] {
            await #expect {
                try await lists.save(name, query: "list=late", department: nil, by: it.ana)
            } throws: {
                guard case .refused(let refusal)? = $0 as? StoreError else { return false }
                return refusal as? SavedListRefusal == .nameTaken
            }
        }
        #expect(try await lists.list(for: it.ana).allSatisfy { $0.query == "list=mine" })
        // A colleague's list of the same name is theirs; and of as many as are kept one can be replaced.
        #expect(try await lists.save("lista 7", query: "list=all", department: nil, by: it.bruno).isNew)
        let meant = try await lists.save("lista 7", query: "list=late", department: nil, replaces: true, by: it.ana)
        #expect(!meant.isNew)
        let late = try await lists.list(for: it.ana).filter { $0.query == "list=late" }
        #expect(late.map(\.name) == ["lista 7"])
        // To replace what is not there is to keep it.
        #expect(try await lists.save("nova", query: "", department: nil, replaces: true, by: it.outra).isNew)
    }
}
