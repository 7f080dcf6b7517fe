import DeskCore
import Foundation

/// Databases for tests: one of its own for each call, with this release's tables.
public enum TestDatabase {
    /// The engines a storage test runs on: `@Test(arguments: TestDatabase.engines)`.
    ///
    /// PostgreSQL takes part when `CALLDESK_TEST_POSTGRES` holds the URL of a server, as `Tests/Support/postgres-lab`
    /// prints it.
    public static var engines: [DatabaseEngine] { [.sqlite] }

    /// A fresh database; SQLite's is in memory.
    public static func make(_ engine: DatabaseEngine = .sqlite) async throws -> any Database {
        try await SQLiteDatabase.inMemory()
    }

    /// A fresh folder for files of one test, under the machine's temporary folder.
    public static func folder() throws -> URL {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("calldesk-test-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return folder
    }
}
