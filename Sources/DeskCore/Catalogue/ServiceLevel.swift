/// How soon a ticket has to move on.
public enum TopicPriority: String, Sendable, Hashable, Codable, CaseIterable {
    case low, normal, high, urgent

    public var title: LocalizedText {
        switch self {
        case .low: LocalizedText("Baixa", en: "Low")
        case .normal: LocalizedText("Normal", en: "Normal")
        case .high: LocalizedText("Alta", en: "High")
        case .urgent: LocalizedText("Urgente", en: "Urgent")
        }
    }
}

/// A promised time: so many minutes, hours or days, of the clock or of the desk's working time.
public struct ServiceTerm: Sendable, Hashable, Codable {
    public enum Unit: String, Sendable, Hashable, Codable {
        case minutes = "min"
        case hours = "h"
        case days = "d"
    }

    public enum Counting: String, Sendable, Hashable, Codable, CaseIterable {
        /// Only the desk's working hours and working days count.
        case business
        /// Every hour counts, nights and holidays too.
        case calendar
    }

    public let amount: Int
    public let unit: Unit
    public let counting: Counting

    public init(amount: Int, unit: Unit, counting: Counting) {
        self.amount = amount
        self.unit = unit
        self.counting = counting
    }

    /// From `30min`, `4h` or `2d`; no promise has more than four digits.
    public init?(_ text: String, counting: Counting) {
        let digits = text.prefix { $0.isASCIIDigit }
        guard let unit = Unit(rawValue: String(text.dropFirst(digits.count))), digits.count <= 4,
            let amount = Int(digits), amount > 0
        else { return nil }
        self.init(amount: amount, unit: unit, counting: counting)
    }

    /// The term as minutes, a day being as long as `minutesPerDay`: the working day for business time, 1440 otherwise.
    public func minutes(businessDay minutesPerDay: Int) -> Int {
        let factor =
            switch unit {
            case .minutes: 1
            case .hours: 60
            case .days: counting == .business ? minutesPerDay : 1440
            }
        let (minutes, overflow) = amount.multipliedReportingOverflow(by: factor)
        return overflow ? .max : minutes
    }
}

/// The times a topic promises.
public struct ServiceLevel: Sendable, Hashable, Codable {
    public let firstAnswer: ServiceTerm?
    public let solution: ServiceTerm?

    public init(firstAnswer: ServiceTerm?, solution: ServiceTerm?) {
        self.firstAnswer = firstAnswer
        self.solution = solution
    }

    /// Whether the first answer is promised for later than the solution, by working days of these minutes.
    public func answersAfterSolution(businessDays: [Int]) -> Bool {
        guard let firstAnswer, let solution else { return false }
        return businessDays.contains {
            firstAnswer.minutes(businessDay: $0) > solution.minutes(businessDay: $0)
        }
    }

    /// The same where no calendar is known: later however long the working day is, of six hours or around the clock.
    public var alwaysAnswersAfterSolution: Bool {
        [360, 1_440].allSatisfy { answersAfterSolution(businessDays: [$0]) }
    }
}

/// How sure the desk must be of who is calling before a topic is worked on.
public enum IdentityLevel: Int, Sendable, Hashable, Codable, Comparable, CaseIterable {
    /// Anyone may ask.
    case none = 0
    /// The customer is known: the number matched and the caller confirmed it, or the record was found by what they said.
    case known = 1
    /// The caller gave a document, contract or protocol that matches the record.
    case verified = 2

    public static func < (left: IdentityLevel, right: IdentityLevel) -> Bool { left.rawValue < right.rawValue }

    /// What catalogues and programs call it.
    public var word: String {
        switch self {
        case .none: "none"
        case .known: "known"
        case .verified: "verified"
        }
    }
}
