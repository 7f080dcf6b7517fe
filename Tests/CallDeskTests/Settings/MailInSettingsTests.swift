import DeskCore
import Testing

@testable import CallDesk

@Suite("Settings of the mailbox")
struct MailInSettingsTests {
    private static let mail = "mail: {url: 'smtp://127.0.0.1:25', from: avisos@exemplo.com.br}\n"

    private func read(_ text: String) throws -> Settings.MailIn? {
        try SettingsReader.read(text: text, file: "x.yaml", environment: [:]).mailIn
    }

    @Test("no mailbox is read unless one is named")
    func off() throws {
        #expect(try read(Self.mail) == nil)
    }

    @Test("a mailbox with everything that is needed opens no tickets and refuses strangers")
    func least() throws {
        let read = try read(
            Self.mail
                + "mail_in: {url: 'imaps://imap.exemplo.com.br', user: desk, password: x, address: desk@exemplo.com.br}\n"
        )
        let settings = try #require(read)
        #expect(settings.topic == nil && settings.strangers == .refuse && settings.voicemailFrom.isEmpty)
        #expect(settings.folder == "INBOX" && settings.every == 60)
        #expect(!MailboxRoute(settings).mayBeClear)
    }

    @Test(
        "what cannot work is said with its key",
        arguments: [
            ("url: 'pop3://x', user: d, password: x, address: d@exemplo.com.br", "mail_in.url"),
            ("url: 'imaps://x', password: x, address: d@exemplo.com.br", "mail_in.user"),
            ("url: 'imaps://x', user: d, address: d@exemplo.com.br", "mail_in.password"),
            ("url: 'imaps://x', user: d, password: x, address: d+a@exemplo.com.br", "mail_in.address"),
            ("url: 'imaps://x', user: d, password: x, address: d@exemplo.com.br, folder: 'Ç'", "mail_in.folder"),
            (
                "url: 'imaps://x', user: d, password: x, address: d@exemplo.com.br, voicemail_from: [x]",
                "voicemail_from"
            ),
            ("url: 'imaps://x', user: d, password: x, address: d@exemplo.com.br, strangers: open", "strangers"),
        ]
    )
    func faults(text: String, key: String) {
        #expect { _ = try read(Self.mail + "mail_in: {\(text)}\n") } throws: { "\($0)".contains(key) }
    }
}
