import DeskCore

/// A side of the desk that people sign in on, each with a cookie of its own.
///
/// The token against cross-site requests names its side, so that a browser that is signed in on both says which it means.
enum Side: String, Sendable, CaseIterable {
    case staff
    case customer

    /// The session's token against cross-site requests as pages, forms and `X-CSRF-Token` carry it.
    func csrf(_ token: String) -> String { "\(rawValue).\(token)" }

    /// The side a token names, and the session's own part.
    static func parse(csrf text: String) -> (side: Side, token: String)? {
        // A side's word, a dot and 64 digits; what is longer is none of ours.
        guard text.utf8.count <= 100 else { return nil }
        let parts = text.split(separator: ".", maxSplits: 1)
        guard parts.count == 2, let side = Side(rawValue: String(parts[0])) else { return nil }
        return (side, String(parts[1]))
    }

    /// Whether a token belongs to this side and this very session.
    func accepts(csrf text: String, of signedIn: SignedIn) -> Bool {
        token(csrf: text).map(signedIn.accepts(csrf:)) ?? false
    }

    func accepts(csrf text: String, of signedIn: SignedInPerson) -> Bool {
        token(csrf: text).map(signedIn.accepts(csrf:)) ?? false
    }

    /// The session's own part of a token of this side; nil for another side's.
    private func token(csrf text: String) -> String? {
        guard let (side, token) = Self.parse(csrf: text), side == self else { return nil }
        return token
    }
}
