import Codecs
import Foundation

/// Why a database and a data folder do not go together.
public enum DeskIdentityError: Error, Equatable, CustomStringConvertible {
    /// The folder is another desk's.
    case otherDesk
    /// The database has nothing in it, and the folder holds the keys of a desk.
    case emptyDatabase
    case file(KeyFileError)

    public var description: String {
        switch self {
        case .otherDesk:
            "the data folder (desk.data) belongs to another database than the one in 'database': correct one of the two; for a copy that 'calldesk restore' did not put there, remove desk.id from the folder"
        case .emptyDatabase:
            "the database is new or empty, and the data folder (desk.data) holds the files of a desk: check 'database', restore its backup, or name another folder for a new desk"
        case .file(let error): error.description
        }
    }
}

/// Holds a database and its data folder together: both carry the same mark, given when the desk was made.
///
/// An empty or foreign database beside the files of a desk would let passwords be sealed with the wrong keys and files be
/// swept that another database refers to.
public struct DeskIdentity: Sendable {
    private let database: any Database
    private let folder: URL

    public init(database: any Database, folder: URL) {
        self.database = database
        self.folder = folder
    }

    private var file: KeyFile { KeyFile(folder.appending(path: "desk.id"), size: 33) }

    /// Compares the two marks and gives those who have none one.
    ///
    /// - Throws: `DeskIdentityError` when they do not go together, `StoreError` from the database.
    public func check() async throws {
        let present = try fileMark()
        if try await mark() == nil {
            let isInUse = try await database.read { session in try Self.isInUse(session) }
            // A desk of a release before has neither mark; its database has people or calls in it.
            if !isInUse, try present != nil || holdsFiles() { throw DeskIdentityError.emptyDatabase }
            if present != nil { throw DeskIdentityError.otherDesk }
        }
        let mark = try await give(Self.fresh())
        guard try write(mark) == mark else { throw DeskIdentityError.otherDesk }
    }

    /// After a restore: the database takes the folder's mark, or the folder the database's.
    public func adopt() async throws {
        guard let present = try fileMark() else { return try await check() }
        try await database.write { session in
            try session.execute("DELETE FROM desk_identity")
            try session.execute("INSERT INTO desk_identity (id, mark) VALUES (1, $1)", [.text(present)])
        }
    }

    private func mark() async throws(StoreError) -> String? {
        try await database.read { try $0.row("SELECT mark FROM desk_identity WHERE id = 1")?.text(0) }
    }

    /// The database's mark, which is `fresh` when it had none; nodes that start together get one.
    private func give(_ fresh: String) async throws(StoreError) -> String {
        try await database.write { session throws(StoreError) in
            try session.execute(
                "INSERT INTO desk_identity (id, mark) VALUES (1, $1) ON CONFLICT (id) DO NOTHING",
                [.text(fresh)]
            )
            guard let mark = try session.row("SELECT mark FROM desk_identity WHERE id = 1")?.text(0) else {
                throw StoreError.corrupt(what: "desk_identity")
            }
            return mark
        }
    }

    private func fileMark() throws(DeskIdentityError) -> String? {
        do {
            return try file.read().map { Self.text($0) }
        } catch {
            throw .file(error)
        }
    }

    private func write(_ mark: String) throws(DeskIdentityError) -> String {
        do {
            return Self.text(try file.make(Array("\(mark)\n".utf8)))
        } catch {
            throw .file(error)
        }
    }

    /// Keys or attachments of a desk that had no mark yet.
    private func holdsFiles() throws(DeskIdentityError) -> Bool {
        do {
            if try KeyFile(folder.appending(path: VaultKeys.former)).read() != nil { return true }
        } catch {
            throw .file(error)
        }
        return false
    }

    private static func text(_ bytes: [UInt8]) -> String {
        String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
    }

    private static func fresh() -> String {
        var random = SystemRandomNumberGenerator()
        return Hexadecimal.text((0..<16).map { _ in UInt8.random(in: .min ... .max, using: &random) })
    }

    private static func isInUse(_ session: any SQLSession) throws(StoreError) -> Bool {
        for table in ["account", "attendance", "customer", "ticket", "call"]
        where try session.row("SELECT 1 FROM \(table) LIMIT 1") != nil { return true }
        return false
    }
}
