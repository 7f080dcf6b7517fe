import DeskCore

/// How the HTTP server is reached and whom it trusts.
struct HTTPOptions: Sendable {
    var host = "127.0.0.1"
    /// 0 lets the kernel choose.
    var port = 8080
    /// People reach the service through https (the configured public address says so).
    var isSecure = false
    var proxies = TrustedProxies(ranges: [])
    /// The language of answers where a request names none.
    var language: Language = .ptBR
}
