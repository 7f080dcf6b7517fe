import Foundation

/// Opens the database that the setting `database:` names.
public enum OpenDatabase {
    /// Opens `sqlite:PATH` or `postgres://…` and brings its tables up to this release.
    ///
    /// - Parameters:
    ///   - setting: as it stands in the settings.
    ///   - mustExist: a file that is not there is an error instead of a new database.
    ///   - upgrades: whether the tables are brought up.
    ///   - onCommit: told after each commit, and each that the database refused as a whole, how many writes it
    ///     held and how long it took.
    /// - Returns: the open database.
    /// - Throws: `unavailable` for a setting that names neither, and what the engine says.
    public static func open(
        _ setting: String,
        mustExist: Bool = false,
        upgrades: Bool = true,
        onCommit: @escaping @Sendable (_ batchSize: Int, _ duration: Duration) -> Void = { _, _ in }
    ) async throws(StoreError) -> any Database {
        if setting == "sqlite::memory:" { return try await SQLiteDatabase.inMemory(onCommit: onCommit) }
        if let path = path(of: setting) {
            if mustExist, try isMissing(setting) {
                throw .unavailable(
                    what: "the database \(path)",
                    remedy:
                        "it does not exist; check 'database' and the folder this was started in, or start the service once"
                )
            }
            return try await SQLiteDatabase.open(path: path, upgrades: upgrades, onCommit: onCommit)
        }
        if setting.hasPrefix("postgres://") || setting.hasPrefix("postgresql://") {
            return try await PostgresDatabase.open(setting, upgrades: upgrades, onCommit: onCommit)
        }
        // The setting may hold a password: only its beginning is told.
        throw .unavailable(
            what: "the database setting “\(setting.prefix { $0 != ":" }):…”",
            remedy: "write sqlite:PATH or postgres://…"
        )
    }

    /// Opens the database for `body` and closes it afterwards, whatever became of that: what a command does.
    ///
    /// - Throws: what opening throws, and what `body` does.
    public static func with<Value>(
        _ setting: String,
        mustExist: Bool = false,
        _ body: (any Database) async throws -> Value
    ) async throws -> Value {
        let database = try await open(setting, mustExist: mustExist)
        return try await database.closing { try await body(database) }
    }

    /// Opens the database for `body`, which only looks or copies: its tables stay as they are, as a service of an older
    /// release may be at work on them.
    ///
    /// - Parameters:
    ///   - setting: as it stands in the settings; what it names must exist.
    ///   - onPending: told, before `body`, how many steps of this release the next start brings, if any.
    ///   - body: works with the open database.
    /// - Returns: what `body` returns.
    /// - Throws: what opening throws, `Untouched`, and what `body` does.
    public static func looking<Value>(
        _ setting: String,
        onPending: (Int) -> Void = { _ in },
        _ body: (any Database) async throws -> Value
    ) async throws -> Value {
        let database = try await open(setting, mustExist: true, upgrades: false)
        return try await database.closing {
            let upgrade = SchemaUpgrade(steps: Schema.everyStep(for: database.engine))
            guard let pending = try await upgrade.pending(database) else { throw Untouched() }
            if pending > 0 { onPending(pending) }
            return try await body(database)
        }
    }

    /// A database that no service has started on.
    public struct Untouched: Error, CustomStringConvertible {
        public var description: String {
            "\(StoreError.unavailable(what: "this database", remedy: "it has no tables yet; start the service once"))"
        }
    }

    /// Whether the setting names a file that is not there yet.
    ///
    /// - Throws: `unavailable` when that cannot be told.
    public static func isMissing(_ setting: String) throws(StoreError) -> Bool {
        guard let path = path(of: setting) else { return false }
        return try !FileLook.isThere(path)
    }

    /// The file of a `sqlite:` setting, or nil.
    public static func path(of setting: String) -> String? {
        guard setting.hasPrefix("sqlite:") else { return nil }
        let path = setting.dropFirst("sqlite:".count)
        // sqlite:///var/lib/x is the same file as sqlite:/var/lib/x.
        let plain = path.hasPrefix("//") ? path.dropFirst(2) : path
        return plain.isEmpty ? nil : String(plain)
    }
}
