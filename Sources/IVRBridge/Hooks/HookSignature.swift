import Codecs
import Crypto
import Foundation

/// Placetel's signature: the hexadecimal HMAC-SHA256 of the raw body.
enum PlacetelSignature {
    static let header = "X-PLACETEL-SIGNATURE"

    static func check(_ request: HookRequest, secret: String) throws(HookError) {
        guard !secret.isEmpty else { throw .noSecret }
        guard let given = request.signature else { throw .unsigned(header: header) }
        let code = HMAC<SHA256>.authenticationCode(
            for: request.body,
            using: SymmetricKey(data: Array(secret.utf8))
        )
        let expected = Hexadecimal.text(code)
        guard SecretText.isSame(given.lowercased(), expected) else {
            throw .forged(HookForgery(address: nil, expected: expected, given: String(given.prefix(128))))
        }
    }
}

/// Yeastar's signature: the base64 of the HMAC-SHA256 of the raw body.
enum YeastarSignature {
    static let header = "X-Signature"

    static func check(_ request: HookRequest, secret: String) throws(HookError) {
        guard !secret.isEmpty else { throw .noSecret }
        guard let given = request.signature else { throw .unsigned(header: header) }
        let expected = expected(request.body, secret: secret)
        guard SecretText.isSame(given, expected) else {
            throw .forged(HookForgery(address: nil, expected: expected, given: String(given.prefix(128))))
        }
    }

    /// The signature Yeastar would send.
    static func expected(_ body: [UInt8], secret: String) -> String {
        Base64.text(HMAC<SHA256>.authenticationCode(for: body, using: SymmetricKey(data: Array(secret.utf8))))
    }
}

/// Comparing secrets.
public enum SecretText {
    /// All of both is compared, so that the time taken tells nothing but the lengths.
    public static func isSame(_ one: String, _ two: String) -> Bool {
        let (one, two) = (Array(one.utf8), Array(two.utf8))
        guard one.count == two.count else { return false }
        return zip(one, two).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }
}

/// Twilio's request signature: HMAC-SHA1 over the exact public address and the sorted form fields.
public enum TwilioSignature {
    public static let header = "X-Twilio-Signature"

    /// Whether `signature` is Twilio's for this request; proxies that add or drop the standard port are allowed for.
    public static func holds(
        _ signature: String,
        token: String,
        url: String,
        fields: [(name: String, value: String)]
    ) -> Bool {
        guard !token.isEmpty, let given = decode(signature) else { return false }
        let key = SymmetricKey(data: Array(token.utf8))
        return [url, withPort(url), withoutPort(url)].contains { address in
            HMAC<Insecure.SHA1>.isValidAuthenticationCode(given, authenticating: message(address, fields), using: key)
        }
    }

    /// The signature Twilio would send.
    public static func expected(token: String, url: String, fields: [(name: String, value: String)]) -> String {
        let key = SymmetricKey(data: Array(token.utf8))
        return Base64.text(HMAC<Insecure.SHA1>.authenticationCode(for: message(url, fields), using: key))
    }

    /// Checks a request; a body in JSON is not signed itself, its digest stands in the address.
    static func check(_ request: HookRequest, token: String) throws(HookError) {
        guard !token.isEmpty else { throw .noSecret }
        guard let given = request.signature else { throw .unsigned(header: header) }
        let isJSON = request.body.first { !HookFields.isBlank($0) } == UInt8(ascii: "{")
        let fields = isJSON || request.method == "GET" ? [] : HookFields(form: request.body).all
        let digest = HookFields(form: request.query.utf8).all.first { $0.name == "bodySHA256" }?.value
        let right = Hexadecimal.text(SHA256.hash(data: request.body))
        let isWhole = !isJSON || SecretText.isSame(digest?.lowercased() ?? "", right)
        guard isWhole, holds(given, token: token, url: request.url, fields: fields) else {
            throw .forged(
                HookForgery(
                    address: request.url,
                    expected: expected(token: token, url: request.url, fields: fields),
                    given: String(given.prefix(128))
                )
            )
        }
    }

    private static func message(_ url: String, _ fields: [(name: String, value: String)]) -> [UInt8] {
        // Sorted by name in code-unit order; a repeated value counts once, the different ones in order.
        var byName: [String: Set<String>] = [:]
        for field in fields { byName[field.name, default: []].insert(field.value) }
        var message = Array(url.utf8)
        for name in byName.keys.sorted(by: { Array($0.utf16).lexicographicallyPrecedes(Array($1.utf16)) }) {
            for value in byName[name, default: []].sorted() { message += Array("\(name)\(value)".utf8) }
        }
        return message
    }

    private static func authority(of url: String) -> (scheme: Substring, authority: Substring, rest: Substring)? {
        guard let mark = url.firstRange(of: "://") else { return nil }
        let after = url[mark.upperBound...]
        let end = after.firstIndex { $0 == "/" || $0 == "?" } ?? after.endIndex
        return (url[..<mark.lowerBound], after[..<end], after[end...])
    }

    private static func withPort(_ url: String) -> String {
        guard let (scheme, authority, rest) = authority(of: url), !authority.contains(":") else { return url }
        return "\(scheme)://\(authority):\(scheme == "https" ? 443 : 80)\(rest)"
    }

    private static func withoutPort(_ url: String) -> String {
        guard let (scheme, authority, rest) = authority(of: url) else { return url }
        let port = scheme == "https" ? ":443" : ":80"
        return authority.hasSuffix(port) ? "\(scheme)://\(authority.dropLast(port.count))\(rest)" : url
    }

    /// Twenty bytes in base64: 28 characters, the last an equals sign.
    private static func decode(_ text: String) -> [UInt8]? {
        guard text.utf8.count == 28, text.hasSuffix("=") else { return nil }
        return Base64.bytes(text.utf8).flatMap { $0.count == 20 ? $0 : nil }
    }
}
