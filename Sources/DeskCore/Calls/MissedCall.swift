/// Which call was missed, and which of those still asks to be returned: the rule for values and the same for the database.
enum MissedCall {
    /// Nobody answered an inbound call that is over, and nobody was to leave it unanswered.
    static let condition = """
        direction = 'inbound' AND ended_at IS NOT NULL AND answered_at IS NULL AND merged_into IS NULL
        AND outcome <> 'answered' AND outcome <> 'blocked'
        """

    /// It was missed, and nobody has talked to that number since.
    static let unreturned = "returned_at IS NULL AND \(condition)"

    /// It is unreturned and can be called: withheld numbers cannot.
    static let callable = "\(unreturned) AND withheld = 0 AND COALESCE(number, number_raw) IS NOT NULL"
}

extension Call {
    /// Whether nobody answered an inbound call that is over, and nobody was to leave it unanswered.
    public var wasMissed: Bool { wasUnanswered && outcome != .blocked }

    /// Whether nobody answered an inbound call that is over, meant or not.
    var wasUnanswered: Bool {
        direction == .inbound && endedAt != nil && answeredAt == nil && mergedInto == nil && outcome != .answered
    }

    /// Whether it was missed and still asks to be returned.
    public var isUnreturned: Bool { wasMissed && returnedAt == nil }
}
