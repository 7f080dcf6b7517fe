import DeskCore
import Foundation
import TestSupport
import Testing

@testable import CallDesk

@Suite("The service's chores", .timeLimit(.minutes(1)))
struct HousekeepingTests {
    @Test("files that nothing refers to are looked for once an hour, whatever minutes the turns fall into")
    func files() async throws {
        try await DeskUnderTest.with { test in
            let housekeeping = Housekeeping(app: test.app, logger: test.quiet)
            let hash = String(repeating: "ab", count: 32)
            let folder = URL(filePath: test.app.settings.desk.data).appending(path: "attachments/ab")
            let file = folder.appending(path: hash)
            func leave() throws {
                try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
                try Data("vai".utf8).write(to: file)
                let old = Date(timeIntervalSince1970: Double(test.clock.now.milliseconds) / 1_000 - 200_000)
                try FileManager.default.setAttributes([.modificationDate: old], ofItemAtPath: file.path)
            }
            func turn(after seconds: Int) async -> Bool {
                test.clock.advance(by: .seconds(seconds))
                await housekeeping.once()
                return !FileManager.default.fileExists(atPath: file.path)
            }
            try leave()
            // The clock stands at a full hour. A turn is a minute and what its work took, so that minute 0 can be passed over.
            #expect(await turn(after: 61), "at the start")
            try leave()
            #expect(await !turn(after: 3_538), "a second before the full hour")
            #expect(await !turn(after: 61), "a minute after it")
            #expect(await turn(after: 61), "an hour since the last")
            try leave()
            #expect(await !turn(after: 3_540))
            // Set back, it does not wait for the time it had been.
            #expect(await turn(after: -86_400))
            #expect(housekeeping.failing.isEmpty, "\(housekeeping.failing)")
        }
    }
}
