/// A named promise for some tickets: by topic, contract and priority.
public struct ServicePolicy: Sendable, Equatable {
    public var name: String
    /// Empty lists stand for all.
    public var topics: Set<String>
    public var contracts: Set<String>
    public var priorities: Set<TopicPriority>
    public var level: ServiceLevel
    /// What the clock does on the way, in order of their time.
    public var steps: [EscalationStep]

    public init(
        name: String,
        topics: Set<String> = [],
        contracts: Set<String> = [],
        priorities: Set<TopicPriority> = [],
        level: ServiceLevel,
        steps: [EscalationStep] = []
    ) {
        self.name = name
        self.topics = topics
        self.contracts = contracts
        self.priorities = priorities
        self.level = level
        self.steps = steps
    }

    func fits(topic: String, contracts held: Set<String>, priority: TopicPriority) -> Bool {
        (topics.isEmpty || topics.contains(topic)) && (contracts.isEmpty || !contracts.isDisjoint(with: held))
            && (priorities.isEmpty || priorities.contains(priority))
    }
}

/// The calendars and promises of a desk.
public struct ServiceBook: Sendable, Equatable {
    /// Where no department's own is named.
    public var calendar: WorkCalendar
    public var departments: [String: WorkCalendar]
    /// The first that fits counts.
    public var policies: [ServicePolicy]
    /// The kept rules it was made of; 0 for those of the settings.
    var revision: Int64 = 0

    public init(
        calendar: WorkCalendar,
        departments: [String: WorkCalendar] = [:],
        policies: [ServicePolicy] = []
    ) {
        self.calendar = calendar
        self.departments = departments
        self.policies = policies
    }

    public func calendar(of department: String) -> WorkCalendar { departments[department] ?? calendar }

    /// This book from the day of `moment` on; on the days before, each department worked by the book before.
    public func following(_ before: ServiceBook, from moment: Moment) -> ServiceBook {
        var changed = self
        changed.calendar = calendar.following(before.calendar, from: moment)
        for name in Set(departments.keys).union(before.departments.keys) {
            changed.departments[name] = calendar(of: name).following(before.calendar(of: name), from: moment)
        }
        return changed
    }

    /// What is promised, and the promise's name; the topic's own when no policy fits.
    public func promise(
        topic: String,
        own: ServiceLevel,
        contracts: Set<String>,
        priority: TopicPriority
    ) -> (name: String?, level: ServiceLevel) {
        let found = policies.first { $0.fits(topic: topic, contracts: contracts, priority: priority) }
        return (found?.name, found?.level ?? own)
    }

    /// The times that follow from a promise: first answer, solution, and when the last fifth of it begins.
    public func due(
        _ level: ServiceLevel,
        department: String,
        from start: Moment,
        pauses: [ServicePause] = [],
        at now: Moment
    ) -> ServiceDue {
        let calendar = calendar(of: department)
        func clock(_ term: ServiceTerm?) -> ServiceClock? {
            term.map { ServiceClock(term: $0, calendar: calendar, start: start, pauses: pauses) }
        }
        let solution = clock(level.solution)
        return ServiceDue(
            firstAnswer: clock(level.firstAnswer)?.deadline(at: now),
            solution: solution?.deadline(at: now),
            riskBegins: solution?.riskBegins(at: now)
        )
    }
}

/// When a ticket's promises are over.
public struct ServiceDue: Sendable, Equatable {
    public var firstAnswer: Moment?
    public var solution: Moment?
    public var riskBegins: Moment?
}
