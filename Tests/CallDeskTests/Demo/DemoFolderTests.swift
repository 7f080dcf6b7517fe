import Foundation
import TestSupport
import Testing

@testable import CallDesk

@Suite("The demonstration's folder", .timeLimit(.minutes(1)))
struct DemoFolderTests {
    /// Runs `body` with a folder that is not there yet.
    private func with(_ body: (URL) async throws -> Void) async throws {
        let folder = try TestDatabase.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        try await body(folder.appending(path: "var/demo"))
    }

    private func names(_ folder: URL) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    }

    @Test("a real desk's data is refused, with --keep too, and nothing of it is touched", arguments: [true, false])
    func realDesk(keep: Bool) async throws {
        try await with { folder in
            let path = folder.path
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            try Data("rows".utf8).write(to: folder.appending(path: "calldesk.sqlite"))
            await #expect(throws: DemoFolder.Fault.notOurs(path)) {
                try await DemoFolder.hold(path, keep: keep) { Issue.record("it was begun") }
            }
            #expect(try names(folder) == ["calldesk.sqlite"])
            #expect(DemoFolder.Fault.notOurs(path).description.contains("--keep"))
        }
    }

    @Test("an earlier demonstration's data goes, or stays with --keep; a new folder is made")
    func again() async throws {
        try await with { folder in
            let path = folder.path
            try await DemoFolder.hold(path, keep: false) {
                #expect(try names(folder) == [DemoFolder.mark])
                try Data("rows".utf8).write(to: folder.appending(path: "calldesk.sqlite"))
                try FileManager.default.createDirectory(
                    at: folder.appending(path: "files/1"),
                    withIntermediateDirectories: true
                )
            }
            try await DemoFolder.hold(path, keep: true) {
                let found = try names(folder)
                #expect(found == [DemoFolder.mark, "calldesk.sqlite", "files"])
            }
            try await DemoFolder.hold(path, keep: false) {
                let found = try names(folder)
                #expect(found == [DemoFolder.mark])
            }
        }
    }

    @Test("a second demonstration does not begin where one runs", arguments: [true, false])
    func second(keep: Bool) async throws {
        try await with { folder in
            let path = folder.path
            try await DemoFolder.hold(path, keep: false) {
                try Data("rows".utf8).write(to: folder.appending(path: "calldesk.sqlite"))
                await #expect(throws: DemoFolder.Fault.inUse(path)) {
                    try await DemoFolder.hold(path, keep: keep) { Issue.record("it was begun") }
                }
                #expect(try names(folder) == [DemoFolder.mark, "calldesk.sqlite"])
            }
            // Whoever ended, however, is in nobody's way.
            try await DemoFolder.hold(path, keep: true) {}
        }
    }
}
