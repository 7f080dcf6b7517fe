/// How a new report changes what is known of a call: pure, so that order, loss and repetition can be tested without a
/// database.
struct CallMerge {
    /// The call to keep, with everything the report did not see taken from before.
    var call: CallSnapshot
    let other: OtherParty
    /// The desk's party that had it last.
    let deskParty: String?
    let startedAt: Moment
    let answeredAt: Moment?
    let endedAt: Moment?
    /// Nothing in the report changes what is stored.
    let isNews: Bool

    /// - Parameters:
    ///   - report: what the line says now.
    ///   - known: what the desk has stored, if anything.
    ///   - now: the desk's clock, for PBXs that send no times.
    init(report: CallSnapshot, known: Call?, now: Moment) {
        var merged = report
        merged.recording = report.recordingFile
        guard let known else {
            call = merged
            other = report.other
            deskParty = report.deskParty
            startedAt = report.startedAt.map(Moment.init(microseconds:)) ?? now
            answeredAt =
                report.answeredAt.map(Moment.init(microseconds:))
                ?? (report.outcome == .answered || report.state == .talking ? now : nil)
            endedAt = report.isEnded ? report.endedAt.map(Moment.init(microseconds:)) ?? now : nil
            isNews = true
            return
        }
        // What was taken for one from outside may turn out to be one to it; a contact never turns into talk of the house.
        merged.direction = report.direction == .internal ? known.direction : report.direction
        // Which way it goes says who the other party is: what was known of one the other way is of somebody else.
        let isSameWay = merged.direction == known.direction
        let before = isSameWay ? known.other : OtherParty(number: nil, numberRaw: nil)
        other = OtherParty(
            number: report.other.number ?? before.number,
            numberRaw: Self.sent(report, before: before.numberRaw),
            numberShown: report.other.numberShown ?? before.numberShown,
            name: report.other.name ?? before.name,
            isWithheld: report.other.isWithheld || before.isWithheld && !Self.shows(report.other, after: before)
        )
        deskParty = report.deskParty ?? known.lastParty
        merged.dialled = known.dialled ?? report.dialled
        merged.callerParty = isSameWay ? known.callerParty ?? report.callerParty : report.callerParty
        merged.queue = report.queue ?? known.queue
        let more = report.offered.filter { !known.offered.contains($0) }
        merged.offered = Array((known.offered + more).prefix(Self.mostOffered))
        merged.answeredBy = known.answeredBy ?? report.answeredBy
        merged.holds = max(report.holds, Int(clamping: known.holds))
        merged.transfers = Self.transfers(known.transfers, then: report.transfers)
        merged.recording = report.recordingFile ?? known.recording
        if known.endedAt != nil {
            // An ended call stays ended: a late or repeated report may add facts, never life.
            merged.isEnded = true
            if !report.isEnded { merged.outcome = known.outcome }
            // Who did not see the end knows less than who did.
            let seen = report.endedBy == .unknown ? nil : report.endedBy
            merged.endedBy = seen ?? known.endedBy ?? report.endedBy
            merged.cause = report.cause ?? known.cause
        }
        if known.outcome == .answered { merged.outcome = .answered }
        // The line knows no rules; what was blocked when it ended stays so, whatever the rules say by now.
        if known.outcome == .blocked, merged.outcome != .answered { merged.outcome = .blocked }
        // The menu knows better than the line why it let the caller go.
        if known.outcome == .noAnswer, merged.outcome == .failed { merged.outcome = .noAnswer }
        call = merged
        let started = report.startedAt.map(Moment.init(microseconds:)) ?? known.startedAt
        startedAt = min(known.startedAt, started)
        answeredAt =
            known.answeredAt ?? report.answeredAt.map(Moment.init(microseconds:))
            ?? (report.answeredBy != nil ? now : nil)
        endedAt = known.endedAt ?? (merged.isEnded ? report.endedAt.map(Moment.init(microseconds:)) ?? now : nil)
        isNews =
            !Self.same(merged, known) || other != known.other || deskParty != known.lastParty
            || startedAt != known.startedAt || answeredAt != known.answeredAt || endedAt != known.endedAt
    }

    /// As many as a line tells of.
    private static let mostOffered = 100
    private static let mostTransfers = 50

    /// The number as it was sent: who took the call up in the middle sees what the dialplan has made of it.
    private static func sent(_ report: CallSnapshot, before: String?) -> String? {
        let now = report.other.numberRaw
        // Who saw the call begin knows when that was.
        guard let before, report.startedAt == nil, !PhoneNumber.isWithheld(before) else { return now ?? before }
        return before
    }

    /// Transfers as they are known, and those that are told now: all there were, or the last ones where who tells has begun
    /// in the middle.
    static func transfers(_ known: [CallTransfer], then told: [CallTransfer]) -> [CallTransfer] {
        guard !told.isEmpty else { return known }
        for start in 0..<known.count {
            let rest = known[start...]
            guard zip(rest, told).allSatisfy({ isSame($0, $1) }) else { continue }
            return told.count >= rest.count ? Array((known[..<start] + told).prefix(mostTransfers)) : known
        }
        return Array((known + told).prefix(mostTransfers))
    }

    /// Whether the second may be what is known of the first by now: whom it reached and why are told after it began.
    private static func isSame(_ one: CallTransfer, _ two: CallTransfer) -> Bool {
        one.from == two.from && (one.kind == two.kind || one.kind == .redirect)
    }

    /// How late reports of a call that has ended may come: senders that try again and trackers that remember do so no longer.
    private static let longestLateness = Duration.seconds(600)

    /// Whether a report is of another call than the one that is stored under its key, which ended long before it began.
    static func isAnother(_ report: CallSnapshot, than known: Call) -> Bool {
        // Who tells late of an end or an answer may not know when the call began, and counts from when it is told.
        guard let began = report.startedAt, !report.isEnded, report.answeredAt.map({ $0 > began }) ?? true else {
            return false
        }
        return isOver(known, longBefore: Moment(microseconds: began))
    }

    /// Whether a stored call ended so long before a moment that nothing which begins then is part of it.
    static func isOver(_ known: Call, longBefore moment: Moment) -> Bool {
        known.endedAt.map { moment.since($0) > longestLateness } ?? false
    }

    /// Whether a number is told of who had sent none: the dialplan found one.
    ///
    /// A number that was sent and is not to be shown stays so.
    private static func shows(_ now: OtherParty, after before: OtherParty) -> Bool {
        now.number != nil && before.number == nil && PhoneNumber.isWithheld(before.numberRaw)
    }

    private static func same(_ one: CallSnapshot, _ two: Call) -> Bool {
        one.direction == two.direction && one.dialled == two.dialled && one.callerParty == two.callerParty
            && one.queue == two.queue && one.state == two.state && one.outcome == two.outcome
            && one.offered == two.offered && one.answeredBy == two.answeredBy && one.endedBy == two.endedBy
            && one.cause == two.cause && Int64(one.holds) == two.holds && one.transfers == two.transfers
            && one.recording == two.recording
    }
}
