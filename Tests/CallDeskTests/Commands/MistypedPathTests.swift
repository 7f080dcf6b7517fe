import ArgumentParser
import Foundation
import TestSupport
import Testing

@testable import CallDesk

@Suite("A mistyped path in the settings makes no database", .timeLimit(.minutes(1)))
struct MistypedPathTests {
    @Test(
        "by a command that changes what is there, and by none but what makes the first account",
        arguments: [
            ["user", "disable", "ana"], ["user", "password", "ana"], ["token", "revoke", "1"],
            ["token", "add", "erp", "--scope", "admin"], ["customer", "import", "/dev/null"],
            ["postal-codes", "import", "/dev/null"],
        ]
    )
    func noDatabase(words: [String]) async throws {
        let folder = try TestDatabase.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "calldesk.yaml")
        let database = folder.appending(path: "mistyped.sqlite")
        try "database: sqlite:\(database.path)\n".write(to: file, atomically: true, encoding: .utf8)
        var command = try CallDeskCommand.parseAsRoot(words + ["--config", file.path])
        await #expect(throws: (any Error).self) {
            if var waits = command as? any AsyncParsableCommand {
                try await waits.run()
            } else {
                try command.run()
            }
        }
        #expect(!FileManager.default.fileExists(atPath: database.path))
    }

    @Test("a token's days are 1 to 36500, and no other number is made one of them", arguments: ["0", "-5", "36501"])
    func days(days: String) {
        #expect(throws: (any Error).self) {
            try CallDeskCommand.parseAsRoot(["token", "add", "erp", "--scope", "admin", "--days=\(days)"])
        }
    }
}
