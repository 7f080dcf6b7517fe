import Foundation

extension SQLiteDatabase {
    /// Puts a backup in the place of a database that is not there.
    ///
    /// The copy is brought up to this release and checked under another name first, then gets its own.
    /// - Throws: `unavailable` when there is a file at `path`, `corrupt` when the backup is damaged.
    public static func restore(from file: String, to path: String) async throws(StoreError) {
        for part in [path, path + "-wal", path + "-shm"] where try FileLook.isThere(part) {
            throw .unavailable(
                what: part,
                remedy: "it is there; stop the service and move it away, nothing is replaced"
            )
        }
        let half = path + ".restoring"
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
        do {
            try FileManager.default.createDirectory(
                at: folder,
                withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700]
            )
            for part in [half, half + "-wal", half + "-shm"] { try? FileManager.default.removeItem(atPath: part) }
            try FileManager.default.copyItem(atPath: file, toPath: half)
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: half)
        } catch {
            throw .unavailable(what: path, remedy: "the copy cannot be written; check its folder and its free space")
        }
        let database = try await SQLiteDatabase.open(path: half)
        let faults: [String]
        do throws(StoreError) {
            faults = try await database.read { session in
                try session.rows("PRAGMA integrity_check").compactMap { $0.text(0) }.filter { $0 != "ok" }
            }
        } catch {
            await database.close()
            throw error
        }
        await database.close()
        guard faults.isEmpty else { throw .corrupt(what: file) }
        do {
            let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: half))
            try handle.synchronize()
            try handle.close()
            try FileManager.default.moveItem(atPath: half, toPath: path)
        } catch {
            throw .unavailable(what: path, remedy: "the copy cannot get its name; check its folder")
        }
    }
}
