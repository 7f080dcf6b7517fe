/// How a new report changes what is known of a call: pure, so that order, loss and repetition can be tested without a
/// database.
struct CallMerge {
    /// The row to keep, with everything the report did not see taken from before.
    var call: CallReport
    let startedAt: Moment
    let answeredAt: Moment?
    let endedAt: Moment?
    /// Nothing in the report changes what is stored.
    let isNews: Bool

    /// - Parameters:
    ///   - report: what the line says now.
    ///   - known: what the desk has stored, if anything.
    ///   - now: the desk's clock, for PBXs that send no times.
    init(report: CallReport, known: Call?, now: Moment) {
        guard let known else {
            call = report
            startedAt = report.startedAt ?? now
            answeredAt = report.answeredAt ?? (report.outcome == .answered || report.state == .talking ? now : nil)
            endedAt = report.state == .ended ? report.endedAt ?? now : nil
            isNews = true
            return
        }
        var merged = report
        merged.direction = known.direction == .internal ? report.direction : known.direction
        merged.number = report.number ?? known.number
        merged.numberRaw = report.numberRaw ?? known.numberRaw
        merged.callerName = report.callerName ?? known.callerName
        merged.withheld = report.withheld || known.withheld
        merged.dialled = known.dialled ?? report.dialled
        merged.callerParty = known.callerParty ?? report.callerParty
        merged.queue = report.queue ?? known.queue
        merged.offered = report.offered.isEmpty ? known.offered : report.offered
        merged.answeredBy = known.answeredBy ?? report.answeredBy
        merged.lastParty = report.lastParty ?? known.lastParty
        merged.holds = max(report.holds, known.holds)
        merged.transfers = report.transfers.count >= known.transfers.count ? report.transfers : known.transfers
        merged.recording = report.recording ?? known.recording
        if known.endedAt != nil {
            // An ended call stays ended: a late or repeated report may add facts, never life.
            merged.state = .ended
            if report.state != .ended { merged.outcome = known.outcome }
            merged.endedBy = report.endedBy ?? known.endedBy
            merged.cause = report.cause ?? known.cause
        }
        if known.outcome == .answered { merged.outcome = .answered }
        call = merged
        startedAt = min(known.startedAt, report.startedAt ?? known.startedAt)
        answeredAt =
            known.answeredAt ?? report.answeredAt
            ?? (report.answeredBy != nil ? now : nil)
        endedAt = known.endedAt ?? (merged.state == .ended ? report.endedAt ?? now : nil)
        isNews = !Self.same(merged, known, startedAt, answeredAt, endedAt)
    }

    private static func same(_ one: CallReport, _ two: Call, _ start: Moment, _ answer: Moment?, _ end: Moment?) -> Bool
    {
        one.direction == two.direction && one.number == two.number && one.numberRaw == two.numberRaw
            && one.callerName == two.callerName && one.withheld == two.withheld && one.dialled == two.dialled
            && one.callerParty == two.callerParty && one.queue == two.queue && one.state == two.state
            && one.outcome == two.outcome && one.offered == two.offered && one.answeredBy == two.answeredBy
            && one.lastParty == two.lastParty && one.endedBy == two.endedBy && one.cause == two.cause
            && one.holds == two.holds && one.transfers == two.transfers && one.recording == two.recording
            && start == two.startedAt && answer == two.answeredAt && end == two.endedAt
    }
}
