/// A stretch in which the clocks stand: the customer is waited for, or the ticket was over.
public struct ServicePause: Sendable, Equatable {
    public var beganAt: Moment
    /// Nil while it lasts.
    public var endedAt: Moment?

    public init(from beganAt: Moment, to endedAt: Moment?) {
        self.beganAt = beganAt
        self.endedAt = endedAt
    }
}

/// How a promise stands.
public enum ServiceStatus: String, Sendable, Codable, CaseIterable {
    /// No time was promised: “A combinar”.
    case open
    case normal
    /// In the last fifth of its time.
    case atRisk = "at_risk"
    case late

    public func title(_ language: Language) -> String {
        switch self {
        case .open: LocalizedText("A combinar", en: "To be agreed")[language]
        case .normal: LocalizedText("No prazo", ptPT: "Dentro do prazo", en: "On time")[language]
        case .atRisk: LocalizedText("Em risco", en: "At risk")[language]
        case .late: LocalizedText("Em atraso", en: "Late")[language]
        }
    }
}

/// One promise measured: a term on a calendar from a beginning, less the pauses.
///
/// The clock is its intervals: whatever the policy becomes, the pauses stay, and every figure can be explained by them.
public struct ServiceClock: Sendable {
    public let term: ServiceTerm
    public let calendar: WorkCalendar
    public let start: Moment
    public let pauses: [ServicePause]

    /// `pauses` in any order; those that overlap count once, and one that ended before it began, by a clock that was set back
    /// meanwhile, is none.
    public init(term: ServiceTerm, calendar: WorkCalendar, start: Moment, pauses: [ServicePause] = []) {
        self.term = term
        self.calendar = term.counting == .business ? calendar : .continuous(calendar.timeZone)
        self.start = start
        self.pauses = pauses.sorted { $0.beganAt < $1.beganAt }
    }

    /// The promised time as work.
    public var promised: Duration {
        .seconds(Int64(clamping: min(term.minutes(businessDay: calendar.minutesPerDay(at: start)), 100_000_000)) * 60)
    }

    /// When it is over; while a pause lasts, as if that one ended at `now`.
    public func deadline(at now: Moment) -> Moment { end(of: promised, at: now) }

    /// When the last fifth begins.
    public func riskBegins(at now: Moment) -> Moment {
        end(of: .milliseconds(promised.wholeMilliseconds / 5 * 4), at: now)
    }

    /// When a share of the time is used up: 100 is the deadline, more lies after it.
    public func moment(percent: Int, at now: Moment) -> Moment {
        end(of: .milliseconds(promised.wholeMilliseconds / 100 * Int64(percent)), at: now)
    }

    /// What has been used of the time by `moment`.
    public func used(by moment: Moment) -> Duration {
        stretches(until: moment).reduce(.zero) { $0 + calendar.worked(from: $1.0, to: $1.1) }
    }

    /// How it stands at a moment: now, or when the thing was done.
    public func status(at moment: Moment) -> ServiceStatus {
        let used = used(by: moment)
        if used > promised { return .late }
        return used >= .milliseconds(promised.wholeMilliseconds / 5 * 4) ? .atRisk : .normal
    }

    private func end(of work: Duration, at now: Moment) -> Moment {
        var left = work
        var from = start
        for pause in pauses {
            let to = pause.endedAt ?? now
            guard to > from, to > pause.beganAt else { continue }
            if pause.beganAt > from {
                let worked = calendar.worked(from: from, to: pause.beganAt)
                if left <= worked { return calendar.end(of: left, from: from) }
                left -= worked
            }
            from = to
        }
        return calendar.end(of: left, from: from)
    }

    /// The stretches in which the clock runs, until `moment`.
    private func stretches(until moment: Moment) -> [(Moment, Moment)] {
        var result: [(Moment, Moment)] = []
        var from = start
        for pause in pauses where pause.beganAt < moment && pause.endedAt ?? moment > pause.beganAt {
            if pause.beganAt > from { result.append((from, pause.beganAt)) }
            from = max(from, pause.endedAt ?? moment)
        }
        if from < moment { result.append((from, moment)) }
        return result
    }
}
