import Codecs
import Foundation
import GRDBSQLite

/// Looks into a file before anything may write to it: what is not ours to change stays as it is, byte by byte.
///
/// Opening a file as a desk's database makes it a WAL file, and closing it moves a log that stands beside it into it.
enum SQLiteLook {
    /// How long a program that has the file to itself is waited for.
    private static let patience = Duration.seconds(5)
    /// A look that finds damage is repeated: without locks, a file that another start is just making may look torn.
    private static let tries = 3

    /// Refuses the file at `path` unless the steps may be brought to it; one that is empty or not there may be anybody's.
    ///
    /// - Throws: `unavailable` for another program's file, for a newer release's and for what is no file; `corrupt`.
    static func check(_ path: String, for upgrade: SchemaUpgrade) async throws(StoreError) {
        for attempt in 1...tries {
            do throws(StoreError) {
                return try look(path, for: upgrade)
            } catch {
                guard case .corrupt = error, attempt < tries, !Task.isCancelled else { throw error }
                try? await Task.sleep(for: .milliseconds(20))
            }
        }
    }

    private static func look(_ path: String, for upgrade: SchemaUpgrade) throws(StoreError) {
        guard let size = try FileLook.size(path), size > 0 else { return }
        // Whoever opens a pipe waits for its writer.
        guard FileLook.isFile(path) else { throw .unavailable(what: path, remedy: "it is no file; correct 'database'") }
        // Where no log stands beside it the file is all there is. To be read with locks, a WAL file would get a new log,
        // which a reader cannot remove again.
        let (hasLog, hasIndex) = (try FileLook.isThere(path + "-wal"), try FileLook.isThere(path + "-shm"))
        let isWhole = !hasLog && !hasIndex
        let address =
            "file:\(PercentEncoding.encode(path, keepingSlashes: true))?\(isWhole ? "immutable=1" : "mode=ro")"
        var opened: OpaquePointer?
        let code = sqlite3_open_v2(address, &opened, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, nil)
        guard let handle = opened else { throw SQLiteFault.error(code: code, message: "no memory", place: path) }
        defer { sqlite3_close_v2(handle) }
        guard code == SQLITE_OK else { throw SQLiteFault.last(handle, place: path) }
        sqlite3_busy_timeout(handle, Int32(patience.seconds * 1_000))
        let session = SQLiteSession(statements: SQLiteStatements(handle: handle), place: path, mayWrite: false)
        try upgrade.refuseOthers(session)
    }
}
