import DeskCore
import Hummingbird

/// Today's calls on a page of their own, with what became of each.
struct CallPages: Sendable {
    private static let pageSize = 50
    /// As long as a call back is still worth something.
    private static let gapsShown = Duration.seconds(86_400)
    private static let mostGaps = 5

    let app: App
    let pages: DeskPages
    let board: DeskBoard

    func addPages(to routes: PageRoutes) {
        routes.get("/desk/calls") { request, context, frame in try await list(request, context, &frame) }
    }

    private func list(
        _ request: Request,
        _ context: SignedInContext,
        _ frame: inout PageFrame
    ) async throws -> PageContent {
        let words = pages[context.language]
        frame.title = words("calls.title")
        frame.place = "calls"
        let before = request.query("before").flatMap { Int64($0) }
        let typed = String((request.query("q") ?? "").prefix(TextLimits.query))
        let found =
            typed.contains { !$0.isWhitespace }
            ? try await app.calls.search(typed, region: app.region, before: before, limit: Self.pageSize)
            : try await app.calls.list(before: before, limit: Self.pageSize)
        let book = await app.phones.current()
        let contacts = try await app.attendances.lines(of: found.compactMap(\.attendanceID))
        let time = DeskTime(timeZone: app.timeZone, language: context.language)
        let now = app.clock.now
        let seesAll = context.account.role >= .supervisor
        let mine = found.filter { call in
            let parties = call.offered + [call.answeredBy, call.lastParty].compactMap { $0 }
            return seesAll || call.wasMissed || book.accounts(of: parties, line: call.line).contains(context.account.id)
        }
        let views = try await RecordViews(app.attendances, for: context.caller)
        let heard = try await app.calls.tookPart(context.account.id, in: mine.map(\.id))
        let rows = mine.map { call in
            let contact = call.attendanceID.flatMap { contacts[$0] }
            let view = views.of(contact?.customerID)
            let number = view.display(of: call, region: app.region)
            let outcome = call.endedAt == nil ? "ongoing" : call.wasMissed ? "missed" : call.outcome.rawValue
            let mayHear = seesAll || heard.contains(call.id)
            let isRecorded = mayHear && RecordingFile(call, lines: app.settings.pbx) != nil
            return CallListPage.Row(
                started: time.compact(call.startedAt),
                name: contact?.customer ?? call.callerName,
                customerID: contact?.customerID,
                number: call.withheld ? words("calls.withheld") : number ?? words("calls.withheld"),
                sent: view.sentOtherwise(call),
                direction: words("calls.direction.\(call.direction.rawValue)"),
                length: DeskTime.length(call.duration(now: now)),
                outcome: words("calls.outcome.\(outcome)"),
                tone: Self.tone(outcome),
                attendanceID: contact?.id,
                protocol: contact.map { SpokenDigits.grouped($0.protocolNumber) },
                holder: contact?.holder,
                ticket: contact?.ticket,
                transfers: transfers(of: call, book),
                recording: isRecorded ? "/api/v1/calls/\(call.id)/recording" : nil,
                why: whyNot(call, book, words),
                steps: seesAll ? "/desk/calls/\(call.id)" : nil
            )
        }
        var page = CallListPage(q: typed, rows: rows, hasRows: !rows.isEmpty)
        // Whoever looks through the day's calls must know what the list cannot hold.
        if seesAll, before == nil, typed.isEmpty {
            page.gaps = try await LineGaps(database: app.database)
                .list(since: now.adding(.zero - Self.gapsShown), limit: Self.mostGaps)
                .map { gap in
                    let line = LineGapLine(gap, time: time, words: words)
                    let silence = words("calls.gap", ["line": line.line, "from": line.from, "to": line.to])
                    guard let queues = line.queues else { return silence }
                    return silence + " " + words("calls.gapqueues", ["queues": queues])
                }
            page.hasGaps = !page.gaps.isEmpty
        }
        if app.attendances.isMistyped(typed) { page.hint = ProtocolFormat.mistyped[context.language] }
        if found.count == Self.pageSize, let last = found.last {
            page.next = QueryText.path("/desk/calls", [("q", typed), ("before", String(last.id))])
        }
        return .page(page)
    }

    /// From whom to whom, by name.
    private func transfers(of call: Call, _ book: PhoneBook.Page) -> String {
        call.transfers.map { transfer in
            [transfer.from, transfer.to].map { $0.map { book.shown($0, line: call.line) } ?? "?" }
                .joined(separator: " → ")
        }.joined(separator: ", ")
    }

    /// Why a call that rang showed on no screen: said afterwards too, where somebody looks for it.
    private func whyNot(_ call: Call, _ book: PhoneBook.Page, _ words: Words) -> String {
        guard call.direction == .inbound, !call.offered.isEmpty else { return "" }
        let unmapped = call.offered.filter { book.account(of: $0, line: call.line) == nil }
        guard unmapped.count == call.offered.count else { return "" }
        return words(
            "calls.whyNot.extension",
            ["parties": unmapped.prefix(5).map { PhoneName($0).plain }.joined(separator: ", ")]
        )
    }

    static func tone(_ outcome: String) -> String {
        switch outcome {
        case "answered": "done"
        case "ongoing": "accent"
        case "missed", "abandoned", "no_answer": "waiting"
        case "failed": "late"
        default: ""
        }
    }
}

/// Calls with what became of each.
struct CallListPage: Page {
    static let template = "calls"

    struct Row: KeptPart {
        static let template = "call-row"

        var started: String
        var name: String?
        var customerID: Int64?
        var number: String
        /// The number as the trunk sent it, where it was shown otherwise.
        var sent: String?
        var direction: String
        var length: String
        var outcome: String
        var tone: String
        /// Of its contact, whose page the protocol leads to.
        var attendanceID: Int64?
        var `protocol`: String?
        var holder: String?
        var ticket: String?
        var transfers: String
        /// Where it can be heard.
        var recording: String?
        /// Why it showed on no screen; empty when there is nothing to say.
        var why: String
        /// Where it is told step by step.
        var steps: String?
    }

    var q: String
    var rows: [Row]
    var hasRows: Bool
    /// Times of the last day in which a line was not heard, in words; for supervisors.
    var gaps: [String] = []
    var hasGaps = false
    var hint: String?
    /// The next page's address.
    var next: String?
}
