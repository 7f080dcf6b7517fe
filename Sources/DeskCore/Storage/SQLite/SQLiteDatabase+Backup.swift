import Foundation
import GRDB

extension SQLiteDatabase {
    /// Writes a consistent, compact copy while the desk goes on working.
    ///
    /// - Throws: `unavailable` when `path` is there already: a backup never replaces another.
    public func backUp(to path: String) async throws(StoreError) {
        guard try !FileLook.isThere(path) else {
            throw .unavailable(what: path, remedy: "it exists already; name a file that does not")
        }
        let source = place
        // A connection and a thread of its own: copying takes as long as the disk does, and holds up nobody.
        let failure = await withCheckedContinuation { (continuation: CheckedContinuation<StoreError?, Never>) in
            DispatchQueue(label: "calldesk.database.backup").async {
                continuation.resume(returning: Self.copy(source, to: path))
            }
        }
        if let failure { throw failure }
    }

    private static func copy(_ source: String, to path: String) -> StoreError? {
        let half = path + ".part"
        do {
            try? FileManager.default.removeItem(atPath: half)
            guard try FileLook.make(half) else {
                return .unavailable(what: half, remedy: "it is there and cannot be removed; check its folder")
            }
            var configuration = Configuration()
            configuration.label = "calldesk.database.backup"
            configuration.busyMode = .timeout(5)
            let connection = try DatabaseQueue(path: source, configuration: configuration)
            // VACUUM INTO takes an empty file, which keeps the mode it was made with.
            try connection.writeWithoutTransaction { db in
                try db.execute(sql: "VACUUM INTO ?", arguments: [half])
            }
            try connection.close()
            try syncToDisk(half)
            // The name appears when the copy is whole; `moveItem` refuses to replace a file made meanwhile.
            try FileManager.default.moveItem(atPath: half, toPath: path)
            return nil
        } catch let error as StoreError {
            return error
        } catch {
            try? FileManager.default.removeItem(atPath: half)
            return storeError(error, place: path)
        }
    }

    private static func syncToDisk(_ path: String) throws {
        let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
        try file.synchronize()
        try file.close()
    }

    /// Whether the engine answers and its disk takes a commit.
    public func check() async throws(StoreError) {
        try await SchemaUpgrade.touch(self)
    }
}
