import Codecs
import Crypto
import Foundation
import Synchronization

/// The vault's keys: a file for each day on which something was sealed, which dies when nothing it sealed is left.
///
/// Each password has a half of its key for itself besides, which dies with it, however long its day's key is needed by others.
/// An old copy of the database holds sealed passwords whose key is gone for good: that is what makes erasing last.
final class VaultKeys: Sendable {
    /// The one key of releases before, for rows that name none.
    static let former = "vault.key"
    /// The key of what has no term, such as webhooks' signing secrets: a day's key would live as long as they do, and
    /// open that day's passwords in every old copy.
    static let standing = "webhooks.key"
    /// A key is still used by nodes whose clock is a little behind; after so many days it certainly is not.
    static let rest = 2

    struct Key: Sendable {
        var name: String
        var symmetric: SymmetricKey
        /// A digest that tells keys apart and gives none away.
        var mark: String

        init(name: String, bytes: [UInt8]) {
            self.name = name
            symmetric = SymmetricKey(data: bytes)
            let digest = SHA256.hash(data: Array("calldesk vault key".utf8) + bytes)
            mark = Hexadecimal.text(digest.prefix(16))
        }
    }

    private let folder: URL
    /// What was read once; at the most one a day of a term, and two more.
    private let known = Mutex<[String: Key]>([:])

    /// `folder`: the data folder.
    init(folder: URL) { self.folder = folder }

    /// The name of the key for what is sealed at `moment`: its day by UTC.
    static func name(at moment: Moment) -> String {
        (CalendarDay(moment, offsetMinutes: 0) ?? .epoch).iso
    }

    /// The newest name of which no key is used any more at `moment`.
    static func resting(at moment: Moment) -> String {
        name(at: moment.adding(.seconds(-rest * 86_400)))
    }

    private func file(_ name: String) -> KeyFile {
        [Self.former, Self.standing].contains(name)
            ? KeyFile(folder.appending(path: name))
            : KeyFile(folder.appending(path: "vault").appending(path: "\(name).key"))
    }

    /// The key, nil when its file is not there.
    func find(_ name: String) throws(VaultError) -> Key? {
        if let key = known.withLock({ $0[name] }) { return key }
        do {
            return try file(name).read().map { remember(Key(name: name, bytes: $0)) }
        } catch {
            throw .key(error)
        }
    }

    /// The key, made when its file is not there.
    func make(_ name: String) throws(VaultError) -> Key {
        if let key = known.withLock({ $0[name] }) { return key }
        let fresh = SymmetricKey(size: .bits256).withUnsafeBytes { Array($0) }
        do {
            return remember(Key(name: name, bytes: try file(name).make(fresh)))
        } catch {
            throw .key(error)
        }
    }

    /// Removes the key for good, and with it what is left of its day.
    func destroy(_ name: String) throws(VaultError) {
        known.withLock { $0[name] = nil }
        do {
            try file(name).destroy()
        } catch {
            throw .key(error)
        }
        // Halves whose password was never kept: they open nothing.
        if name != Self.former { try? FileManager.default.removeItem(at: vault.appending(path: name)) }
    }

    // MARK: - Halves

    /// One password's own half of its key.
    struct Half: Sendable {
        /// Below the vault: its day and 32 digits.
        var name: String
        var bytes: [UInt8]
    }

    private var vault: URL { folder.appending(path: "vault") }

    /// The file of a half; nil for a name that is none, whatever the database says.
    private func half(file name: String) -> KeyFile? {
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0].count == 10, parts[0].allSatisfy({ $0.isASCII && ($0.isNumber || $0 == "-") }),
            parts[1].count == 32, parts[1].allSatisfy({ $0.isASCII && $0.isHexDigit })
        else { return nil }
        return KeyFile(vault.appending(path: "\(name).key"))
    }

    /// A new half for a password that is sealed with the key of a day.
    func makeHalf(_ day: String) throws(VaultError) -> Half {
        let name = "\(day)/\(Hexadecimal.text(RandomSource.system.bytes(16)))"
        guard let file = half(file: name) else { throw .keyMissing(name) }
        do {
            return Half(name: name, bytes: try file.make(RandomSource.system.bytes(32)))
        } catch {
            throw .key(error)
        }
    }

    /// The half of that name, nil when it is not there (any more).
    func findHalf(_ name: String) throws(VaultError) -> [UInt8]? {
        guard let file = half(file: name) else { return nil }
        do {
            return try file.read()
        } catch {
            throw .key(error)
        }
    }

    func destroyHalf(_ name: String) throws(VaultError) {
        guard let file = half(file: name) else { return }
        do {
            try file.destroy()
        } catch {
            throw .key(error)
        }
    }

    private func remember(_ key: Key) -> Key {
        known.withLock { $0[key.name] = key }
        return key
    }
}
