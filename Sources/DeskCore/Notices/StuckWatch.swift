/// One claim of one notice: the same as long as nobody has settled it or taken it up anew.
struct NoticeClaim: Sendable, Hashable {
    var id: NoticeID
    /// The process that holds it.
    var by: String
    /// As it is written, by the clock of then.
    var at: Int64
}

/// Tells the claims that nobody answers from those under way: a claim is stuck once it was there at every look for the lease.
///
/// By a clock that only runs: one that is set ahead by an hour would have all that is in hand sent again by everybody who
/// looks.
struct StuckWatch: Sendable {
    private var since: [NoticeClaim: ContinuousClock.Instant] = [:]

    /// Takes what a look found; answers what is stuck.
    mutating func saw(
        _ held: Set<NoticeClaim>,
        lease: Duration,
        at now: ContinuousClock.Instant
    ) -> Set<NoticeClaim> {
        since = since.filter { held.contains($0.key) }
        for claim in held where since[claim] == nil { since[claim] = now }
        return Set(since.filter { now - $0.value > lease }.keys)
    }
}
