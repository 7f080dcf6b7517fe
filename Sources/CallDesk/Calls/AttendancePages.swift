import DeskCore
import Foundation
import Hummingbird

/// Contacts with the desk by their protocol numbers: the list, and one with all that belongs to it.
struct AttendancePages: Sendable {
    private static let pageSize = 50
    private static let path = "/desk/attendances"

    let app: App
    let pages: DeskPages

    func addPages(to routes: PageRoutes) {
        routes.get("/desk/attendances") { request, context, frame in try await list(request, context, &frame) }
        routes.get("/desk/attendances/:id") { _, context, frame in try await show(context, &frame) }
    }

    /// The lists there are: one's own, those that lie unfinished, and for who supervises all.
    private enum List: String { case mine, unfinished, all }

    private func list(
        _ request: Request,
        _ context: SignedInContext,
        _ frame: inout PageFrame
    ) async throws -> PageContent {
        let words = pages[context.language]
        frame.title = words("attendances.title")
        frame.place = "attendances"
        let account = context.account
        let seesAll = account.role >= .supervisor
        let typed = String((request.query("q") ?? "").prefix(TextLimits.query))
        if let found = try await one(typed, context) { return .redirect("\(Self.path)/\(found)") }
        var list = request.query("list").flatMap(List.init) ?? .mine
        let isSearch = typed.contains { !$0.isWhitespace }
        // Who looks for a contact looks for it wherever it is, as far as they may.
        if isSearch, seesAll, list == .mine { list = .all }
        if list == .all, !seesAll { list = .mine }
        var query = AttendanceQuery()
        query.accountID = list == .all || (list == .unfinished && seesAll) ? nil : account.id
        query.unfinished = list == .unfinished
        if isSearch { query.search = TypedSearch(typed, region: app.region) }
        query.outcome = request.query("outcome").flatMap(AttendanceOutcome.init)
        query.channel = request.query("channel").flatMap(AttendanceChannel.init)
        let from = request.query("from").flatMap { CalendarDay(iso: $0) }
        let to = request.query("to").flatMap { CalendarDay(iso: $0) }
        query.from = from?.begin(in: app.timeZone)
        query.to = to?.next?.begin(in: app.timeZone)
        query.before = request.query("before").flatMap { Int64($0) }
        query.limit = Self.pageSize
        let found = try await app.attendances.list(query)
        let lines = try await app.attendances.lines(of: found.map(\.id))
        let time = DeskTime(timeZone: app.timeZone, language: context.language)
        let unfinished = try await app.attendances.countUnfinished(accountID: seesAll ? nil : account.id)
        let rows = found.map { row($0, lines[$0.id], time, words) }
        var page = AttendanceListPage(
            q: typed,
            list: list.rawValue,
            tabs: ([.mine, .unfinished] + (seesAll ? [List.all] : [])).map { tab in
                AttendanceListPage.Tab(
                    href: QueryText.path(Self.path, [("list", tab.rawValue)]),
                    label: words("attendances.list.\(tab.rawValue)"),
                    isCurrent: tab == list,
                    count: tab == .unfinished && unfinished > 0 ? String(unfinished) : nil
                )
            },
            outcomes: PageChoice.all(AttendanceOutcome.self, chosen: query.outcome) {
                words("ui.outcome.\($0.rawValue)")
            },
            channels: PageChoice.all(AttendanceChannel.self, chosen: query.channel) {
                TicketWords.channel($0)[context.language]
            },
            from: from?.iso ?? "",
            to: to?.iso ?? "",
            rows: rows,
            hasRows: !rows.isEmpty,
            none: words("attendances.none.\(isSearch ? List.all.rawValue : list.rawValue)")
        )
        if app.attendances.isMistyped(typed) || rows.isEmpty {
            page.hint = MistypedNumber.hint(typed, app)?[context.language]
        }
        if found.count == Self.pageSize, let last = found.last {
            page.next = QueryText.path(
                Self.path,
                [
                    ("list", list.rawValue), ("q", typed), ("outcome", query.outcome?.rawValue ?? ""),
                    ("channel", query.channel?.rawValue ?? ""), ("from", page.from), ("to", page.to),
                    ("before", String(last.id)),
                ]
            )
        }
        return .page(page)
    }

    /// The contact whose protocol number was typed, for who may look at it.
    private func one(_ typed: String, _ context: SignedInContext) async throws -> Int64? {
        guard typed.contains(where: { !$0.isWhitespace }),
            let found = try await app.attendances.find(protocolNumber: typed),
            try await ContactRight(app).mayRead(found, context.caller)
        else { return nil }
        return found.id
    }

    private func row(
        _ attendance: Attendance,
        _ line: ContactLine?,
        _ time: DeskTime,
        _ words: Words
    ) -> AttendanceListPage.Row {
        AttendanceListPage.Row(
            id: attendance.id,
            protocol: SpokenDigits.grouped(attendance.protocolNumber),
            started: time.dateAndTime(attendance.startedAt),
            channel: TicketWords.channel(attendance.channel)[time.language],
            customer: line?.customer,
            holder: line?.holder,
            outcome: Self.outcome(attendance, words),
            tone: Self.tone(attendance),
            ticket: line?.ticket
        )
    }

    private static func outcome(_ attendance: Attendance, _ words: Words) -> String {
        words(attendance.outcome.map { "ui.outcome.\($0.rawValue)" } ?? "ui.outcome.ongoing")
    }

    private static func tone(_ attendance: Attendance) -> String {
        switch attendance.outcome {
        case .ticket, .linked, .information: "done"
        case .missed, .callBackAsked, .afterHours, .dropped: "waiting"
        case nil: "accent"
        default: ""
        }
    }

    // MARK: - One contact

    private func show(_ context: SignedInContext, _ frame: inout PageFrame) async throws -> PageContent {
        let id = try context.id("id")
        guard let attendance = try await app.attendances.find(id) else { throw Problem.notFound }
        let caller = context.caller
        let right = ContactRight(app)
        try await right.check(attendance, caller)
        let words = pages[context.language]
        let language = context.language
        let time = DeskTime(timeZone: app.timeZone, language: language)
        frame.title = "\(words("attendances.one")) \(SpokenDigits.grouped(attendance.protocolNumber))"
        frame.place = "attendances"
        let line = try await app.attendances.lines(of: [id])[id]
        // Another request under way is its holder's; an open contact may be taken over.
        let goesOn =
            if attendance.state == .open || attendance.accountID == context.account.id {
                try await app.attendances.isInHand(attendance)
            } else { false }
        let tickets = try await app.directory.list(attendanceID: id).filter(caller.mayRead)
        let fates = try await right.visible(try await app.outbox.fates(attendanceID: id), of: attendance, caller)
        // Those of a ticket are its own to show, and by its rules.
        let files = try await app.attachments.list(attendanceID: id).filter { $0.ticketID == nil }
        return .page(
            AttendancePage(
                protocol: SpokenDigits.grouped(attendance.protocolNumber),
                aloud: SpokenDigits.words(attendance.protocolNumber, language: language),
                outcome: Self.outcome(attendance, words),
                tone: Self.tone(attendance),
                channel: TicketWords.channel(attendance.channel)[language],
                started: time.dateAndTime(attendance.startedAt),
                ended: attendance.endedAt.map(time.dateAndTime),
                customer: line?.customer,
                customerID: line?.customerID,
                holder: line?.holder,
                topic: attendance.topic.flatMap { app.catalogue.current.topic($0)?.title[language] },
                goOn: goesOn ? "/desk?a=\(id)" : nil,
                call: try await call(of: attendance, context, words),
                tickets: tickets.map { ticket in
                    AttendancePage.Request(
                        number: ticket.number,
                        summary: ticket.summary,
                        state: TicketWords.state(ticket.state)[language],
                        tone: TicketWords.tone(ticket.state)
                    )
                },
                hasTickets: !tickets.isEmpty,
                notices: fates.map { fate in
                    AttendancePage.Told(
                        at: time.dateAndTime(fate.createdAt),
                        event: fate.event.title(language),
                        text: fate.sentence(language),
                        tone: fate.state.tone
                    )
                },
                hasNotices: !fates.isEmpty,
                files: files.map { TicketPage.File(id: $0.id, name: $0.name, size: ByteCount.text($0.size)) },
                hasFiles: !files.isEmpty
            )
        )
    }

    private func call(
        of attendance: Attendance,
        _ context: SignedInContext,
        _ words: Words
    ) async throws -> AttendancePage.Spoken? {
        guard let id = attendance.callID, let call = try await app.calls.find(id) else { return nil }
        let account = context.account
        let view = try await RecordViews(app.attendances, for: context.caller).of(attendance.customerID)
        let heard = try await app.calls.tookPart(account.id, in: [id]).contains(id)
        let mayHear = account.role >= .supervisor || heard
        let number = view.display(of: call, region: app.region)
        let outcome = call.endedAt == nil ? "ongoing" : call.wasMissed ? "missed" : call.outcome.rawValue
        return AttendancePage.Spoken(
            number: call.withheld ? words("calls.withheld") : number ?? words("calls.withheld"),
            direction: words("calls.direction.\(call.direction.rawValue)"),
            outcome: words("calls.outcome.\(outcome)"),
            length: DeskTime.length(call.duration(now: app.clock.now)),
            recording: mayHear && RecordingFile(call, lines: app.settings.pbx) != nil
                ? "/api/v1/calls/\(call.id)/recording" : nil
        )
    }
}

/// Contacts with the desk.
struct AttendanceListPage: Page {
    static let template = "attendances"

    struct Tab: PagePart {
        var href: String
        var label: String
        var isCurrent: Bool
        var count: String?
    }

    struct Row: KeptPart {
        static let template = "attendance-row"

        var id: Int64
        var `protocol`: String
        var started: String
        var channel: String
        var customer: String?
        var holder: String?
        var outcome: String
        var tone: String
        var ticket: String?
    }

    var q: String
    var list: String
    var tabs: [Tab]
    var outcomes: [PageChoice]
    var channels: [PageChoice]
    var from: String
    var to: String
    var rows: [Row]
    var hasRows: Bool
    /// What would be here.
    var none: String
    var hint: String?
    var next: String?
}

/// One contact with its call, tickets and notices.
struct AttendancePage: Page {
    static let template = "attendance"

    struct Spoken: PagePart {
        var number: String
        var direction: String
        var outcome: String
        var length: String
        var recording: String?
    }

    struct Request: PagePart {
        var number: String
        var summary: String
        var state: String
        var tone: String
    }

    struct Told: PagePart {
        var at: String
        var event: String
        var text: String
        var tone: String
    }

    var `protocol`: String
    /// The number in words, to be read to the caller.
    var aloud: String
    var outcome: String
    var tone: String
    var channel: String
    var started: String
    var ended: String?
    var customer: String?
    var customerID: Int64?
    var holder: String?
    var topic: String?
    /// Where its interview goes on, while it is open.
    var goOn: String?
    var call: Spoken?
    var tickets: [Request]
    var hasTickets: Bool
    var notices: [Told]
    var hasNotices: Bool
    /// What came with the contact and belongs to none of its tickets: a voice message, say.
    var files: [TicketPage.File]
    var hasFiles: Bool
}
