import Codecs
import Crypto
import Foundation

/// The folder of attachments: each file under the SHA-256 of its bytes, on disk before anything refers to it.
struct AttachmentFolder: Sendable {
    private let folder: URL
    private let health: FolderHealth

    init(_ folder: URL, health: FolderHealth = FolderHealth()) {
        self.folder = folder
        self.health = health
    }

    static func hash(_ bytes: some DataProtocol) -> String { Hexadecimal.text(SHA256.hash(data: bytes)) }

    private func place(_ hash: String) -> URL {
        folder.appending(path: String(hash.prefix(2))).appending(path: hash)
    }

    /// A name no hash has.
    private func aside(_ hash: String) -> URL {
        folder.appending(path: String(hash.prefix(2))).appending(path: ".\(hash)")
    }

    func bytes(_ hash: String) throws(AttachmentError) -> [UInt8] {
        let found: [UInt8]?
        do {
            found = try read(place(hash))
        } catch {
            health.read(hash, isWhole: false)
            throw error
        }
        guard let bytes = found else {
            health.read(hash, isWhole: false)
            throw .lost
        }
        let isWhole = Self.hash(bytes) == hash
        health.read(hash, isWhole: isWhole)
        guard isWhole else { throw .damaged }
        return bytes
    }

    /// Puts bytes there and on disk; what is there already is looked at, and replaced when it is damaged.
    func keep(_ bytes: [UInt8], as hash: String) throws(AttachmentError) {
        do {
            try put(bytes, as: hash)
            health.kept(hash, size: bytes.count)
        } catch {
            health.refused(error, size: bytes.count)
            throw error
        }
    }

    private func put(_ bytes: [UInt8], as hash: String) throws(AttachmentError) {
        let place = place(hash)
        let present: [UInt8]?
        // What cannot be read may be healed by what can be written.
        do { present = try read(place) } catch { present = nil }
        if present == bytes {
            // Young again, so that no sweep takes it between this and the row.
            guard utimes(place.path, nil) == 0 || errno == ENOENT else { throw .cannotWrite }
            if try read(place) != nil { return }
        }
        let parent = place.deletingLastPathComponent()
        do {
            try FileManager.default.createDirectory(
                at: parent,
                withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700]
            )
        } catch {
            throw .cannotWrite
        }
        let draft = parent.appending(path: ".\(hash).\(UInt64.random(in: .min ... .max))").path
        guard write(bytes, to: draft), rename(draft, place.path) == 0 else {
            unlink(draft)
            throw .cannotWrite
        }
        // The name is on disk when its folder is, and a new folder's when its parent is.
        guard Self.sync(parent.path), Self.sync(folder.path) else { throw .cannotWrite }
    }

    func check() throws(AttachmentError) {
        let probe = Array("calldesk".utf8)
        let hash = Self.hash(probe)
        try keep(probe, as: hash)
        _ = try bytes(hash)
    }

    // MARK: - Sweeping

    /// Hashes of files that nobody has written or given again since `moment`.
    func old(at moment: Moment, most: Int) throws(AttachmentError) -> [String] {
        var found: [String] = []
        for part in try names(folder).shuffled() where part.utf8.count == 2 {
            for name in try names(folder.appending(path: part)) {
                let hash = name.hasPrefix(".") ? String(name.dropFirst().prefix(64)) : name
                guard Hexadecimal.bytes(hash)?.count == 32 else { continue }
                var facts = stat()
                guard stat(folder.appending(path: part).appending(path: name).path, &facts) == 0 else { continue }
                guard Int64(facts.st_mtim.tv_sec) * 1000 < moment.milliseconds else { continue }
                if name == hash {
                    found.append(hash)
                } else {
                    // A draft whose writer died, or what a sweep that was cut off had set aside.
                    recover(name, hash, in: part)
                }
                if found.count >= most { return found }
            }
        }
        return found
    }

    private func recover(_ name: String, _ hash: String, in part: String) {
        let path = folder.appending(path: part).appending(path: name).path
        if name.utf8.count == 65, link(path, place(hash).path) != 0, errno != EEXIST { return }
        unlink(path)
    }

    /// False when it is gone or was given again meanwhile.
    func setAside(_ hash: String) throws(AttachmentError) -> Bool {
        guard rename(place(hash).path, aside(hash).path) == 0 else {
            if errno == ENOENT { return false }
            throw .cannotWrite
        }
        return true
    }

    func putBack(_ hash: String) throws(AttachmentError) {
        // An upload may have written the same bytes meanwhile.
        guard link(aside(hash).path, place(hash).path) == 0 || errno == EEXIST else { throw .cannotWrite }
        unlink(aside(hash).path)
    }

    func remove(_ hash: String) throws(AttachmentError) {
        guard unlink(aside(hash).path) == 0 || errno == ENOENT else { throw .cannotWrite }
    }

    private func names(_ folder: URL) throws(AttachmentError) -> [String] {
        do {
            guard try FileLook.isThere(folder.path) else { return [] }
            return try FileManager.default.contentsOfDirectory(atPath: folder.path)
        } catch {
            throw .cannotRead
        }
    }

    // MARK: - Bytes

    /// Nil only when there is no such file.
    private func read(_ place: URL) throws(AttachmentError) -> [UInt8]? {
        do {
            guard try FileLook.isThere(place.path) else { return nil }
            guard FileLook.isFile(place.path) else { throw AttachmentError.cannotRead }
            return [UInt8](try Data(contentsOf: place))
        } catch {
            throw .cannotRead
        }
    }

    private func write(_ bytes: [UInt8], to path: String) -> Bool {
        let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else { return false }
        defer { close(file) }
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes { room in
                Glibc.write(file, room.baseAddress?.advanced(by: done), room.count - done)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            done += count
        }
        return fsync(file) == 0
    }

    private static func sync(_ folder: String) -> Bool {
        let handle = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard handle >= 0 else { return false }
        defer { close(handle) }
        // Some network file systems keep no folders apart and say EINVAL.
        return fsync(handle) == 0 || errno == EINVAL
    }
}
