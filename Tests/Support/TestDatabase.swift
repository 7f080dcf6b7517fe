import DeskCore
import Foundation

/// Databases for tests: one of its own for each call, with this release's tables.
public enum TestDatabase {
    /// The engines a storage test runs on: `@Test(arguments: TestDatabase.engines)`.
    ///
    /// PostgreSQL takes part when `CALLDESK_TEST_POSTGRES` holds the URL of a server, as `Tests/Support/postgres-lab`
    /// prints it.
    public static var engines: [DatabaseEngine] { postgresServer == nil ? [.sqlite] : [.sqlite, .postgres] }

    /// The engine of tests that name none: SQLite, or PostgreSQL for a whole run with `CALLDESK_TEST_ENGINE=postgres`.
    public static var usual: DatabaseEngine {
        let named = ProcessInfo.processInfo.environment["CALLDESK_TEST_ENGINE"].flatMap(DatabaseEngine.init)
        return named ?? .sqlite
    }

    /// The server for tests, or nil.
    public static var postgresServer: String? {
        ProcessInfo.processInfo.environment["CALLDESK_TEST_POSTGRES"].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// A fresh database; SQLite's is in memory, PostgreSQL's a schema of its own on the server for tests.
    ///
    /// - Parameters:
    ///   - engine: one of `engines`, by default the usual one.
    ///   - steps: the schema, by default this release's.
    /// - Returns: the open database.
    /// - Throws: `Missing`, or what the engine says.
    public static func make(
        _ engine: DatabaseEngine = usual,
        steps: [SchemaStep]? = nil
    ) async throws -> any Database {
        switch engine {
        case .sqlite: return try await SQLiteDatabase.inMemory(steps: steps)
        case .postgres:
            var limits = PostgresDatabase.Limits()
            limits.readers = 2
            limits.writers = 3
            return try await PostgresDatabase.open(try await freshPostgres(), limits: limits, steps: steps)
        }
    }

    /// The URL of an empty schema on the server for tests.
    public static func freshPostgres() async throws -> String {
        guard let server = postgresServer else { throw Missing.postgres }
        let schema = "t_" + UUID().uuidString.lowercased().replacingOccurrences(of: "-", with: "")
        var limits = PostgresDatabase.Limits()
        limits.readers = 1
        limits.writers = 1
        let maker = try await PostgresDatabase.open(server, limits: limits, steps: [])
        defer { maker.close() }
        try await maker.write { session in try session.execute("CREATE SCHEMA \(schema)") }
        return server + (server.contains("?") ? "&" : "?") + "options=-csearch_path%3D\(schema)"
    }

    /// Why a test cannot have what it asks for.
    public enum Missing: Error {
        /// `CALLDESK_TEST_POSTGRES` is not set.
        case postgres
    }

    /// A fresh folder for files of one test, under the machine's temporary folder.
    public static func folder() throws -> URL {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("calldesk-test-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return folder
    }
}
