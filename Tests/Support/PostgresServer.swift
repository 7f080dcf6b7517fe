import Foundation

/// A PostgreSQL server of a test's own, which it may stop, start again and replace by its replica.
public final class PostgresServer: Sendable {
    /// Where it listens.
    public let url: String
    /// Where its files are.
    public let folder: String

    private init(url: String, folder: String) {
        self.url = url
        self.folder = folder
    }

    /// Makes and starts a server, a few seconds, and removes it when `body` is done.
    ///
    /// - Throws: `TestDatabase.Missing.postgres` when PostgreSQL is not installed, `Lab.Failure` with what it said when it
    ///   does not start, and what `body` throws.
    public static func with(_ body: (PostgresServer) async throws -> Void) async throws {
        try await use(try await told(by: ["start"]), body)
    }

    /// Makes and starts a streaming replica of this server, and removes it when `body` is done.
    public func withReplica(_ body: (PostgresServer) async throws -> Void) async throws {
        try await Self.use(try await Self.told(by: ["replica", folder]), body)
    }

    private static func use(_ server: PostgresServer, _ body: (PostgresServer) async throws -> Void) async throws {
        do {
            try await body(server)
        } catch {
            await server.remove()
            throw error
        }
        await server.remove()
    }

    /// Stops the server and keeps its files: `fast` ends its connections, `immediate` as a crash would.
    public func pause(_ mode: String = "fast") async throws { _ = try await Self.lab(["pause", folder, mode]) }

    /// Starts it again.
    public func resume() async throws { _ = try await Self.lab(["resume", folder]) }

    /// Stops its processes where they are: it takes connections and says nothing.
    public func freeze() async throws { _ = try await Self.lab(["freeze", folder]) }

    /// Lets them go on.
    public func thaw() async throws { _ = try await Self.lab(["thaw", folder]) }

    /// Makes a replica a server that takes writes.
    public func promote() async throws { _ = try await Self.lab(["promote", folder]) }

    private func remove() async { _ = try? await Self.lab(["stop", folder]) }

    private static func told(by arguments: [String]) async throws -> PostgresServer {
        let told = try await lab(arguments)
        let lines = told.split(separator: "\n").map(String.init)
        guard lines.count == 2 else { throw Lab.Failure(command: ["postgres-lab"] + arguments, status: 0, said: told) }
        return PostgresServer(url: lines[0], folder: lines[1])
    }

    private static func lab(_ arguments: [String]) async throws -> String {
        do {
            return try await Lab.run("postgres-lab", arguments)
        } catch let failure as Lab.Failure where failure.status == 3 {
            throw TestDatabase.Missing.postgres
        }
    }
}
