import Codecs
import Crypto
import Foundation
import Synchronization

/// The vault's keys: a file for each day on which something was sealed, which dies when nothing it sealed is left.
///
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

    /// Removes the key for good.
    func destroy(_ name: String) throws(VaultError) {
        known.withLock { $0[name] = nil }
        do {
            try file(name).destroy()
        } catch {
            throw .key(error)
        }
    }

    private func remember(_ key: Key) -> Key {
        known.withLock { $0[key.name] = key }
        return key
    }
}
