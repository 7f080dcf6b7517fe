/// What the customers of some tickets said: how many were asked, how many answered, and with which marks.
public struct SurveyTally: Sendable, Equatable {
    /// Fewer answers make no average: two angry people are no trend.
    public static let fewestForAverage = 5

    /// Solutions of the period that stand, and those since undone that a mark was given for.
    public var solved: Int64 = 0
    public var asked: Int64 = 0
    /// How often each mark from 1 to 5 was given, the lowest first.
    public var marks: [Int64] = Array(repeating: 0, count: 5)
    /// Why the others were not asked.
    public var notAsked: [TicketSurvey.NotAsked: Int64] = [:]

    public init() {}

    public var answered: Int64 { marks.reduce(0, +) }

    /// The mean mark; nil while there are too few to speak of one.
    public var average: Double? {
        guard answered >= Self.fewestForAverage else { return nil }
        let sum = zip(1..., marks).reduce(Int64(0)) { $0 + Int64($1.0) * $1.1 }
        return Double(sum) / Double(answered)
    }

    public static func + (left: Self, right: Self) -> Self {
        var both = left
        both.solved += right.solved
        both.asked += right.asked
        both.marks = zip(left.marks, right.marks).map { $0 + $1 }
        both.notAsked.merge(right.notAsked) { $0 + $1 }
        return both
    }
}

/// Which surveys are looked at: solutions in [from, to), of one department, person or topic where named.
public struct SurveyPeriod: Sendable, Equatable {
    public var from: Moment
    public var to: Moment
    public var department: String?
    public var solvedBy: Int64?
    public var topic: String?

    public init(
        from: Moment,
        to: Moment,
        department: String? = nil,
        solvedBy: Int64? = nil,
        topic: String? = nil
    ) {
        self.from = from
        self.to = to
        self.department = department
        self.solvedBy = solvedBy
        self.topic = topic
    }
}

/// By what results are put together.
public enum SurveyGrouping: String, Sendable, CaseIterable {
    case department
    /// Who solved it.
    case technician
    case topic

    fileprivate var column: String {
        switch self {
        case .department: "department"
        case .technician: "solved_by"
        case .topic: "topic"
        }
    }
}

/// One line of results.
public struct SurveyResult: Sendable, Equatable {
    /// A department's or topic's key, a person's number; nil for tickets that the clock solved.
    public var key: String?
    public var tally: SurveyTally
}

/// Words a customer left with a mark.
public struct SurveyComment: Sendable, Equatable {
    public var ticketID: Int64
    public var number: String
    public var department: String
    public var topicTitle: String
    public var solvedBy: Int64?
    public var mark: Int
    public var words: String?
    public var givenAt: Moment
}

/// The marks callers gave by keypad at the end of a call, of the contacts one technician had.
public struct KeypadResult: Sendable, Equatable {
    public var accountID: Int64?
    public var marks: [Int64]
}

/// What customers said, put together for those who supervise; every figure counts the rows of one population.
public struct SurveyResults: Sendable {
    /// Departments, people or topics of one answer; a desk has dozens.
    public static let mostGroups = 500
    /// Comments on one page; a longer period is read as a file.
    public static let mostComments = 200
    /// Marks of one file, and one more, by which a file knows that there are older ones.
    public static let mostMarks = 10_001

    private let database: any Database

    public init(database: any Database) { self.database = database }

    private static let reasons = TicketSurvey.NotAsked.allCases

    /// What is counted, in the columns `tally` reads.
    private static let counts: String = {
        let marks = SurveyDesk.marks.map { "COUNT(CASE WHEN mark = \($0) THEN 1 END)" }
        let notAsked = reasons.map { "COUNT(CASE WHEN not_asked = '\($0.rawValue)' THEN 1 END)" }
        return (["COUNT(*)", "COUNT(asked_at)"] + marks + notAsked).joined(separator: ", ")
    }()

    /// The solutions of [$1, $2), each with what its customer said of it and of no other.
    ///
    /// Those of tickets that stay solved, and those that a mark was given for before the ticket went on.
    private static let solutions = """
        SELECT ticket.department, ticket.solved_by, ticket.topic, survey.asked_at, survey.not_asked, survey.mark
        FROM ticket LEFT JOIN ticket_survey AS survey ON survey.ticket_id = ticket.id
            AND (survey.mark IS NULL OR survey.solved_at = ticket.solved_at)
        WHERE ticket.solved_at >= $1 AND ticket.solved_at < $2 AND ticket.state IN ('solved', 'closed')
        UNION ALL
        SELECT survey.department, survey.solved_by, survey.topic, survey.asked_at, survey.not_asked, survey.mark
        FROM ticket_survey AS survey JOIN ticket ON ticket.id = survey.ticket_id
        WHERE survey.mark IS NOT NULL AND survey.solved_at >= $1 AND survey.solved_at < $2
            AND (ticket.solved_at IS NULL OR ticket.solved_at <> survey.solved_at
                OR ticket.state NOT IN ('solved', 'closed'))
        """

    /// The period's results, one line for each department, person or topic, the most answered first: `mostGroups` at the most.
    public func results(_ period: SurveyPeriod, by grouping: SurveyGrouping) async throws(StoreError) -> [SurveyResult]
    {
        let (condition, values) = Self.condition(period)
        return try await database.read { session in
            try session.rows(
                """
                SELECT \(grouping.column), \(Self.counts) FROM (\(Self.solutions)) AS solution WHERE \(condition)
                GROUP BY 1 ORDER BY COUNT(mark) DESC, COUNT(*) DESC, 1 LIMIT \(Self.mostGroups)
                """,
                values
            ).map { row in
                let key = grouping == .technician ? row.integer(0).map { String($0) } : row.text(0)
                return SurveyResult(key: key, tally: Self.tally(row, from: 1))
            }
        }
    }

    /// The same of the whole period.
    public func whole(_ period: SurveyPeriod) async throws(StoreError) -> SurveyTally {
        let (condition, values) = Self.condition(period)
        return try await database.read { session in
            try session.row(
                "SELECT \(Self.counts) FROM (\(Self.solutions)) AS solution WHERE \(condition)",
                values
            ).map { Self.tally($0, from: 0) } ?? SurveyTally()
        }
    }

    private static func tally(_ row: SQLRow, from first: Int) -> SurveyTally {
        var tally = SurveyTally()
        tally.solved = row.integer(first) ?? 0
        tally.asked = row.integer(first + 1) ?? 0
        tally.marks = SurveyDesk.marks.map { row.integer(first + 1 + $0) ?? 0 }
        for (place, reason) in reasons.enumerated() {
            let count = row.integer(first + 2 + SurveyDesk.marks.count + place) ?? 0
            if count > 0 { tally.notAsked[reason] = count }
        }
        return tally
    }

    /// The marks given for the period's solutions, newest first; with `wordsOnly` those that came with words.
    ///
    /// `limit`: cut to 1 … `mostMarks`.
    public func comments(
        _ period: SurveyPeriod,
        wordsOnly: Bool = true,
        limit: Int = Self.mostComments
    ) async throws(StoreError) -> [SurveyComment] {
        let (condition, values) = Self.condition(period, of: "survey.")
        let bounded = min(max(1, limit), Self.mostMarks)
        let worded = wordsOnly ? "AND survey.words IS NOT NULL" : ""
        return try await database.read { session in
            try session.rows(
                """
                SELECT ticket.id, ticket.number, survey.department, ticket.topic_title, survey.solved_by, survey.mark,
                    survey.words, survey.given_at
                FROM ticket_survey AS survey JOIN ticket ON ticket.id = survey.ticket_id
                WHERE survey.mark IS NOT NULL AND survey.solved_at >= $1 AND survey.solved_at < $2 AND \(condition) \(worded)
                ORDER BY survey.given_at DESC, ticket.id DESC LIMIT \(bounded)
                """,
                values
            ).compactMap { row in
                guard let id = row.integer(0), let mark = row.integer(5), let at = row.moment(7) else { return nil }
                return SurveyComment(
                    ticketID: id,
                    number: row.text(1) ?? "",
                    department: row.text(2) ?? "",
                    topicTitle: row.text(3) ?? "",
                    solvedBy: row.integer(4),
                    mark: Int(clamping: mark),
                    words: row.text(6),
                    givenAt: at
                )
            }
        }
    }

    /// Marks given by keypad in the period, by who had the contact; of one person where named.
    public func keypad(from: Moment, to: Moment, of account: Int64? = nil) async throws(StoreError) -> [KeypadResult] {
        let marks = SatisfactionDesk.marks.map { "COUNT(CASE WHEN satisfaction.rating = \($0) THEN 1 END)" }
        let theirs = account == nil ? "" : "AND attendance.account_id = $3"
        return try await database.read { session in
            try session.rows(
                """
                SELECT attendance.account_id, \(marks.joined(separator: ", "))
                FROM satisfaction JOIN attendance ON attendance.id = satisfaction.attendance_id
                WHERE satisfaction.given_at >= $1 AND satisfaction.given_at < $2 \(theirs)
                GROUP BY 1 ORDER BY COUNT(*) DESC, 1 LIMIT \(Self.mostGroups)
                """,
                [.moment(from), .moment(to)] + (account.map { [.integer($0)] } ?? [])
            ).map { row in
                KeypadResult(accountID: row.integer(0), marks: SatisfactionDesk.marks.map { row.integer($0) ?? 0 })
            }
        }
    }

    /// What a solution must be, beside being of the period, which is $1 and $2.
    private static func condition(_ period: SurveyPeriod, of table: String = "") -> (String, [SQLValue]) {
        var parts = ["1 = 1"]
        var values: [SQLValue] = [.moment(period.from), .moment(period.to)]
        func add(_ column: String, _ value: SQLValue?) {
            guard let value else { return }
            values.append(value)
            parts.append("\(table)\(column) = $\(values.count)")
        }
        add("department", period.department.map { .text($0) })
        add("solved_by", period.solvedBy.map { .integer($0) })
        add("topic", period.topic.map { .text($0) })
        return (parts.joined(separator: " AND "), values)
    }
}
