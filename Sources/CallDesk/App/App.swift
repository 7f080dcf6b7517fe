import DeskCore
import Foundation
import Logging
import Synchronization

/// The desk put together from its settings: every subject's desk over one database, and no socket.
///
/// One object for all who hold it: every operation of every request does.
final class App: Sendable {
    let settings: Settings
    let clock: DeskClock
    let timeZone: TimeZone
    let language: Language
    let region: Region
    let database: any Database
    let hub: LiveHub
    let phones: PhoneBook
    let catalogue: CatalogueShelf
    let customers: CustomerDirectory
    /// A number as the PBX tells it, in E.164, by the rules for callers; nil for what can be none.
    let callerE164: @Sendable (String) -> String?
    /// What the lines brought of late, and calls looked back at.
    let tapes: LineTapes
    let stories: CallStories
    let callLog: CallLog
    let calls: CallDirectory
    let attendances: AttendanceDesk
    let drafts: DraftDesk
    let tickets: TicketDesk
    let directory: TicketDirectory
    let attachments: AttachmentStore
    /// Addresses of files that read no cookie.
    let fileLinks: FileLinks
    let vault: SecretVault
    let templates: TemplateShelf
    /// Those that could not be used at the start.
    let rejectedTemplates: [TemplateShelf.Rejected]
    let composer: NoticeComposer
    /// What callers are told by themselves of contacts that came to no ticket.
    let protocolNotices: ProtocolNotices
    let outbox: NoticeOutbox
    let links: QuickLinks
    let interviews: InterviewDesk
    let accounts: AccountDesk
    let sessions: SessionDesk
    /// Customers' accounts, and their sessions on the portal.
    let persons: PersonDesk
    let personSessions: PersonSessions
    /// Photos of customers.
    let photos: PhotoShelf
    /// What is kept of a customer, erased at their request.
    var erasure: CustomerErasure { CustomerErasure(customers: customers, persons: persons, photos: photos) }
    /// Second domains, whose directories know customers' passwords.
    let domains: [PersonDomain]
    /// Customers' lists of tickets and protocols, and what they have read.
    let customerTickets: CustomerTickets
    /// The ways to an account of the portal.
    let entry: PersonEntry
    let tokens: TokenDesk
    /// Hears of changes of accounts, sessions and tokens.
    let access: AccessChanges
    /// Finds who asks.
    let known: KnownCallers
    /// Who has the desk open.
    let presence: Presence
    /// Calls this node cannot record.
    let asideCalls: AsideCalls
    /// Which phones ring for the calls of this node's lines.
    let ringing = RingingPhones()
    let numbers: NumberDesk
    let bell: TicketBell
    /// Calendars and promised times.
    let service: ServiceShelf
    /// The calendars and promises as they are now.
    var book: ServiceBook { service.book }
    let terms: TicketTerms
    let workLists: WorkListDesk
    let savedLists: SavedLists
    let bells: BellDesk
    let webhookBells: WebhookBells
    let cannedReplies: CannedReplies
    let wishes: StaffWishDesk
    let staffMail: StaffMail
    let steps: TicketSteps
    let surveys: SurveyDesk
    let surveyResults: SurveyResults
    let policy: NoticePolicy
    let callBacks: CallBackDesk
    let satisfaction: SatisfactionDesk
    let switchboard: Switchboard
    /// Who is not answered, and how callers' numbers are read.
    let callerRules: CallerRuleBook
    /// Programs elsewhere that are told what happens.
    let webhooks: WebhookDesk
    /// The mails that came, and addresses that send ours back.
    let mailLog: MailLog
    /// The mailbox that is read; nil without one.
    let mailIn: MailIn?

    /// Opens the database, reads the catalogue, and puts the rest on top.
    ///
    /// - Throws: `StoreError`, `VaultError`, `DeskIdentityError`, or `DeskStartError` for a catalogue that cannot be used.
    static func open(
        _ settings: Settings,
        clock: DeskClock = .system,
        logger: Logger,
        onCommit: @escaping @Sendable (_ batch: Int, _ duration: Duration) -> Void = { _, _ in }
    ) async throws -> App {
        let database = try await OpenDatabase.open(settings.database, onCommit: onCommit)
        do {
            let shelf = try CatalogueFile.shelf(settings.catalogue)
            return try await App(settings: settings, clock: clock, database: database, catalogue: shelf, logger: logger)
        } catch {
            await database.close()
            throw error
        }
    }

    init(
        settings: Settings,
        clock: DeskClock,
        database: any Database,
        catalogue: CatalogueShelf,
        logger: Logger,
        passwordCost: PasswordCost = .standard
    ) async throws {
        let language = Language(rawValue: settings.language) ?? .ptBR
        let region = Region(settings.region) ?? Region(.brazil)
        let timeZone = settings.timeZone
        let data = URL(fileURLWithPath: settings.desk.data, isDirectory: true)
        self.settings = settings
        self.clock = clock
        self.timeZone = timeZone
        self.language = language
        self.region = region
        self.database = database
        self.catalogue = catalogue
        hub = LiveHub(firstID: LiveHub.firstID(at: clock.now))
        let rules = ServiceRules(settings)
        service = ServiceShelf(rules, try ServiceBook(settings, at: clock.now), timeZone: settings.timeZone)
        try await service.reload(from: database, at: clock.now)
        terms = settings.ticketTerms
        workLists = WorkListDesk(database: database, clock: clock, region: region)
        savedLists = SavedLists(database: database, clock: clock)
        bells = BellDesk(database: database)
        webhookBells = WebhookBells(database: database)
        cannedReplies = CannedReplies(database: database, clock: clock)
        wishes = StaffWishDesk(database: database)
        steps = TicketSteps(database: database, clock: clock)
        surveyResults = SurveyResults(database: database)
        surveys = SurveyDesk(database: database, terms: terms, clock: clock)
        callBacks = CallBackDesk(database: database, clock: clock) { [service] since in
            settings.desk.callBackMinutes.map { minutes in
                service.book.calendar.end(of: .seconds(minutes * 60), from: since)
            }
        }
        satisfaction = SatisfactionDesk(database: database, clock: clock)
        bell = TicketBell()
        phones = PhoneBook(database: database)
        numbers = NumberDesk(
            format: settings.protocolFormat,
            tickets: settings.ticketFormat,
            timeZone: timeZone
        )
        customers = CustomerDirectory(database: database, clock: clock, region: region, timeZone: timeZone)
        callerRules = CallerRuleBook(database: database, clock: clock)
        try await callerRules.reload()
        let callers = callerRules
        callerE164 = { PhoneNumber.callerE164(callers.current.read($0), region: region) }
        tapes = LineTapes(settings.pbx, term: settings.lineTape, folder: data, clock: clock, logger: logger)
        calls = CallDirectory(database: database)
        stories = CallStories(
            calls: calls,
            tapes: tapes,
            lines: settings.pbx,
            phones: phones,
            clock: clock,
            normalise: callerE164
        )
        callLog = CallLog(database: database, numbers: numbers, clock: clock, rules: callerRules)
        attendances = AttendanceDesk(database: database, numbers: numbers, clock: clock)
        drafts = DraftDesk(database: database, clock: clock)
        directory = TicketDirectory(database: database, region: region)
        attachments = AttachmentStore(folder: data.appending(path: "attachments"), database: database, clock: clock)
        try await DeskIdentity(database: database, folder: data).check()
        for key in try KeyExposure.close(in: data) {
            // Told as often as it is found: somebody else's hand, a copy that was put back, or a mount does it.
            logger.warning(
                key.isOurs
                    ? "a key file could be read by others on this machine and was closed; what it sealed may be known"
                    : "a key file may be read by others on this machine; close it",
                metadata: ["file": "\(key.name)", "mode": "\(String(key.mode, radix: 8))"]
            )
        }
        fileLinks = try FileLinks(folder: data, base: settings.desk.filesURL, clock: clock)
        vault = SecretVault(
            database: database,
            clock: clock,
            folder: data,
            term: .seconds(settings.secretHours * 3600)
        )
        try await vault.check()
        links = QuickLinks(database: database, logger: logger)
        outbox = NoticeOutbox(
            database: database,
            links: links,
            linkLife: .seconds(settings.quickLinkDays * 86_400),
            customers: customers
        )
        templates = TemplateShelf()
        rejectedTemplates = try await templates.reload(from: database)
        KeptRules.tell(rejectedTemplates, to: logger)
        var configured: Set<NoticeChannel> = []
        if settings.mail != nil { configured.insert(.mail) }
        if settings.sms != nil { configured.insert(.sms) }
        let keepsAccents = settings.sms?.transliterate == false
        policy = NoticePolicy(
            configured: configured,
            preferredParts: 1,
            sms: keepsAccents ? SMSPolicy(transliteration: .never) : .standard
        )
        composer = NoticeComposer(
            shelf: templates,
            policy: policy,
            deskName: settings.desk.name,
            deskPhone: settings.desk.phone.map { PhoneNumber.display($0, region: region) },
            deskLanguage: language,
            mailbox: settings.mailIn.flatMap { EmailAddress($0.address) }
        )
        staffMail = StaffMail(
            database: database,
            composer: composer,
            publicURL: settings.desk.url,
            isOn: settings.mail != nil,
            clock: clock
        )
        protocolNotices = ProtocolNotices(
            database: database,
            customers: customers,
            composer: composer,
            policy: policy,
            clock: clock,
            timeZone: timeZone,
            language: language
        )
        let notices = NoticeDesk(
            composer: composer,
            policy: policy,
            links: links,
            publicURL: settings.desk.url,
            linkLife: .seconds(settings.quickLinkDays * 86_400),
            language: language
        )
        let announcer = TicketNotices(
            desk: notices,
            customers: customers,
            catalogue: { catalogue.current },
            terms: terms,
            clock: clock,
            timeZone: timeZone
        )
        let service = service
        tickets = TicketDesk(
            database: database,
            numbers: numbers,
            book: service.book,
            terms: terms,
            catalogue: { catalogue.current },
            clock: clock,
            announce: announcer.announcer,
            committed: { [bell] event, opening in bell.ring(event, opening) }
        )
        interviews = InterviewDesk(
            attendances: attendances,
            calls: calls,
            drafts: drafts,
            tickets: tickets,
            directory: directory,
            customers: InterviewCustomers.directory(customers),
            vault: vault,
            catalogue: { catalogue.current },
            checks: FieldChecks.standard(region: region, protocols: settings.protocolFormat),
            clock: clock,
            timeZone: timeZone
        )
        access = AccessChanges(over: database)
        accounts = AccountDesk(database: database, clock: clock, cost: passwordCost, changes: access)
        webhooks = WebhookDesk(database: database, vault: vault, clock: clock)
        switchboard = Switchboard(settings: settings, region: region, accounts: accounts, logger: logger)
        sessions = SessionDesk(database: database, clock: clock, changes: access, logger: logger)
        persons = PersonDesk(accounts)
        photos = PhotoShelf(folder: data.appending(path: "photos"), persons: persons, health: attachments.health)
        domains = settings.domains.map { domain in
            let directory = LDAPDirectory(domain.route, logger: logger)
            return PersonDomain(name: domain.name, newcomers: domain.newcomers, ask: directory.ask)
        }
        customerTickets = CustomerTickets(database: database, region: region, logger: logger)
        personSessions = PersonSessions(database: database, clock: clock, changes: access, logger: logger)
        entry = PersonEntry(persons: persons, customers: customers, notices: notices, publicURL: settings.desk.url)
        tokens = TokenDesk(database: database, clock: clock, changes: access)
        asideCalls = AsideCalls(clock: clock, logger: logger)
        presence = Presence(clock: clock, sessions: sessions, hasOthers: database.engine == .postgres)
        known = KnownCallers(
            sessions: sessions,
            persons: personSessions,
            tokens: tokens,
            accounts: accounts,
            changes: access,
            clock: clock
        )
        mailLog = MailLog(database: database)
        access.listen { [hub] who in hub.recheck(who) }
        mailIn = try MailIn(
            settings,
            log: mailLog,
            catalogue: catalogue,
            customers: customers
        ) { [database, tickets, attachments, vault, customers, attendances, composer] seal, rules, prepare in
            MailDesk(
                database: database,
                tickets: tickets,
                attachments: attachments,
                vault: vault,
                customers: customers,
                attendances: attendances,
                composer: composer,
                seal: seal,
                rules: rules,
                portal: settings.desk.url,
                clock: clock,
                prepare: prepare
            )
        }
    }
}

/// Tells whoever listens that a ticket changed, once that is durable: the outbox, the open screens, the figures.
final class TicketBell: Sendable {
    typealias Listener = @Sendable (TicketEvent, TicketOpening) -> Void

    /// A closure kept in a generic by itself is wrapped once more each time it is looked at, until calling it overflows
    /// the stack; as a member of a value it is not.
    private struct Ear {
        var listener: Listener?
    }

    private let ear = Mutex(Ear())

    func listen(_ body: @escaping Listener) { ear.withLock { $0.listener = body } }

    func ring(_ event: TicketEvent, _ opening: TicketOpening) { ear.withLock { $0.listener }?(event, opening) }
}

/// Why the desk does not start, and what to do.
enum DeskStartError: Error, CustomStringConvertible {
    case catalogueUnreadable(String)
    case catalogueFaulty([CatalogueFault])

    var description: String {
        switch self {
        case .catalogueUnreadable(let path): "the catalogue \(path) cannot be read; check its name and its owner"
        case .catalogueFaulty(let faults): faults.map { $0.report(in: .ptBR) }.joined(separator: "\n")
        }
    }
}
