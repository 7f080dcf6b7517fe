import ArgumentParser
import Codecs
import DeskCore
import Foundation

struct BackupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Writes a consistent copy of the database while the service goes on working.",
        discussion: """
            SQLite: a database file. PostgreSQL: an archive of pg_dump (Debian: postgresql-client). Take the attachments
            in desk.data beside it, after it: then every file the database names is there. Leave the keys out (vault,
            vault.key): without them passwords that were erased stay erased, whatever copy is put back.
            """
    )

    @OptionGroup var settings: SettingsOption
    @Argument(help: "The file to write; it must not exist.")
    var file: String

    func run() async throws {
        let setting = try settings.read(environment: ProcessInfo.processInfo.environment).database
        if let server = PostgresTools(setting) {
            try server.dump(to: file)
        } else {
            try await Administration.looking(setting) { try await $0.backUp(to: file) }
        }
        print(file)
    }
}

struct RestoreCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Puts a backup in the place of a database that is not there yet, and checks it.",
        discussion: """
            Stop the service first. SQLite: move the old file with its -wal and -shm away. PostgreSQL: name an empty
            database. Nothing is ever replaced.
            """
    )

    @OptionGroup var settings: SettingsOption
    @Argument(help: "A file that 'calldesk backup' wrote.")
    var file: String

    func run() async throws {
        let settings = try settings.read(environment: ProcessInfo.processInfo.environment)
        let setting = settings.database
        guard FileManager.default.isReadableFile(atPath: file) else {
            throw Administration.failed("\(file) cannot be read; check its name and its owner")
        }
        do {
            if let server = PostgresTools(setting) {
                try server.examine(file)
                try server.restore(from: file)
            } else if let path = OpenDatabase.path(of: setting) {
                try await SQLiteDatabase.restore(from: file, to: path)
            }
            // Brings the tables up to this release, as a start would, and shows that it can be served.
            try await OpenDatabase.with(setting) { database in
                try await database.check()
                print(try await database.holdings())
                try await Self.join(database, settings)
            }
        } catch let error as ExitCode {
            throw error
        } catch {
            throw Administration.failed("\(error)")
        }
    }

    /// Gives the database the mark of its data folder, and says which passwords stay erased because their key is gone.
    private static func join(_ database: any Database, _ settings: Settings) async throws {
        let folder = URL(fileURLWithPath: settings.desk.data, isDirectory: true)
        try await DeskIdentity(database: database, folder: folder).adopt()
        let vault = SecretVault(
            database: database,
            clock: .system,
            folder: folder,
            term: .seconds(settings.secretHours * 3600)
        )
        let lost = try await vault.forgetLost(by: .system("restore"))
        if lost > 0 { print("passwords without a key, to be asked for again: \(lost)") }
        let silent = try await WebhookDesk(database: database, vault: vault, clock: .system).withoutSecret().count
        if silent > 0 { print("webhooks whose signing secret does not open, to be given a new one: \(silent)") }
    }
}

/// PostgreSQL's own programs for copies of a whole database.
struct PostgresTools {
    private let url: String
    private let password: String?

    /// Nil for a setting that is not PostgreSQL's.
    init?(_ setting: String) {
        guard setting.hasPrefix("postgres://") || setting.hasPrefix("postgresql://") else { return nil }
        (url, password) = Self.split(setting)
    }

    /// The URL without its password, and the password: arguments of a program can be read by everybody on the machine.
    static func split(_ url: String) -> (url: String, password: String?) {
        var rest = url
        var password: String?
        if let start = rest.range(of: "://"),
            let end = rest[start.upperBound...].firstIndex(where: { "/?".contains($0) }) ?? Optional(rest.endIndex),
            let at = rest[start.upperBound..<end].lastIndex(of: "@"),
            let colon = rest[start.upperBound..<at].firstIndex(of: ":")
        {
            password = PercentEncoding.decode(rest[rest.index(after: colon)..<at])
            rest.removeSubrange(colon..<at)
        }
        guard let mark = rest.firstIndex(of: "?") else { return (rest, password) }
        let pairs = rest[rest.index(after: mark)...].split(separator: "&")
        for pair in pairs where pair.hasPrefix("password=") {
            password = PercentEncoding.decode(pair.dropFirst("password=".count))
        }
        let kept = pairs.filter { !$0.hasPrefix("password=") }.joined(separator: "&")
        return (rest[..<mark] + (kept.isEmpty ? "" : "?\(kept)"), password)
    }

    func dump(to file: String) throws {
        guard try !FileLook.isThere(file) else {
            throw Administration.failed("\(file) exists already; name a file that does not")
        }
        let half = file + ".part"
        guard try FileLook.make(half) else {
            throw Administration.failed("\(half) is there from a backup that was cut off; remove it and try again")
        }
        do {
            try run(
                "pg_dump",
                ["--format=custom", "--no-owner", "--no-privileges", "--file=\(half)", "--dbname=\(url)"]
            )
            let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: half))
            try handle.synchronize()
            try handle.close()
            try FileManager.default.moveItem(atPath: half, toPath: file)
        } catch {
            try? FileManager.default.removeItem(atPath: half)
            throw error
        }
    }

    /// Refuses an archive that is another program's or a newer release's, before anything of it is restored.
    func examine(_ file: String) throws {
        let list = try output("pg_restore", ["--list", file], most: 4 << 20)
        guard list.contains(" TABLE DATA ") && list.contains(" schema_step ") else {
            throw Administration.failed("\(file) is no backup of a desk; name a file that 'calldesk backup' wrote")
        }
        let rows = try output(
            "pg_restore",
            ["--data-only", "--table=schema_step", "--file=-", file],
            most: 4 << 20
        )
        // Between COPY and its end, a line is a row, its columns apart by tabs.
        let lines = rows.split(separator: "\n", omittingEmptySubsequences: false)
        let steps = lines.drop { !$0.hasPrefix("COPY ") }.dropFirst().prefix { $0 != "\\." }
        try DatabaseRelease.refuse(Set(steps.compactMap { $0.split(separator: "\t").first.map(String.init) }))
    }

    /// All or nothing, into a database without our tables.
    func restore(from file: String) throws {
        try run(
            "pg_restore",
            ["--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges", "--dbname=\(url)", file]
        )
    }

    /// What a program finds around it: the password, and that of several hosts the one is meant that takes writes, as for the
    /// service itself.
    ///
    /// A standby may be behind, refuses to be restored into, and ends a long `pg_dump` for its own replay. What the URL
    /// says of it goes first in libpq, and what the machine's environment says before us.
    func environment(_ own: [String: String]) -> [String: String] {
        var all = ["PGTARGETSESSIONATTRS": "read-write"].merging(own) { $1 }
        if let password { all["PGPASSWORD"] = password }
        return all
    }

    private func run(_ program: String, _ arguments: [String]) throws {
        try run(program, arguments, into: nil)
    }

    /// What a program says, as far as `most` bytes.
    private func output(_ program: String, _ arguments: [String], most: Int) throws -> String {
        let pipe = Pipe()
        var said = Data()
        try run(program, arguments, into: pipe) {
            // Read to the end, so that the program comes to its own.
            while let more = try pipe.fileHandleForReading.read(upToCount: 65_536), !more.isEmpty {
                if said.count < most { said.append(more) }
            }
        }
        return String(decoding: said, as: UTF8.self)
    }

    private func run(
        _ program: String,
        _ arguments: [String],
        into pipe: Pipe?,
        _ read: () throws -> Void = {}
    ) throws {
        let process = Process()
        if let pipe { process.standardOutput = pipe }
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [program] + arguments
        process.environment = environment(ProcessInfo.processInfo.environment)
        try process.run()
        try read()
        process.waitUntilExit()
        switch process.terminationStatus {
        case 0: return
        case 127: throw Administration.failed("\(program) is not installed (Debian: postgresql-client)")
        default: throw Administration.failed("\(program) failed; its message stands above")
        }
    }
}
