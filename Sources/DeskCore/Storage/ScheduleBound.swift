/// How far ahead a moment of a table can lie when it was written by a clock that is right.
///
/// What a clock that was ahead has planned would wait for its day after somebody has set it right: a notice for a year,
/// with a customer who was told that it comes. Rows beyond the bound come back, at once or to the bound.
///
/// Only for what does no harm when it is the clock of now that is wrong, years behind: a notice goes early, somebody signs in
/// once more. What would be erased by it has no such bound.
struct ScheduleBound: Sendable {
    /// Where a moment beyond the bound is moved.
    enum Return: Sendable { case now, bound }

    /// The clocks of several nodes need not agree to the second.
    static let tolerance = Duration.seconds(60)

    let table: String
    let column: String
    /// Which rows; the condition of the index over the column, where that is one over some rows.
    let condition: String
    /// The longest span that is planned.
    let longest: Duration
    let comesBack: Return

    /// Brings back what lies beyond the bound.
    ///
    /// - Returns: how many rows.
    @discardableResult
    func apply(at now: Moment, in session: any SQLSession) throws(StoreError) -> Int {
        let bound = now.adding(longest)
        return try session.execute(
            "UPDATE \(table) SET \(column) = $1 WHERE \(condition) AND \(column) > $2",
            [.moment(comesBack == .now ? now : bound), .moment(bound.adding(Self.tolerance))]
        )
    }
}

extension Moment {
    /// The latest moment that something has happened at when it is now this one: what says a later one was written while
    /// the clock stood ahead, and is no reason to wait until that time comes.
    var latest: Moment { adding(ScheduleBound.tolerance) }
}
