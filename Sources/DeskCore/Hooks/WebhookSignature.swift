import Codecs
import Crypto
import Foundation

/// How messages are signed: Standard Webhooks, symmetric (`v1`).
///
/// Source: standard-webhooks, spec/standard-webhooks.md: HMAC-SHA256 over `id.timestamp.body`, the secret in base64 behind
/// `whsec_`, several signatures parted by a blank.
public enum WebhookSignature {
    public static let prefix = "whsec_"

    /// A new secret of 192 bits.
    public static func newSecret(_ random: RandomSource) -> String {
        prefix + Base64.text(random.bytes(24))
    }

    /// The header's value: one signature for each secret that holds.
    ///
    /// `timestamp`: of this attempt, seconds since 1970, so that a message that was held up is no replay.
    public static func header(id: String, timestamp: Int64, body: [UInt8], secrets: [String]) -> String {
        let message = Array("\(id).\(timestamp).".utf8) + body
        return secrets.compactMap { secret in
            guard let key = Base64.bytes(secret.dropFirst(prefix.count).utf8) else { return nil }
            let code = HMAC<SHA256>.authenticationCode(for: message, using: SymmetricKey(data: key))
            return "v1," + Base64.text(code)
        }.joined(separator: " ")
    }
}
