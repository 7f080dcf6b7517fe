import DeskCore
import Hummingbird

/// The last mails of the mailbox, what became of each, and those that wait for somebody.
struct MailPages: Sendable {
    private static let pageSize = 50
    private static let path = "/admin/mails"

    let app: App
    let pages: DeskPages

    func addPages(to routes: PageRoutes) {
        routes.get("/admin/mails") { request, context, frame in
            try context.need(.supervisor)
            let words = pages[context.language]
            frame.title = words("mails.title")
            frame.place = "admin"
            let isWaiting = request.query("list") == "waiting"
            let before = request.query("before").flatMap { Int64($0) }
            let found = try await app.mailLog.list(before: before, limit: Self.pageSize, waiting: isWaiting)
            let waiting = try await app.mailLog.waiting()
            let views = try await RecordViews(app.attendances, for: context.caller)
            let rows = rows(found, covered: try await views.coveredEmails(app.customers), context)
            var page = MailListPage(
                isRead: app.settings.mailIn != nil,
                tabs: [false, true].map { tab in
                    MailListPage.Tab(
                        href: QueryText.path(Self.path, [("list", tab ? "waiting" : "")]),
                        label: tab ? words("mails.list.waiting") : words("mails.list.all"),
                        isCurrent: tab == isWaiting,
                        count: tab && waiting > 0 ? String(waiting) : nil
                    )
                },
                rows: rows,
                hasRows: !rows.isEmpty,
                none: isWaiting ? words("mails.none.waiting") : words("mails.none.all")
            )
            if found.count == Self.pageSize, let last = found.last {
                page.next = QueryText.path(
                    Self.path,
                    [("list", isWaiting ? "waiting" : ""), ("before", String(last.id))]
                )
            }
            return .page(page)
        }
    }

    private func rows(
        _ found: [LoggedMail],
        covered: Set<String>,
        _ context: SignedInContext
    ) -> [MailListPage.Row] {
        func isCovered(_ mail: LoggedMail) -> Bool { covered.contains(mail.sender.lowercased()) }
        func sender(_ mail: LoggedMail) -> String {
            guard isCovered(mail) else { return mail.sender.isEmpty ? "—" : mail.sender }
            return EmailAddress(mail.sender)?.masked ?? RecordView.hidden
        }
        let language = context.language
        let time = DeskTime(timeZone: app.timeZone, language: language)
        return found.map { mail in
            MailListPage.Row(
                id: mail.id,
                received: time.compact(mail.receivedAt),
                sender: sender(mail),
                // Many programs write the address once more where the name stands.
                name: mail.senderName.isEmpty || isCovered(mail) && mail.senderName.contains("@")
                    ? nil : mail.senderName,
                subject: mail.subject.isEmpty ? nil : mail.subject,
                outcome: MailWords.outcome(mail.outcome)[language],
                tone: MailWords.tone(mail.outcome),
                reason: MailWords.reason(mail.outcome, mail.reason)?[language],
                ticket: mail.ticketNumber,
                attendanceID: mail.ticketID == nil ? mail.attendanceID : nil,
                protocol: mail.protocolNumber.map(SpokenDigits.grouped) ?? "",
                wasAnswered: mail.wasAnswered,
                waits: mail.waits,
                isAgain: mail.isAgain,
                uid: mail.place.uid
            )
        }
    }
}

/// The mails that came.
struct MailListPage: Page {
    static let template = "mails"

    struct Tab: PagePart {
        var href: String
        var label: String
        var isCurrent: Bool
        var count: String?
    }

    struct Row: PagePart {
        var id: Int64
        var received: String
        var sender: String
        var name: String?
        var subject: String?
        var outcome: String
        var tone: String
        var reason: String?
        var ticket: String?
        /// Of a contact without a ticket.
        var attendanceID: Int64?
        var `protocol`: String
        /// Its sender was told why it was not taken.
        var wasAnswered: Bool
        var waits: Bool
        /// It is read once more at the next look.
        var isAgain: Bool
        /// Its number in the folder.
        var uid: Int64
    }

    /// Whether a mailbox stands in the settings.
    var isRead: Bool
    var tabs: [Tab]
    var rows: [Row]
    var hasRows: Bool
    /// What would be here.
    var none: String
    /// The next page's address.
    var next: String?
}
