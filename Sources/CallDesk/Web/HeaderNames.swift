import HTTPTypes

extension HTTPField.Name {
    static let forwardedFor = known("X-Forwarded-For")
    static let forwarded = known("Forwarded")
    static let idempotencyKey = known("Idempotency-Key")
    static let idempotentReplayed = known("Idempotent-Replayed")
    static let lastEventID = known("Last-Event-ID")
    static let referrerPolicy = known("Referrer-Policy")
    static let frameOptions = known("X-Frame-Options")
    static let permissionsPolicy = known("Permissions-Policy")
    static let crossOriginOpener = known("Cross-Origin-Opener-Policy")
    static let crossOriginResource = known("Cross-Origin-Resource-Policy")
    /// In whose name a program acts.
    static let account = known("CallDesk-Account")
    /// How many requests this caller may make at once, how many are left, and in how many seconds all are there again.
    static let rateLimit = known("X-RateLimit-Limit")
    static let rateRemaining = known("X-RateLimit-Remaining")
    static let rateReset = known("X-RateLimit-Reset")
    static let twilioSignature = known("X-Twilio-Signature")
    static let robots = known("X-Robots-Tag")
    static let requestID = known("X-Request-ID")
    /// Tells nginx and its kin to pass a live stream on as it comes.
    static let accelBuffering = known("X-Accel-Buffering")

    /// A name of ours, which is a token (RFC 9110 §5.6.2).
    private static func known(_ name: String) -> HTTPField.Name { HTTPField.Name(name) ?? .xContentTypeOptions }
}
