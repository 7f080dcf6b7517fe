/// Why a webhook's request was not taken; the words hold nothing that came in it.
public enum HookError: Error, Sendable, Equatable {
    /// The body is neither the form nor the document that this sender writes.
    case unreadable(String)
    case tooLarge(limit: Int)
    case missing(field: String)
    case unknownEvent
    case invalidDirection
    /// The line has no secret to check signatures with.
    case noSecret
    case unsigned(header: String)
    case forged(HookForgery)

    /// The status it is answered with.
    public var status: Int {
        switch self {
        case .unreadable, .unsigned: 400
        case .tooLarge: 413
        case .missing, .unknownEvent, .invalidDirection: 422
        case .noSecret: 500
        case .forged: 403
        }
    }
}

/// What the desk computed where a signature did not hold, for the administrator to compare.
public struct HookForgery: Sendable, Equatable {
    /// The address that was signed, as far as the desk knows it; nil where addresses are not signed.
    public var address: String?
    /// The signature it would have taken.
    public var expected: String
    public var given: String

    public init(address: String?, expected: String, given: String) {
        self.address = address
        self.expected = expected
        self.given = given
    }
}

extension HookError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .unreadable(let what): "the body is no \(what)"
        case .tooLarge(let limit): "the body is larger than \(limit) bytes"
        case .missing(let field): "the field \(field) is missing"
        case .unknownEvent: "this event is not known"
        case .invalidDirection: "Invalid direction!"
        case .noSecret: "the line has no secret in the settings to check signatures with"
        case .unsigned(let header): "the header \(header) is missing"
        case .forged: "the signature does not hold; compare address and secret"
        }
    }
}
