/// Tells people what happened: decides who, makes their quick links, writes and keeps the notices, in one transaction.
///
/// ```swift
/// let ids = try notices.announce(
///     .ticketOpened, facts: NoticeFacts(protocolNumber: protocol, ticketNumber: number, …),
///     to: NoticeAudience(isIdentified: true, mailboxes: […], phones: […], smsInContract: true),
///     about: NoticeSubject(attendanceID: attendance.id, ticketID: ticket.id, customerID: customer.id),
///     at: now, in: session)
/// // … after the commit:
/// worker.wake()
/// ```
public struct NoticeDesk: Sendable {
    /// How long a quick link opens its ticket, unless the settings say otherwise: longer than most tickets live.
    public static let usualLinkLife = Duration.seconds(90 * 24 * 3600)

    private let composer: NoticeComposer
    private let policy: NoticePolicy
    private let links: QuickLinks
    private let publicURL: String
    private let linkLife: Duration
    private let language: Language

    /// `publicURL` is where customers reach the portal, `https://desk.example.com`; the quick link is
    /// `{publicURL}/t/{token}`.
    public init(
        composer: NoticeComposer,
        policy: NoticePolicy,
        links: QuickLinks,
        publicURL: String,
        linkLife: Duration = NoticeDesk.usualLinkLife,
        language: Language
    ) {
        self.composer = composer
        self.policy = policy
        self.links = links
        var base = publicURL
        while base.hasSuffix("/") { base.removeLast() }
        self.publicURL = base
        self.linkLife = linkLife
        self.language = language
    }

    /// Keeps a notice for everyone the rules name, and a reason for each channel nobody gets one on.
    ///
    /// - Throws: `StoreError`.
    @discardableResult
    public func announce(
        _ event: NoticeEvent,
        facts: NoticeFacts,
        to audience: NoticeAudience,
        about subject: NoticeSubject,
        at moment: Moment,
        hold: Duration = .zero,
        in session: any SQLSession
    ) throws(StoreError) -> [NoticeID] {
        try announce(event, to: audience, about: subject, at: moment, hold: hold, in: session) { _ in facts }
    }

    /// The same with facts that are made when somebody is told, in the languages of those who are.
    ///
    /// `hold`: how long it waits before it is sent, so that what it tells can be taken back.
    ///
    /// - Returns: the notices kept, withheld ones included, for `NoticeOutbox.fates`.
    @discardableResult
    public func announce(
        _ event: NoticeEvent,
        to audience: NoticeAudience,
        about subject: NoticeSubject,
        at moment: Moment,
        hold: Duration = .zero,
        in session: any SQLSession,
        facts: (_ languages: Set<Language>) -> NoticeFacts
    ) throws(StoreError) -> [NoticeID] {
        var audience = audience
        try audience.heed(event, customerID: subject.customerID, in: session)
        let decision = policy.decide(event, for: audience)
        var recipients = decision.recipients
        if event.linksTicket, let ticketID = subject.ticketID {
            for index in recipients.indices where recipients[index].link == nil {
                let token = try links.create(
                    ticketID: ticketID,
                    recipient: recipients[index].address,
                    expires: moment.adding(linkLife),
                    at: moment,
                    in: session
                )
                recipients[index].link = "\(publicURL)/t/\(token)"
            }
        }
        var kept: [NoticeID] = []
        let languages = Set(recipients.map { $0.language ?? language })
        let drafts =
            recipients.isEmpty
            ? [] : composer.compose(event, facts: facts(languages), about: subject, to: recipients)
        for draft in drafts {
            kept.append(try NoticeOutbox.enqueue(draft, at: moment, hold: hold, in: session))
        }
        for (channel, reason) in decision.withheld where reason != .channelOff {
            kept.append(
                try NoticeOutbox.withhold(
                    event,
                    channel: channel,
                    reason: reason,
                    about: subject,
                    language: language,
                    at: moment,
                    in: session
                )
            )
        }
        return kept
    }
}
