import DeskCore
import Foundation

/// The mailbox of the settings, put together with the desk.
struct MailIn: Sendable {
    let route: MailboxRoute
    let desk: MailDesk
    let log: MailLog
    let every: Duration

    /// Nil where no mailbox is read.
    init?(
        _ all: Settings,
        log: MailLog,
        catalogue: CatalogueShelf,
        customers: CustomerDirectory,
        desk: (MailSeal, MailRules, @escaping MailDesk.Prepare) -> MailDesk
    ) throws {
        guard let settings = all.mailIn, let seal = try MailSeal(all) else { return nil }
        route = MailboxRoute(settings)
        every = .seconds(settings.every)
        var rules = MailRules()
        rules.takesRequests = settings.topic != nil
        rules.strangers = settings.strangers
        rules.voicemailFrom = Set(settings.voicemailFrom.compactMap(EmailAddress.init))
        rules.own = Set([settings.address, all.mail?.from].compactMap { $0 }.compactMap(EmailAddress.init))
        rules.replyLife = .seconds(all.quickLinkDays * 86_400)
        self.log = log
        let language = Language(rawValue: all.language) ?? .ptBR
        self.desk = desk(seal, rules, Self.prepare(catalogue, customers, language, settings.topic))
    }

    /// A contact's mail as a request of one topic, which their contract must allow; whoever wrote it is known by the
    /// sender's address alone, which anybody can write: for a topic that wants more it is marked as unverified.
    private static func prepare(
        _ catalogue: CatalogueShelf,
        _ customers: CustomerDirectory,
        _ language: Language,
        _ topicID: String?
    ) -> MailDesk.Prepare {
        { contact, mail in
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
