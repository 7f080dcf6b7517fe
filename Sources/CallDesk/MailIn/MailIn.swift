import DeskCore
import Foundation

/// The mailbox of the settings, put together with the desk.
struct MailIn: Sendable {
    let route: MailboxRoute
    let desk: MailDesk
    let log: MailLog
    let every: Duration

    /// Nil where no mailbox is read.
    init?(_ app: App) throws {
        guard let settings = app.settings.mailIn, let seal = try MailSeal(app.settings) else { return nil }
        route = MailboxRoute(settings)
        every = .seconds(settings.every)
        var rules = MailRules()
        rules.takesRequests = settings.topic != nil
        rules.strangers = settings.strangers
        rules.voicemailFrom = Set(settings.voicemailFrom.compactMap(EmailAddress.init))
        rules.own = Set([settings.address, app.settings.mail?.from].compactMap { $0 }.compactMap(EmailAddress.init))
        rules.replyLife = .seconds(app.settings.quickLinkDays * 86_400)
        log = app.mailLog
        desk = MailDesk(
            database: app.database,
            tickets: app.tickets,
            attachments: app.attachments,
            vault: app.vault,
            customers: app.customers,
            attendances: app.attendances,
            composer: app.composer,
            seal: seal,
            rules: rules,
            portal: app.settings.desk.url,
            clock: app.clock,
            prepare: Self.prepare(app, settings.topic)
        )
    }

    /// A contact's mail as a request of one topic, which their contract must allow; whoever wrote it is known by the
    /// sender's address alone, which anybody can write: for a topic that wants more it is marked as unverified.
    private static func prepare(_ app: App, _ topicID: String?) -> MailDesk.Prepare {
        { [catalogue = app.catalogue, customers = app.customers, language = app.language] contact, mail in
            let current = catalogue.current
            guard let topic = topicID.flatMap(current.topic) else { return nil }
            let sections = try await customers.allowedSections(of: contact.customerID).map(Set.init)
            guard current.allows(topic, sections: sections) else { return nil }
            let reader = contact.language ?? language
            return TicketRequest(
                mailed: mail,
                topic: topic,
                sectionTitles: current.pathTitles(of: topic, in: reader),
                contact: contact,
                language: reader,
                formVersion: current.version
            )
        }
    }
}

extension MailSeal {
    /// The seal of the settings' mailbox, with a key of this installation's own beside the vault's; nil without one.
    ///
    /// - Throws: `KeyFileError` when the key can neither be read nor made.
    init?(_ settings: Settings) throws {
        guard let mailbox = settings.mailIn.flatMap({ EmailAddress($0.address) }) else { return nil }
        let file = URL(fileURLWithPath: settings.desk.data, isDirectory: true).appending(path: "mail.key")
        self.init(mailbox: mailbox, key: try KeyFile(file).make(RandomSource.system.bytes(32)))
    }
}
