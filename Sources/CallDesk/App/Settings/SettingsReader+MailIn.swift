import DeskCore
import Foundation

extension Settings {
    /// The mailbox that the desk reads; without one it reads none, and no mail can be answered (D6).
    struct MailIn: Sendable {
        /// `imaps://host:993` or `imap://host:143`.
        var url: String
        var user: String
        var password: String
        var folder = "INBOX"
        /// The mailbox's own address, from which signed reply addresses are made.
        var address: String
        var tlsAuthority: String?
        /// Seconds between two looks.
        var every = 60
        /// The topic that a registered contact's mail opens a ticket of; nil opens none.
        var topic: String?
        var strangers = MailRules.Stranger.refuse
        /// Whose voice messages are taken.
        var voicemailFrom: [String] = []
    }
}

extension SettingsReader {
    func mailIn() -> Settings.MailIn? {
        guard tree.has(["mail_in"]) else { return nil }
        let url = text(["mail_in", "url"])
        if !(url.map { $0.hasPrefix("imap://") || $0.hasPrefix("imaps://") } ?? false) {
            tree.fault(["mail_in", "url"], "write imaps://host:port or imap://host:port")
        }
        let user = text(["mail_in", "user"])
        if user == nil { tree.fault(["mail_in", "user"], "the mailbox's user is needed") }
        let password = secret(["mail_in", "password"])
        if password == nil {
            tree.fault(["mail_in", "password"], "the mailbox's password is needed, such as file:PATH")
        }
        let address = text(["mail_in", "address"])
        let seal = address.flatMap(EmailAddress.init).flatMap {
            MailSeal(mailbox: $0, key: Array(repeating: 0, count: 32))
        }
        if seal == nil {
            tree.fault(
                ["mail_in", "address"],
                "the mailbox's own address is needed, \(MailSeal.longestName) characters before the @ at the most and no +"
            )
        }
        let folder = text(["mail_in", "folder"]) ?? "INBOX"
        // What an IMAP command may hold in quotes, and more than any server nests.
        if folder.utf8.count > 200 || !folder.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) {
            tree.fault(["mail_in", "folder"], "write the folder's name as its server does, in ASCII")
        }
        let voices = list(["mail_in", "voicemail_from"])
        for (place, voice) in voices.enumerated() where EmailAddress(voice) == nil {
            tree.fault(["mail_in", "voicemail_from", String(place)], "this is no e-mail address")
        }
        return Settings.MailIn(
            url: url ?? "",
            user: user ?? "",
            password: password ?? "",
            folder: folder,
            address: address ?? "",
            tlsAuthority: text(["mail_in", "tls_authority"]),
            every: number(["mail_in", "every"], in: 10...3_600) ?? 60,
            topic: text(["mail_in", "topic"]),
            strangers: choice(["mail_in", "strangers"], MailRules.Stranger.allCases.map(\.rawValue))
                .flatMap(MailRules.Stranger.init) ?? .refuse,
            voicemailFrom: voices
        )
    }
}
