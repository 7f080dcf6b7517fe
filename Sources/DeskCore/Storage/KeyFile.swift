import Foundation

/// Why a key file gives nothing, or cannot be made.
public enum KeyFileError: Error, Equatable, CustomStringConvertible {
    /// It is there, or may be, and cannot be read: `code` is the system's reason (errno).
    case unreadable(String, code: Int32)
    /// Something else than a file stands in its place: a pipe, a socket, a device.
    case noFile(String)
    /// It cannot be written: the folder, its owner, or the disk.
    case unwritable(String, code: Int32)
    /// It is shorter or longer than what was made; `expected` bytes at least were.
    case unusable(String, expected: Int)

    public var description: String {
        switch self {
        case .unreadable(let name, let code):
            "the key file \(name) cannot be read (\(Self.reason(code))); nothing is made in its place: check its owner, its mode (0600) and its disk"
        case .noFile(let name):
            "something that is no file stands in the place of the key file \(name); put the file back, or move it away"
        case .unwritable(let name, let code):
            "the key file \(name) cannot be made (\(Self.reason(code))); check the folder's owner and the free space"
        case .unusable(let name, let expected):
            "the key file \(name) does not hold \(expected) bytes; put back the one it was, or move it away"
        }
    }

    private static func reason(_ code: Int32) -> String { String(cString: strerror(code)) }
}

/// A small file of random bytes that must never be replaced by chance: what it opens is lost without it.
///
/// “Not there” is ENOENT alone. Everything else that keeps it from being read (owner, a failing disk, a stale mount, too
/// many open files) is an error, and nothing is made in its place.
public struct KeyFile: Sendable {
    public let place: URL
    /// The file's size in bytes: what is shorter or longer was not made here.
    public let sizes: ClosedRange<Int>

    public init(_ place: URL, size: Int = 32) { self.init(place, sizes: size...size) }

    public init(_ place: URL, sizes: ClosedRange<Int>) {
        self.place = place
        self.sizes = sizes
    }

    private var name: String { place.lastPathComponent }

    /// The file's bytes, or nil when there is none.
    public func read() throws(KeyFileError) -> [UInt8]? { try read(missed: {}) }

    /// `missed`: what others do after it was not found, before it is made sure of that.
    func read(missed: () -> Void) throws(KeyFileError) -> [UInt8]? {
        guard let file = try opened(missed) else { return nil }
        defer { close(file) }
        var facts = stat()
        guard fstat(file, &facts) == 0 else { throw .unreadable(name, code: errno) }
        guard facts.st_mode & S_IFMT == S_IFREG else {
            throw facts.st_mode & S_IFMT == S_IFDIR ? .unreadable(name, code: EISDIR) : .noFile(name)
        }
        // One byte more than it may have shows a longer one.
        var bytes = [UInt8](repeating: 0, count: sizes.upperBound + 1)
        var count = 0
        while count < bytes.count {
            let got = bytes.withUnsafeMutableBytes { room in
                Glibc.read(file, room.baseAddress?.advanced(by: count), room.count - count)
            }
            if got < 0, errno == EINTR { continue }
            guard got >= 0 else { throw .unreadable(name, code: errno) }
            if got == 0 { break }
            count += got
        }
        guard sizes.contains(count) else { throw .unusable(name, expected: sizes.lowerBound) }
        return Array(bytes.prefix(count))
    }

    /// The file opened for reading, or nil when there is none.
    private func opened(_ missed: () -> Void) throws(KeyFileError) -> Int32? {
        for _ in 0..<Self.mostLooks {
            // A pipe or a device in its place would keep whoever opens or reads it waiting for ever.
            let file = open(place.path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
            if file >= 0 { return file }
            let code = errno
            guard code == ENOENT else { throw .unreadable(name, code: code) }
            missed()
            var there = stat()
            if lstat(place.path, &there) != 0, errno == ENOENT { return nil }
            // A link that leads nowhere is there, and so is what it led to, for all we know. Anything else was put there
            // between the two looks, by another node that starts.
            if there.st_mode & S_IFMT == S_IFLNK { break }
        }
        throw .unreadable(name, code: ENOENT)
    }

    /// Whoever makes and takes away a key file in the same moment over and over is not waited for.
    private static let mostLooks = 8

    /// Puts `bytes` there unless there is a file already, and answers what is there then: two who do this at the same
    /// moment have the same bytes.
    ///
    /// The file has its whole content and the mode 0600 from the moment it has its name, and both it and its folder are
    /// on disk when this returns.
    public func make(_ bytes: [UInt8]) throws(KeyFileError) -> [UInt8] {
        if let present = try read() { return present }
        let folder = place.deletingLastPathComponent()
        try Self.makeFolder(folder, for: name)
        let path = folder.appending(path: ".\(name).\(UInt64.random(in: .min ... .max))").path
        let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw .unwritable(name, code: errno) }
        defer { unlink(path) }
        do {
            defer { close(file) }
            try write(bytes, to: file)
        }
        // link refuses a name that is taken, as O_EXCL does, and gives it to the whole file at once.
        if link(path, place.path) != 0 {
            let code = errno
            guard code == EEXIST else { throw .unwritable(name, code: code) }
        } else {
            try Self.sync(folder, for: name)
        }
        guard let present = try read() else { throw .unreadable(name, code: ENOENT) }
        return present
    }

    /// Overwrites and removes the file; that it is gone already is no error.
    public func destroy() throws(KeyFileError) {
        let file = open(place.path, O_WRONLY | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else {
            let code = errno
            if code == ENOENT { return }
            throw .unwritable(name, code: code)
        }
        do {
            defer { close(file) }
            try write([UInt8](repeating: 0, count: sizes.upperBound), to: file)
        }
        guard unlink(place.path) == 0 || errno == ENOENT else { throw .unwritable(name, code: errno) }
        try Self.sync(place.deletingLastPathComponent(), for: name)
    }

    private func write(_ bytes: [UInt8], to file: Int32) throws(KeyFileError) {
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes { room in
                Glibc.write(file, room.baseAddress?.advanced(by: done), room.count - done)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw .unwritable(name, code: errno) }
            done += count
        }
        guard fsync(file) == 0 else { throw .unwritable(name, code: errno) }
    }

    private static func makeFolder(_ folder: URL, for name: String) throws(KeyFileError) {
        // Only what is missing is made; others may make it at the same moment.
        var missing: [URL] = []
        var next = folder
        var isThere = false
        while mkdir(next.path, 0o700) != 0 {
            let code = errno
            isThere = code == EEXIST
            if isThere { break }
            guard code == ENOENT, next.path != "/" else { throw .unwritable(name, code: code) }
            missing.append(next)
            next = next.deletingLastPathComponent()
        }
        // A folder that is new is on disk only when the one it stands in is.
        if !isThere { try sync(next.deletingLastPathComponent(), for: name) }
        for part in missing.reversed() {
            if mkdir(part.path, 0o700) != 0 {
                guard errno == EEXIST else { throw .unwritable(name, code: errno) }
            }
            try sync(part.deletingLastPathComponent(), for: name)
        }
    }

    /// The name itself is on disk only when its folder is.
    private static func sync(_ folder: URL, for name: String) throws(KeyFileError) {
        let handle = open(folder.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard handle >= 0 else { throw .unwritable(name, code: errno) }
        defer { close(handle) }
        // Some network file systems keep no folders apart and say EINVAL: there is nothing to put on disk then.
        guard fsync(handle) == 0 || errno == EINVAL else { throw .unwritable(name, code: errno) }
    }
}
