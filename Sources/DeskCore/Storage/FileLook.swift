import Foundation

/// Looks whether a file is there, and makes one that was not.
///
/// `FileManager.fileExists` says “no” to a folder that may not be entered, a stale mount and a failing disk alike; what is
/// made or removed after such a “no” replaces what was there.
public enum FileLook {
    /// Whether there is something under `path`, a link that leads nowhere among it.
    ///
    /// - Throws: `unavailable` when that cannot be told; only “not there” is not there.
    public static func isThere(_ path: String) throws(StoreError) -> Bool {
        var found = stat()
        if lstat(path, &found) == 0 { return true }
        let code = errno
        if code == ENOENT || code == ENOTDIR { return false }
        throw unseen(path, code)
    }

    private static func unseen(_ path: String, _ code: Int32) -> StoreError {
        .unavailable(
            what: path,
            remedy:
                "it cannot be looked at (\(String(cString: strerror(code)))); check its folder, its owner and its disk"
        )
    }

    /// How many bytes `path` holds, where its link leads; nil when nothing is there.
    ///
    /// - Throws: `unavailable` when that cannot be told.
    public static func size(_ path: String) throws(StoreError) -> Int64? {
        try stamp(path).map { Int64($0.st_size) }
    }

    /// What tells a file from the one that was there before; nil when nothing is there.
    ///
    /// - Throws: `unavailable` when that cannot be told.
    fileprivate static func stamp(_ path: String) throws(StoreError) -> stat? {
        var found = stat()
        if stat(path, &found) == 0 { return found }
        let code = errno
        if code == ENOENT || code == ENOTDIR { return nil }
        throw unseen(path, code)
    }

    /// Whether `path` leads to a file: whoever opens a pipe or a device may wait for ever.
    public static func isFile(_ path: String) -> Bool {
        var found = stat()
        return stat(path, &found) == 0 && found.st_mode & S_IFMT == S_IFREG
    }

    /// Makes an empty file that only the service's user may read.
    ///
    /// - Returns: whether it was made here; false when it was there, and is left as it is.
    public static func make(_ path: String) throws(StoreError) -> Bool {
        let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else {
            let code = errno
            if code == EEXIST { return false }
            if code == ENOSPC || code == EDQUOT { throw .full(what: path) }
            throw .unavailable(
                what: path,
                remedy:
                    "the file cannot be made (\(String(cString: strerror(code)))); check its folder and the service's user"
            )
        }
        close(file)
        return true
    }
}

/// Which file stood under a path and when it was last written, where its links led.
public struct FileStamp: Sendable, Equatable {
    private let device: UInt64
    private let number: UInt64
    private let size: Int64
    private let seconds: Int
    private let nanoseconds: Int

    /// Nil when nothing is there.
    ///
    /// - Throws: `StoreError.unavailable` when that cannot be told.
    public init?(of path: String) throws(StoreError) {
        guard let found = try FileLook.stamp(path) else { return nil }
        (device, number, size) = (UInt64(found.st_dev), UInt64(found.st_ino), Int64(found.st_size))
        (seconds, nanoseconds) = (found.st_mtim.tv_sec, found.st_mtim.tv_nsec)
    }
}
