import Foundation

/// The calendars and promises of a desk as people write them, in the browser or the settings.
public struct ServiceRules: Sendable, Equatable, Codable {
    /// Hours of work; without departments they are the desk's.
    public struct Calendar: Sendable, Equatable, Codable {
        public var departments: [String]
        /// A name such as `America/Sao_Paulo`; nil for the desk's zone.
        public var timeZone: String?
        /// Monday first, each day's ranges as `08:00-12:30`.
        public var week: [[String]]
        public var country: HolidayCountry?
        /// Facultative days that are not worked.
        public var facultative: [String]
        /// `2026-12-25` once, `12-25` every year.
        public var holidays: [String]

        public init(
            departments: [String] = [],
            timeZone: String? = nil,
            week: [[String]],
            country: HolidayCountry? = nil,
            facultative: [String] = [],
            holidays: [String] = []
        ) {
            self.departments = departments
            self.timeZone = timeZone
            self.week = week
            self.country = country
            self.facultative = facultative
            self.holidays = holidays
        }
    }

    public struct Policy: Sendable, Equatable, Codable {
        public var name: String
        /// Empty lists stand for all.
        public var topics: [String]
        public var contracts: [String]
        public var priorities: [TopicPriority]
        /// `30min`, `4h` or `2d`.
        public var firstAnswer: String?
        public var solution: String?
        public var counting: ServiceTerm.Counting
        public var steps: [EscalationStep]

        public init(
            name: String,
            topics: [String] = [],
            contracts: [String] = [],
            priorities: [TopicPriority] = [],
            firstAnswer: String? = nil,
            solution: String? = nil,
            counting: ServiceTerm.Counting = .business,
            steps: [EscalationStep] = []
        ) {
            self.name = name
            self.topics = topics
            self.contracts = contracts
            self.priorities = priorities
            self.firstAnswer = firstAnswer
            self.solution = solution
            self.counting = counting
            self.steps = steps
        }
    }

    public var calendars: [Calendar]
    public var policies: [Policy]

    public init(calendars: [Calendar], policies: [Policy]) {
        self.calendars = calendars
        self.policies = policies
    }

    /// More calendars or promises than this nobody keeps apart.
    public static let most = 200
    /// Ranges of a day, steps of a promise.
    static let mostParts = 20
    static let mostDays = 500
    static let longestName = 80

    /// The book these rules make.
    ///
    /// - Throws: `ServiceRulesFault` with the place of what cannot be used.
    public func book(in zone: TimeZone, at now: Moment) throws(ServiceRulesFault) -> ServiceBook {
        guard calendars.count <= Self.most else { throw ServiceRulesFault("calendars", .tooMany(Self.most)) }
        guard policies.count <= Self.most else { throw ServiceRulesFault("policies", .tooMany(Self.most)) }
        var usual: WorkCalendar?
        var departments: [String: WorkCalendar] = [:]
        for (index, calendar) in calendars.enumerated() {
            let made = try calendar.calendar(at: "calendars[\(index)]", in: zone, now: now)
            if calendar.departments.isEmpty {
                guard usual == nil else { throw ServiceRulesFault("calendars[\(index)].departments", .twice) }
                usual = made
            }
            for department in calendar.departments {
                guard departments.updateValue(made, forKey: department) == nil else {
                    throw ServiceRulesFault("calendars[\(index)].departments", .twice)
                }
            }
        }
        guard let usual else { throw ServiceRulesFault("calendars", .noUsual) }
        var names: Set<String> = []
        var made: [ServicePolicy] = []
        for (index, policy) in policies.enumerated() {
            made.append(try policy.policy(at: "policies[\(index)]"))
            guard names.insert(policy.name).inserted else { throw ServiceRulesFault("policies[\(index)].name", .twice) }
        }
        return ServiceBook(calendar: usual, departments: departments, policies: made)
    }

    /// Looks at what is promised by the calendars it is promised by; rules kept before this was asked go on holding.
    ///
    /// - Throws: `ServiceRulesFault` for a first answer that is later than the solution anywhere.
    func checkPromises(of book: ServiceBook) throws(ServiceRulesFault) {
        let days = ([book.calendar] + book.departments.values).map(\.minutesPerDay)
        let place = book.policies.firstIndex { $0.level.answersAfterSolution(businessDays: days) }
        if let place { throw ServiceRulesFault("policies[\(place)].first_answer", .answerAfterSolution) }
    }
}

extension ServiceRules.Calendar {
    /// - Throws: `ServiceRulesFault` below `place`.
    public func calendar(at place: String, in zone: TimeZone, now: Moment) throws(ServiceRulesFault) -> WorkCalendar {
        var own = zone
        if let name = timeZone {
            guard let found = TimeZone(identifier: name) else { throw ServiceRulesFault("\(place).timezone", .zone) }
            own = found
        }
        guard week.count == 7 else { throw ServiceRulesFault("\(place).week", .range) }
        var ranges: [[WorkCalendar.Range]] = []
        for (day, texts) in week.enumerated() {
            guard texts.count <= ServiceRules.mostParts else {
                throw ServiceRulesFault("\(place).week[\(day)]", .tooMany(ServiceRules.mostParts))
            }
            let read = texts.compactMap { WorkCalendar.Range($0) }
            guard read.count == texts.count else { throw ServiceRulesFault("\(place).week[\(day)]", .range) }
            ranges.append(read)
        }
        guard holidays.count <= ServiceRules.mostDays else {
            throw ServiceRulesFault("\(place).holidays", .tooMany(ServiceRules.mostDays))
        }
        guard holidays.allSatisfy({ CalendarDay(iso: $0.utf8.count == 5 ? "2024-\($0)" : $0) != nil }) else {
            throw ServiceRulesFault("\(place).holidays", .day)
        }
        let known = Set((country?.holidays ?? []).filter { $0.kind == .facultative }.map(\.id))
        guard facultative.allSatisfy(known.contains) else {
            throw ServiceRulesFault("\(place).facultative", .facultative)
        }
        let day = Date(timeIntervalSince1970: Double(now.milliseconds) / 1_000)
        do throws(WorkCalendarFault) {
            return try WorkCalendar(
                timeZone: own,
                week: ranges,
                country: country,
                facultative: Set(facultative),
                local: Set(holidays),
                from: CalendarDay(now, offsetMinutes: own.secondsFromGMT(for: day) / 60) ?? .epoch
            )
        } catch { throw ServiceRulesFault("\(place).week", .noHours) }
    }
}

extension ServiceRules.Policy {
    fileprivate func policy(at place: String) throws(ServiceRulesFault) -> ServicePolicy {
        guard !name.trimmingBlanks.isEmpty, name.count <= ServiceRules.longestName else {
            throw ServiceRulesFault("\(place).name", .name)
        }
        let level = ServiceLevel(
            firstAnswer: try term(firstAnswer, "\(place).first_answer"),
            solution: try term(solution, "\(place).solution")
        )
        guard steps.count <= ServiceRules.mostParts else {
            throw ServiceRulesFault("\(place).steps", .tooMany(ServiceRules.mostParts))
        }
        for (index, step) in steps.enumerated() {
            guard EscalationStep.percents.contains(step.percent) else {
                throw ServiceRulesFault("\(place).steps[\(index)].percent", .percent)
            }
            guard !step.isEmpty else { throw ServiceRulesFault("\(place).steps[\(index)]", .nothing) }
        }
        if !steps.isEmpty, level.solution == nil { throw ServiceRulesFault("\(place).solution", .term) }
        return ServicePolicy(
            name: name,
            topics: Set(topics),
            contracts: Set(contracts),
            priorities: Set(priorities),
            level: level,
            steps: steps.sorted { $0.percent < $1.percent }
        )
    }

    private func term(_ text: String?, _ place: String) throws(ServiceRulesFault) -> ServiceTerm? {
        guard let text, !text.isEmpty else { return nil }
        guard let term = ServiceTerm(text, counting: counting) else { throw ServiceRulesFault(place, .term) }
        return term
    }
}

/// What cannot be used in a desk's rules, and where.
public struct ServiceRulesFault: Error, Equatable, CustomStringConvertible {
    public enum Kind: Equatable, Sendable {
        case tooMany(Int)
        /// One name, department or usual calendar stands twice.
        case twice
        /// No calendar is the desk's own.
        case noUsual
        case zone, range, day, facultative, noHours, name, term, percent
        /// A step that does nothing.
        case nothing
        /// A first answer that is promised for later than the solution.
        case answerAfterSolution
    }

    /// `calendars[0].week[2]`.
    public var place: String
    public var kind: Kind

    init(_ place: String, _ kind: Kind) {
        self.place = place
        self.kind = kind
    }

    public var description: String { "\(place): \(sentence(.en))" }

    public func sentence(_ language: Language) -> String {
        let text: LocalizedText =
            switch kind {
            case .tooMany(let most): LocalizedText("No máximo \(most).", en: "At most \(most).")
            case .twice: LocalizedText("Aparece duas vezes.", en: "It stands twice.")
            case .noUsual:
                LocalizedText(
                    "Falta o calendário da central, sem departamentos.",
                    en: "The desk's own calendar, without departments, is missing."
                )
            case .zone: LocalizedText("Não há este fuso horário.", en: "There is no such time zone.")
            case .range:
                LocalizedText(
                    "Escreva os horários como 08:00-12:30, ou 22:00-06:00 para passar da meia-noite.",
                    en: "Write hours as 08:00-12:30, or 22:00-06:00 past midnight."
                )
            case .day:
                LocalizedText(
                    "Escreva um dia entre 1900 e 2199 como 2026-12-25, ou 12-25 para todos os anos.",
                    en: "Write a day between 1900 and 2199 as 2026-12-25, or 12-25 for every year."
                )
            case .facultative:
                LocalizedText(
                    "Não é um dia facultativo deste país.",
                    en: "It is not an optional holiday of this country."
                )
            case .noHours:
                LocalizedText(
                    "Ninguém trabalha em 400 dias: dê horário a um dia pelo menos.",
                    en: "Nobody works within 400 days: give at least one day working hours."
                )
            case .name: LocalizedText("Dê um nome de até 80 caracteres.", en: "Give a name of up to 80 characters.")
            case .term: LocalizedText("Escreva 30min, 4h ou 2d.", en: "Write 30min, 4h or 2d.")
            case .percent: LocalizedText("De 1 a 1000 % do prazo.", en: "From 1 to 1000 % of the time.")
            case .answerAfterSolution:
                LocalizedText(
                    "A primeira resposta não pode ser prometida para depois da solução.",
                    en: "The first answer cannot be promised for later than the solution."
                )
            case .nothing: LocalizedText("Diga o que acontece neste passo.", en: "Say what this step does.")
            }
        return text[language]
    }
}
