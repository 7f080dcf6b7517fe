import DeskCore
import Foundation
import Hummingbird
import NIOCore

/// Which results are looked at, as their address says; what means nothing is left out.
struct SatisfactionChoice: Sendable {
    static let path = "/admin/satisfaction"
    /// The period nobody named.
    private static let usualDays = 30

    static let backwards = LocalizedText(
        "O último dia vem antes do primeiro: corrija um deles",
        ptPT: "O último dia vem antes do primeiro: corrija um deles",
        en: "The last day comes before the first: correct one of them"
    )

    var grouping: SurveyGrouping
    var from: CalendarDay
    /// The last day, in it.
    var to: CalendarDay
    var department: String?
    var topic: String?
    var technician: Int64?

    init(today: CalendarDay, _ value: (String) -> String?) {
        func text(_ name: String) -> String? { value(name).flatMap { $0.isEmpty || $0.count > 200 ? nil : $0 } }
        grouping = value("by").flatMap(SurveyGrouping.init) ?? .department
        to = value("to").flatMap { CalendarDay(iso: $0) } ?? today
        let first = value("from").flatMap { CalendarDay(iso: $0) } ?? to.before(days: Self.usualDays - 1)
        from = first
        department = text("department")
        topic = text("topic")
        technician = value("technician").flatMap { Int64($0) }
    }

    /// The last day comes before the first: a slip of who typed them, which no figures answer.
    var isBackwards: Bool { to < from }

    /// From the first day's beginning to the end of the last, by the clock on the wall.
    func period(in timeZone: TimeZone) -> SurveyPeriod {
        let start = from.begin(in: timeZone) ?? Moment(milliseconds: 0)
        return SurveyPeriod(
            from: start,
            to: to.next?.begin(in: timeZone) ?? start,
            department: department,
            solvedBy: technician,
            topic: topic
        )
    }

    var pairs: [(String, String)] {
        [
            ("by", grouping.rawValue), ("from", from.iso), ("to", to.iso), ("department", department ?? ""),
            ("topic", topic ?? ""), ("technician", technician.map { String($0) } ?? ""),
        ]
    }

    func changed(_ change: (inout Self) -> Void) -> Self {
        var other = self
        change(&other)
        return other
    }
}

/// What customers said of the desk's work, for those who supervise.
struct SatisfactionPages: Sendable {
    /// A file of more is a report of its own.
    private static let mostInFile = 10_000

    /// The columns of the file.
    static let columns = ["ticket", "department", "topic", "technician", "mark", "words", "given"]

    let app: App
    let pages: DeskPages

    func addPages(to routes: PageRoutes) {
        routes.get("/admin/satisfaction") { request, context, frame in
            try context.need(.supervisor)
            frame.title = pages[context.language]("satisfaction.title")
            frame.place = "admin"
            return .page(try await page(choice(request), context.language))
        }
        routes.group.get("/admin/satisfaction.csv") { request, context in
            try context.need(.supervisor)
            return try await file(choice(request), context.language)
        }
    }

    private func choice(_ request: Request) -> SatisfactionChoice {
        SatisfactionChoice(today: app.today) { request.query($0) }
    }

    private func page(_ chosen: SatisfactionChoice, _ language: Language) async throws -> SatisfactionPage {
        let words = pages[language]
        let period = chosen.period(in: app.timeZone)
        let results = try await app.surveyResults.results(period, by: chosen.grouping)
        let comments = try await app.surveyResults.comments(period)
        // A caller who gives a mark by keypad names no department and no topic.
        let keypad =
            period.department == nil && period.topic == nil
            ? try await app.surveyResults.keypad(from: period.from, to: period.to, of: period.solvedBy) : []
        let names = try await names(language)
        let time = DeskTime(timeZone: app.timeZone, language: language)
        let whole = try await app.surveyResults.whole(period)
        let catalogue = app.catalogue.current
        return SatisfactionPage(
            from: chosen.from.iso,
            to: chosen.to.iso,
            groupings: PageChoice.all(SurveyGrouping.self, chosen: chosen.grouping) {
                words("satisfaction.by.\($0.rawValue)")
            },
            departments: catalogue.departments.map {
                PageChoice(value: $0.id, label: $0.name[language], isChosen: $0.id == chosen.department)
            },
            sentence: chosen.isBackwards ? SatisfactionChoice.backwards[language] : sentence(whole, words),
            notAsked: whole.notAsked.sorted { $0.key.rawValue < $1.key.rawValue }.map { reason, count in
                words("satisfaction.notAsked.\(reason.rawValue)", ["count": String(count)])
            },
            heading: words("satisfaction.by.\(chosen.grouping.rawValue)"),
            rows: results.map { result in
                row(
                    result.tally,
                    name: names.name(of: result.key, by: chosen.grouping, words),
                    chosen,
                    result.key,
                    words
                )
            },
            hasRows: !results.isEmpty,
            comments: comments.map { comment in
                SatisfactionPage.Comment(
                    ticket: comment.number,
                    topic: comment.topicTitle,
                    technician: comment.solvedBy.flatMap { names.people[$0] },
                    mark: comment.mark,
                    tone: comment.mark <= 2 ? "late" : comment.mark == 3 ? "waiting" : "done",
                    text: comment.words ?? "",
                    given: time.dateAndTime(comment.givenAt)
                )
            },
            hasComments: !comments.isEmpty,
            isCut: comments.count == SurveyResults.mostComments,
            calls: keypad.map { call in
                var tally = SurveyTally()
                tally.marks = call.marks
                let name = call.accountID.flatMap { names.people[$0] } ?? words("satisfaction.nobody")
                let row = row(tally, name: name, words)
                return SatisfactionPage.Call(
                    name: row.name,
                    answered: row.answered,
                    average: row.average,
                    marks: row.marks
                )
            },
            hasCalls: !keypad.isEmpty,
            file: QueryText.path("\(SatisfactionChoice.path).csv", chosen.pairs)
        )
    }

    /// How many said what, and no average of a handful.
    private func sentence(_ tally: SurveyTally, _ words: Words) -> String {
        let values = [
            "solved": String(tally.solved), "asked": String(tally.asked), "answered": String(tally.answered),
            "average": tally.average.map { Self.shown($0, words.language) } ?? "",
            "fewest": String(SurveyTally.fewestForAverage),
        ]
        if tally.answered == 0 { return words("satisfaction.none", values) }
        return words(tally.average == nil ? "satisfaction.few" : "satisfaction.sentence", values)
    }

    private func row(_ tally: SurveyTally, name: String, _ words: Words) -> SatisfactionPage.Row {
        SatisfactionPage.Row(
            name: name,
            solved: tally.solved,
            asked: tally.asked,
            answered: tally.answered,
            average: tally.average.map { Self.shown($0, words.language) } ?? words("satisfaction.tooFew"),
            marks: zip(1..., tally.marks).filter { $0.1 > 0 }.map { "\($0.0) × \($0.1)" }.joined(separator: ", ")
        )
    }

    /// A department's line leads to its own comments.
    private func row(
        _ tally: SurveyTally,
        name: String,
        _ chosen: SatisfactionChoice,
        _ key: String?,
        _ words: Words
    ) -> SatisfactionPage.Row {
        var row = row(tally, name: name, words)
        guard let key else { return row }
        let narrowed = chosen.changed { choice in
            switch choice.grouping {
            case .department: choice.department = key
            case .technician: choice.technician = Int64(key)
            case .topic: choice.topic = key
            }
        }
        row.href = QueryText.path(SatisfactionChoice.path, narrowed.pairs)
        return row
    }

    /// With one decimal, as the language writes it.
    private static func shown(_ average: Double, _ language: Language) -> String {
        let tenths = Int((average * 10).rounded())
        return "\(tenths / 10)\(language == .en ? "." : ",")\(tenths % 10)"
    }

    /// Each mark of the period with its words, as spreadsheets open it.
    private func file(_ chosen: SatisfactionChoice, _ language: Language) async throws -> Response {
        let words = pages[language]
        guard !chosen.isBackwards else { throw Problem.invalid("to", SatisfactionChoice.backwards) }
        let names = try await names(language)
        let time = DeskTime(timeZone: app.timeZone, language: language)
        let marks = try await app.surveyResults.comments(
            chosen.period(in: app.timeZone),
            wordsOnly: false,
            limit: Self.mostInFile + 1
        )
        let head = Self.columns.map {
            words("satisfaction.column.\($0)")
        }
        let lines =
            [CSVText.line(head)]
            + marks.prefix(Self.mostInFile).map { mark in
                CSVText.line([
                    mark.number, names.departments[mark.department] ?? mark.department, mark.topicTitle,
                    mark.solvedBy.flatMap { names.people[$0] } ?? "", String(mark.mark), mark.words ?? "",
                    time.compact(mark.givenAt),
                ])
            }
            // Said where the marks end: half of a period must not pass for the whole of it.
            + (marks.count > Self.mostInFile ? [CSVText.line([words("satisfaction.fileCut")])] : [])
        // Spreadsheets take a file without this mark for Latin 1.
        let text = "\u{FEFF}" + lines.joined(separator: "\r\n") + "\r\n"
        return Response(
            status: .ok,
            headers: [
                .contentType: "text/csv; charset=utf-8",
                .contentDisposition: FileResponse.disposition(
                    "\(words("satisfaction.file"))-\(chosen.from.iso)-\(chosen.to.iso).csv"
                ),
                .cacheControl: "private, no-store",
            ],
            body: .init(byteBuffer: ByteBuffer(string: text))
        )
    }

    private func names(_ language: Language) async throws -> SatisfactionNames {
        let catalogue = app.catalogue.current
        let accounts = try await app.accounts.list()
        return SatisfactionNames(
            people: Dictionary(accounts.map { ($0.id, $0.name) }) { first, _ in first },
            departments: Dictionary(catalogue.departments.map { ($0.id, $0.name[language]) }) { first, _ in first },
            topic: { catalogue.topic($0)?.title[language] }
        )
    }
}

/// The names of what results are put together by; what the catalogue no longer has keeps its key.
private struct SatisfactionNames {
    var people: [Int64: String]
    var departments: [String: String]
    var topic: (String) -> String?

    func name(of key: String?, by grouping: SurveyGrouping, _ words: Words) -> String {
        guard let key else { return words("satisfaction.nobody") }
        return switch grouping {
        case .department: departments[key] ?? key
        case .technician: Int64(key).flatMap { people[$0] } ?? key
        case .topic: topic(key) ?? key
        }
    }
}

/// What customers said, put together.
struct SatisfactionPage: Page {
    static let template = "satisfaction"

    struct Row: PagePart {
        var name: String
        var href: String?
        var solved: Int64
        var asked: Int64
        var answered: Int64
        /// The mean mark, or that there are too few.
        var average: String
        /// Each mark with how often it was given.
        var marks: String
    }

    /// What callers said by keypad of one technician's contacts.
    struct Call: PagePart {
        var name: String
        var answered: Int64
        var average: String
        var marks: String
    }

    struct Comment: PagePart {
        var ticket: String
        var topic: String
        var technician: String?
        var mark: Int
        var tone: String
        var text: String
        var given: String
    }

    var from: String
    var to: String
    var groupings: [PageChoice]
    var departments: [PageChoice]
    /// The answer, above the table it comes from.
    var sentence: String
    var notAsked: [String]
    var heading: String
    var rows: [Row]
    var hasRows: Bool
    var comments: [Comment]
    var hasComments: Bool
    /// There are older comments than the page shows.
    var isCut: Bool
    var calls: [Call]
    var hasCalls: Bool
    var file: String
}
