import Codecs
import Crypto
import DeskCore
import Foundation

/// The name a form of a customer's page goes by: given out with the page, good for one deed, and nobody else's.
///
/// `nonce.mac`: the nonce makes two pages' forms two wishes and one form sent twice one wish; the code is made with what
/// only this page's reader has, a session's token or a quick link's, so that no other site can send the form.
enum OnceToken {
    /// Sixteen bytes are never drawn twice.
    private static let nonceBytes = 16

    static func make(secret: String, subject: String, random: RandomSource = .system) -> String {
        let nonce = Hexadecimal.text(random.bytes(nonceBytes))
        return "\(nonce).\(Hexadecimal.text(code(nonce, secret, subject)))"
    }

    /// The nonce of a form that this reader was given for this subject; nil for any other text.
    static func nonce(_ text: String, secret: String, subject: String) -> String? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard text.utf8.count <= 128, parts.count == 2, parts[0].utf8.count == nonceBytes * 2 else { return nil }
        let nonce = String(parts[0])
        let own = Hexadecimal.text(code(nonce, secret, subject))
        return isSame(own, parts[1]) ? nonce : nil
    }

    /// Whether two texts are the same, in a time that does not tell where they differ.
    private static func isSame(_ own: String, _ given: Substring) -> Bool {
        own.utf8.count == given.utf8.count && zip(own.utf8, given.utf8).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }

    private static func code(_ nonce: String, _ secret: String, _ subject: String) -> [UInt8] {
        let key = SymmetricKey(data: SHA256.hash(data: Array(secret.utf8)))
        return Array(HMAC<SHA256>.authenticationCode(for: Array("\(subject) \(nonce)".utf8), using: key).prefix(16))
    }
}
