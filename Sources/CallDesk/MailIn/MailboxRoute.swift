/// Where the desk's mail arrives, and who we are to its server.
struct MailboxRoute: Sendable, Equatable {
    /// `imaps://host:993`, or `imap://host:143`, which is encrypted before the password is shown.
    var url: String
    var user: String
    var password: String
    /// The folder that is read.
    var folder = "INBOX"
    /// Trust this certificate authority file instead of the system's.
    var authority: String?
    /// A server that has not answered the call by then is down.
    var connectTimeout = Duration.seconds(10)
    /// The largest mail, over a slow line.
    var timeout = Duration.seconds(120)

    var isImplicitTLS: Bool { url.lowercased().hasPrefix("imaps://") }

    /// A password goes in clear to this machine alone.
    var mayBeClear: Bool {
        let host = url.drop { $0 != "/" }.drop { $0 == "/" }
        return !isImplicitTLS && ["127.", "localhost", "[::1]"].contains { host.hasPrefix($0) }
    }

    /// What the desk remembers of it goes by this name: another account or folder is another mailbox.
    var name: String {
        let host = url.drop { $0 != "/" }.drop { $0 == "/" }
        return "\(user)@\(host.hasSuffix("/") ? host.dropLast() : host)/\(folder)"
    }
}

extension MailboxRoute {
    init(_ settings: Settings.MailIn) {
        self.init(url: settings.url, user: settings.user, password: settings.password)
        (folder, authority) = (settings.folder, settings.tlsAuthority)
    }
}
