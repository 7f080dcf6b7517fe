/// How mail leaves: the submission server, how it is protected and who we are to it.
struct MailRoute: Sendable, Equatable {
    enum TLS: String, Sendable, CaseIterable {
        /// No mail without a certificate that holds.
        case required
        /// Encrypted where the server offers it, whoever it is.
        case opportunistic
        case off
    }

    /// `smtp://host:25`, `smtp://host:587`, `smtps://host:465`.
    var url: String
    var user: String?
    var password: String?
    var tls: TLS = .opportunistic
    /// Trust this certificate authority file instead of the system's.
    var authority: String?
    /// Connections kept at the same time; a mail server notices more than a handful from one place.
    var connections = 4
    /// A server that has not answered the call by then is down.
    var connectTimeout = Duration.seconds(10)
    /// Up to the dot that ends a mail.
    ///
    /// RFC 5321 §4.5.3.2 allows minutes for each step; a notice that takes this long is better tried again, as nobody has
    /// it yet.
    var timeout = Duration.seconds(60)
    /// For the answer to the dot (RFC 5321 §4.5.3.2.6).
    ///
    /// The server may have the mail by then: who gives up earlier sends it twice.
    var answerTimeout = Duration.seconds(600)
    /// How we greet the server; the host's name.
    var greeting = "localhost"

    var isImplicitTLS: Bool { url.lowercased().hasPrefix("smtps://") }

    /// A password is never shown to a server we cannot be sure of, unless it is this machine or the operator said `off`.
    var effectiveTLS: TLS {
        tls == .opportunistic && password != nil && !isLoopback ? .required : tls
    }

    private var isLoopback: Bool {
        let host = url.drop { $0 != "/" }.drop { $0 == "/" }
        return ["127.", "localhost", "[::1]"].contains { host.hasPrefix($0) }
    }
}
