import Foundation
import Testing

@testable import CallDesk

/// A browser drops an event that nobody listens for by its name, and says nothing: both sides must know the same names.
@Suite("Kinds of events")
struct StreamKindsTests {
    @Test("the desk listens for every kind of change there is, but for what tells customers of their tickets")
    func deskHearsAll() throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Sources/CallDesk/Resources/web/desk/events.js")
        let script = try String(contentsOf: file, encoding: .utf8)
        let list = try #require(script.firstMatch(of: /const KINDS = \[([^\]]*)\]/)).1
        let heard = list.matches(of: /"([^"]*)"/).map { String($0.1) }
        #expect(heard.count == Set(heard).count, "each once")
        #expect(Set(heard) == Set(LiveChange.Kind.allCases.filter { $0 != .news }.map(\.rawValue)))
    }
}
