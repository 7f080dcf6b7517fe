import Foundation

extension SQLiteDatabase {
    /// Puts a backup in the place of a database that is not there.
    ///
    /// The copy is brought up to this release and checked under another name first, then gets its own; nothing of one that
    /// fails is left.
    /// - Throws: `unavailable` when there is a file at `path`, when another restore is at it, and for a backup that is
    ///   another program's or a newer release's; `corrupt` when it is damaged, `full` when the disk does not hold it.
    public static func restore(from file: String, to path: String) async throws(StoreError) {
        // A copy of a file in use lacks what stands in its log.
        if let log = try FileLook.size(file + "-wal"), log > 0 {
            throw .unavailable(
                what: file,
                remedy: "a log stands beside it, so that it is no backup; give the file 'calldesk backup' writes"
            )
        }
        if try FileLook.size(file) == 0 { throw .corrupt(what: file) }
        try mustBeFree(path)
        do {
            try FileManager.default.createDirectory(
                at: URL(fileURLWithPath: path).deletingLastPathComponent(),
                withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700]
            )
        } catch {
            throw .unavailable(what: path, remedy: "its folder cannot be made; check its parent and the user")
        }
        let half = try HalfFile(path + ".restoring")
        do throws(StoreError) {
            // Somebody else may have been at it until now.
            try mustBeFree(path)
            try half.take(from: file)
            try await check(half.path, from: file)
            try half.become(path)
        } catch {
            half.remove()
            throw error
        }
    }

    private static func mustBeFree(_ path: String) throws(StoreError) {
        for part in [path, path + "-wal", path + "-shm"] where try FileLook.isThere(part) {
            throw .unavailable(
                what: part,
                remedy: "it is there; stop the service and move it away, nothing is replaced"
            )
        }
    }

    /// Brings the copy up to this release and reads all of it.
    private static func check(_ half: String, from file: String) async throws(StoreError) {
        do throws(StoreError) {
            let database = try await SQLiteDatabase.open(path: half)
            let faults: Result<[String], StoreError>
            do throws(StoreError) {
                faults = .success(
                    try await database.read { session in
                        try session.rows("PRAGMA integrity_check").compactMap { $0.text(0) }.filter { $0 != "ok" }
                    }
                )
            } catch {
                faults = .failure(error)
            }
            await database.close()
            guard try faults.get().isEmpty else { throw .corrupt(what: file) }
        } catch {
            // What is wrong with the copy is wrong with what it was copied from.
            if case .corrupt = error { throw .corrupt(what: file) }
            throw error
        }
    }
}

/// A file under its own name only when it is whole: made, filled and renamed by one process at a time.
private struct HalfFile {
    let path: String
    private let descriptor: Int32

    private var parts: [String] { [path, path + "-wal", path + "-shm", path + "-journal"] }

    /// Takes the name, over what a restore that was killed left under it.
    init(_ path: String) throws(StoreError) {
        self.path = path
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw Self.error(path, errno) }
        // Held until this process ends or closes it; SQLite's own locks are of another kind and do not see it.
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let code = errno
            close(descriptor)
            guard code == EWOULDBLOCK else { throw Self.error(path, code) }
            throw .unavailable(what: path, remedy: "another restore is at it; wait for its end")
        }
        var (mine, named) = (stat(), stat())
        guard fstat(descriptor, &mine) == 0, lstat(path, &named) == 0, mine.st_ino == named.st_ino else {
            close(descriptor)
            throw .unavailable(what: path, remedy: "another restore has just ended; look at its result")
        }
    }

    /// Copies a whole file onto the disk.
    func take(from file: String) throws(StoreError) {
        for part in parts.dropFirst() { unlink(part) }
        guard FileLook.isFile(file) else { throw .unavailable(what: file, remedy: "it is no file; name a backup") }
        let source = open(file, O_RDONLY | O_CLOEXEC)
        guard source >= 0 else { throw Self.error(file, errno) }
        defer { close(source) }
        guard ftruncate(descriptor, 0) == 0, fchmod(descriptor, 0o600) == 0 else { throw Self.error(path, errno) }
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        while true {
            let count = read(source, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw Self.error(file, errno) }
            if count == 0 { break }
            var written = 0
            while written < count {
                let more = buffer.withUnsafeBytes {
                    write(descriptor, $0.baseAddress?.advanced(by: written), count - written)
                }
                if more < 0, errno == EINTR { continue }
                guard more > 0 else { throw Self.error(path, errno) }
                written += more
            }
        }
        guard fsync(descriptor) == 0 else { throw Self.error(path, errno) }
    }

    /// Gives the file its name for good, which nobody may have taken meanwhile.
    func become(_ name: String) throws(StoreError) {
        guard fsync(descriptor) == 0 else { throw Self.error(path, errno) }
        do {
            try FileManager.default.moveItem(atPath: path, toPath: name)
        } catch {
            throw .unavailable(what: name, remedy: "the copy cannot get its name; check its folder")
        }
        // A name is on the disk when its folder is.
        let folder = open(URL(fileURLWithPath: name).deletingLastPathComponent().path, O_RDONLY | O_CLOEXEC)
        if folder >= 0 {
            fsync(folder)
            close(folder)
        }
        close(descriptor)
    }

    func remove() {
        for part in parts { unlink(part) }
        close(descriptor)
    }

    private static func error(_ path: String, _ code: Int32) -> StoreError {
        if code == ENOSPC || code == EDQUOT { return .full(what: path) }
        return .unavailable(
            what: path,
            remedy: "\(String(cString: strerror(code))); check its folder, its owner, its disk"
        )
    }
}
