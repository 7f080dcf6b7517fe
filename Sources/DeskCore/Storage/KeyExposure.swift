import Foundation

/// A key file that others on the machine than its owner may read or write.
///
/// It is told and not refused: the bytes may have been read already, so that a desk that does not start would mend nothing;
/// and secrets that are mounted for a container belong to root and are open by rule. What is ours is closed at once.
public struct KeyExposure: Sendable, Equatable, CustomStringConvertible {
    /// Below the data folder: `vault/2026-11-21.key`.
    public var name: String
    /// The permissions it had.
    public var mode: UInt32
    /// It belongs to whoever asks, who may close it.
    public var isOurs: Bool

    public var description: String {
        let whole = String(mode, radix: 8)
        return
            "\(name) may be read by others on this machine (mode \(String(repeating: "0", count: max(0, 4 - whole.count)))\(whole))"
    }

    /// What to do about one that stands open.
    public static let remedy =
        "give it to the service's user with chmod 600; what it sealed until then may be known to whoever can sign in here"

    /// Keys in one folder that are looked at; a term has some dozens of days, a day some dozens of passwords.
    private static let most = 1_000

    /// The keys in a data folder that stand open, by name.
    ///
    /// - Throws: `KeyFileError` when the folder is there and cannot be looked into.
    public static func all(in folder: URL) throws(KeyFileError) -> [KeyExposure] {
        try each(in: folder) { _, _ in }
    }

    /// Closes the keys in a data folder that are ours and stand open.
    ///
    /// - Returns: those that stood open, also the ones that are not ours and still do.
    public static func close(in folder: URL) throws(KeyFileError) -> [KeyExposure] {
        try each(in: folder) { file, exposure in
            if exposure.isOurs { fchmod(file, 0o600) }
        }
    }

    private static func each(
        in folder: URL,
        _ body: (_ file: Int32, _ exposure: KeyExposure) -> Void
    ) throws(KeyFileError) -> [KeyExposure] {
        var found: [KeyExposure] = []
        // A day's folder holds the halves of its passwords.
        let vault = folder.appending(path: "vault")
        let days = try names(in: vault) { CalendarDay(iso: $0) != nil }.map { "vault/\($0)/" }
        for place in ["", "vault/"] + days {
            for name in try names(in: folder.appending(path: place), { $0.hasSuffix(".key") }) {
                let file = open(folder.path + "/" + place + name, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
                // One that cannot be read is told by whoever needs it.
                guard file >= 0 else { continue }
                defer { Glibc.close(file) }
                var facts = stat()
                guard fstat(file, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG, facts.st_mode & 0o077 != 0 else {
                    continue
                }
                let exposure = KeyExposure(
                    name: place + name,
                    mode: facts.st_mode & 0o7777,
                    isOurs: facts.st_uid == geteuid()
                )
                body(file, exposure)
                found.append(exposure)
            }
        }
        return found.sorted { $0.name < $1.name }
    }

    private static func names(in folder: URL, _ isMeant: (String) -> Bool) throws(KeyFileError) -> [String] {
        guard let listing = opendir(folder.path) else {
            let code = errno
            if code == ENOENT { return [] }
            throw .unreadable(folder.lastPathComponent, code: code)
        }
        defer { closedir(listing) }
        var names: [String] = []
        while names.count < most, let entry = readdir(listing) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if isMeant(name) { names.append(name) }
        }
        return names
    }
}
