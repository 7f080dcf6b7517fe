import Codecs
import Crypto
import Foundation

/// A secret of the desk's own that has no term: it stands sealed in the row it belongs to, as `vault:KEY:BASE64`.
///
/// What has no such beginning is plain text of a release before, and reads as it is.
struct StandingSecret: Sendable, Equatable {
    private static let mark = "vault:"

    /// The name of the key that opens it.
    var key: String
    var box: [UInt8]

    /// Nil for plain text.
    init?(_ stored: String) {
        guard stored.hasPrefix(Self.mark) else { return nil }
        let parts = stored.dropFirst(Self.mark.count).split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, let box = Base64.bytes(parts[1].utf8) else { return nil }
        (key, self.box) = (String(parts[0]), box)
    }

    /// Seals `value`; `subject` is the row it belongs to, so that moved to another it does not open.
    init(sealing value: String, of subject: String, with key: VaultKeys.Key) throws {
        let box = try AES.GCM.seal(Data(value.utf8), using: key.symmetric, authenticating: Data(subject.utf8))
        guard let sealed = box.combined else { throw VaultError.missing }
        (self.key, self.box) = (key.name, [UInt8](sealed))
    }

    var stored: String { "\(Self.mark)\(key):\(Base64.text(box))" }
}

extension SecretVault {
    /// The key that seals what has no term, made when it is not there.
    func standingKey() throws(VaultError) -> VaultKeys.Key { try keys.make(VaultKeys.standing) }

    /// The secret in clear; nil when its key is not there, or does not open it.
    ///
    /// - Throws: `VaultError.key` for a key that is there and cannot be read, which is none that is lost.
    func unseal(_ stored: String, of subject: String) throws(VaultError) -> String? {
        guard let secret = StandingSecret(stored) else { return stored }
        guard let key = try keys.find(secret.key) else { return nil }
        return Self.open(secret.box, field: subject, with: key, nil).map { String(decoding: $0, as: UTF8.self) }
    }
}
