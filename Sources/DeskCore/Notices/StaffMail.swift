/// Writes to people of the desk who want mail of what rings: a minute later, and only while it still rings.
///
/// What was read or taken back meanwhile is told to nobody, ten replies within a minute are one mail, and nobody's own
/// deed rings to begin with.
public struct StaffMail: Sendable {
    /// As long as what was done to many can be taken back.
    static let patience = TicketUndo.patience
    /// Older than this the news is old: a desk that was switched off does not pour out yesterday.
    static let life = Duration.seconds(24 * 3_600)

    private let database: any Database
    private let composer: NoticeComposer
    private let publicURL: String
    private let isOn: Bool
    private let clock: DeskClock

    /// `isOn`: whether the desk sends mail at all.
    public init(database: any Database, composer: NoticeComposer, publicURL: String, isOn: Bool, clock: DeskClock) {
        self.database = database
        self.composer = composer
        var base = publicURL
        while base.hasSuffix("/") { base.removeLast() }
        self.publicURL = base
        self.isOn = isOn
        self.clock = clock
    }

    /// Keeps the mails that are due; each bell is looked at once, on however many nodes this runs.
    ///
    /// - Returns: how many mails were kept.
    public func run(limit: Int = 500) async throws(StoreError) -> Int {
        let now = clock.now
        let (ripe, old) = (now.adding(.zero - Self.patience), now.adding(.zero - Self.life))
        return try await database.write { session in
            let bells = try session.rows(
                """
                UPDATE bell SET mailed = 1 WHERE mailed = 0 AND id IN (
                    SELECT id FROM bell WHERE mailed = 0 AND rung_at <= $1 ORDER BY rung_at LIMIT \(min(max(1, limit), 5_000)))
                RETURNING id, account_id, ticket_id, kind, rung_at
                """,
                [.moment(ripe)]
            )
            guard isOn else { return 0 }
            var wishes: [Int64: StaffWishes] = [:]
            var kept = 0
            for row in bells {
                guard let id = row.integer(0), let account = row.integer(1), let ticket = row.integer(2),
                    let kind = row.text(3).flatMap(BellKind.init(rawValue:)), let rung = row.moment(4), rung > old
                else { continue }
                let wanted = try wishes[account] ?? StaffWishDesk.wishes(of: account, in: session)
                wishes[account] = wanted
                guard wanted.mail.contains(StaffHappening(kind)) else { continue }
                if try write(kind, of: ticket, to: account, bell: id, at: now, session) { kept += 1 }
            }
            return kept
        }
    }

    private func write(
        _ kind: BellKind,
        of ticketID: Int64,
        to accountID: Int64,
        bell: Int64,
        at now: Moment,
        _ session: any SQLSession
    ) throws(StoreError) -> Bool {
        let row = try session.row(
            "SELECT \(Account.columns) FROM account WHERE id = $1 AND disabled_at IS NULL",
            [.integer(accountID)]
        )
        guard let account = try row.map({ row throws(StoreError) in try Account(row: row) }),
            let address = account.email, let ticket = try TicketDirectory.find(ticketID, in: session),
            // Within the minute it, or they, may have moved to where they do not read it.
            account.mayRead(ticket)
        else { return false }
        var facts = NoticeFacts(
            ticketNumber: ticket.number,
            topic: ticket.topicTitle,
            summary: ticket.summary,
            customerName: account.name
        )
        facts.say(.reason) { kind.title($0) }
        let recipient = NoticeRecipient(
            .mail,
            address,
            name: account.name,
            language: account.language,
            link: "\(publicURL)/desk/tickets/\(ticket.number)"
        )
        // It is the desk's own: no ticket's page and no customer's history shows it.
        let subject = NoticeSubject(occurrence: "bell:\(bell)")
        for draft in composer.compose(.staffBell, facts: facts, about: subject, to: [recipient]) {
            try NoticeOutbox.enqueue(draft, at: now, in: session)
        }
        return true
    }
}
